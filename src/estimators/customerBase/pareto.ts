/**
 * Pareto/NBD (Schmittlein, Morrison & Colombo 1987; Fader & Hardie 2005, "A note on deriving the Pareto/NBD model"), value by value.
 *
 * While alive a customer orders as a Poisson process with rate λ ~ Gamma(r, α); they leave at any time with rate μ ~ Gamma(s, β). Weeks throughout.
 * With S(t) = (α + t)^−(r+x) (β + t)^−s, the weight of being alive at t, and m = r + s + x, the weight of leaving later than t with no order after t is
 *     ∫_t^∞ s (α + τ)^−(r+x) (β + τ)^−(s+1) dτ = S(t) ρ(t),
 *     ρ(t) = s/m ₂F₁(1, r + x; m + 1; (α − β)/(α + t))  where α ≥ β,   s/m (α + t)/(β + t) ₂F₁(1, s + 1; m + 1; (β − α)/(β + t))  where α < β,
 * which are the textbook's ₂F₁(m, s + 1; m + 1; z) after Euler's transformation (DLMF 15.8.1): all numbers are between 0 and 1, no parameter is singular, and Gauss's
 * fraction sums them in a few steps. So  L = Γ(r + x)/Γ(r) α^r β^s [S(T) (1 − ρ(T)) + S(t_x) ρ(t_x)].
 */
import { hyp2F1One } from '../../math/specialHypergeometricOne.ts';
import { lgammaDelta } from '../../math/specialGamma.ts';
import { logIntegrateUnit } from '../../math/specialQuadrature.ts';
import type { History } from './history.ts';

export interface ParetoParams {
  readonly model: 'pareto_nbd';
  /** Shape of the order rate. */
  readonly r: number;
  /** Rate parameter of the order rate, in weeks: r / α orders per week. */
  readonly alpha: number;
  /** Shape of the drop-out rate. */
  readonly s: number;
  /** Rate parameter of the drop-out rate, in weeks: s / β per week. */
  readonly beta: number;
}

/** ρ(t): of the weight alive at t, the share that leaves later without another order. */
function leavesSilent({ r, alpha, s, beta }: ParetoParams, x: number, t: number): number {
  const m = r + s + x;
  if (alpha >= beta) return (s / m) * hyp2F1One(r + x, m + 1, (alpha - beta) / (alpha + t), (beta + t) / (alpha + t));
  return (((s / m) * (alpha + t)) / (beta + t)) * hyp2F1One(s + 1, m + 1, (beta - alpha) / (beta + t), (alpha + t) / (beta + t));
}

/** 1 − ρ(t) without cancellation: the share that orders again before leaving, by the same formula with the roles of ordering and leaving exchanged. */
function ordersAgain({ r, alpha, s, beta }: ParetoParams, x: number, t: number): number {
  const m = r + s + x;
  if (beta >= alpha) return ((r + x) / m) * hyp2F1One(s, m + 1, (beta - alpha) / (beta + t), (alpha + t) / (beta + t));
  return ((((r + x) / m) * (beta + t)) / (alpha + t)) * hyp2F1One(r + x + 1, m + 1, (alpha - beta) / (alpha + t), (beta + t) / (alpha + t));
}

/** ln of S(T) / S(t_x) ≤ 0. */
function logSurvivorRatio({ r, alpha, s, beta }: ParetoParams, { x, tx, T }: History): number {
  return -(r + x) * Math.log1p((T - tx) / (alpha + tx)) - s * Math.log1p((T - tx) / (beta + tx));
}

/** Weight of every possible fate of the history, relative to S(t_x): alive, or left after the last order. */
function fates(params: ParetoParams, history: History): { alive: number; total: number } {
  const alive = Math.exp(logSurvivorRatio(params, history));
  const { x, tx, T } = history;
  // Both parts are positive: 1 − ρ(T) of those alive order again, the rest leaves silently, as those do who left before T.
  return { alive, total: alive * ordersAgain(params, x, T) + leavesSilent(params, x, tx) };
}

/** ln L(r, α, s, β | x, t_x, T) in unscaled weeks. Eq. (18) of the note. */
export function paretoLogLikelihood(params: ParetoParams, history: History): number {
  const { r, alpha, s, beta } = params;
  const { x, tx } = history;
  const atLast = lgammaDelta(r, x) - x * Math.log(alpha + tx) + r * Math.log(alpha / (alpha + tx)) + s * Math.log(beta / (beta + tx));
  return atLast + Math.log(fates(params, history).total);
}

/** P(alive at T | x, t_x, T) in [0, 1]. */
export function paretoAlive(params: ParetoParams, history: History): number {
  const { alive, total } = fates(params, history);
  return Math.min(1, alive / total);
}

