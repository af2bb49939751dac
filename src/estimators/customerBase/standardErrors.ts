/** How well the data determine the parameters: observed information and the delta method. Wherever the optimum lies on a ridge there is no answer, and none is given. */
import { congruence, inverseSpd } from '../../math/linear.ts';
import type { Family } from './family.ts';
import type { Maximum } from './maximise.ts';

/**
 * Inverse of the observed information in the coordinates, carried over to logarithms of the parameters by the delta method.
 * @param hessian of the mean loss at `theta`, by coordinates and effects.
 */
export function covarianceOfLogs(family: Family, hessian: Float64Array, theta: Float64Array, parameters: Float64Array, totalWeight: number): Float64Array | undefined {
  const n = family.coordinates.length;
  const size = theta.length;
  // At a wall the curvature is the wall's.
  if (family.coordinates.some(({ low, high }, i) => theta[i] < low || theta[i] > high)) return undefined;
  const inner = inverseSpd(hessian.map((value) => value * totalWeight), size);
  if (inner === undefined || !inner.every(Number.isFinite)) return undefined;
  // J C Jᵀ; effects stay.
  const transposed = new Float64Array(size * size);
  family.jacobian(parameters).forEach((value, i) => { transposed[(i % n) * size + Math.floor(i / n)] = value; });
  for (let i = n; i < size; i++) transposed[i * size + i] = 1;
  return congruence(transposed, inner, size);
}

/** Standard errors of the parameters, se(p) = p se(ln p), then of the effects; undefined on a ridge. */
export function standardErrorsOf({ covariance, parameters, theta }: Maximum): number[] | undefined {
  if (covariance === undefined) return undefined;
  const size = theta.length;
  const errors = Array.from({ length: size }, (_, i) => Math.sqrt(covariance[i * size + i]) * (i < parameters.length ? parameters[i] : 1));
  return errors.every((error) => error > 0 && error < Infinity) ? errors : undefined;
}

/** Standard error of any smooth function of the parameters by the delta method; undefined on a ridge. */
export function deltaStandardError({ covariance, parameters, gamma, theta }: Maximum, f: (parameters: Float64Array, gamma: Float64Array) => number): number | undefined {
  if (covariance === undefined) return undefined;
  const size = theta.length;
  const n = parameters.length;
  const slopes = Float64Array.from({ length: size }, (_, i) => {
    const step = 1e-5;
    const moved = (sign: number): number => f(
      parameters.map((value, k) => (k === i ? value * Math.exp(sign * step) : value)),
      gamma.map((value, k) => (k + n === i ? value + sign * step : value)),
    );
    return (moved(1) - moved(-1)) / (2 * step);
  });
  let variance = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) variance += slopes[i] * covariance[i * size + j] * slopes[j];
  return Math.sqrt(Math.max(0, variance));
}

