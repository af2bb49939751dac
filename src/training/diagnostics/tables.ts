/** Tables by tenth of prediction and by hundredth of customers, each line with the interval of what happened. */
import type { Task } from '../../estimators/contract.ts';
import type { Served } from '../../estimators/serving.ts';
import { calibrationTable, meanRange, medianRange, wilson } from '../../math/metrics/index.ts';
import { argsort, mean } from '../../math/stats/index.ts';
import { tidy } from './curves.ts';
import type { CandidateDiagnostics, HeadDiagnostics } from './schema.ts';

/** What is said of outcomes in {0, 1}, of amounts, and of days, whose predictions are medians. */
export type Centre = 'share' | 'mean' | 'median';
export const CENTRES: Readonly<Record<Task, Centre>> = { binary: 'share', amount: 'mean', duration: 'median' };

/** The centre of outcomes with its 95 % interval: Wilson's of a share, Student's of a mean, order statistics of a median. */
export function outcomeRange(values: ArrayLike<number>, centre: Centre): { value: number; low: number; high: number } {
  const middle = centre === 'median' ? medianRange(values) : undefined;
  const value = middle?.value ?? mean(values);
  const { low, high } = middle ?? (centre === 'share' ? wilson(value * values.length, values.length) : (meanRange(values) ?? { low: value, high: value }));
  // Amounts, days and errors have no side below nothing.
  return { value: tidy(value), low: tidy(Math.max(0, low)), high: tidy(high) };
}

/** Row indices of the bins of {@link calibrationTable}, lowest prediction first. */
export function rowsByTenth(y: Float64Array, predicted: Float64Array): Int32Array[] {
  const order = argsort(predicted);
  let start = 0;
  return calibrationTable(y, predicted).map(({ rows }) => order.subarray(start, (start += rows)));
}

export function calibrationBins(task: Task, y: Float64Array, predicted: Float64Array): CandidateDiagnostics['calibration'] {
  return rowsByTenth(y, predicted).map((rows) => {
    const { value, low, high } = outcomeRange(Float64Array.from(rows, (row) => y[row]), CENTRES[task]);
    return { rows: rows.length, predicted: tidy(mean(Float64Array.from(rows, (row) => predicted[row]))), actual: value, low, high };
  });
}

/**
 * The outcome among the k % with the highest probabilities, k = 1 … 100; rows that share a probability share their mean outcome, so that no order
 * among them is made up.
 */
export function cutoffTable(y: Float64Array, predicted: Float64Array): NonNullable<HeadDiagnostics['cutoffs']> {
  const order = argsort(predicted).toReversed();
  const n = order.length;
  const shared = new Float64Array(n);
  for (let start = 0; start < n; ) {
    let end = start;
    let sum = 0;
    while (end < n && predicted[order[end]] === predicted[order[start]]) sum += y[order[end++]];
    shared.fill(sum / (end - start), start, end);
    start = end;
  }
  const table: NonNullable<HeadDiagnostics['cutoffs']> = [];
  let [taken, hits] = [0, 0];
  for (let percent = 1; percent <= 100; percent++) {
    const rows = Math.round((percent * n) / 100);
    if (rows === 0 || rows === table.at(-1)?.rows) continue;
    while (taken < rows) hits += shared[taken++];
    const { low, high } = wilson(hits, rows);
    table.push({ rows, score: tidy(predicted[order[rows - 1]]), rate: tidy(hits / rows), low: tidy(low), high: tidy(high) });
  }
  return table;
}

/** Coverage of the 80 % interval by tenth, over the rows that have one. Null where the candidate gives none. */
export function coverageByTenth(y: Float64Array, { prediction, low80, high80 }: Served): HeadDiagnostics['coverage'] {
  if (low80 === undefined || high80 === undefined) return null;
  const table = rowsByTenth(y, prediction).flatMap((rows) => {
    const given = rows.filter((row) => !Number.isNaN(low80[row]));
    if (given.length === 0) return [];
    return [{
      rows: given.length,
      predicted: tidy(mean(Float64Array.from(given, (row) => prediction[row]))),
      covered: outcomeRange(Float64Array.from(given, (row) => (low80[row] <= y[row] && y[row] <= high80[row] ? 1 : 0)), 'share'),
      width: tidy(mean(Float64Array.from(given, (row) => high80[row] - low80[row]))),
    }];
  });
  return table.length === 0 ? null : table;
}

export function errorsByTenth(y: Float64Array, predicted: Float64Array): NonNullable<HeadDiagnostics['errors']> {
  return rowsByTenth(y, predicted).map((rows) => ({
    rows: rows.length,
    predicted: tidy(mean(Float64Array.from(rows, (row) => predicted[row]))),
    error: outcomeRange(Float64Array.from(rows, (row) => Math.abs(predicted[row] - y[row])), 'mean'),
  }));
}
