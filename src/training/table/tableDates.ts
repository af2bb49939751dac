/** Whether a column of a flat file holds dates, and which: texts in every form that imports know, months, 20260331 and epoch times. */
import { dateOrderOf, dateParser } from '../../store/import/dates.ts';
import type { ColumnFacts } from './kinds.ts';
import { MOST_WORDS } from './quantities.ts';
import type { RawColumn } from './rawTable.ts';

export interface TableDates {
  /** Instant in ms of each row; NaN where there is none. */
  readonly times: Float64Array;
  readonly hours: boolean;
  /** Words that stand in the place of a date, sorted. */
  readonly words: readonly string[];
}

/** Different texts that are looked at before a column is read as dates. */
const SAMPLE = 50;
/** From here on a date says that there is no end: 9999-12-31. */
const NO_END = Date.UTC(9000, 0, 1);
const MONTH = /^(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月)$/;

/** 20260331 and epoch times: whole numbers that are days of the calendar in every row, in a column that is called so or holds nothing else. */
export function dayNumbers({ name, numbers }: RawColumn, { whole, min, max, distinctNumbers }: ColumnFacts, rows: number): Float64Array | undefined {
  if (!whole || distinctNumbers < 3) return undefined;
  const compact = min >= 19_000_101 && max <= 21_001_231;
  const named = /date|time|day|_at$|_ts$|日期|时间/i.test(name);
  if (compact) {
    for (let i = 0; i < rows; i++) if (numbers[i] === numbers[i] && Number.isNaN(compactDay(numbers[i]))) return undefined;
    return numbers.map(compactDay);
  }
  if (!named) return undefined;
  if (min >= 6e8 && max <= 4.2e9) return numbers.map((seconds) => seconds * 1000);
  return min >= 6e11 && max <= 4.2e12 ? Float64Array.from(numbers) : undefined;
}

function compactDay(value: number): number {
  if (value !== value) return Number.NaN;
  const [year, month, day] = [Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100];
  const at = Date.UTC(year, month - 1, day);
  const date = new Date(at);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? at : Number.NaN;
}

/**
 * A column whose texts are dates, but for a few strays or a handful of words (None, 0000-00-00). Day and month are told apart by the whole column; where nothing tells, the day comes first.
 * @param strays share of the cells that may hold anything else
 */
export function datesOf({ numbers, places, texts }: RawColumn, rows: number, strays: number): TableDates | undefined {
  const order = dateOrderOf(texts);
  const known = dateParser('auto', (wall) => wall, order === 'mdy' ? 'mdy' : 'dmy');
  const parse = (text: string): number => {
    const at = known(text);
    if (typeof at === 'number') return at;
    const month = MONTH.exec(text);
    const at1 = month === null ? 0 : Number(month[2] ?? month[3]);
    return month !== null && at1 >= 1 && at1 <= 12 ? Date.UTC(Number(month[1]), at1 - 1, 1) : Number.NaN;
  };
  const sample = texts.slice(0, SAMPLE);
  if (sample.filter((text) => !Number.isNaN(parse(text))).length < sample.length / 2) return undefined;
  const parsed = Float64Array.from(texts, parse);
  const times = Float64Array.from(numbers, (_, i) => ((places?.[i] ?? -1) >= 0 ? parsed[places?.[i] ?? 0] : Number.NaN));
  const words = new Set<string>();
  let [dated, filled, hours] = [0, 0, false];
  for (let i = 0; i < rows; i++) {
    const place = places?.[i] ?? -1;
    if (place >= 0 || numbers[i] === numbers[i]) filled++;
    if (times[i] === times[i]) {
      dated++;
      if (times[i] % 86_400_000 !== 0) hours = true;
    } else if (words.size <= MOST_WORDS && (place >= 0 || numbers[i] === numbers[i])) words.add(place >= 0 ? texts[place] : String(numbers[i]));
  }
  const few = filled - dated <= strays * filled;
  if (dated === 0 || (!few && (words.size > MOST_WORDS || dated < 0.1 * filled))) return undefined;
  return { times: times.map((at) => (at < NO_END ? at : Number.NaN)), hours, words: few ? [] : [...words].sort() };
}
