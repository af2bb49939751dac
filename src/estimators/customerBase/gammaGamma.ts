/**
 * Gamma-Gamma spend model (Fader, Hardie & Lee 2005; Fader & Hardie 2013 note): the spend of an order is Gamma(p, ν), with ν ~ Gamma(q, γ) per customer.
 * x orders with mean m. The mean spend of the population is p γ / (q − 1), which exists for q > 1 only.
 */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { minimiseByTwo } from '../../math/optimise.ts';
import type { Objective } from '../../math/optimise.ts';
import { digamma, lgamma } from '../../math/specialGamma.ts';
import { distinctRows } from '../../math/stats/groupRows.ts';
import type { FitFailure } from '../contract.ts';

export interface GammaGammaParams {
  readonly p: number;
  readonly q: number;
  /** In the money of the shop. */
  readonly gamma: number;
}

/** ln f(m | x, p, q, γ) for x ≥ 1 orders of mean m > 0. Eq. (1a) of the 2013 note. */
export function gammaGammaLogLikelihood({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  return (
    lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * Math.log(gamma / (gamma + m * x)) + p * x * Math.log((m * x) / (gamma + m * x)) - Math.log(m)
  );
}

/**
 * E[spend per order | x, m] = p (γ + x m) / (p x + q − 1), eq. (5) of the 2013 note: the average of m and the population mean with weight p x / (p x + q − 1) on m.
 * +Infinity where the mean does not exist (p x + q ≤ 1). x = 0 gives the population mean.
 */
export function expectedSpend({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  const orders = p * x + q - 1;
  return orders > 0 ? (p * (gamma + (x > 0 ? x * m : 0))) / orders : Infinity;
}

/** 1 / E[1 / spend level | x, m] = p (γ + x m) / (p x + q): the harmonic level, finite for every q > 0 and below the mean. */
export function harmonicSpend({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  return (p * (gamma + (x > 0 ? x * m : 0))) / (p * x + q);
}

/** Unique (x, m) of repeaters with positive spend. */
export interface SpendSample {
  readonly x: Float64Array;
  readonly m: Float64Array;
  readonly weight: Float64Array;
  readonly totalWeight: number;
  /** Mean spend of an order, each order counted once. */
  readonly meanSpend: number;
}

/** Keeps the rows with x ≥ 1 and m > 0: zero, negative and missing amounts say nothing to a gamma model. */
export function spendSample(x: ArrayLike<number>, m: ArrayLike<number>, weights: ArrayLike<number>): SpendSample {
  const kept = Array.from({ length: x.length }, (_, i) => i).filter((i) => x[i] >= 1 && m[i] > 0 && m[i] < Infinity);
  const { values, weight } = distinctRows([kept.map((i) => x[i]), kept.map((i) => m[i])], kept.map((i) => weights[i]));
  let orders = 0;
  let money = 0;
  weight.forEach((w, i) => {
    orders += w * values[0][i];
    money += w * values[0][i] * values[1][i];
  });
  return { x: values[0], m: values[1], weight, totalWeight: weight.reduce((a, b) => a + b, 0), meanSpend: orders > 0 ? money / orders : 0 };
}

export interface GammaGammaFit {
  readonly params: GammaGammaParams;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly evaluations: number;
}

/** Soft walls for ln p, ln q and the logarithm of the level p γ / q in mean spends: beyond them customers or orders no longer differ. */
const WALLS: readonly (readonly [number, number])[] = [[-7, 11], [-7, 11], [-12, 12]];

/**
 * Maximum likelihood over θ = (ln p, ln q, ln(p γ / q)) on amounts divided by their mean, so that cents and yen fit alike.
 * @param sample at least one row. Equal amounts everywhere have no maximum: callers treat them as a constant first.
 */
export function fitGammaGamma(sample: SpendSample, signal?: AbortSignal): Result<GammaGammaFit, FitFailure> {
  const { x, weight, totalWeight, meanSpend } = sample;
  const m = sample.m.map((v) => v / meanSpend);
  const objective: Objective = (theta, gradient) => {
    const p = Math.exp(theta[0]);
    const q = Math.exp(theta[1]);
    const g = Math.exp(theta[2] + theta[1] - theta[0]);
    if (!(p > 0 && q > 0 && g > 0 && p + q + g < Infinity)) return Infinity;
    const logG = Math.log(g);
    const digammaQ = digamma(q);
    const lgammaQ = lgamma(q);
    let [value, dp, dq, dg] = [0, 0, 0, 0];
    let [previous, constant, dpx, dqx] = [NaN, 0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const px = p * x[i];
      if (x[i] !== previous) {
        previous = x[i];
        constant = lgamma(px + q) - lgamma(px) - lgammaQ;
        dpx = digamma(px + q) - digamma(px);
        dqx = digamma(px + q) - digammaQ;
      }
      const money = m[i] * x[i];
      const logSum = Math.log(g + money);
      const logShare = Math.log(money) - logSum;
      value += weight[i] * (constant + q * (logG - logSum) + px * logShare - Math.log(m[i]));
      dp += weight[i] * x[i] * (dpx + logShare);
      dq += weight[i] * (dqx + logG - logSum);
      dg += weight[i] * (q / g - (px + q) / (g + money));
    }
    let mean = -value / totalWeight;
    if (gradient !== undefined) {
      gradient[0] = -(p * dp - g * dg) / totalWeight;
      gradient[1] = -(q * dq + g * dg) / totalWeight;
      gradient[2] = -(g * dg) / totalWeight;
    }
    WALLS.forEach(([low, high], i) => {
      const beyond = theta[i] < low ? theta[i] - low : theta[i] > high ? theta[i] - high : 0;
      mean += 0.05 * beyond * beyond;
      if (gradient !== undefined) gradient[i] += 0.1 * beyond;
    });
    return mean;
  };
  const starts = [[1.5, 1.2, 0], [0, 0.5, 0]].map((start) => Float64Array.from(start));
  const best = minimiseByTwo(objective, starts, { signal, gradientTolerance: 3e-8, valueTolerance: 1e-14, acceptedGain: 1e-6 / totalWeight });
  if (!best.converged || !Number.isFinite(best.value)) {
    return fail('not_converged', `The likelihood of Gamma-Gamma found no maximum in ${best.iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per customer).`);
  }
  const [lp, lq, level] = best.x;
  const params = { p: Math.exp(lp), q: Math.exp(lq), gamma: Math.exp(level + lq - lp) * meanSpend };
  let logLikelihood = 0;
  for (let i = 0; i < x.length; i++) logLikelihood += weight[i] * gammaGammaLogLikelihood(params, x[i], sample.m[i]);
  return ok({ params, logLikelihood, iterations: best.iterations, evaluations: best.evaluations });
}
