/** A flat file as a learning problem: a matrix of quantities and categories, the target, and what was left out with the reason. */
import { AppError } from '../../base/errors.ts';
import type { Column, Matrix } from '../../base/matrix.ts';
import { DAY_MS } from '../../base/time.ts';
import { kindOf, levelPlaces } from './kinds.ts';
import type { ColumnKind, LeftOut } from './kinds.ts';
import type { RawColumn, RawTable } from './rawTable.ts';
import { targetOf } from './target.ts';
import type { TableTarget, TargetWish } from './target.ts';

export interface ProblemWish extends TargetWish {
  readonly target: string;
  /** Columns to leave out. */
  readonly drop: readonly string[];
  /** Columns that stay whatever the checks say. */
  readonly keep: readonly string[];
  /** Column whose order is time. */
  readonly time?: string;
  /** Column whose equal values belong together. */
  readonly group?: string;
}

export interface ColumnNote {
  readonly column: string;
  readonly kind: ColumnKind['kind'];
  /** Distinct levels of a category. */
  readonly levels?: number;
  readonly why?: LeftOut | 'target' | 'time' | 'group';
}

export interface TableProblem extends TableTarget {
  /** All rows of the file(s), in their order. */
  readonly x: Matrix;
  /** Columns of `x` that hold whole numbers with few values: quantities or codes. */
  readonly fewValues: ReadonlySet<string>;
  /** Rows that have a target: of the first file, and of the second. */
  readonly trainRows: Int32Array;
  readonly testRows: Int32Array;
  /** Rows of a second file in which no row has a target: they are predicted, and nothing can be tested on them. */
  readonly unlabelledRows: Int32Array;
  /** Instant or number that orders the rows, with --time. */
  readonly time?: Float64Array;
  /** Group of each row, with --group; rows that name none stand alone, each as a group of its own. */
  readonly group?: Float64Array;
  readonly notes: readonly ColumnNote[];
}

/** History below which month columns would extrapolate: every month must have been seen twice. */
const SEASON_DAYS = 730;

/** @param trainRows rows of the first file; everything is inferred from them alone @throws AppError `bad_data`, `invalid_input`, `insufficient_data` */
export function tableProblem(table: RawTable, trainRows: number, wish: ProblemWish): TableProblem {
  const named = (name: string): RawColumn => {
    const found = table.columns.find((column) => column.name === name);
    if (found === undefined) throw new AppError('unknown_name', `The file has no column "${name.slice(0, 60)}".`, { hint: `It has: ${table.columns.map((column) => column.name).slice(0, 30).join(', ')}.` });
    return found;
  };
  const target = targetOf(named(wish.target), trainRows, wish);
  const notes: ColumnNote[] = [];
  const columns: Column[] = [];
  const fewValues = new Set<string>();
  const dates: { name: string; times: Float64Array }[] = [];
  for (const column of table.columns) {
    const { name } = column;
    if (name === wish.target || name === wish.group || wish.drop.includes(name)) {
      notes.push({ column: name, kind: 'left_out', why: name === wish.target ? 'target' : name === wish.group ? 'group' : 'asked' });
      continue;
    }
    const kind = kindOf(column, trainRows, wish.keep.includes(name));
    const asTime = name === wish.time;
    notes.push({ column: name, kind: asTime ? 'left_out' : kind.kind, ...(kind.kind === 'category' ? { levels: kind.levels.length } : {}), ...(asTime ? { why: 'time' as const } : kind.kind === 'left_out' ? { why: kind.why } : {}) });
    if (kind.kind === 'date') {
      if (!asTime) dates.push({ name, times: kind.times });
      const parts = dateColumns(name, kind, trainRows, asTime);
      columns.push(...parts);
      for (const part of parts) if (!part.name.endsWith('age_days')) fewValues.add(part.name);
      columns.push(...wordColumn(column, kind));
    } else if (kind.kind !== 'left_out' && !asTime) {
      columns.push(plainColumn(column, kind), ...wordColumn(column, kind));
      if (kind.kind === 'number' && kind.fewValues) fewValues.add(name);
    }
  }
  columns.push(...dateDifferences(dates));
  const rowsOf = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
  const rowsWith = (from: number, to: number): Int32Array => rowsOf(from, to).filter((row) => target.y[row] === target.y[row]);
  const testRows = rowsWith(trainRows, table.rows);
  return {
    ...target, x: { rows: table.rows, columns }, fewValues, notes, trainRows: rowsWith(0, trainRows), testRows, unlabelledRows: testRows.length === 0 ? rowsOf(trainRows, table.rows) : new Int32Array(0),
    ...(wish.time === undefined ? {} : { time: orderOf(named(wish.time), trainRows) }),
    ...(wish.group === undefined ? {} : { group: levelPlaces(named(wish.group), []).values.map((place, row) => (place === place ? place : -1 - row)) }),
  };
}

