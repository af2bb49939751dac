/**
 * BG/NBD (Fader, Hardie & Lee 2005, "Counting your customers the easy way") and MBG/NBD (Batislam, Denizel & Filiztekin 2007), value by value.
 *
 * While alive a customer orders as a Poisson process with rate λ ~ Gamma(r, α); after an order they leave for ever with probability p ~ Beta(a, b):
 * after repeat orders only (BG), after the first order too (MBG). Time is in weeks since the first order; x repeat orders,
 * the last at t_x, observed until T. With s = 0 (BG) or 1 (MBG), all formulas are one: given alive at T, p ~ Beta(a, b + x + s) and
 * λ ~ Gamma(r + x, α + T), and the odds of having left are
 *     a / (b + x + s − 1) · ((α + T) / (α + t_x))^(r + x), and zero where no order could have been the last (BG, x = 0).
 */
import { lbeta, lgammaDelta } from '../../math/specialGamma.ts';
import { logIntegrateUnit } from '../../math/specialQuadrature.ts';
import type { History } from './history.ts';

export type NbdModel = 'bg_nbd' | 'mbg_nbd';

export interface NbdParams {
  readonly model: NbdModel;
  /** Shape of the order rate. */
  readonly r: number;
  /** Rate parameter of the order rate, in weeks: mean rate r / α per week. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** Longest series worth summing; beyond it the integral is cheaper. */
const MAX_TERMS = 20_000;

/** 1 when the first order can be the last by drop-out (MBG), 0 when not (BG). */
export function firstOrderFlips(model: NbdModel): 0 | 1 {
  return model === 'mbg_nbd' ? 1 : 0;
}

/** ln of the odds that the customer has left by T; −Infinity where that is impossible. */
function logOddsLeft({ model, r, alpha, a, b }: NbdParams, { x, tx, T }: History): number {
  const s = firstOrderFlips(model);
  if (x + s === 0) return -Infinity;
  return Math.log(a / (b + x + s - 1)) + (r + x) * Math.log1p((T - tx) / (alpha + tx));
}

/** ln L(r, α, a, b | x, t_x, T) in unscaled weeks, without the factorial that does not depend on the parameters. Eq. (3) of the BG/NBD note; eq. (6) of MBG/NBD. */
export function nbdLogLikelihood(params: NbdParams, history: History): number {
  const { model, r, alpha, a, b } = params;
  const { x, T } = history;
  const flips = x + firstOrderFlips(model);
  const alive =
    lgammaDelta(r, x) + r * Math.log(alpha / (alpha + T)) - x * Math.log(alpha + T) + lgammaDelta(b, flips) - lgammaDelta(a + b, flips);
  return alive + log1pExp(logOddsLeft(params, history));
}

/** ln(1 + e^v) without overflow. */
function log1pExp(v: number): number {
  return v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v));
}

/** P(alive at T | x, t_x, T) in [0, 1]. BG/NBD says 1 of every one-time buyer: never a churn score. */
export function pAlive(params: NbdParams, history: History): number {
  return 1 / (1 + Math.exp(logOddsLeft(params, history)));
}

/**
 * P(at least one order in (T, T + weeks] | x, t_x, T) = 1 − L(x, t_x, T + weeks) / L(x, t_x, T), in [0, 1].
 * The ratio of likelihoods is P(alive) (1 − ((α + T) / (α + T + weeks))^(r + x)), which keeps full accuracy for short horizons.
 */
export function pActive(params: NbdParams, history: History, weeks: number): number {
  const rate = (params.r + history.x) * Math.log1p(weeks / (params.alpha + history.T));
  return pAlive(params, history) * -Math.expm1(-rate);
}

/** E[orders in (T, T + weeks] | x, t_x, T] ≥ 0. Eq. (10) of the BG/NBD paper, summed in a form without its singularities at a = 1 and a + b = 1. */
export function expectedOrders(params: NbdParams, history: History, weeks: number): number {
  const { r, alpha, a, b, model } = params;
  const { x, T } = history;
  return pAlive(params, history) * ordersWhileAlive(r + x, alpha + T, a, b + x + firstOrderFlips(model), weeks);
}

/** E[X(weeks)]: expected repeat orders of a customer drawn at random in the first `weeks` after the first order. Eq. (9) of the BG/NBD paper. */
export function expectedOrdersOfNewCustomer(params: NbdParams, weeks: number): number {
  return expectedOrders(params, { x: 0, tx: 0, T: 0 }, weeks);
}

/**
 * E[orders in a window of t] of a customer who is alive at its start, λ ~ Gamma(R, A), p ~ Beta(a, B).
 *
 * Without drop-out the count N would be negative binomial with z = t / (A + t); order j + 1 happens when the customer survived j flips:
 *     E = Σ_k P(N = k) G_k,   G_k = Σ_{j < k} E[(1 − p)^j] = Σ_{j < k} (B)_j / (a + B)_j.
 * All terms are positive, so nothing cancels, where the textbook form is a difference divided by a − 1. The same value as an integral,
 * ∫ (1 − (1 + p t / A)^−R) / p dBeta(p), is used where the series is long or its first term underflows.
 */
function ordersWhileAlive(R: number, A: number, a: number, B: number, t: number): number {
  if (!(t > 0)) return 0;
  const logFirst = -R * Math.log1p(t / A);
  const z = t / (A + t);
  const expectedTerms = (R * t) / A + 40 / -Math.log(z);
  if (logFirst < -690 || expectedTerms > MAX_TERMS) return ordersByIntegral(R, A, a, B, t);
  let probability = Math.exp(logFirst);
  let survival = 1;
  let flips = 0;
  let sum = 0;
  for (let k = 1; k < 10 * MAX_TERMS; k++) {
    const ratio = ((R + k - 1) / k) * z;
    probability *= ratio;
    flips += survival;
    survival *= (B + k - 1) / (a + B + k - 1);
    sum += probability * flips;
    // G grows at most as k, so the rest is below a geometric series with a slightly larger ratio.
    const bound = Math.max(ratio, z) * (1 + 1 / k);
    if (bound < 1 && probability * flips < 1e-17 * sum * (1 - bound)) break;
  }
  return sum;
}

function ordersByIntegral(R: number, A: number, a: number, B: number, t: number): number {
  const scale = t / A;
  const logIntegral = logIntegrateUnit((logP, log1mP) => {
    // ln[(1 − (1 + p t/A)^−R) / p]; for tiny p the limit R t / A.
    const p = Math.exp(logP);
    const shrink = -Math.expm1(-R * Math.log1p(p * scale));
    const gain = p * scale * R < 1e-12 ? Math.log(R * scale) : Math.log(shrink) - logP;
    return a * logP + B * log1mP + gain;
  });
  return Math.exp(logIntegral - lbeta(a, B));
}
