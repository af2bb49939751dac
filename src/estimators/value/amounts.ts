import { distribution, weightedQuantile } from '../../math/stats/index.ts';
import { CONFORMAL_LEVELS, fitConformal, type Conformal } from '../calibration/conformal.ts';
import type { CanonicalRows } from '../rows.ts';

/** The rows of `data` that `keep` marks, in order. */
export function selectRows(data: CanonicalRows, keep: (row: number) => boolean): { columns: Float64Array[]; y: Float64Array; weights: Float64Array; rows: Int32Array } {
  const rows = Int32Array.from(data.y.keys()).filter(keep);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]);
  return { columns: data.columns.map(pick), y: pick(data.y), weights: pick(data.weights), rows };
}

/** An amount that predictions may not pass: `factor` times the `level` quantile of the amounts above 0, or a lower one that leaves two amounts (by weight) above it. */
export function robustCap(y: Float64Array, weights: Float64Array, level: number, factor: number): number {
  const spent = y.map((v) => (v > 0 ? v : NaN));
  const amounts = distribution(spent, weights);
  return factor * weightedQuantile(amounts, Math.max(0.5, Math.min(level, 1 - 2 / amounts.cumulative[amounts.cumulative.length - 1])));
}

/** The factor s with Σ w·min(s·raw, cap) = Σ w·y, by bisection; what the cap takes away is given back to the others. At most 10,000. */
export function totalScale(raw: Float64Array, y: Float64Array, weights: Float64Array, cap: number): number {
  let target = 0;
  for (let i = 0; i < y.length; i++) target += weights[i] * y[i];
  const reached = (scale: number): number => {
    let sum = 0;
    for (let i = 0; i < raw.length; i++) sum += weights[i] * Math.min(scale * raw[i], cap);
    return sum;
  };
  let [low, high] = [0, 10_000];
  if (reached(high) <= target) return high;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (reached(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Residual quantiles from held-out rows; undefined below 30 rows, where a 5 % tail would be one customer. */
export function conformalOn(predicted: ArrayLike<number>, actual: ArrayLike<number>): Conformal | undefined {
  return predicted.length < 30 ? undefined : fitConformal(predicted, actual, CONFORMAL_LEVELS);
}
