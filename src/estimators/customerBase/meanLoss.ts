/** What a fit minimises: minus the mean log-posterior of a family on groups of customers, over coordinates on which priors and walls stand. */
import { columnDot, congruence } from '../../math/linear.ts';
import type { CurvedObjective } from '../../math/optimiseNewton.ts';
import { preparePrior } from './family.ts';
import type { Family, Prior } from './family.ts';
import type { CompressedHistories } from './history.ts';

/** Histories of customers who share their covariates. */
export interface Group {
  readonly data: CompressedHistories;
  /** Covariates of the group; empty without any. */
  readonly z: readonly number[];
}

/** −(mean log-posterior) by (coordinates, effects), with derivatives; the second ones of curved families only. */
export function meanLoss(family: Family, groups: readonly Group[], weeksPerOrder: number, prior: Prior = {}, walls = true): CurvedObjective {
  const n = family.coordinates.length;
  const totalWeight = groups.reduce((sum, { data }) => sum + data.totalWeight, 0);
  const { centre, precision } = preparePrior(family, prior, weeksPerOrder);
  const likelihoods = groups.map(({ data }) => family.likelihood(data));
  const byParameters = new Float64Array(n);
  const byParameters2 = new Float64Array(n * n);
  return (theta, gradient, hessian) => {
    // Far beyond the walls nothing is worth working out.
    if (walls && family.coordinates.some(({ low, high }, i) => !(theta[i] > low - FAR && theta[i] < high + FAR))) return Infinity;
    const base = family.toLogs(theta, weeksPerOrder);
    const size = theta.length;
    // Derivatives by (logarithms of the parameters, effects), then by (coordinates, effects).
    const byLogs = new Float64Array(size);
    const byLogs2 = new Float64Array(hessian === undefined ? 0 : size * size);
    let total = 0;
    for (let group = 0; group < groups.length; group++) {
      const { z } = groups[group];
      const logs = Float64Array.from(base);
      // Which logarithm each of (logarithms, effects) moves, and by how much.
      const moved = Array.from(base.keys());
      const by = Array.from(base, () => 1);
      for (const { index, sign } of family.scales) {
        for (const value of z) {
          logs[index] += sign * theta[moved.length] * value;
          moved.push(index);
          by.push(sign * value);
        }
      }
      const parameters = logs.map(Math.exp);
      if (!parameters.every((value) => value > 0 && value < 1e150)) return Infinity;
      total += likelihoods[group](parameters, byParameters, byParameters2);
      for (let i = 0; i < moved.length; i++) {
        const own = parameters[moved[i]] * by[i];
        byLogs[i] += own * byParameters[moved[i]];
        if (hessian === undefined) continue;
        for (let j = 0; j < moved.length; j++) {
          const bent = moved[i] === moved[j] ? byParameters[moved[i]] : 0;
          byLogs2[i * size + j] += own * by[j] * (parameters[moved[j]] * byParameters2[moved[i] * n + moved[j]] + bent);
        }
      }
    }
    let loss = -total / totalWeight;
    const atBase = base.map(Math.exp);
    const jacobian = new Float64Array(size * size);
    family.jacobian(atBase).forEach((value, i) => { jacobian[Math.floor(i / n) * size + (i % n)] = value; });
    for (let i = n; i < size; i++) jacobian[i * size + i] = 1;
    if (gradient !== undefined) for (let j = 0; j < size; j++) gradient[j] = -columnDot(jacobian, j, byLogs) / totalWeight;
    if (hessian !== undefined) {
      hessian.set(congruence(jacobian, byLogs2, size));
      family.bend?.(byLogs, atBase, hessian, size);
      for (let i = 0; i < hessian.length; i++) hessian[i] /= -totalWeight;
    }
    for (let i = 0; i < size; i++) {
      const beyond = walls ? beyondWall(family, theta[i], i) : 0;
      const off = i < n ? theta[i] - centre[i] : 0;
      const weight = i < n ? precision[i] / totalWeight : 0;
      loss += 0.05 * beyond * beyond + 0.5 * weight * off * off;
      if (gradient !== undefined) gradient[i] += 0.1 * beyond + weight * off;
      if (hessian !== undefined) hessian[i * (size + 1)] += (beyond === 0 ? 0 : 0.1) + weight;
    }
    return loss;
  };
}

/** Effects per standard deviation of a covariate beyond e^±8 say that the covariate separates the cohort: the likelihood has no maximum there. */
const EFFECT_WALLS = { low: -8, high: 8 };
const FAR = 4;

/** How far coordinate or effect `i` stands beyond its wall, with its sign. */
export function beyondWall(family: Family, value: number, i: number): number {
  const { low, high } = family.coordinates[i] ?? EFFECT_WALLS;
  return value < low ? value - low : value > high ? value - high : 0;
}
