/** Values in memory, read as each type that a comparison may ask for. `null` is unknown: the value has no such reading. */
import { localDate } from '../base/time.ts';
import { Temporal } from 'temporal-polyfill';
import type { Comparison } from './comparison.ts';
import { relativeDays } from './context.ts';
import type { Calendar } from './context.ts';
import { exactDecimal, parseDecimal, plainDecimal } from './decimal.ts';

export type Truth = boolean | null;

export interface Value {
  readonly text?: string | null;
  /** An exact decimal (integer number of 10⁻⁹), or a double where the store keeps a double. */
  readonly number?: bigint | number | null;
  readonly truth?: boolean | null;
  /** YYYY-MM-DD. */
  readonly day?: string | null;
  readonly list?: readonly unknown[] | null;
  readonly known?: boolean;
}

/** What a key of a JSON object reads as. */
export function jsonValue(document: Readonly<Record<string, unknown>> | null | undefined, key: string): Value {
  const found = document !== null && document !== undefined && Object.hasOwn(document, key) ? document[key] : null;
  if (found === null || found === undefined || found === '') return { known: false };
  if (typeof found === 'number') return { number: parseDecimal(plainDecimal(found)), known: true };
  if (typeof found === 'boolean') return { truth: found, known: true };
  if (Array.isArray(found)) return { list: found, known: true };
  if (typeof found !== 'string') return { known: true };
  return {
    text: found,
    number: parseDecimal(found),
    truth: found === 'true' ? true : found === 'false' ? false : null,
    day: /^[0-9]{4}-[0-9]{2}-[0-9]{2}($|[T ])/.test(found) ? found.slice(0, 10) : null,
    known: true,
  };
}

export function decimalValue(text: string | null | undefined): Value {
  return text === null || text === undefined ? { known: false } : { number: parseDecimal(text), known: true };
}

export function textValue(text: string | null | undefined): Value {
  return text === null || text === undefined ? { known: false } : { text, known: true };
}

/** Hour 0–23 and ISO weekday 1–7 of an instant in the business time zone. */
export function calendarValue(column: 'local_hour' | 'local_weekday', instant: number, timeZone: string): Value {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return { number: exactDecimal(column === 'local_hour' ? local.hour : local.dayOfWeek), known: true };
}

export function dayOf(instant: number, timeZone: string): string {
  return localDate(instant, timeZone);
}

type InfixOp = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Compares two values of one type. */
export function holds<T extends string | number | bigint | boolean>(left: T, op: InfixOp, right: T): boolean {
  switch (op) {
    case '=': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '<=': return left <= right;
    case '>': return left > right;
    default: return left >= right;
  }
}

/** A number beside a literal: exactly for decimals, as doubles for doubles. */
export function numberHolds(left: bigint | number, op: InfixOp, literal: number): boolean {
  return typeof left === 'bigint' ? holds(left, op, exactDecimal(literal)) : holds(left, op, literal);
}

function inList(value: Value, values: readonly (string | number)[]): Truth {
  if (typeof values[0] === 'number') {
    const { number } = value;
    return number === null || number === undefined ? null : values.some((item) => numberHolds(number, '=', item as number));
  }
  return value.text === null || value.text === undefined ? null : values.includes(value.text);
}

export const negate = (truth: Truth): Truth => (truth === null ? null : !truth);

function known<T>(value: T | null | undefined, test: (value: T) => boolean): Truth {
  return value === null || value === undefined ? null : test(value);
}

/** One comparison; `null` where the value cannot be read as the literal's type. */
export function compareValue(value: Value, comparison: Comparison, calendar: Calendar): Truth {
  const { op } = comparison;
  switch (op) {
    case 'exists': return value.known ?? null;
    case 'missing': return negate(value.known ?? null);
    case 'in': return inList(value, comparison.values);
    case 'not_in': return negate(inList(value, comparison.values));
    case 'contains': return known(value.text, (text) => text.includes(comparison.value));
    case 'starts_with': return known(value.text, (text) => text.startsWith(comparison.value));
    case 'has': return known(value.list, (list) => list.includes(comparison.value));
    case 'last_days':
    case 'next_days':
    case 'before_last_days': {
      const { from, to } = relativeDays(op, comparison.value, calendar);
      return known(value.day, (day) => (from === undefined || day >= from) && (to === undefined || day < to));
    }
    default: {
      const literal = comparison.value;
      if (typeof literal === 'boolean') return known(value.truth, (truth) => holds(truth, op, literal));
      if (typeof literal === 'number') return known(value.number, (number) => numberHolds(number, op, literal));
      return known(op === '=' || op === '!=' ? value.text : value.day, (text) => holds(text, op, literal));
    }
  }
}
