/** What estimators share about their input: columns found by name, rows in canonical order, failures as answers. */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Column, Matrix } from '../base/matrix.ts';
import { argsort, hashUniform, rowHashes } from '../math/stats/index.ts';
import type { Estimator, FitContext, FitFailure, RowDistributions, TrainingData } from './contract.ts';

/** An estimator as a frozen plain object. */
export function defineEstimator<Artefact extends { readonly kind: string }, Params>(estimator: Estimator<Artefact, Params>): Estimator<Artefact, Params> {
  return Object.freeze({ ...estimator, defaults: Object.freeze(estimator.defaults) });
}

/** Quantiles of every row at the same levels, row-major rows × levels. */
export function sharedQuantiles(distributions: RowDistributions, levels: readonly number[]): Float64Array {
  const table = new Float64Array(distributions.rows * levels.length);
  for (let row = 0; row < distributions.rows; row++) table.set(levels, row * levels.length);
  return distributions.quantiles(table, levels.length);
}

export function refuse(reason: FitFailure, detail: string): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } {
  return { ok: false, reason, detail };
}

/** Throws `cancelled` when the caller has given up. */
export function checkCancelled({ signal, cancelled }: FitContext): void {
  const flagged = cancelled !== undefined && Atomics.load(cancelled, 0) !== 0;
  throwIfCancelled(flagged ? AbortSignal.abort() : signal, 'Fitting a model');
}

/** The columns called `names`, in that order. Throws `model_mismatch` naming the columns that are missing. */
export function namedColumns(x: Matrix, names: readonly string[]): Column[] {
  const byName = new Map(x.columns.map((column) => [column.name, column]));
  const absent = names.filter((name) => !byName.has(name));
  if (absent.length > 0) {
    throw new AppError('model_mismatch', `The model needs ${absent.length} column(s) that the features do not have: ${absent.slice(0, 10).join(', ')}.`, {
      details: { missing: absent },
      hint: 'Train again with the present features: `tagcast train`.',
    });
  }
  return names.map((name) => byName.get(name) as Column);
}

/** Their values. */
export function columnsNamed(x: Matrix, names: readonly string[]): Float64Array[] {
  return namedColumns(x, names).map(({ values }) => values);
}

