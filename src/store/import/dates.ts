/** Dates and times as files write them. Rules: docs/import.md, "Dates". */
import type { ZoneClock } from './zoneClock.ts';

/** What a file's slashed dates mean: 3/4/2026 is the 3rd of April (`dmy`) or the 4th of March (`mdy`). */
export type DateOrder = 'dmy' | 'mdy';

export type DateProblem = 'bad_time' | 'ambiguous_time';

/** Epoch ms, or why there is none. */
export type ParseDate = (text: string) => number | DateProblem;

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  /** Minutes east of UTC; undefined: local time. */
  offset: number | undefined;
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function instantOf(parts: Parts, clock: ZoneClock): number | DateProblem {
  const { year, month, day, hour, minute, second } = parts;
  if (month < 1 || month > 12 || day < 1 || day > (MONTH_DAYS[month - 1] ?? 0)) return 'bad_time';
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return 'bad_time';
  if (hour > 23 || minute > 59 || second > 59 || year < 1000) return 'bad_time';
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, parts.millisecond);
  return parts.offset === undefined ? clock(wall) : wall - parts.offset * 60_000;
}

function offsetMinutes(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'Z' || text === 'z') return 0;
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return text.startsWith('-') ? -minutes : minutes;
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
}

const TIME = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}$`);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${TIME}$`);
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?(?:\s*(\d{1,2})[:：时](\d{1,2})分?(?:[:：]?(\d{1,2})秒?)?)?$/;
/** 05-Jan-23, 5 January 2023: what databases and English spreadsheets write. */
const MONTH_NAMED = new RegExp(String.raw`^(\d{1,2})([-/. ])([A-Za-z]{3,9})\.?\2(\d{4}|\d{2})${TIME}$`);
/** Mar 5, 2026 and March 5th 2026 4:30 PM. */
const MONTH_FIRST = new RegExp(String.raw`^([A-Za-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?()(?:, *| +)(\d{4}),?${TIME}$`);
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2}))?$/;
const EPOCH = /^(?:\d{10}|\d{13})$/;

function hourOf(hour: string | undefined, half: string | undefined): number {
  const value = Number(hour ?? 0);
  if (half === undefined) return value;
  if (value < 1 || value > 12) return 99;
  return (value % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Groups 5… of the patterns with a TIME behind four others. */
function clockParts(m: RegExpExecArray): Pick<Parts, 'hour' | 'minute' | 'second' | 'millisecond' | 'offset'> {
  return { hour: hourOf(m[5], m[9]), minute: Number(m[6] ?? 0), second: Number(m[7] ?? 0), millisecond: milliseconds(m[8]), offset: offsetMinutes(m[10]) };
}

/** Two digits as POSIX reads them: 69 … 99 are of the last century. */
const fullYear = (digits: string): number => (digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) < 69 ? 2000 : 1900));

/** 1 … 12 from a month's English name or its first three letters (Sept too); 0 where it is none. */
function monthNamed(name: string): number {
  const lower = name.toLowerCase();
  return lower === 'sept' ? 9 : MONTHS.findIndex((month) => month === lower || month.slice(0, 3) === lower) + 1;
}

