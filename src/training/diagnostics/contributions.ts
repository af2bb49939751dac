/** What each feature does to the predictions of a sample of the test period. */
import { takeRows } from '../../base/matrix.ts';
import type { Column, Matrix } from '../../base/matrix.ts';
import type { Task } from '../../estimators/contract.ts';
import { argsort, quantileSorted, rowHashes } from '../../math/stats/index.ts';
import { candidateMatrix } from '../candidate.ts';
import type { AnyEstimator, Fitted } from '../candidate.ts';
import { tidy } from './curves.ts';
import { MOST_FEATURES, MOST_SAMPLE } from './schema.ts';
import type { HeadDiagnostics } from './schema.ts';

type Contributions = NonNullable<HeadDiagnostics['contributions']>;

/** Columns up to which every coalition is asked. */
const MOST_SHAPLEY = 8;
const LEAST_ROWS = 20;

/** `most` rows spread over all of them by the hash of their content: the same customers in whatever order they come. */
export function sampleRows(x: Matrix, most: number): Int32Array {
  const order = argsort(rowHashes([...x.columns].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ values }) => values), x.rows));
  return order.slice(0, most).sort();
}

/** Null where the estimator has neither an explanation nor few enough columns, or the sample is too small to show a shape. */
export function contributionsOf(task: Task, { candidate, estimator, artefact }: Fitted, all: Matrix): HeadDiagnostics['contributions'] {
  const whole = candidateMatrix(all, candidate);
  const x = takeRows(whole, sampleRows(whole, MOST_SAMPLE));
  if (x.rows < LEAST_ROWS) return null;
  const explanation = estimator.explain?.(artefact, x);
  const found = explanation === undefined
    ? shapley(task, estimator, artefact, whole, x)
    : { method: 'explained' as const, scale: explanation.scale, columns: explanation.columns, values: explanation.contributions };
  if (found === undefined || found.values.some((values) => values.some((value) => !Number.isFinite(value)))) return null;
  const size = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  const features = found.columns
    .map((name, c) => ({ name, contributions: found.values[c], meanAbsolute: tidy(size(found.values[c])) }))
    .filter(({ meanAbsolute }) => meanAbsolute > 0)
    .sort((a, b) => b.meanAbsolute - a.meanAbsolute || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_FEATURES)
    .map(({ name, contributions, meanAbsolute }) => ({ name, meanAbsolute, points: points(x.columns.find((column) => column.name === name), contributions) }));
  return { method: found.method, scale: found.scale, rows: x.rows, features };
}

/**
 * (value, contribution) sorted by value, then contribution, so that nothing leads from one feature's points to another's. The outermost hundredth of the
 * values is drawn in, and both are kept to few digits: the shape of a feature is shown, not a customer.
 */
function points(column: Column | undefined, contributions: Float64Array): Contributions['features'][number]['points'] {
  const values = column?.values ?? new Float64Array(contributions.length).fill(Number.NaN);
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const [low, high] = present.length === 0 ? [0, 0] : [quantileSorted(present, 0.01), quantileSorted(present, 0.99)];
  const rounded = Array.from(values, (value, row): [number | null, number] => [
    Number.isNaN(value) ? null : Number(Math.min(high, Math.max(low, value)).toPrecision(3)) + 0,
    Number(contributions[row].toPrecision(4)) + 0,
  ]);
  return rounded.sort((a, b) => (a[0] ?? -Infinity) - (b[0] ?? -Infinity) || a[1] - b[1] || 0);
}

interface Found {
  readonly method: 'explained' | 'shapley';
  readonly scale: Contributions['scale'];
  readonly columns: readonly string[];
  readonly values: readonly Float64Array[];
}

/**
 * Exact Shapley values of models over a few columns without an explanation of their own (customer-base models): every coalition of columns is asked, the others
 * standing at their median (baseline Shapley, Sundararajan & Najmi 2020, eq. 4). On log-odds for probabilities, log(1 + v) for amounts and days.
 */
function shapley(task: Task, estimator: AnyEstimator, artefact: { readonly kind: string }, all: Matrix, x: Matrix): Found | undefined {
  const names = (estimator.requiredColumns ?? all.columns.map(({ name }) => name)).filter((name) => x.columns.some((column) => column.name === name));
  if (names.length === 0 || names.length > MOST_SHAPLEY) return undefined;
  const typical = new Map(names.map((name) => [name, median(all.columns.find((column) => column.name === name)?.values ?? new Float64Array())]));
  const link = (value: number): number => {
    if (task !== 'binary') return Math.log1p(Math.max(0, value));
    const p = Math.min(1 - 1e-9, Math.max(1e-9, value));
    return Math.log(p / (1 - p));
  };
  const worth = Array.from({ length: 2 ** names.length }, (_, coalition) => {
    const columns = x.columns.map((column) => {
      const at = names.indexOf(column.name);
      return at < 0 || ((coalition >> at) & 1) === 1 ? column : { ...column, values: new Float64Array(x.rows).fill(typical.get(column.name) ?? Number.NaN) };
    });
    return estimator.predict(artefact, { rows: x.rows, columns }).map(link);
  });
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const values = names.map((_, at) => {
    const out = new Float64Array(x.rows);
    for (let coalition = 0; coalition < worth.length; coalition++) {
      if (((coalition >> at) & 1) === 1) continue;
      const size = coalition.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(names.length - size - 1)) / factorial(names.length);
      const [without, withIt] = [worth[coalition], worth[coalition | (1 << at)]];
      for (let row = 0; row < x.rows; row++) out[row] += weight * (withIt[row] - without[row]);
    }
    return out;
  });
  return { method: 'shapley', scale: task === 'binary' ? 'log_odds' : 'log', columns: names, values };
}

/** Median of what is present; NaN of nothing. */
export function median(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  return present.length === 0 ? Number.NaN : quantileSorted(present, 0.5);
}
