/** How well the data determine the parameters: observed information and the delta method. Wherever the optimum lies on a ridge there is no answer, and none is given. */
import { inverseSpd } from '../../math/linear.ts';
import { numericHessian } from '../../math/optimise.ts';
import type { Objective } from '../../math/optimise.ts';
import type { Family } from './family.ts';
import type { Maximum } from './maximise.ts';

/** Inverse of the observed information in the coordinates, carried over to logarithms of the parameters by the delta method. */
export function covarianceOfLogs(family: Family, objective: Objective, theta: Float64Array, weeksPerOrder: number, totalWeight: number): Float64Array | undefined {
  const n = family.coordinates.length;
  const size = theta.length;
  // At a wall the curvature is the wall's.
  if (family.coordinates.some(({ low, high }, i) => theta[i] < low || theta[i] > high)) return undefined;
  const inner = inverseSpd(numericHessian(objective, theta).map((value) => value * totalWeight), size);
  if (inner === undefined || !inner.every(Number.isFinite)) return undefined;
  // Jacobian: effects stay, logarithms by central differences of a smooth, cheap map.
  const jacobian = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    if (j >= n) {
      jacobian[j * size + j] = 1;
      continue;
    }
    const at = Float64Array.from(theta.subarray(0, n));
    const step = 1e-6;
    at[j] = theta[j] + step;
    const up = family.toLogs(at, weeksPerOrder);
    at[j] = theta[j] - step;
    const down = family.toLogs(at, weeksPerOrder);
    for (let i = 0; i < n; i++) jacobian[i * size + j] = (up[i] - down[i]) / (2 * step);
  }
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) for (let l = 0; l < size; l++) sum += jacobian[i * size + k] * inner[k * size + l] * jacobian[j * size + l];
      out[i * size + j] = sum;
    }
  }
  return out;
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

