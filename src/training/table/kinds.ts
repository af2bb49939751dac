/** What each column of a flat file is: a quantity, a date, a category, or nothing that a model can learn from. Inferred from the training rows alone. */
import { quantitiesOf } from './quantities.ts';
import type { RawColumn } from './rawTable.ts';
import { datesOf, dayNumbers } from './tableDates.ts';

export type ColumnKind =
  | {
      readonly kind: 'number';
      /** Whole numbers with few distinct values: a quantity or a code. */
      readonly fewValues: boolean;
      /** One per row, where the cells hold more than the number (units, words). */
      readonly numbers?: Float64Array;
      /** Words that stand among the numbers, where there is more than one way of having none. */
      readonly words?: readonly string[];
    }
  /** Two texts; the first by code point is 0, the second 1. */
  | { readonly kind: 'boolean'; readonly levels: readonly string[] }
  | { readonly kind: 'category'; readonly levels: readonly string[] }
  | { readonly kind: 'date'; /** Instant in ms of each row; NaN where it is missing. */ readonly times: Float64Array; readonly hours: boolean; readonly words?: readonly string[] }
  | { readonly kind: 'left_out'; readonly why: LeftOut };

export type LeftOut = 'asked' | 'empty' | 'constant' | 'identifier' | 'free_text';

/** Distinct whole numbers up to which a column may be a code. */
export const FEW_VALUES = 24;
/** A text that stands in a column of numbers (an asterisk, "unknown") is missing, when so few cells hold one. */
const STRAY_TEXTS = 0.02;
/** Share of numbers that a column of numbers among words must have. */
const LEAST_NUMERIC = 0.1;
/** Rows that a level must have to say anything (a hundredth of the rows of a small file), and the share of rows whose levels have that many; below it the column identifies rows. */
const ROWS_OF_A_LEVEL = 10;
const LEAST_ROWS_OF_A_LEVEL = 3;
const KNOWN_SHARE = 0.5;

const ID_NAME = /(?:^|[_\s.-])(?:id|ids|uuid|guid|no|nr|num|number|key|code|index|idx|row|rownumber|serial|phone|mobile|email)s?$|(?:^|[_\s.-])(?:customer|client|user|member|account)$|^(?:id|uuid|row|index|unnamed)|(?:Id|ID|Num|NUM|Number|No|Key|编号|号码|序号|手机号|电话)$/i;

export interface ColumnFacts {
  readonly blanks: number;
  readonly numeric: number;
  readonly texts: number;
  readonly distinctNumbers: number;
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
}

/** Whole numbers as people and databases write them; 1e300 is a measurement. */
export const isWhole = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 1e21;