/** Columns by code point of their names: what a fit sees must not depend on the order in which features were listed. */
export function sortedColumns(x: Matrix): Column[] {
  return [...x.columns].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Rows by (period, content): the same for any order of the input. Columns are taken one by one, by whoever needs them. */
export interface CanonicalOrder {
  readonly rows: number;
  /** By code point of their names; categories by name as well, those that occur, and the values are positions among them. In the order of the input's rows. */
  readonly columns: readonly Column[];
  /** Values of the input (one per row) in canonical order, copied. */
  readonly take: (values: ArrayLike<number>) => Float64Array;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
  /** 53-bit hash of each row's columns, target and period; equal rows have equal hashes whatever they weigh. */
  readonly hashes: Float64Array;
  /** 53-bit hash of each row's group; its own hash where rows stand alone. */
  readonly owners: Float64Array;
  /** Whether rows have groups. */
  readonly grouped: boolean;
  /** Rows from here on are of the latest period; equals `rows` when there are fewer than two periods. */
  readonly latestFrom: number;
}

/** The same with every column copied in that order. */
export interface CanonicalRows extends Omit<CanonicalOrder, 'columns' | 'take'> {
  readonly names: readonly string[];
  /** One array per name, `rows` long. */
  readonly columns: readonly Float64Array[];
}

export function canonicalRows(train: TrainingData): CanonicalRows {
  const { columns, take, ...order } = canonicalOrder(train);
  return { ...order, names: columns.map(({ name }) => name), columns: columns.map(({ values }) => take(values)) };
}

export function canonicalOrder(train: TrainingData): CanonicalOrder {
  const { x, y, period } = train;
  const rows = x.rows;
  const columns = canonicalColumns(x);
  const hashed: ArrayLike<number>[] = [...columns.map(({ values }) => values), y];
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
  const hashes = take(unordered);
  const owners = train.groups === undefined ? hashes : take(rowHashes([train.groups], rows));
  return { rows, columns, take, y: take(y), weights, totalWeight, hashes, owners, grouped: train.groups !== undefined, latestFrom };
}

/** Columns by name, categories by name: the same for any order and any coding. */
export function canonicalColumns(x: Matrix): Column[] {
  return sortedColumns(x).map(sortedCategories);
}

/** A column of categories with the names that occur, sorted; any other column as it is. The same for every coding of the same names. */
function sortedCategories(column: Column): Column {
  const { name, values, categories } = column;
  if (categories === undefined) return column;
  const used = new Set<string>();
  for (const code of values) if (code === code) used.add(categories[code]);
  const sorted = [...used].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const position = new Map(sorted.map((one, i) => [one, i]));
  const recoded = categories.map((one) => position.get(one) ?? Number.NaN);
  return { name, values: values.map((code) => (code === code ? recoded[code] : code)), categories: sorted };
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

/** What a fit does with a row while it chooses its own settings. */
export const FITTED = 0;
export const JUDGED = 1;
export const LEFT_OUT = 2;

/** Share of the groups that is judged where it has rows of earlier periods, which are then left out. */
export const JUDGED_GROUPS = 1 / 3;

type Held = Pick<CanonicalOrder, 'rows' | 'weights' | 'hashes' | 'owners' | 'grouped' | 'latestFrom'>;

/**
 * {@link FITTED}, {@link JUDGED} or {@link LEFT_OUT} for every row: what a fit holds out to choose its own settings. Judged is the latest period where it is big enough to judge by (of groups, a
 * share of them, and nobody's other rows are fitted), else a share of the rows drawn by their owner's hash (copies of a row stay together). Undefined when too few rows would be left on either side.
 */
export function holdOut(data: Held, seed: number, share = 0.15, least = 100): Uint8Array | undefined {
  const held = new Uint8Array(data.rows);
  if (data.grouped && data.latestFrom < data.rows) {
    for (let i = 0; i < data.rows; i++) held[i] = sideOf(hashUniform(data.owners[i], seed) < JUDGED_GROUPS, i >= data.latestFrom);
  } else held.fill(JUDGED, data.latestFrom);
  if (largeEnough(held, data.weights, least)) return held;
  for (let i = 0; i < data.rows; i++) held[i] = hashUniform(data.owners[i], seed) < share ? JUDGED : FITTED;
  return largeEnough(held, data.weights, least) ? held : undefined;
}

/** Later rows of those drawn are judged by a fit to earlier rows of the others. */
export function sideOf(drawn: boolean, latest: boolean): number {
  if (drawn) return latest ? JUDGED : LEFT_OUT;
  return latest ? LEFT_OUT : FITTED;
}

/** Whether what is judged and what is fitted weigh at least `least` each. @param weights one per row; absent: 1 each */
export function largeEnough(held: Uint8Array, weights: Float64Array | undefined, least: number): boolean {
  const weight = [0, 0, 0];
  for (let i = 0; i < held.length; i++) weight[held[i]] += weights === undefined ? 1 : weights[i];
  return weight[JUDGED] >= least && weight[FITTED] >= least;
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

/** The same for a target of any finite number. */
export function numberProblem(y: Float64Array, least: number): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined {
  if (y.length < least) return refuse('too_few_rows', `${y.length} rows; at least ${least} are needed.`);
  if (!y.every(Number.isFinite)) return refuse('unsupported_target', 'The target must be a finite number in every row.');
  if (y.every((v) => v === y[0])) return refuse('one_class', `All ${y.length} rows have the target ${y[0]}.`);
  return undefined;
}

/** The same for a target of classes 0, 1, …, each with at least one row. */
export function multiclassProblem(y: Float64Array, least: number): { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined {
  if (y.length < least) return refuse('too_few_rows', `${y.length} rows; at least ${least} are needed.`);
  if (!y.every((v) => Number.isInteger(v) && v >= 0 && v < 1000)) return refuse('unsupported_target', 'The target must be a class 0, 1, 2, … (below 1000) in every row.');
  const seen = new Set(y);
  if (seen.size === 1) return refuse('one_class', `All ${y.length} rows have the target ${y[0]}.`);
  const absent = Array.from({ length: Math.max(...seen) }, (_, k) => k).find((k) => !seen.has(k));
  return absent === undefined ? undefined : refuse('unsupported_target', `No row has the class ${absent}, and others have higher ones; classes must be numbered without gaps.`);
}
