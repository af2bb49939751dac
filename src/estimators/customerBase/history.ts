/** The order history a customer-base model reads: which columns, how they are cleaned, and how equal customers are put together. */
import { AppError } from '../../base/errors.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import { distinctRows, groupRows } from '../../math/stats/groupRows.ts';
import type { TrainingData } from '../contract.ts';
import { distinctDays } from './wholeDays.ts';

/** x: days with an order after the first order day. */
export const FREQUENCY = 'btyd_frequency';
/** t_x: days from the first to the last order day, 0 for one-time buyers. */
export const RECENCY = 'btyd_recency_days';
/** T: days from the first order day to the cut-off. */
export const AGE = 'btyd_age_days';
/** Mean net spend per repeat order day, in the money of the shop; 0 or missing without one. */
export const MONETARY = 'btyd_monetary';
/** Columns by which explanations speak of the same history: t_x ÷ x, (T − t_x) ÷ (t_x ÷ x), and T − t_x. */
export const SPOKEN = ['gap_mean_days', 'overdue_ratio', 'days_since_last_order'] as const;
export const EXPLAINED = [FREQUENCY, ...SPOKEN] as const;

export const DAYS_PER_WEEK = 7;

/** One customer, or several with equal history. */
export interface History {
  /** Repeat order days. */
  readonly x: number;
  /** Weeks from the first to the last order. */
  readonly tx: number;
  /** Weeks from the first order to the cut-off. */
  readonly T: number;
}

/** Histories of many customers, one array per number. */
export interface Histories {
  readonly x: Float64Array;
  readonly tx: Float64Array;
  readonly T: Float64Array;
}

/** Unique histories with the sum of their weights, sorted by (x, T, t_x), so that neither the order of rows nor repeats matter. */
export interface CompressedHistories extends Histories {
  readonly weight: Float64Array;
  readonly totalWeight: number;
  /** Σ over customers of the sum of ln(weeks between consecutive orders): what the likelihood of regular customers needs to choose k. Absent where it is not known. */
  readonly logGaps?: number;
}

/**
 * One row's history in weeks, or undefined when the customer has none (missing or negative values: nobody who has not ordered yet has an age).
 * Repairs what rounding may break: a count that is not whole, recency above age, recency of a one-time buyer.
 */
export function historyOf(frequency: number, recencyDays: number, ageDays: number): History | undefined {
  if (!(frequency >= 0 && ageDays >= 0) || !(recencyDays >= 0 || frequency === 0)) return undefined;
  const T = ageDays / DAYS_PER_WEEK;
  const x = Math.round(frequency);
  return { x, tx: x === 0 ? 0 : Math.min(recencyDays / DAYS_PER_WEEK, T), T };
}

/** The histories of the rows that have one, with their row numbers. @throws AppError `model_mismatch` naming the missing column. */
export function readHistories(matrix: Matrix, rows?: readonly number[]): Histories & { readonly row: Int32Array } {
  const [frequency, recency, age] = [FREQUENCY, RECENCY, AGE].map((name) => requireColumn(matrix, name));
  const n = rows === undefined ? matrix.rows : rows.length;
  const [x, tx, T, row] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Int32Array(n)];
  let count = 0;
  for (let i = 0; i < n; i++) {
    const at = rows === undefined ? i : rows[i];
    const history = historyOf(frequency[at], recency[at], age[at]);
    if (history === undefined) continue;
    x[count] = history.x;
    tx[count] = history.tx;
    T[count] = history.T;
    row[count++] = at;
  }
  return { x: x.subarray(0, count), tx: tx.subarray(0, count), T: T.subarray(0, count), row: row.subarray(0, count) };
}

