/** Maximum likelihood of Gamma-Gamma with analytic derivatives. */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { OptimiseResult } from '../../math/optimise.ts';
import { EXACT_NEWTON, minimiseNewton } from '../../math/optimiseNewton.ts';
import type { NewtonOptions, NewtonResult } from '../../math/optimiseNewton.ts';
import type { FitFailure } from '../contract.ts';
import { gammaGammaLogLikelihood } from './gammaGamma.ts';
import type { GammaGammaParams, SpendSample } from './gammaGamma.ts';
import { EXACT_WITHIN, blocksOf, expand } from './gammaGammaExpansion.ts';
import type { SpendBlocks } from './gammaGammaExpansion.ts';
import { WALLS, logGamma, spendLoss } from './gammaGammaLikelihood.ts';
import { sumOf } from './history.ts';

export interface GammaGammaFit {
  readonly params: GammaGammaParams;
  readonly logLikelihood: number;
  /** Of p, q, γ from the observed information; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly [number, number, number];
  readonly iterations: number;
  readonly evaluations: number;
}

/** Every so-maniest row in the order (x, m) for all, so that a first search need not look at everybody. */
function coarse({ x, m, weight }: SpendSample, target: number): SpendSample | undefined {
  if (x.length <= 2 * target) return undefined;
  const stride = x.length / target;
  const rows = Array.from({ length: target }, (_, k) => Math.floor((k + 0.5) * stride));
  const weights = Float64Array.from(rows, (row) => weight[row] * stride);
  return { x: Float64Array.from(rows, (row) => x[row]), m: Float64Array.from(rows, (row) => m[row]), weight: weights, totalWeight: sumOf(weights), meanSpend: 0 };
}

/** Rows from which a first search sees where the optimum lies. */
const FEW_ROWS = 400;
const STARTS = [[1.5, 1.2, 0], [0, 0.5, 0]].map((start) => Float64Array.from(start));

/** Expands the likelihood where the optimum is believed to be, finds that of the expansion, and expands again there: two or three passes over the rows from a good start. */
function minimiseByExpansion(blocks: SpendBlocks, start: Float64Array, signal: AbortSignal | undefined): NewtonResult | undefined {
  let theta = start;
  for (let pass = 1; pass <= 8; pass++) {
    const gamma = Math.exp(logGamma(theta));
    const found = minimiseNewton(spendLoss(blocks, expand(blocks, gamma)), theta, { signal, ...EXACT_NEWTON, maxStep: 0.4 });
    if (!found.converged) return undefined;
    if (Math.abs(Math.expm1(logGamma(found.x) - logGamma(theta))) <= EXACT_WITHIN) return { ...found, evaluations: pass };
    theta = found.x;
  }
  return undefined;
}

/** The lowest minimum that Newton's method finds from the starts, each step of it a pass over the rows. */
function minimiseFromStarts(blocks: SpendBlocks, tolerances: NewtonOptions, signal: AbortSignal | undefined): NewtonResult {
  const loss = spendLoss(blocks);
  return STARTS.map((start) => minimiseNewton(loss, start, { signal, ...tolerances, maxStep: 1.5 })).reduce((one, other) => (other.value < one.value || !Number.isFinite(one.value) ? other : one));
}

/** @param sample at least one row. Equal amounts everywhere have no maximum: callers treat them as a constant first. */
export function fitGammaGamma(sample: SpendSample, signal?: AbortSignal): Result<GammaGammaFit, FitFailure> {
  const { x, m, weight, totalWeight, meanSpend } = sample;
  const blocks = blocksOf(sample, meanSpend);
  const few = coarse(sample, FEW_ROWS);
  const near = minimiseFromStarts(few === undefined ? blocks : blocksOf(few, meanSpend), few === undefined ? EXACT_NEWTON : { gradientTolerance: 1e-5 }, signal);
  let best: OptimiseResult & { readonly hessian?: Float64Array } = (few === undefined || !Number.isFinite(near.value) ? undefined : minimiseByExpansion(blocks, near.x, signal)) ?? near;
  if (!best.converged || (best === near && few !== undefined)) {
    best = minimiseByTwo(spendLoss(blocks), [...STARTS, ...(Number.isFinite(near.value) ? [near.x] : [])], { signal, gradientTolerance: 3e-8, valueTolerance: 1e-14, acceptedGain: 1e-6 / totalWeight });
  }
  if (!best.converged || !Number.isFinite(best.value)) {
    return fail('not_converged', `The likelihood of Gamma-Gamma found no maximum in ${best.iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per customer).`);
  }
  const [lp, lq, level] = best.x;
  const params = { p: Math.exp(lp), q: Math.exp(lq), gamma: Math.exp(level + lq - lp) * meanSpend };
  // On amounts divided by their mean every density is multiplied by that mean. Beyond the walls the objective holds their penalty too, so there the rows are summed.
  let logLikelihood = -totalWeight * (best.value + Math.log(meanSpend));
  if (beyondWalls(best.x)) {
    logLikelihood = 0;
    for (let i = 0; i < x.length; i++) logLikelihood += weight[i] * gammaGammaLogLikelihood(params, x[i], m[i]);
  }
  const standardErrors = errorsOf(best.hessian ?? numericHessian(spendLoss(blocks), best.x), best.x, totalWeight, params);
  return ok({ params, logLikelihood, iterations: best.iterations, evaluations: best.evaluations, ...(standardErrors === undefined ? {} : { standardErrors }) });
}

function beyondWalls(theta: Float64Array): boolean {
  return WALLS.some(([low, high], i) => theta[i] < low || theta[i] > high);
}

/** From the observed information; ln γ = θ₂ + θ₁ − θ₀ up to the mean spend, by the delta method. */
function errorsOf(hessian: Float64Array, theta: Float64Array, totalWeight: number, { p, q, gamma }: GammaGammaParams): readonly [number, number, number] | undefined {
  if (beyondWalls(theta)) return undefined;
  const covariance = inverseSpd(hessian.map((value) => value * totalWeight), 3);
  if (covariance === undefined) return undefined;
  const [pp, pq, pl, , qq, ql, , , ll] = covariance;
  const errors = [p * Math.sqrt(pp), q * Math.sqrt(qq), gamma * Math.sqrt(ll + qq + pp + 2 * (ql - pl - pq))] as const;
  return errors.every((error) => error > 0 && error < Infinity) ? errors : undefined;
}
