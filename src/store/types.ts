/**
 * SQL values in JavaScript, the same on both dialects and under any TZ of the process:
 * int8 → number (an error beyond ±2^53 instead of a wrong number), numeric → string, float8 → number, date → 'YYYY-MM-DD',
 * timestamptz → epoch milliseconds (microseconds are cut off towards the past), jsonb → parsed, bytea → Buffer,
 * timestamp, time and interval → PostgreSQL's text, arrays of these alike.
 */
import { types } from 'pg';
import { AppError } from '../base/errors.ts';

const OID = { int8: 20, float4: 700, float8: 701, date: 1082, timestamp: 1114, timestamptz: 1184, interval: 1186, numeric: 1700 } as const;
const ARRAY_OID = { int8: 1016, date: 1182, timestamp: 1115, timestamptz: 1185, interval: 1187, numeric: 1231 } as const;

type Parse = (text: string) => unknown;

export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new AppError('internal', 'The store holds a whole number beyond 2^53, which JavaScript cannot carry exactly.', { hint: 'Select it as text.' });
  }
  return value;
}

const INSTANT = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?([+-]\d\d)(?::(\d\d))?(?::\d\d)?$/;

/** Epoch milliseconds of PostgreSQL's text form of a timestamptz. */
export function parseInstant(text: string): number {
  const m = INSTANT.exec(text);
  if (m === null) throw new AppError('internal', 'The store holds an instant outside of the calendar (infinity or before year 1).');
  const seconds = Date.UTC(2000, Number(m[2]) - 1, Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6]));
  const year = Number(m[1]);
  const whole = year === 2000 ? seconds : new Date(0).setUTCFullYear(year, Number(m[2]) - 1, Number(m[3])) + Number(m[4]) * 3_600_000 + Number(m[5]) * 60_000 + Number(m[6]) * 1000;
  const offset = (Number(m[8]) * 60 + ((m[8] ?? '').startsWith('-') ? -1 : 1) * Number(m[9] ?? 0)) * 60_000;
  return whole - offset + Number((m[7] ?? '').slice(0, 3).padEnd(3, '0'));
}

const asText: Parse = (text) => text;

/** Elements of a one-dimensional array in PostgreSQL's text form, for element types without quotes and commas of their own. */
function parseArray(parse: Parse): Parse {
  return (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map((item) => (item === 'NULL' ? null : parse(item.startsWith('"') ? item.slice(1, -1) : item))));
}

const PARSERS = new Map<number, Parse>([
  [OID.int8, parseInt8],
  [OID.float4, Number],
  [OID.float8, Number],
  [OID.date, asText],
  [OID.timestamp, asText],
  [OID.timestamptz, parseInstant],
  [OID.interval, asText],
  [OID.numeric, asText],
  [ARRAY_OID.int8, parseArray(parseInt8)],
  [ARRAY_OID.date, parseArray(asText)],
  [ARRAY_OID.timestamp, parseArray(asText)],
  [ARRAY_OID.timestamptz, parseArray(parseInstant)],
  [ARRAY_OID.interval, parseArray(asText)],
  [ARRAY_OID.numeric, parseArray(asText)],
]);

// The driver's own declaration lists a few types only; it takes any number.
const fallback = types.getTypeParser as (oid: number, format?: 'text' | 'binary') => unknown;

/** The `types` option of a pg client. */
export const storeTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    return (format === 'binary' ? undefined : PARSERS.get(oid)) ?? fallback(oid, format);
  },
};

/** How an instant (epoch ms) is bound to a timestamptz parameter. */
export function instantText(instant: number): string {
  return new Date(instant).toISOString();
}
