import { averageRanks } from '../stats/argsort.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { betaIInverse, gammaPInverse } from '../specialIncomplete.ts';
import { normalQuantile } from '../specialNormal.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval (1927) of a share; [0, 1] of nothing. `hits` may be a fraction where ties share their outcome. */
export function wilson(hits: number, rows: number, level = 0.95): Range {
  if (rows <= 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + level / 2);
  const share = hits / rows;
  const centre = (share + (z * z) / (2 * rows)) / (1 + (z * z) / rows);
  const half = (z / (1 + (z * z) / rows)) * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows));
  return { low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)) };
}

/** Two-sided Student quantile t_{ν} of `level`: 1.96 for many degrees of freedom, 12.7 for one, at 95 %. */
export function studentQuantile(degrees: number, level = 0.95): number {
  const x = betaIInverse(degrees / 2, 0.5, 1 - level);
  return Math.sqrt((degrees * (1 - x)) / x);
}

/** Student interval of a mean; without bounds below two values. */
export function meanRange(values: ArrayLike<number>, level = 0.95): Range | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const centre = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - centre) ** 2;
  const half = studentQuantile(n - 1, level) * Math.sqrt(squares / (n - 1) / n);
  return { low: centre - half, high: centre + half };
}

/** Distribution-free interval of a median: the order statistics n/2 ± z·√n/2 (Conover 1999, 3.2, with the normal approximation). Undefined of nothing. */
export function medianRange(values: ArrayLike<number>, level = 0.95): (Range & { readonly value: number }) | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const half = (normalQuantile(0.5 + level / 2) * Math.sqrt(n)) / 2;
  const at = (place: number): number => sorted[Math.min(n - 1, Math.max(0, place))];
  return { value: quantileSorted(sorted, 0.5), low: at(Math.floor(n / 2 - half)), high: at(Math.ceil(n / 2 + half) - 1) };
}

/**
 * Interval of the area under the ROC curve after DeLong, DeLong & Clarke-Pearson (1988), on the logit scale so that it stays within (0, 1).
 * `y` in {0, 1}. Undefined with fewer than two rows of either class.
 */
export function aucRange(y: ArrayLike<number>, score: ArrayLike<number>, level = 0.95): (Range & { readonly value: number }) | undefined {
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < y.length; i++) (y[i] === 1 ? positive : negative).push(score[i]);
  const [m, n] = [positive.length, negative.length];
  if (m < 2 || n < 2) return undefined;
  const all = averageRanks([...positive, ...negative]);
  const amongPositive = averageRanks(positive);
  const amongNegative = averageRanks(negative);
  // Share of the other class that each row is ranked above (positives) or below (negatives).
  const above = Float64Array.from(positive, (_, i) => (all[i] - amongPositive[i]) / n);
  const below = Float64Array.from(negative, (_, i) => 1 - (all[m + i] - amongNegative[i]) / m);
  const value = above.reduce((sum, v) => sum + v, 0) / m;
  const variance = (part: Float64Array): number => part.reduce((sum, v) => sum + (v - value) ** 2, 0) / (part.length - 1) / part.length;
  const error = Math.sqrt(variance(above) + variance(below));
  const z = normalQuantile(0.5 + level / 2);
  if (error === 0 || value <= 0 || value >= 1) return { value, low: Math.max(0, value - z * error), high: Math.min(1, value + z * error) };
  const logit = Math.log(value / (1 - value));
  const half = (z * error) / (value * (1 - value));
  const back = (t: number): number => 1 / (1 + Math.exp(-t));
  return { value, low: back(logit - half), high: back(logit + half) };
}

/** Quantile of the chi-squared distribution. */
export function chiSquaredQuantile(degrees: number, level: number): number {
  return 2 * gammaPInverse(degrees / 2, level);
}