/** Every unambiguous form; slashed dates with the year last only when `order` says what they mean. */
function automatic(order: DateOrder | undefined, clock: ZoneClock): ParseDate {
  return (text) => {
    let m = YEAR_FIRST.exec(text);
    if (m !== null) return instantOf({ year: Number(m[1]), month: Number(m[3]), day: Number(m[4]), ...clockParts(m) }, clock);
    m = YEAR_LAST.exec(text);
    if (m !== null) {
      if (order === undefined) return 'ambiguous_time';
      const [day, month] = order === 'dmy' ? [m[1], m[3]] : [m[3], m[1]];
      return instantOf({ year: Number(m[4]), month: Number(month), day: Number(day), ...clockParts(m) }, clock);
    }
    m = MONTH_NAMED.exec(text);
    if (m !== null) return instantOf({ year: fullYear(m[4]), month: monthNamed(m[3]), day: Number(m[1]), ...clockParts(m) }, clock);
    m = MONTH_FIRST.exec(text);
    if (m !== null) return instantOf({ year: Number(m[4]), month: monthNamed(m[1]), day: Number(m[2]), ...clockParts(m) }, clock);
    if (EPOCH.test(text)) return Number(text) * (text.length === 10 ? 1000 : 1);
    m = COMPACT.exec(text) ?? CHINESE.exec(text);
    if (m === null) return 'bad_time';
    return instantOf({ year: Number(m[1]), month: Number(m[2]), day: Number(m[3]), hour: Number(m[4] ?? 0), minute: Number(m[5] ?? 0), second: Number(m[6] ?? 0), millisecond: 0, offset: undefined }, clock);
  };
}

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: String.raw`(?<year>\d{4})`,
  YY: String.raw`(?<shortYear>\d{2})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{2})`,
  D: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{2})`,
  H: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  SSS: String.raw`(?<fraction>\d{1,9})`,
  A: String.raw`(?<half>[AaPp][Mm])`,
  Z: String.raw`(?<offset>Z|[+-]\d{2}(?::?\d{2})?)`,
};
const TOKEN = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss|SSS|A|Z/g;

/** Named formats beside the patterns. */
export const NAMED_DATE_FORMATS = ['iso', 'epoch_s', 'epoch_ms'] as const;

/** Whether `format` is a name or a pattern with a year, a month and a day, each token once. */
export function isDateFormat(format: string): boolean {
  if ((NAMED_DATE_FORMATS as readonly string[]).includes(format)) return true;
  const tokens = format.match(TOKEN) ?? [];
  const first = tokens.map((token) => (token === 'mm' ? 'm' : (token[0] ?? '')));
  return ['Y', 'M', 'D'].every((part) => first.includes(part)) && new Set(first).size === first.length;
}

function patterned(format: string, clock: ZoneClock): ParseDate {
  let pattern = '';
  let end = 0;
  for (const token of format.matchAll(TOKEN)) {
    pattern += format.slice(end, token.index).replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`) + (TOKENS[token[0]] ?? '');
    end = token.index + token[0].length;
  }
  const expression = new RegExp(`^${pattern}${format.slice(end).replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}$`);
  return (text) => {
    const g = expression.exec(text)?.groups;
    if (g === undefined) return 'bad_time';
    const short = Number(g['shortYear'] ?? 0);
    const year = g['year'] === undefined ? short + (short < 70 ? 2000 : 1900) : Number(g['year']);
    return instantOf(
      { year, month: Number(g['month']), day: Number(g['day']), hour: hourOf(g['hour'], g['half']), minute: Number(g['minute'] ?? 0), second: Number(g['second'] ?? 0), millisecond: milliseconds(g['fraction']), offset: offsetMinutes(g['offset']) },
      clock,
    );
  };
}

function oneFormat(format: string, clock: ZoneClock): ParseDate {
  if (format === 'epoch_s' || format === 'epoch_ms') {
    return (text) => (/^\d{1,14}$/.test(text) ? Number(text) * (format === 'epoch_s' ? 1000 : 1) : 'bad_time');
  }
  if (format !== 'iso') return patterned(format, clock);
  const parse = automatic(undefined, clock);
  return (text) => (/^\d{4}-\d{2}-\d{2}/.test(text) ? parse(text) : 'bad_time');
}

/** Reads dates in the listed formats, tried in order, or in every unambiguous one (`auto`). The last text is remembered: lines of one order share it. */
export function dateParser(formats: readonly string[] | 'auto', clock: ZoneClock, order?: DateOrder): ParseDate {
  const parsers = formats === 'auto' ? [automatic(order, clock)] : formats.map((format) => oneFormat(format, clock));
  let lastText = '';
  let last: number | DateProblem = 'bad_time';
  return (text) => {
    if (text === lastText) return last;
    let result: number | DateProblem = 'bad_time';
    for (const parse of parsers) {
      result = parse(text);
      if (typeof result === 'number') break;
    }
    lastText = text;
    last = result;
    return result;
  };
}

/** What a sample of date texts proves about dates with the year last: a first number above 12 can only be a day, a second one likewise. */
export function dateOrderOf(sample: Iterable<string>): DateOrder | 'none' | 'ambiguous' | 'contradictory' {
  let seen = false;
  let dayFirst = false;
  let monthFirst = false;
  for (const text of sample) {
    const m = YEAR_LAST.exec(text.trim());
    if (m === null) continue;
    seen = true;
    const [a, b] = [Number(m[1]), Number(m[3])];
    if (a > 12 && b <= 12) dayFirst = true;
    if (b > 12 && a <= 12) monthFirst = true;
  }
  if (!seen) return 'none';
  if (dayFirst && monthFirst) return 'contradictory';
  return dayFirst ? 'dmy' : monthFirst ? 'mdy' : 'ambiguous';
}