function plainColumn(column: RawColumn, kind: ColumnKind): Column {
  const { name } = column;
  if (kind.kind === 'number') return { name, values: Float64Array.from(kind.numbers ?? column.numbers) };
  const levels = 'levels' in kind ? kind.levels : [];
  const placed = levelPlaces(column, levels);
  // A third answer in a second file is neither of the two.
  if (kind.kind === 'boolean') return { name, values: placed.values.map((place) => (place < 2 ? place : Number.NaN)) };
  return { name, values: placed.values, categories: placed.levels };
}

/** Which word stands where the number or the date is missing: "never" and "unknown" may mean different things. */
function wordColumn(column: RawColumn, kind: ColumnKind): Column[] {
  const words = 'words' in kind ? kind.words : undefined;
  if (words === undefined) return [];
  const placed = levelPlaces(column, words);
  return [{ name: `${column.name} in words`, values: placed.values.map((place) => (place < words.length ? place : Number.NaN)), categories: [...words] }];
}

/** Age in days before the newest date of the training rows, and parts of the calendar. The column that orders the rows has no age: later rows lie outside of all ages seen. */
function dateColumns(name: string, { times, hours }: Extract<ColumnKind, { kind: 'date' }>, trainRows: number, asTime: boolean): Column[] {
  let [oldest, newest] = [Infinity, -Infinity];
  for (let i = 0; i < trainRows; i++) {
    if (times[i] < oldest) oldest = times[i];
    if (times[i] > newest) newest = times[i];
  }
  const part = (of: string, f: (date: Date) => number): Column => ({ name: `${name} ${of}`, values: times.map((at) => (at === at ? f(new Date(at)) : Number.NaN)) });
  return [
    ...(asTime ? [] : [{ name: `${name} age_days`, values: times.map((at) => (newest - at) / DAY_MS) }]),
    ...(newest - oldest >= SEASON_DAYS * DAY_MS || !asTime ? [part('month', (date) => date.getUTCMonth() + 1)] : []),
    part('weekday', (date) => (date.getUTCDay() + 6) % 7),
    ...(hours ? [part('hour', (date) => date.getUTCHours())] : []),
  ];
}

const MOST_DATES_COMPARED = 4;

/** Days between each two dates: what happened before what is often the answer, and no single column says it. */
function dateDifferences(dates: readonly { name: string; times: Float64Array }[]): Column[] {
  return dates.slice(0, MOST_DATES_COMPARED).flatMap((later, i) =>
    dates.slice(0, i).map((earlier) => ({ name: `${earlier.name} to ${later.name} days`, values: later.times.map((at, row) => (at - earlier.times[row]) / DAY_MS) })));
}

function orderOf(column: RawColumn, trainRows: number): Float64Array {
  const kind = kindOf(column, trainRows, true);
  const order = kind.kind === 'date' ? kind.times : kind.kind === 'number' ? Float64Array.from(kind.numbers ?? column.numbers) : undefined;
  if (order === undefined) throw new AppError('bad_data', `The column "${column.name}" holds neither dates nor numbers, so it cannot order the rows.`, { hint: 'Write dates as YYYY-MM-DD, or leave --time out.' });
  const missing = order.subarray(0, trainRows).filter((at) => at !== at).length;
  if (missing > 0) throw new AppError('bad_data', `${missing} rows have no date in "${column.name}".`, { hint: 'Fill them in or remove the rows: without a date a row has no place in time.' });
  return order;
}
