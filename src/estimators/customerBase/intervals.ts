/** Profile-likelihood intervals of the parameters of order models and of the numbers that people judge them by. */
import type { Objective } from '../../math/optimise.ts';
import { profileInterval } from '../../math/profile.ts';
import type { FitOptions, Maximum } from './maximise.ts';
import { meanLoss } from './meanLoss.ts';
import type { Group } from './meanLoss.ts';

export interface IntervalOptions extends FitOptions {
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Interval of a parameter (`r`, `alpha`, …) or of a coordinate (`ordersPerWeek`, `leaving`, `rateSpread`, …) of a fit, by profile likelihood; with the prior of the fit given again,
 * by profile posterior. Ends are 0 or Infinity where the data do not bound the number, as on the ridges of small cohorts, where a standard error would invent one.
 * @throws RangeError for a name that the family does not have.
 */
export function profileIntervalOf(fit: Maximum, groups: readonly Group[], name: string, { level = 0.95, prior, signal }: IntervalOptions = {}): { readonly low: number; readonly high: number } {
  const { family, theta, weeksPerOrder } = fit;
  const n = family.coordinates.length;
  const totalWeight = groups.reduce((sum, { data }) => sum + data.totalWeight, 0);
  const mean = meanLoss(family, groups, weeksPerOrder, prior, false);
  const total: Objective = (at, gradient) => {
    const value = mean(at, gradient) * totalWeight;
    if (gradient !== undefined) for (let i = 0; i < gradient.length; i++) gradient[i] *= totalWeight;
    return value;
  };
  const step = (index: number): number => Math.max(0.02, 2 * (fit.covariance === undefined ? 0.3 : Math.sqrt(Math.max(0, fit.covariance[index * (theta.length + 1)]))));
  const coordinate = family.coordinates.findIndex((one) => one.name === name);
  if (coordinate >= 0) {
    const { low, high } = profileInterval(total, theta, coordinate, { level, step: Math.min(2, step(coordinate)), limit: LIMIT, signal });
    const ends = [low, high].map((end) => family.coordinates[coordinate].toValue(end, weeksPerOrder)).sort((a, b) => a - b);
    return { low: ends[0], high: ends[1] };
  }
  const parameter = family.parameters.indexOf(name);
  if (parameter < 0) throw new RangeError(`${family.name} has no number called ${name}; it has ${[...family.parameters, ...family.coordinates.map((one) => one.name)].join(', ')}`);
  // In logarithms of the parameters: their chain rule is that of the coordinates, undone by finite differences of a smooth, cheap map.
  const inLogs: Objective = (logs, gradient) => {
    const at = Float64Array.from(logs);
    at.set(family.toTheta(logs.subarray(0, n), weeksPerOrder));
    if (gradient === undefined) return total(at);
    const byTheta = new Float64Array(logs.length);
    const value = total(at, byTheta);
    gradient.set(byTheta);
    for (let j = 0; j < n; j++) {
      const moved = (by: number): Float64Array => family.toTheta(logs.subarray(0, n).map((log, i) => (i === j ? log + by : log)), weeksPerOrder);
      const [up, down] = [moved(1e-6), moved(-1e-6)];
      gradient[j] = 0;
      for (let i = 0; i < n; i++) gradient[j] += (byTheta[i] * (up[i] - down[i])) / 2e-6;
    }
    return value;
  };
  const optimum = Float64Array.from(theta);
  optimum.set(family.toLogs(theta, weeksPerOrder));
  const { low, high } = profileInterval(inLogs, optimum, parameter, { level, step: Math.min(2, step(parameter)), limit: LIMIT, signal });
  return { low: Math.exp(low), high: Math.exp(high) };
}

/** e^±8 around the optimum: a factor of 3,000. */
const LIMIT = 8;
