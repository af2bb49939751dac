/** The order history a customer-base model reads: which columns, how they are cleaned, and how equal customers are put together. */
import { AppError } from '../../base/errors.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import type { TrainingData } from '../contract.ts';

/** x: days with an order after the first order day. */
export const FREQUENCY = 'btyd_frequency';
/** t_x: days from the first to the last order day, 0 for one-time buyers. */
export const RECENCY = 'btyd_recency_days';
/** T: days from the first order day to the cut-off. */
export const AGE = 'btyd_age_days';
/** Mean net spend per repeat order day, in the money of the shop; 0 or missing without one. */
export const MONETARY = 'btyd_monetary';

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

/** Unique histories with the sum of their weights, in a fixed order, so that neither the order of rows nor repeats matter. */
export interface CompressedHistories {
  readonly x: Float64Array;
  readonly tx: Float64Array;
  readonly T: Float64Array;
  readonly weight: Float64Array;
  readonly totalWeight: number;
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

/** The three history columns of a matrix to be scored. @throws AppError `model_mismatch` naming the missing column. */
export function historyReader(x: Matrix): (row: number) => History | undefined {
  const [frequency, recency, age] = [FREQUENCY, RECENCY, AGE].map((name) => requireColumn(x, name));
  return (row) => historyOf(frequency[row], recency[row], age[row]);
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

/** Puts equal tuples together: `values[k][i]` is element k of tuple i. Ordered by value, weights summed in ascending order. */
export function compress(values: readonly ArrayLike<number>[], weights: ArrayLike<number>): { values: Float64Array[]; weight: Float64Array } {
  const keys = [...values, weights];
  const order = Uint32Array.from({ length: weights.length }, (_, i) => i).sort((i, j) => {
    for (const key of keys) if (key[i] !== key[j]) return key[i] - key[j];
    return 0;
  });
  const firsts: number[] = [];
  const sums: number[] = [];
  for (const i of order) {
    const last = firsts.at(-1);
    if (last !== undefined && values.every((key) => key[last] === key[i])) sums[sums.length - 1] += weights[i];
    else {
      firsts.push(i);
      sums.push(weights[i]);
    }
  }
  return { values: values.map((key) => Float64Array.from(firsts, (i) => key[i])), weight: Float64Array.from(sums) };
}

/** Compresses customers to unique (x, t_x, T). The 23,570 customers of CDNOW make 8,685 rows, one-time buyers of one week a single one. */
export function compressHistories(histories: readonly History[], weights: ArrayLike<number>): CompressedHistories {
  const { values, weight } = compress([histories.map((h) => h.x), histories.map((h) => h.T), histories.map((h) => h.tx)], weights);
  return { x: values[0], T: values[1], tx: values[2], weight, totalWeight: weight.reduce((a, b) => a + b, 0) };
}

/** The usable histories of the rows that a fit may read. */
export function trainingHistories(train: TrainingData, which: 'latest_period' | 'all'): CompressedHistories {
  const read = historyReader(train.x);
  const histories: History[] = [];
  const weights: number[] = [];
  for (const row of fitRows(train, which)) {
    const history = read(row);
    if (history === undefined) continue;
    histories.push(history);
    weights.push(train.weights?.[row] ?? 1);
  }
  return compressHistories(histories, weights);
}