/** Nodes and weights of Gauss–Legendre with 8 points on (−1, 1). */
const NODES = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363] as const;
const WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763] as const;
/** Panels of this length, with singularities π away, or over which the integrand changes by e^3 leave 8 points an error below 1e-14. */
const LONGEST_PANEL = 1.5;
const MOST_CHANGE = 3;

/**
 * P(at least one order in (T, T + weeks] | x, t_x, T) = 1 − L(x, t_x, T + weeks) / L(x, t_x, T), in [0, 1]: the weight of ordering while alive in the window,
 * ∫ (r + x) (α + τ)^−(r+x+1) (β + τ)^−s dτ. As a difference of two tails where it is a good part of the first, by Gauss–Legendre where they would cancel.
 */
export function paretoActive(params: ParetoParams, history: History, weeks: number): number {
  const { r, alpha, s, beta } = params;
  const { x, T } = history;
  if (!(weeks > 0)) return 0;
  const { alive, total } = fates(params, history);
  const logRatio = -(r + x) * Math.log1p(weeks / (alpha + T)) - s * Math.log1p(weeks / (beta + T));
  if (logRatio < -0.1) {
    const ever = ordersAgain(params, x, T);
    const again = ever - Math.exp(logRatio) * ordersAgain(params, x, T + weeks);
    if (again > 0.1 * ever) return Math.min(1, (alive * again) / total);
  }
  return Math.min(1, (alive / total) * ordersWithin(params, x, T, weeks));
}

/** ∫ of the rate of orders over the window, relative to being alive at T: a sum of positive terms. */
function ordersWithin({ r, alpha, s, beta }: ParetoParams, x: number, T: number, weeks: number): number {
  // In y = ln(1 + u / nearest) the powers are exponentials and nothing is singular nearer than π, however long the window is beside α or β.
  const nearest = Math.min(alpha, beta) + T;
  const length = Math.log1p(weeks / nearest);
  const steepest = 1 + ((r + x + 1) * (weeks + nearest)) / (alpha + T + weeks) + (s * (weeks + nearest)) / (beta + T + weeks);
  const panels = Math.ceil(length * Math.max(1 / LONGEST_PANEL, steepest / MOST_CHANGE));
  const half = length / panels / 2;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    for (let i = 0; i < NODES.length; i++) {
      for (const sign of [-1, 1]) {
        const y = half * (2 * panel + 1 + sign * NODES[i]);
        const u = nearest * Math.expm1(y);
        sum += WEIGHTS[i] * Math.exp(y - (r + x + 1) * Math.log1p(u / (alpha + T)) - s * Math.log1p(u / (beta + T)));
      }
    }
  }
  return ((r + x) * nearest * half * sum) / (alpha + T);
}

/** (1 − e^(−v w)) / v, with its limit w at v = 0: the form in which nothing is singular at s = 1. */
function expShare(v: number, w: number): number {
  return Math.abs(v * w) < 1e-8 ? w * (1 - (v * w) / 2) : -Math.expm1(-v * w) / v;
}

/** E[orders in (T, T + weeks] | x, t_x, T] ≥ 0. Eq. (41) of the note. */
export function paretoExpectedOrders(params: ParetoParams, history: History, weeks: number): number {
  const { r, alpha, s, beta } = params;
  const rate = (r + history.x) / (alpha + history.T);
  const lifetime = (beta + history.T) * expShare(s - 1, Math.log1p(weeks / (beta + history.T)));
  return paretoAlive(params, history) * rate * lifetime;
}

/** E[X(weeks)]: expected repeat orders of a customer drawn at random in the first `weeks`. Eq. (17) of the note. */
export function paretoExpectedOfNewCustomer(params: ParetoParams, weeks: number): number {
  return paretoExpectedOrders(params, { x: 0, tx: 0, T: 0 }, weeks);
}

/**
 * Discounted expected residual orders (DERT): Σ e^(−δ t) over all orders after T. Eq. (2) of Fader, Hardie & Lee 2005, "RFM and CLV", as
 * P(alive) (r + x)/(α + T) ∫_0^∞ e^(−δ t) ((β + T)/(β + T + t))^s dt, which needs no confluent hypergeometric function.
 * @param rate δ > 0 per week, continuous: 0.0027 is about 15 % a year.
 */
export function paretoDiscountedOrders(params: ParetoParams, history: History, rate: number): number {
  const { r, alpha, s, beta } = params;
  const rest = beta + history.T;
  // t = (β + T) u / (1 − u).
  const logIntegral = logIntegrateUnit((logU, log1mU) => logU + (s - 1) * log1mU - rate * rest * Math.exp(logU - log1mU));
  return ((paretoAlive(params, history) * (r + history.x)) / (alpha + history.T)) * rest * Math.exp(logIntegral);
}
