/** The level that makes predictions of a finished period add up to what happened. */
import type { Task } from '../estimators/contract.ts';
import { shifted } from '../estimators/serving.ts';
import type { Served } from '../estimators/serving.ts';

const LIMIT = 1.5;
/** Rows a period from which its largest amount is cut. */
const LEAST_ROWS_CUT = 200;

/**
 * Shift of log-odds, or log factor of amounts, so that the mean prediction equals the mean outcome; 0 where there is nothing to match.
 *
 * One giant order is no level: of the largest amount of each period only half is counted of what it has beyond the next ones (Rivest 1994: a mean with its largest value cut to the next has the smaller mean
 * squared error under long tails). A share of the rows cut in place of a number of them would take the same part of the money from a shop of any size.
 * @param periods that the rows are of, one below another
 */
export function matchingLevel(task: Task, y: Float64Array, raw: Float64Array, periods = 1): number {
  if (task === 'duration' || y.length < 30) return 0;
  const wanted = sum(y);
  if (task === 'amount') {
    const cap = capOf(y, periods);
    const predicted = sum(raw);
    const actual = y.reduce((total, value) => total + Math.min(value, cap), 0);
    const generous = (actual + wanted) / 2;
    return predicted > 0 && generous > 0 ? clamp(Math.log(generous / predicted)) : 0;
  }
  if (wanted === 0 || wanted === y.length) return 0;
  let low = -LIMIT;
  let high = LIMIT;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(shifted(task, raw, middle)) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The intervals of served rows, in the form that evaluation takes. */
export function intervalsOf(served: Served): { intervals?: { low80: Float64Array; high80: Float64Array; low50: Float64Array; high50: Float64Array } } {
  const { low80, high80, low50, high50 } = served;
  return low80 === undefined || high80 === undefined || low50 === undefined || high50 === undefined ? {} : { intervals: { low80, high80, low50, high50 } };
}

const clamp = (value: number): number => Math.max(-LIMIT, Math.min(LIMIT, value));
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** The amount that the largest `periods` are cut down to; below 200 rows a period none is. */
function capOf(values: Float64Array, periods: number): number {
  const sorted = values.toSorted();
  return sorted[sorted.length - 1 - Math.min(periods, Math.floor(values.length / LEAST_ROWS_CUT))] ?? 0;
}
