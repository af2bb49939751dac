/** Maximum likelihood of Gamma-Gamma with analytic derivatives. */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { Objective } from '../../math/optimise.ts';
import { digamma, lgamma } from '../../math/specialGamma.ts';
import type { FitFailure } from '../contract.ts';
import { gammaGammaLogLikelihood } from './gammaGamma.ts';
import type { GammaGammaParams, SpendSample } from './gammaGamma.ts';
import { sumOf } from './history.ts';

export interface GammaGammaFit {
  readonly params: GammaGammaParams;
  readonly logLikelihood: number;
  /** Of p, q, γ from the observed information; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly [number, number, number];
  readonly iterations: number;
  readonly evaluations: number;
}

/** Soft walls for ln p, ln q and the logarithm of the level p γ / q in mean spends: beyond them customers or orders no longer differ. */
const WALLS: readonly (readonly [number, number])[] = [[-7, 11], [-7, 11], [-12, 12]];

/**
 * −(mean log-likelihood) over θ = (ln p, ln q, ln(p γ / q)) on amounts divided by their mean, so that cents and yen fit alike. Rows are sorted by x: of each
 * distinct x all that does not depend on γ is summed once, and one logarithm per row is left.
 */
function meanLoss({ x, m, weight, totalWeight }: SpendSample, meanSpend: number): Objective {
  const money = new Float64Array(x.length);
  // Per distinct x: x, its last row + 1, weight, Σ w ln money, Σ w ln mean.
  const blocks: Float64Array[] = [];
  for (let from = 0; from < x.length; from = blocks[blocks.length - 1][1]) blocks.push(blockFrom(x, m, weight, meanSpend, from, money));
  const sums = new Float64Array(2);
  return (theta, gradient) => {
    const p = Math.exp(theta[0]);
    const q = Math.exp(theta[1]);
    const g = Math.exp(theta[2] + theta[1] - theta[0]);
    if (!(p > 0 && q > 0 && g > 0 && p + q + g < Infinity)) return Infinity;
    const logG = Math.log(g);
    const digammaQ = digamma(q);
    const lgammaQ = lgamma(q);
    let value = 0;
    let dp = 0;
    let dq = 0;
    let dg = 0;
    let from = 0;
    for (const [orders, until, mass, logMoney, logMean] of blocks) {
      const px = p * orders;
      sumsAt(g, money, weight, from, until, sums);
      from = until;
      const psi = digamma(px + q);
      const share = logMoney - sums[0];
      const rest = mass * logG - sums[0];
      value += mass * (lgamma(px + q) - lgamma(px) - lgammaQ) + q * rest + px * share - logMean;
      dp += orders * (mass * (psi - digamma(px)) + share);
      dq += mass * (psi - digammaQ) + rest;
      dg += (q / g) * mass - (px + q) * sums[1];
    }
    let loss = -value / totalWeight;
    if (gradient !== undefined) {
      gradient[0] = -(p * dp - g * dg) / totalWeight;
      gradient[1] = -(q * dq + g * dg) / totalWeight;
      gradient[2] = -(g * dg) / totalWeight;
    }
    for (let k = 0; k < 3; k++) {
      const [low, high] = WALLS[k];
      const beyond = theta[k] < low ? theta[k] - low : theta[k] > high ? theta[k] - high : 0;
      loss += 0.05 * beyond * beyond;
      if (gradient !== undefined) gradient[k] += 0.1 * beyond;
    }
    return loss;
  };
}

/** The block of rows with x as in row `from`; fills in their money. */
function blockFrom(x: Float64Array, m: Float64Array, weight: Float64Array, meanSpend: number, from: number, money: Float64Array): Float64Array {
  const orders = x[from];
  let mass = 0;
  let logMoney = 0;
  let logMean = 0;
  let i = from;
  for (; i < x.length && x[i] === orders; i++) {
    const mean = m[i] / meanSpend;
    money[i] = mean * orders;
    mass += weight[i];
    logMoney += weight[i] * Math.log(money[i]);
    logMean += weight[i] * Math.log(mean);
  }
  return Float64Array.of(orders, i, mass, logMoney, logMean);
}

/** Σ w ln(g + money) and Σ w ÷ (g + money): all that a step of γ has to look at rows for. */
function sumsAt(g: number, money: Float64Array, weight: Float64Array, from: number, until: number, sums: Float64Array): void {
  let logs = 0;
  let inverses = 0;
  for (let i = from; i < until; i++) {
    const sum = g + money[i];
    logs += weight[i] * Math.log(sum);
    inverses += weight[i] / sum;
  }
  sums[0] = logs;
  sums[1] = inverses;
}

/** Rows of a sample that stand for all: a systematic one in the order (x, m), so that a first search need not look at everybody. */
function coarse({ x, m, weight, totalWeight }: SpendSample, target: number): SpendSample | undefined {
  if (x.length <= 2 * target) return undefined;
  const share = totalWeight / target;
  const rows: number[] = [];
  const weights: number[] = [];
  let [passed, shares] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    passed += weight[i];
    const until = Math.floor(passed / share + 0.5);
    if (until === shares) continue;
    rows.push(i);
    weights.push((until - shares) * share);
    shares = until;
  }
  const taken = Float64Array.from(weights);
  return { x: Float64Array.from(rows, (i) => x[i]), m: Float64Array.from(rows, (i) => m[i]), weight: taken, totalWeight: sumOf(taken), meanSpend: 0 };
}

