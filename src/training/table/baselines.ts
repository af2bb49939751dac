/** What any model of a flat file must beat: the base rate, and the best single column in tenths. */
import type { Column } from '../../base/matrix.ts';
import { distribution, lowerBound, weightedQuantile } from '../../math/stats/index.ts';
import { rowLosses } from './losses.ts';
import type { TableProblem } from './problem.ts';

export interface Baseline {
  readonly name: string;
  /** Column that it looks at. */
  readonly column?: string;
  readonly test: Float64Array;
}

/** Rows of the overall mean that are mixed into the mean of a bin. */
const PRIOR_ROWS = 20;
const BINS = 10;
/** Distinct values up to which each is a bin of its own. */
const OWN_BINS = 30;

/** @param train outer training rows @param test rows to predict */
export function baselinesOf(problem: TableProblem, train: Int32Array, test: Int32Array): Baseline[] {
  const width = problem.task === 'multiclass' ? (problem.classes?.length ?? 1) : 1;
  const y = Float64Array.from(train, (row) => problem.y[row]);
  const means = meansOf(y, width);
  const everyone: Baseline = { name: 'base_rate', test: repeated(means, test.length) };
  let best: { column: Column; loss: number; predict: (rows: Int32Array) => Float64Array } | undefined;
  for (const column of problem.x.columns) {
    const predict = binned(column, train, y, means);
    const losses = rowLosses(problem.task, y, predict(train), width);
    const loss = losses.reduce((sum, value) => sum + value, 0);
    if (best === undefined || loss < best.loss) best = { column, loss, predict };
  }
  return best === undefined ? [everyone] : [everyone, { name: 'best_column', column: best.column.name, test: best.predict(test) }];
}

/** Mean of the target, or the share of each class half a row away from 0. */
function meansOf(y: Float64Array, width: number): Float64Array {
  if (width === 1) {
    const mean = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
    const binary = y.every((value) => value === 0 || value === 1);
    return Float64Array.of(binary ? Math.min(Math.max(mean, 0.5 / (y.length + 1)), 1 - 0.5 / (y.length + 1)) : mean);
  }
  const shares = new Float64Array(width).fill(0.5);
  for (const place of y) shares[place]++;
  return shares.map((count) => count / (y.length + width / 2));
}

function repeated(one: Float64Array, times: number): Float64Array {
  const all = new Float64Array(one.length * times);
  for (let i = 0; i < times; i++) all.set(one, i * one.length);
  return all;
}

/** Smoothed means of the target by bin of one column: its levels, its few values, or tenths; missing values are a bin. */
function binned({ values, categories }: Column, train: Int32Array, y: Float64Array, means: Float64Array): (rows: Int32Array) => Float64Array {
  const known = distribution(Float64Array.from(train, (row) => values[row]), undefined);
  const own = categories !== undefined || known.values.length <= OWN_BINS;
  const ends = own ? known.values : Float64Array.from(new Set(Array.from({ length: BINS }, (_, b) => weightedQuantile(known, (b + 1) / BINS))));
  const width = means.length;
  const unseen = ends.length + 1;
  const binOf = (value: number): number => {
    if (value !== value) return ends.length;
    const at = lowerBound(ends, value);
    return own && ends[at] !== value ? (categories === undefined ? Math.min(at, ends.length - 1) : unseen) : Math.min(at, ends.length - 1);
  };
  const sums = new Float64Array((ends.length + 2) * width);
  const rows = new Float64Array(ends.length + 2);
  train.forEach((row, i) => {
    const bin = binOf(values[row]);
    rows[bin]++;
    if (width === 1) sums[bin] += y[i];
    else sums[bin * width + y[i]]++;
  });
  return (wanted) => {
    const predicted = new Float64Array(wanted.length * width);
    wanted.forEach((row, i) => {
      const bin = Math.max(0, binOf(values[row]));
      for (let c = 0; c < width; c++) predicted[i * width + c] = (sums[bin * width + c] + PRIOR_ROWS * means[c]) / (rows[bin] + PRIOR_ROWS);
    });
    return predicted;
  };
}
