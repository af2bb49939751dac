/**
 * Maximum likelihood (or maximum a posteriori) of an order model on compressed histories: one strategy for all families.
 *
 * The neighbourhood is found on a few histories from several starts and then on a coarse stand-in; from there a quasi-Newton method that begins with the stand-in's curvature needs a
 * handful of passes over all histories. Should that not converge, all starts are tried on all histories with a second optimiser behind them, and
 * only then the fit is said to have failed: the start value is never an answer.
 */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { Objective, OptimiseResult } from '../../math/optimise.ts';
import { minimiseLbfgs } from '../../math/optimiseLbfgs.ts';
import type { FitFailure } from '../contract.ts';
import { coarsen } from './coarsen.ts';
import { preparePrior } from './family.ts';
import type { Family, Prior } from './family.ts';
import type { CompressedHistories } from './history.ts';
import { covarianceOfLogs } from './standardErrors.ts';

/** Histories of customers who share their covariates. */
export interface Group {
  readonly data: CompressedHistories;
  /** Covariates of the group; empty without any. */
  readonly z: readonly number[];
}

export interface FitOptions {
  readonly prior?: Prior | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Maximum {
  readonly family: Family;
  /** Parameters in the order of `family.parameters`; of customers whose covariates are all 0. */
  readonly parameters: Float64Array;
  /** Effects of covariates: for each of `family.scales` one number per covariate. */
  readonly gamma: Float64Array;
  /** Coordinates, then effects. */
  readonly theta: Float64Array;
  /** Total, weighted, in unscaled weeks, without the constant factorials and without the prior. */
  readonly logLikelihood: number;
  /** Total repeat orders and the cohort's time scale in weeks per order. */
  readonly orders: number;
  readonly weeksPerOrder: number;
  /** Covariance of (ln of the parameters, effects) from the observed information, row-major; absent when the optimum lies on a ridge. */
  readonly covariance?: Float64Array;
  readonly iterations: number;
  readonly evaluations: number;
  readonly gradientNorm: number;
}

/** −(mean log-posterior) by (coordinates, effects), with derivatives. */
export function meanLoss(family: Family, groups: readonly Group[], weeksPerOrder: number, prior: Prior = {}, walls = true): Objective {
  const n = family.coordinates.length;
  const totalWeight = groups.reduce((sum, { data }) => sum + data.totalWeight, 0);
  const { centre, precision } = preparePrior(family, prior, weeksPerOrder);
  const byParameters = new Float64Array(n);
  const byLogs = new Float64Array(n);
  const byTheta = new Float64Array(n);
  return (theta, gradient) => {
    // Far beyond the walls nothing is worth working out.
    if (walls && family.coordinates.some(({ low, high }, i) => !(theta[i] > low - FAR && theta[i] < high + FAR))) return Infinity;
    const base = family.toLogs(theta, weeksPerOrder);
    byLogs.fill(0);
    gradient?.fill(0);
    let total = 0;
    for (const { data, z } of groups) {
      const logs = Float64Array.from(base);
      family.scales.forEach(({ index, sign }, scale) => z.forEach((value, j) => { logs[index] += sign * theta[n + scale * z.length + j] * value; }));
      const parameters = logs.map(Math.exp);
      if (!parameters.every((value) => value > 0 && value < 1e150)) return Infinity;
      total += family.logLikelihood(data, parameters, byParameters);
      for (let i = 0; i < n; i++) byLogs[i] += parameters[i] * byParameters[i];
      if (gradient === undefined) continue;
      family.scales.forEach(({ index, sign }, scale) =>
        z.forEach((value, j) => { gradient[n + scale * z.length + j] -= (sign * value * parameters[index] * byParameters[index]) / totalWeight; }));
    }
    let loss = -total / totalWeight;
    if (gradient !== undefined) {
      family.chain(byLogs, base.map(Math.exp), byTheta);
      for (let i = 0; i < n; i++) gradient[i] = -byTheta[i] / totalWeight;
    }
    for (let i = 0; i < theta.length; i++) {
      const { low, high } = family.coordinates[i] ?? EFFECT_WALLS;
      const beyond = !walls ? 0 : theta[i] < low ? theta[i] - low : theta[i] > high ? theta[i] - high : 0;
      const off = i < n ? theta[i] - centre[i] : 0;
      const weight = i < n ? precision[i] / totalWeight : 0;
      loss += 0.05 * beyond * beyond + 0.5 * weight * off * off;
      if (gradient !== undefined) gradient[i] += 0.1 * beyond + weight * off;
    }
    return loss;
  };
}

/** Effects per standard deviation of a covariate beyond e^±8 say that the covariate separates the cohort: the likelihood has no maximum there. */
const EFFECT_WALLS = { low: -8, high: 8 };
const FAR = 4;

/** Fits a family. Needs at least one repeat order and one customer who has been watched for some time. */
export function maximise(family: Family, groups: readonly Group[], { prior, signal }: FitOptions = {}): Result<Maximum, FitFailure> {
  const total = (f: (data: CompressedHistories, i: number) => number): number =>
    groups.reduce((sum, { data }) => sum + data.x.reduce((inner, _, i) => inner + data.weight[i] * f(data, i), 0), 0);
  const totalWeight = groups.reduce((sum, { data }) => sum + data.totalWeight, 0);
  const orders = total((data, i) => data.x[i]);
  const weeks = total((data, i) => data.T[i]);
  if (!(orders > 0)) return fail('one_class', `None of ${totalWeight} customers ordered on a second day, so nothing says how fast they come back.`);
  if (!(weeks > 0)) return fail('too_few_rows', `All ${totalWeight} customers ordered for the first time at the cut-off: none has been watched yet.`);
  const weeksPerOrder = weeks / orders;
  const effects = family.scales.length * groups[0].z.length;
  const objective = meanLoss(family, groups, weeksPerOrder, prior);
  const exact = { signal, gradientTolerance: 3e-8, valueTolerance: 1e-14, acceptedGain: 1e-6 / totalWeight, maxStep: 1.5 };
  const withEffects = (start: ArrayLike<number>): Float64Array => {
    const full = new Float64Array(start.length + effects);
    full.set(start);
    return full;
  };

  const coarse = (histories: number): Objective => {
    const plain = groups.map(({ data }) => ({ data: coarsen(data, Math.max(1, Math.round(histories / groups.length))), z: [] }));
    return meanLoss(family, plain, weeksPerOrder, prior);
  };
  const settle = (loss: Objective, starts: readonly ArrayLike<number>[], gradientTolerance: number): OptimiseResult => starts
    .map((start) => minimiseLbfgs(loss, Float64Array.from(start), { signal, gradientTolerance, valueTolerance: 1e-12, maxStep: 1.5, maxIterations: 200 }))
    .reduce((one, other) => (other.value < one.value || !Number.isFinite(one.value) ? other : one));
  const rough = coarse(COARSE_HISTORIES);
  const few = settle(coarse(FEW_HISTORIES), family.starts, 1e-4);
  const near = settle(rough, Number.isFinite(few.value) ? [few.x] : family.starts, 1e-6);
  const usable = Number.isFinite(near.value);
  const inverseHessian = effects === 0 && usable ? inverseSpd(numericHessian(rough, near.x), near.x.length) : undefined;
  let best = minimiseByTwo(objective, usable ? [withEffects(near.x)] : family.starts.map(withEffects), { ...exact, inverseHessian });
  let { iterations, evaluations } = best;
  if (!best.converged) {
    best = minimiseByTwo(objective, [...family.starts.map(withEffects), ...(Number.isFinite(best.value) ? [best.x] : [])], exact);
    iterations += best.iterations;
    evaluations += best.evaluations;
  }
  const theta = best.x;
  const parameters = family.toLogs(theta, weeksPerOrder).map(Math.exp);
  const unpenalised = -meanLoss(family, groups, weeksPerOrder, {}, false)(theta) * totalWeight;
  if (!best.converged || !Number.isFinite(unpenalised) || !parameters.every((value) => value > 0 && value < Infinity)) {
    return fail('not_converged', `The likelihood of ${family.name} found no maximum in ${iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per customer).`);
  }
  const covariance = covarianceOfLogs(family, objective, theta, weeksPerOrder, totalWeight);
  return ok({
    family, parameters, theta, orders, weeksPerOrder, iterations, evaluations,
    gamma: theta.slice(family.coordinates.length),
    logLikelihood: unpenalised,
    ...(covariance === undefined ? {} : { covariance }),
    gradientNorm: Number.isFinite(best.gradientNorm) ? best.gradientNorm : 0,
  });
}

const COARSE_HISTORIES = 1_000;
/** Enough to tell from which start the better hill is climbed. */
const FEW_HISTORIES = 150;