/** @param sample at least one row. Equal amounts everywhere have no maximum: callers treat them as a constant first. */
export function fitGammaGamma(sample: SpendSample, signal?: AbortSignal): Result<GammaGammaFit, FitFailure> {
  const { x, m, weight, totalWeight, meanSpend } = sample;
  const objective = meanLoss(sample, meanSpend);
  const starts = [[1.5, 1.2, 0], [0, 0.5, 0]].map((start) => Float64Array.from(start));
  const exact = { signal, gradientTolerance: 3e-8, valueTolerance: 1e-14, acceptedGain: 1e-6 / totalWeight };
  const few = coarse(sample, 800);
  const rough = few === undefined ? objective : meanLoss(few, meanSpend);
  const near = minimiseByTwo(rough, starts, few === undefined ? exact : { ...exact, gradientTolerance: 1e-6, valueTolerance: 1e-12, acceptedGain: 1e-5 / totalWeight });
  let best = near;
  if (few !== undefined) {
    const inverseHessian = Number.isFinite(near.value) ? inverseSpd(numericHessian(rough, near.x), 3) : undefined;
    best = minimiseByTwo(objective, Number.isFinite(near.value) ? [near.x] : starts, { ...exact, inverseHessian });
    if (!best.converged) best = minimiseByTwo(objective, starts, exact);
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
  const standardErrors = errorsOf(objective, best.x, totalWeight, params);
  return ok({ params, logLikelihood, iterations: best.iterations, evaluations: best.evaluations, ...(standardErrors === undefined ? {} : { standardErrors }) });
}

function beyondWalls(theta: Float64Array): boolean {
  return WALLS.some(([low, high], i) => theta[i] < low || theta[i] > high);
}

/** From the observed information; ln γ = θ₂ + θ₁ − θ₀ up to the mean spend, by the delta method. */
function errorsOf(objective: Objective, theta: Float64Array, totalWeight: number, { p, q, gamma }: GammaGammaParams): readonly [number, number, number] | undefined {
  if (beyondWalls(theta)) return undefined;
  const covariance = inverseSpd(numericHessian(objective, theta).map((value) => value * totalWeight), 3);
  if (covariance === undefined) return undefined;
  const [pp, pq, pl, , qq, ql, , , ll] = covariance;
  const errors = [p * Math.sqrt(pp), q * Math.sqrt(qq), gamma * Math.sqrt(ll + qq + pp + 2 * (ql - pl - pq))] as const;
  return errors.every((error) => error > 0 && error < Infinity) ? errors : undefined;
}