/** `f` of every row's history, computed once per distinct history; `otherwise` for rows without one. @throws AppError `model_mismatch` naming the missing column. */
export function mapHistories(matrix: Matrix, f: (history: History) => number, otherwise: number): Float64Array {
  const { x, tx, T, row } = readHistories(matrix);
  const { group, firsts } = groupRows([x, tx, T], row.length);
  const values = Float64Array.from(firsts, (i) => f({ x: x[i], tx: tx[i], T: T[i] }));
  const out = new Float64Array(matrix.rows).fill(otherwise);
  for (let i = 0; i < row.length; i++) out[row[i]] = values[group[i]];
  return out;
}

/** Weighted mean of `f` over customers. */
export function meanOver(data: CompressedHistories, f: (history: History) => number): number {
  let sum = 0;
  for (let i = 0; i < data.x.length; i++) sum += data.weight[i] * f({ x: data.x[i], tx: data.tx[i], T: data.T[i] });
  return sum / data.totalWeight;
}

export function requireColumn(x: Matrix, name: string): Float64Array {
  const values = columnOf(x, name);
  if (values === undefined) {
    throw new AppError('model_mismatch', `The customer-base model needs the column ${name}, and the matrix does not have it.`, {
      details: { missing: [name] },
      hint: 'Run `tagcast train` again with the feature set that the shop has now.',
    });
  }
  return values;
}

/** The first of `names` that the matrix lacks. */
export function missingColumn(x: Matrix, names: readonly string[]): string | undefined {
  return names.find((name) => columnOf(x, name) === undefined);
}

/** Rows that a fit may read: those of the latest cut-off (every customer's longest history once), or all when the rows carry no period. */
export function fitRows(train: TrainingData, which: 'latest_period' | 'all'): number[] {
  const { period } = train;
  const rows = Array.from({ length: train.x.rows }, (_, i) => i);
  if (period === undefined || which === 'all' || rows.length === 0) return rows;
  const latest = period.reduce((a, b) => Math.max(a, b));
  return rows.filter((row) => period[row] === latest);
}

/** Compresses customers to unique (x, t_x, T). The 23,570 customers of CDNOW make 8,685 rows, one-time buyers of one week a single one. */
export function compressHistories(histories: readonly History[], weights: ArrayLike<number>, logGaps?: number): CompressedHistories {
  const column = (f: (history: History) => number): Float64Array => Float64Array.from(histories, f);
  return compressColumns({ x: column((h) => h.x), tx: column((h) => h.tx), T: column((h) => h.T) }, weights, logGaps);
}

export function compressColumns({ x, tx, T }: Histories, weights: ArrayLike<number>, logGaps?: number): CompressedHistories {
  const days = distinctDays({ x, tx, T }, weights);
  if (days !== undefined) return weightedHistories(days.x, days.T, days.tx, days.weight, logGaps);
  const { values, weight } = distinctRows([x, T, tx], weights);
  return weightedHistories(values[0], values[1], values[2], weight, logGaps);
}

/** The one place that makes them: likelihoods are compiled for one layout. */
export function weightedHistories(x: Float64Array, T: Float64Array, tx: Float64Array, weight: Float64Array, logGaps?: number): CompressedHistories {
  return { x, T, tx, weight, totalWeight: sumOf(weight), ...(logGaps === undefined ? {} : { logGaps }) };
}

export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

export function weightedSum(values: Float64Array, weight: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += weight[i] * values[i];
  return sum;
}

/** The usable histories of the rows that a fit may read. */
export function trainingHistories(train: TrainingData, which: 'latest_period' | 'all'): CompressedHistories {
  const histories = readHistories(train.x, fitRows(train, which));
  return compressColumns(histories, Float64Array.from(histories.row, (row) => train.weights?.[row] ?? 1));
}

/** The value at which half of the weight is reached, in ascending order; at least one value. */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const { values: [sorted], weight } = distinctRows([values], weights);
  const half = weight.reduce((a, b) => a + b, 0) / 2;
  let passed = 0;
  for (let i = 0; i < sorted.length; i++) if ((passed += weight[i]) >= half) return sorted[i];
  return sorted[sorted.length - 1];
}
