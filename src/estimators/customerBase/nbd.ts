/**
 * BG/NBD (Fader, Hardie & Lee 2005, "Counting your customers the easy way"), MBG/NBD (Batislam, Denizel & Filiztekin 2007) and their regular
 * relatives (M)BG/CNBD-k (Platzer & Reutterer 2016; Reutterer, Platzer & Schröder 2021), value by value.
 *
 * While alive a customer orders with Erlang-k gaps of rate λ ~ Gamma(r, α), k = 1 being the Poisson process; after an order they leave for ever with
 * probability p ~ Beta(a, b): after repeat orders only (BG), after the first order too (MBG). Time is in weeks since the first order; x repeat orders,
 * the last at t_x, observed until T. With s = 0 (BG) or 1 (MBG) all formulas are one. Given alive at T, p ~ Beta(a, b + x + s), and with probability w_j
 * j < k of the k events before the next order have passed and λ ~ Gamma(R + j, α + T), where R = r + k x and
 *     w_j ∝ c_j = (R)_j / j! ((T − t_x) / (α + T))^j.
 * The odds of having left are  a / (b + x + s − 1) · ((α + T) / (α + t_x))^R / Σ c_j,  and zero where no order could have been the last (BG, x = 0).
 */
import { hyp2F1One } from '../../math/specialHypergeometricOne.ts';
import { lgamma, lgammaDelta } from '../../math/specialGamma.ts';
import { logIntegrateUnit } from '../../math/specialQuadrature.ts';
import type { History } from './history.ts';
import { eventTail, ordersWhileAlive } from './nbdOrders.ts';

export type NbdModel = 'bg_nbd' | 'mbg_nbd';

export interface NbdParams {
  readonly model: NbdModel;
  /** Shape of the event rate. */
  readonly r: number;
  /** Rate parameter of the event rate, in weeks: r / α events, so r / (α k) orders per week while alive. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
  /** Regularity: gaps are Erlang-k. 1 when absent. */
  readonly k?: number;
}

/** 1 when the first order can be the last by drop-out (MBG), 0 when not (BG). */
export function firstOrderFlips(model: NbdModel): 0 | 1 {
  return model === 'mbg_nbd' ? 1 : 0;
}

/** c_0 … c_{k−1} of a history and their sum. */
function stages({ r, alpha, k = 1 }: NbdParams, { x, tx, T }: History): { terms: number[]; sum: number } {
  const R = r + k * x;
  const y = (T - tx) / (alpha + T);
  const terms = [1];
  let sum = 1;
  for (let j = 1; j < k; j++) {
    terms.push(terms[j - 1] * ((R + j - 1) / j) * y);
    sum += terms[j];
  }
  return { terms, sum };
}

/** ln of the odds that the customer has left by T; −Infinity where that is impossible. */
function logOddsLeft({ model, r, alpha, a, b, k = 1 }: NbdParams, { x, tx, T }: History, stageSum: number): number {
  const s = firstOrderFlips(model);
  if (x + s === 0) return -Infinity;
  return Math.log(a / (b + x + s - 1)) + (r + k * x) * Math.log1p((T - tx) / (alpha + tx)) - Math.log(stageSum);
}

/** 1 + Σ_{0<j<k} c_j: only k > 1 has a second term. */
function stageSum(params: NbdParams, history: History): number {
  return (params.k ?? 1) === 1 ? 1 : stages(params, history).sum;
}

/**
 * ln L(r, α, a, b | x, t_x, T) in unscaled weeks, without the factorials that depend neither on the parameters nor on k. Eq. (3) of the BG/NBD note,
 * eq. (6) of MBG/NBD, eq. (4) of Reutterer et al. 2021.
 * @param logGaps Σ ln of the x gaps in weeks: needed to compare different k, and multiplied by k − 1.
 */
export function nbdLogLikelihood(params: NbdParams, history: History, logGaps = 0): number {
  const { model, r, alpha, a, b, k = 1 } = params;
  const { x, T } = history;
  const flips = x + firstOrderFlips(model);
  const sum = stageSum(params, history);
  const alive =
    lgammaDelta(r, k * x) + r * Math.log(alpha / (alpha + T)) - k * x * Math.log(alpha + T) + lgammaDelta(b, flips) - lgammaDelta(a + b, flips) + Math.log(sum);
  const regular = k === 1 ? 0 : (k - 1) * logGaps - x * lgamma(k);
  return alive + log1pExp(logOddsLeft(params, history, sum)) + regular;
}

