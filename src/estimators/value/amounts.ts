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

/** A correction of a total beyond the double, or the half, is a fault and no correction. */
const MOST_CORRECTION = 2;

/**
 * The factor on predictions whose distribution is fitted and their total is not: it takes out what a wrong shape does to the mean, and leaves what chance does. With r = Σ w·y / Σ w·ŷ and its standard error s
 * (of a ratio, Cochran 1977, equation 6.13, rows independent) it is 1 + (r − 1)·max(0, 1 − 2s²/(r − 1)²): drawn towards 1 as Efron & Morris (1973) draw means towards theirs, with the positive part, and twice as
 * far, because s is itself too small where few amounts are most of the money; between 1/2 and 2. Few rows or one giant amount leave the predictions as they are.
 */
export function shrunkTotalScale(raw: Float64Array, y: Float64Array, weights: Float64Array): number {
  let [predicted, actual, squares] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    predicted += weights[i] * raw[i];
    actual += weights[i] * y[i];
  }
  const ratio = actual / predicted;
  for (let i = 0; i < y.length; i++) squares += weights[i] * ((y[i] - ratio * raw[i]) / predicted) ** 2;
  const apart = (ratio - 1) ** 2;
  // Nothing predicted, or nothing that happened: no number, and no correction.
  if (!(actual > 0 && apart > 2 * squares)) return 1;
  return Math.max(1 / MOST_CORRECTION, Math.min(MOST_CORRECTION, 1 + (ratio - 1) * (1 - (2 * squares) / apart)));
}

/** Residual quantiles from held-out rows; undefined below 30 rows, where a 5 % tail would be one customer. */
export function conformalOn(predicted: ArrayLike<number>, actual: ArrayLike<number>): Conformal | undefined {
  return predicted.length < 30 ? undefined : fitConformal(predicted, actual, CONFORMAL_LEVELS);
}
