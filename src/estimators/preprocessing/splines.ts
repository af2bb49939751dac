/** Cubic splines of a quantity: natural ones, straight beyond the knots, and B-splines, flat beyond them; a value never seen cannot run away with either. */
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/** Quantiles at which the first and last knot lie, and between them the others evenly (Harrell 2015, table 2.3, for 3 to 7 knots nearly the same). */
const OUTER = 0.05;

/** Up to `count` distinct knots at quantiles of `values`, the first and last at `outer` and 1 − `outer`; fewer than three mean that the values are too few for a curve. */
export function quantileKnots(values: Float64Array, weights: Float64Array | undefined, count: number, outer = OUTER): number[] {
  const sample = distribution(values, weights);
  if (sample.values.length < count) return [];
  const knots = Array.from({ length: count }, (_, k) => weightedQuantile(sample, outer + ((1 - 2 * outer) * k) / (count - 1)));
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

/** Functions of a cubic B-spline basis over so many knots. They sum to 1 everywhere between the first and the last. */
export const bSplineCount = (knots: number): number => knots + 2;

/**
 * B_i,3(x) of the cubic B-spline basis (de Boor 1978, ch. IX, eq. 14–15) over `knots` (ascending, at least 2), continued on either side by three more at the distance of the
 * outer two; `basis` = 0 … knots + 1. Beyond the knots it stays what it is at the nearest one. As scikit-learn's SplineTransformer with `extrapolation='constant'`.
 */
export function bSplineBasis(knots: readonly number[], basis: number, x: number): number {
  const last = knots.length - 1;
  const at = Math.min(Math.max(x, knots[0]), knots[last]);
  const knot = (j: number): number =>
    j < 3 ? knots[0] - (3 - j) * (knots[1] - knots[0]) : j - 3 > last ? knots[last] + (j - 3 - last) * (knots[last] - knots[last - 1]) : knots[j - 3];
  if (at < knot(basis) || at >= knot(basis + 4)) return 0;
  const values = Float64Array.from({ length: 4 }, (_, j) => (at >= knot(basis + j) && at < knot(basis + j + 1) ? 1 : 0));
  for (let degree = 1; degree <= 3; degree++) {
    for (let j = 0; j + degree <= 3; j++) {
      const [from, to] = [knot(basis + j), knot(basis + j + degree)];
      const [nextFrom, nextTo] = [knot(basis + j + 1), knot(basis + j + degree + 1)];
      values[j] = ((at - from) / (to - from)) * values[j] + ((nextTo - at) / (nextTo - nextFrom)) * values[j + 1];
    }
  }
  return values[0];
}