/** ln(1 + e^v) without overflow. */
function log1pExp(v: number): number {
  return v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v));
}

/** P(alive at T | x, t_x, T) in [0, 1]. BG says 1 of every one-time buyer: never a churn score. */
export function pAlive(params: NbdParams, history: History): number {
  return 1 / (1 + Math.exp(logOddsLeft(params, history, stageSum(params, history))));
}

/** P(alive) · Σ_j w_j f(j, R + j): the mean of `f` over the stages of a customer who may have left. */
function overStages(params: NbdParams, history: History, f: (stage: number, R: number) => number): number {
  const { r, k = 1 } = params;
  if (k === 1) return pAlive(params, history) * f(0, r + history.x);
  const { terms, sum } = stages(params, history);
  let mean = 0;
  for (let j = 0; j < k; j++) if (terms[j] > 0) mean += (terms[j] / sum) * f(j, r + k * history.x + j);
  return mean / (1 + Math.exp(logOddsLeft(params, history, sum)));
}

/**
 * P(at least one order in (T, T + weeks] | x, t_x, T) = 1 − L(x, t_x, T + weeks) / L(x, t_x, T), in [0, 1].
 * As P(alive) Σ w_j P(at least k − j events), which keeps full relative accuracy for short horizons and for probabilities of 1e-11.
 */
export function pActive(params: NbdParams, history: History, weeks: number): number {
  const { alpha, k = 1 } = params;
  return overStages(params, history, (stage, R) => eventTail(R, alpha + history.T, weeks, k - stage));
}

/** E[orders in (T, T + weeks] | x, t_x, T] ≥ 0. Eq. (10) of the BG/NBD paper for k = 1; exact for every k, where the packages approximate. */
export function expectedOrders(params: NbdParams, history: History, weeks: number): number {
  const { alpha, a, b, model, k = 1 } = params;
  const { x, T } = history;
  return overStages(params, history, (stage, R) => ordersWhileAlive(R, alpha + T, a, b + x + firstOrderFlips(model), weeks, k, stage));
}

/** E[X(weeks)]: expected repeat orders of a customer drawn at random in the first `weeks` after the first order. Eq. (9) of the BG/NBD paper. */
export function expectedOrdersOfNewCustomer(params: NbdParams, weeks: number): number {
  return expectedOrders(params, { x: 0, tx: 0, T: 0 }, weeks);
}

/**
 * Discounted expected residual orders Σ e^(−δ t) over all orders after T, t weeks after T.
 * An order k events away is worth φ^k with φ = λ / (λ + δ), so given λ and p the value is geometric; over p it is φ^(k−j) ₂F₁(1, B; a + B; φ^k), and over λ one
 * integral is left, taken by tanh-sinh.
 * @param rate δ > 0 per week, continuous: 0.0027 is about 15 % a year.
 */
export function discountedOrders(params: NbdParams, history: History, rate: number): number {
  const { alpha, a, b, model, k = 1 } = params;
  const A = alpha + history.T;
  const B = b + history.x + firstOrderFlips(model);
  return overStages(params, history, (stage, R) => {
    const logScale = Math.log(R / A);
    const logIntegral = logIntegrateUnit((logU, log1mU) => {
      // λ = (R / A) u / (1 − u), around the mean rate.
      const logLambda = logScale + logU - log1mU;
      const lambda = Math.exp(logLambda);
      const logShare = -Math.log1p(rate / lambda);
      const density = R * (Math.log(A) + logLambda) - A * lambda;
      // Where the density cannot be told from zero, nothing needs to be worked out.
      if (!(density > R * Math.log(R) - R - 800) || logShare === -Infinity) return -Infinity;
      return density + (k - stage) * logShare + Math.log(hyp2F1One(B, a + B, Math.exp(k * logShare), -Math.expm1(k * logShare)));
    });
    return Math.exp(logIntegral - lgamma(R));
  });
}
