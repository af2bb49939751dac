/**
 * Maximum likelihood (or maximum a posteriori) of an order model on compressed histories: one strategy for all families.
 *
 * The neighbourhood is found on a few histories from several starts and then on a coarse stand-in; from there four passes over all histories are enough for Newton's method, or a
 * handful for a quasi-Newton method that begins with the stand-in's curvature where a family has no second derivatives. Should that not converge, all starts are tried on all
 * histories with a second optimiser behind them, and only then the fit is said to have failed: the start value is never an answer.
 */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { OptimiseResult } from '../../math/optimise.ts';
import { minimiseLbfgs } from '../../math/optimiseLbfgs.ts';
import { EXACT_NEWTON, minimiseNewton } from '../../math/optimiseNewton.ts';
import type { CurvedObjective, NewtonOptions } from '../../math/optimiseNewton.ts';
import type { FitFailure } from '../contract.ts';
import { coarsen } from './coarsen.ts';
import type { Family, Prior } from './family.ts';
import { weightedSum } from './history.ts';
import { beyondWall, meanLoss } from './meanLoss.ts';
import type { Group } from './meanLoss.ts';
import { covarianceOfLogs } from './standardErrors.ts';

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

/** Fits a family. Needs at least one repeat order and one customer who has been watched for some time. */
export function maximise(family: Family, groups: readonly Group[], { prior, signal }: FitOptions = {}): Result<Maximum, FitFailure> {
  const totalWeight = groups.reduce((sum, { data }) => sum + data.totalWeight, 0);
  const orders = groups.reduce((sum, { data }) => sum + weightedSum(data.x, data.weight), 0);
  const weeks = groups.reduce((sum, { data }) => sum + weightedSum(data.T, data.weight), 0);
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

  const search = { signal, valueTolerance: 1e-12, maxStep: 1.5, maxIterations: 200 };
  const settle = (loss: CurvedObjective, starts: readonly Float64Array[], tolerances: NewtonOptions): OptimiseResult & { readonly hessian?: Float64Array } => starts
    .map((start) => (family.curved ? minimiseNewton : minimiseLbfgs)(loss, start, { ...search, ...tolerances }))
    .reduce((one, other) => (other.value < one.value || !Number.isFinite(one.value) ? other : one));
  const starts = family.starts.map((start) => Float64Array.from(start));
  const coarser = (plain: readonly Group[], histories: number): Group[] => plain.map(({ data }) => ({ data: coarsen(data, Math.max(1, Math.round(histories / groups.length))), z: [] }));
  const roughGroups = coarser(groups, COARSE_HISTORIES);
  const rough = meanLoss(family, roughGroups, weeksPerOrder, prior);
  const few = settle(meanLoss(family, coarser(roughGroups, FEW_HISTORIES), weeksPerOrder, prior), starts, { gradientTolerance: 1e-4 });
  const near = settle(rough, Number.isFinite(few.value) ? [few.x] : starts, { gradientTolerance: 1e-6 });
  const usable = Number.isFinite(near.value) ? [withEffects(near.x)] : starts.map(withEffects);
  let best: OptimiseResult & { readonly hessian?: Float64Array };
  if (family.curved) best = settle(objective, usable, EXACT_NEWTON);
  else {
    const inverseHessian = effects === 0 && Number.isFinite(near.value) ? inverseSpd(numericHessian(rough, near.x), near.x.length) : undefined;
    best = minimiseByTwo(objective, usable, { ...exact, inverseHessian });
  }
  let { iterations, evaluations } = best;
  if (!best.converged) {
    best = minimiseByTwo(objective, [...starts.map(withEffects), ...(Number.isFinite(best.value) ? [best.x] : [])], exact);
    iterations += best.iterations;
    evaluations += best.evaluations;
  }
  const theta = best.x;
  const parameters = family.toLogs(theta, weeksPerOrder).map(Math.exp);
  const penalised = prior !== undefined || theta.some((value, i) => beyondWall(family, value, i) !== 0);
  const unpenalised = -totalWeight * (penalised ? meanLoss(family, groups, weeksPerOrder, {}, false)(theta) : best.value);
  if (!best.converged || !Number.isFinite(unpenalised) || !parameters.every((value) => value > 0 && value < Infinity)) {
    return fail('not_converged', `The likelihood of ${family.name} found no maximum in ${iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per customer).`);
  }
  const covariance = covarianceOfLogs(family, best.hessian ?? numericHessian(objective, theta), theta, parameters, totalWeight);
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