/** Counts over the first `rows` rows; distinct numbers are counted up to 100,000. */
export function factsOf({ numbers, places }: RawColumn, rows: number): ColumnFacts {
  const distinct = new Set<number>();
  let [numeric, texts, min, max] = [0, 0, Infinity, -Infinity];
  let whole = true;
  for (let i = 0; i < rows; i++) {
    const value = numbers[i];
    if (value !== value) {
      if ((places?.[i] ?? -1) >= 0) texts++;
      continue;
    }
    numeric++;
    if (distinct.size < 100_000) distinct.add(value);
    if (!isWhole(value)) whole = false;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { blanks: rows - numeric - texts, numeric, texts, distinctNumbers: distinct.size, whole, min, max };
}

/** @param kept the user has said that the column stays: it is never taken for an identifier */
export function kindOf(column: RawColumn, rows: number, kept: boolean): ColumnKind {
  const facts = factsOf(column, rows);
  const filled = facts.numeric + facts.texts;
  if (filled === 0) return { kind: 'left_out', why: 'empty' };
  if (facts.texts <= STRAY_TEXTS * filled) return numberKind(column, facts, rows, kept);
  const dates = datesOf(column, rows, STRAY_TEXTS);
  if (dates !== undefined) return { kind: 'date', times: dates.times, hours: dates.hours, ...(dates.words.length + Number(facts.blanks > 0) > 1 ? { words: dates.words } : {}) };
  return quantityKind(column, facts, rows, kept) ?? textKind(column, facts, rows, kept);
}

/** Numbers with units, clocks and bounds; numbers among a handful of words. What has few different values and words beside them is a category: its numbers are levels like the words. */
function quantityKind(column: RawColumn, { blanks }: ColumnFacts, rows: number, kept: boolean): ColumnKind | undefined {
  const found = quantitiesOf(column, rows);
  if (found === undefined || found.numeric < LEAST_NUMERIC * (found.numeric + found.worded)) return undefined;
  const plain = { name: column.name, numbers: found.numbers, texts: [] };
  const facts = factsOf(plain, rows);
  const few = found.worded <= STRAY_TEXTS * (found.numeric + found.worded);
  if (facts.distinctNumbers < 3 || (!few && facts.distinctNumbers <= FEW_VALUES)) return undefined;
  const kind = numberKind(plain, facts, rows, kept);
  return kind.kind !== 'number' ? kind : { ...kind, numbers: found.numbers, ...(!few && found.words.length + Number(blanks > 0) > 1 ? { words: found.words } : {}) };
}

function numberKind(column: RawColumn, facts: ColumnFacts, rows: number, kept: boolean): ColumnKind {
  if (facts.distinctNumbers === 1) return facts.blanks === 0 ? { kind: 'left_out', why: 'constant' } : { kind: 'number', fewValues: false };
  const times = dayNumbers(column, facts, rows);
  if (times !== undefined) return { kind: 'date', times, hours: false };
  if (!kept && identifies(column, facts)) return { kind: 'left_out', why: 'identifier' };
  return { kind: 'number', fewValues: facts.whole && facts.distinctNumbers > 2 && facts.distinctNumbers <= FEW_VALUES };
}

/** Whole numbers, another one in each row, and either called like an identifier or simply counting. */
function identifies({ name }: RawColumn, { numeric, blanks, distinctNumbers, whole, min, max }: ColumnFacts): boolean {
  if (!whole || blanks > 0 || numeric < 50 || distinctNumbers < Math.min(numeric, 100_000)) return false;
  return ID_NAME.test(name.trim()) || name.trim() === '' || max - min + 1 === numeric;
}

function textKind(column: RawColumn, facts: ColumnFacts, rows: number, kept: boolean): ColumnKind {
  const counts = levelCounts(column, rows);
  const filled = facts.numeric + facts.texts;
  const levels = [...counts.keys()].sort();
  if (levels.length === 1) return facts.blanks === 0 ? { kind: 'left_out', why: 'constant' } : { kind: 'category', levels };
  if (levels.length === 2) return { kind: 'boolean', levels };
  if (kept || filled < 50) return { kind: 'category', levels };
  let known = 0;
  for (const count of counts.values()) if (count >= Math.min(ROWS_OF_A_LEVEL, Math.max(LEAST_ROWS_OF_A_LEVEL, filled / 100))) known += count;
  if (known >= KNOWN_SHARE * filled) return { kind: 'category', levels };
  const length = column.texts.slice(0, 1000).reduce((sum, text) => sum + text.length, 0) / Math.max(1, Math.min(1000, column.texts.length));
  return { kind: 'left_out', why: length > 40 ? 'free_text' : 'identifier' };
}

/** Rows per level; a number among texts is the level that its digits write. */
export function levelCounts({ numbers, places, texts }: RawColumn, rows: number): Map<string, number> {
  const ofText = new Float64Array(texts.length + 1);
  const counts = new Map<string, number>();
  for (let i = 0; i < rows; i++) {
    const place = places?.[i] ?? -1;
    if (place >= 0) ofText[place]++;
    else if (numbers[i] === numbers[i]) {
      const text = String(numbers[i]);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  texts.forEach((text, place) => {
    if (ofText[place] > 0) counts.set(text, (counts.get(text) ?? 0) + ofText[place]);
  });
  return counts;
}

/** Position of each row's level in `levels`; NaN where the cell is blank; levels that are not listed (a second file) get numbers behind them. */
export function levelPlaces({ numbers, places, texts }: RawColumn, levels: readonly string[]): { values: Float64Array; levels: string[] } {
  const all = [...levels];
  const known = new Map(levels.map((level, i) => [level, i]));
  const placeOf = (text: string): number => {
    let place = known.get(text);
    if (place === undefined) {
      place = all.length;
      all.push(text);
      known.set(text, place);
    }
    return place;
  };
  const ofText = new Int32Array(texts.length).fill(-1);
  const values = numbers.map((value, i) => {
    const place = places?.[i] ?? -1;
    if (place < 0) return value === value ? placeOf(String(value)) : Number.NaN;
    if (ofText[place] < 0) ofText[place] = placeOf(texts[place] ?? '');
    return ofText[place];
  });
  return { values, levels: all };
}
