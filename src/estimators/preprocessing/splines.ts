/** Natural cubic splines: cubic between the knots, straight beyond them, so that a value never seen cannot run away. */
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/** Quantiles at which the first and last knot lie, and between them the others evenly (Harrell 2015, table 2.3, for 3 to 7 knots nearly the same). */
const OUTER = 0.05;

/** Up to `count` distinct knots at quantiles of `values`; fewer than three mean that the values are too few for a curve. */
export function quantileKnots(values: Float64Array, weights: Float64Array | undefined, count: number): number[] {
  const sample = distribution(values, weights);
  if (sample.values.length < count) return [];
  const knots = Array.from({ length: count }, (_, k) => weightedQuantile(sample, OUTER + ((1 - 2 * OUTER) * k) / (count - 1)));
  return knots.filter((knot, k) => k === 0 || knot > knots[k - 1]);
}

/**
 * The curved functions N₃, N₄, … of the natural cubic basis (Hastie, Tibshirani & Friedman 2009, eq. 5.4 and 5.5), `basis` = 0 … knots − 3:
 * d_k(x) − d_{K−1}(x) with d_k(x) = ((x − ξ_k)₊³ − (x − ξ_K)₊³) / (ξ_K − ξ_k), divided by (ξ_K − ξ_1)² so that the scale is that of x.
 */
export function splineBasis(knots: readonly number[], basis: number, x: number): number {
  const last = knots[knots.length - 1];
  const range = last - knots[0];
  // Far out the squares would cancel or overflow; the line ends ten thousand ranges beyond the knots.
  const at = Math.min(x, last + 1e4 * range);
  return (ratio(knots[basis], last, at) - ratio(knots[knots.length - 2], last, at)) / (range * range);
}

function ratio(knot: number, last: number, x: number): number {
  if (x <= knot) return 0;
  const cube = (x - knot) ** 3;
  // Beyond the last knot the difference of cubes is taken apart, or two huge numbers would cancel.
  if (x <= last) return cube / (last - knot);
  const [a, b] = [x - knot, x - last];
  return a * a + a * b + b * b;
}
