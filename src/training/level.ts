/** The level that makes predictions of a finished period add up to what happened. */
import type { Task } from '../estimators/contract.ts';
import { shifted } from '../estimators/serving.ts';
import type { Served } from '../estimators/serving.ts';

const LIMIT = 1.5;

/** Shift of log-odds, or log factor of amounts, so that the mean prediction equals the mean outcome; 0 where there is nothing to match. */
export function matchingLevel(task: Task, y: Float64Array, raw: Float64Array): number {
  if (task === 'duration' || y.length < 30) return 0;
  const wanted = sum(y);
  if (task === 'amount') {
    // The largest half percent is cut back on both sides: one giant order is no level.
    const cap = quantile(y, 0.995);
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

function quantile(values: Float64Array, level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))] ?? 0;
}
