/** What estimators share about their input: columns found by name, rows in canonical order, failures as answers. */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Column, Matrix } from '../base/matrix.ts';
import { argsort, hashUniform, rowHashes } from '../math/stats/index.ts';
import type { Estimator, FitContext, FitFailure, TrainingData } from './contract.ts';

/** An estimator as a frozen plain object. */
export function defineEstimator<Artefact extends { readonly kind: string }, Params>(estimator: Estimator<Artefact, Params>): Estimator<Artefact, Params> {
  return Object.freeze({ ...estimator, defaults: Object.freeze(estimator.defaults) });
}

export function refuse(reason: FitFailure, detail: string): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } {
  return { ok: false, reason, detail };
}

/** Throws `cancelled` when the caller has given up. */
export function checkCancelled(context: FitContext): void {
  throwIfCancelled(context.signal, 'Fitting a model');
}

/** The values of the columns called `names`, in that order. Throws `model_mismatch` naming the columns that are missing. */
export function columnsNamed(x: Matrix, names: readonly string[]): Float64Array[] {
  const byName = new Map(x.columns.map(({ name, values }) => [name, values]));
  const absent = names.filter((name) => !byName.has(name));
  if (absent.length > 0) {
    throw new AppError('model_mismatch', `The model needs ${absent.length} column(s) that the features do not have: ${absent.slice(0, 10).join(', ')}.`, {
      details: { missing: absent },
      hint: 'Train again with the present features: `tagcast train`.',
    });
  }
  return names.map((name) => byName.get(name) as Float64Array);
}

/** Columns by code point of their names: what a fit sees must not depend on the order in which features were listed. */
export function sortedColumns(x: Matrix): Column[] {
  return [...x.columns].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Training data with columns by name and rows by (period, content): the same for any order of the input. */
export interface CanonicalRows {
  readonly rows: number;
  readonly names: readonly string[];
  /** One array per name, `rows` long. */
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
  /** 53-bit hash of each row's columns, target and period; equal rows have equal hashes whatever they weigh. */
  readonly hashes: Float64Array;
  /** Rows from here on are of the latest period; equals `rows` when there are fewer than two periods. */
  readonly latestFrom: number;
}

export function canonicalRows(train: TrainingData): CanonicalRows {
  const { x, y, period } = train;
  const rows = x.rows;
  const sorted = sortedColumns(x);
  const hashed: ArrayLike<number>[] = [...sorted.map(({ values }) => values), y];
  if (period !== undefined) hashed.push(period);
  const unordered = rowHashes(hashed, rows);
  const order = argsort(unordered);
  // Equal hashes mean equal rows, which can differ in weight alone.
  const byWeight = train.weights === undefined ? order : settleTies(order, unordered, train.weights);
  const final = period === undefined ? byWeight : byWeight.sort((a, b) => period[a] - period[b]);
  const take = (values: ArrayLike<number>): Float64Array => {
    const taken = new Float64Array(rows);
    for (let i = 0; i < rows; i++) taken[i] = values[final[i]];
    return taken;
  };
  let latestFrom = rows;
  if (period !== undefined && rows > 0 && period[final[0]] !== period[final[rows - 1]]) {
    const latest = period[final[rows - 1]];
    while (period[final[latestFrom - 1]] === latest) latestFrom--;
  }
  const weights = train.weights === undefined ? new Float64Array(rows).fill(1) : take(train.weights);
  let totalWeight = 0;
  for (let i = 0; i < rows; i++) totalWeight += weights[i];
  return { rows, names: sorted.map(({ name }) => name), columns: sorted.map(({ values }) => take(values)), y: take(y), weights, totalWeight, hashes: take(unordered), latestFrom };
}

function settleTies(order: Int32Array, keys: Float64Array, weights: Float64Array): Int32Array {
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && keys[order[end]] === keys[order[start]]) end++;
    if (end - start > 1) order.subarray(start, end).sort((a, b) => weights[a] - weights[b]);
    start = end;
  }
  return order;
}

/**
 * 1 for the rows that a fit should hold out to choose its own settings: the latest period where it is big enough to judge by,
 * else a share of the rows drawn by their hash (copies of a row stay together). Undefined when too few rows would be left on either side.
 */
export function holdOut(data: CanonicalRows, seed: number, share = 0.15, least = 100): Uint8Array | undefined {
  const held = new Uint8Array(data.rows);
  held.fill(1, data.latestFrom);
  if (largeEnough(data, held, least)) return held;
  held.fill(0);
  for (let i = 0; i < data.rows; i++) held[i] = hashUniform(data.hashes[i], seed) < share ? 1 : 0;
  return largeEnough(data, held, least) ? held : undefined;
}

function largeEnough(data: CanonicalRows, held: Uint8Array, least: number): boolean {
  let heldWeight = 0;
  for (let i = 0; i < data.rows; i++) if (held[i] === 1) heldWeight += data.weights[i];
  return heldWeight >= least && data.totalWeight - heldWeight >= least;
}

/** True where both 0 and 1 occur among the rows that `include` marks (absent: all). */
export function hasTwoClasses(y: ArrayLike<number>, include?: (row: number) => boolean): boolean {
  let [zero, one] = [false, false];
  for (let i = 0; i < y.length; i++) {
    if (include !== undefined && !include(i)) continue;
    if (y[i] === 1) one = true;
    else zero = true;
  }
  return zero && one;
}

/** The first thing that keeps `y` from being a binary target, or undefined. */
export function binaryProblem(y: Float64Array, least: number): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined {
  if (y.length < least) return refuse('too_few_rows', `${y.length} rows; at least ${least} are needed.`);
  if (y.some((v) => v !== 0 && v !== 1)) return refuse('unsupported_target', 'The target must be 0 or 1 in every row.');
  if (!hasTwoClasses(y)) return refuse('one_class', `All ${y.length} rows have the target ${y[0]}.`);
  return undefined;
}

/** The same for an amount target. */
export function amountProblem(y: Float64Array, least: number): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined {
  if (y.length < least) return refuse('too_few_rows', `${y.length} rows; at least ${least} are needed.`);
  if (y.some((v) => !(v >= 0) || v === Infinity)) return refuse('unsupported_target', 'An amount must be finite and at least 0 in every row.');
  if (!y.some((v) => v > 0)) return refuse('one_class', `All ${y.length} rows have the amount 0.`);
  return undefined;
}
