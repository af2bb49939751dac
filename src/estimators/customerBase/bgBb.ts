/**
 * BG/BB (Fader, Hardie & Shang 2010, "Customer-base analysis in a discrete-time noncontractual setting"): n opportunities to buy (weeks, campaigns, days),
 * x of them used, the last at t_x. Before each opportunity the customer leaves with θ ~ Beta(γ, δ); while alive they buy with p ~ Beta(α, β).
 *
 * A history's `T` and `tx` count opportunities here. All sums run over positive terms, so γ = 1 and other poles of the closed forms do not exist.
 */
import { lgammaDelta } from '../../math/specialGamma.ts';
import type { History } from './history.ts';
import type { OrderModel } from './orderModel.ts';

export interface BgBbParams {
  readonly model: 'bg_bb';
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly delta: number;
}

/** ln of B(α + x, β + n − x) / B(α, β) · B(γ, δ + n) / B(γ, δ): bought x times and alive for all n opportunities. */
function logAlive({ alpha, beta, gamma, delta }: BgBbParams, x: number, n: number): number {
  return lgammaDelta(alpha, x) + lgammaDelta(beta, n - x) - lgammaDelta(alpha + beta, n) + lgammaDelta(delta, n) - lgammaDelta(gamma + delta, n);
}

/** Σ over the opportunities i in (t_x, n] at which they may have left, relative to being alive all the time; the odds of having left by n. */
function oddsLeft({ alpha, beta, gamma, delta }: BgBbParams, { x, tx, T: n }: History): number {
  // From i = n down: left before opportunity i + 1, i.e. after i opportunities, of which the last n − i need not be explained.
  let relative = gamma / (delta + n - 1);
  let sum = 0;
  for (let i = n - 1; i >= tx; i--) {
    // B(α + x, β + i − x) / B(α + x, β + i + 1 − x) = (α + β + i) / (β + i − x); the same with γ + 1 and δ for leaving.
    relative *= (alpha + beta + i) / (beta + i - x);
    sum += relative;
    if (i > tx) relative *= (gamma + delta + i) / (delta + i - 1);
  }
  return sum;
}

/** ln L(α, β, γ, δ | x, t_x, n), eq. (5). The binomial coefficient of unordered data is not part of it. */
export function bgBbLogLikelihood(params: BgBbParams, history: History): number {
  return logAlive(params, history.x, history.T) + Math.log1p(oddsLeft(params, history));
}

/** P(alive for the n-th opportunity | x, t_x, n). The paper's eq. (11) asks for the next one: this times (δ + n) / (γ + δ + n). */
export function bgBbAlive(params: BgBbParams, history: History): number {
  return 1 / (1 + oddsLeft(params, history));
}

/** Walks over the next opportunities: `visit` is told the chance of being alive at each, of buying there for the first time if alive all along, and of still being silent after it. */
function walk({ alpha, beta, gamma, delta }: BgBbParams, { x, T: n }: History, periods: number, visit: (alive: number, buysFirst: number, silent: number, period: number) => boolean): void {
  let alive = 1;
  let silent = 1;
  for (let i = 0; i < periods; i++) {
    alive *= (delta + n + i) / (gamma + delta + n + i);
    const buysFirst = (silent * (alpha + x)) / (alpha + beta + n + i);
    silent *= (beta + n - x + i) / (alpha + beta + n + i);
    if (!visit(alive, buysFirst, silent, i + 1)) return;
  }
}

/** `f` at a fractional number of periods, linear between whole ones. */
function between(periods: number, f: (whole: number) => number): number {
  const low = Math.floor(periods);
  const share = periods - low;
  return share === 0 ? f(low) : (1 - share) * f(low) + share * f(low + 1);
}

/** P(at least one purchase at the next `periods` opportunities) = 1 − L(x, t_x, n + periods) / L(x, t_x, n). */
export function bgBbActive(params: BgBbParams, history: History, periods: number): number {
  const chance = between(periods, (whole) => {
    let sum = 0;
    walk(params, history, whole, (alive, buysFirst) => {
      sum += alive * buysFirst;
      return alive * buysFirst > 1e-18 * sum;
    });
    return sum;
  });
  return Math.min(1, bgBbAlive(params, history) * chance);
}

/** E[purchases at the next `periods` opportunities], eq. (13). */
export function bgBbExpectedOrders(params: BgBbParams, history: History, periods: number): number {
  const { alpha, beta } = params;
  const opportunities = between(periods, (whole) => {
    let sum = 0;
    walk(params, history, whole, (alive) => {
      sum += alive;
      return alive > 1e-18 * sum;
    });
    return sum;
  });
  return (bgBbAlive(params, history) * opportunities * (alpha + history.x)) / (alpha + beta + history.T);
}

/** Discounted expected residual purchases Σ (1 + rate)^−i, eq. (14), rate > 0 per opportunity. */
export function bgBbDiscountedOrders(params: BgBbParams, history: History, rate: number): number {
  const { alpha, beta } = params;
  let sum = 0;
  let factor = 1;
  walk(params, history, 50_000_000, (alive) => {
    factor /= 1 + rate;
    sum += alive * factor;
    return alive * factor > 1e-16 * rate * sum;
  });
  return (bgBbAlive(params, history) * sum * (alpha + history.x)) / (alpha + beta + history.T);
}

/** Periods after which a next purchase is "never". */
const MOST_PERIODS = 1_000_000;

/** The model with one opportunity every `periodDays` days, asked in weeks as the others. Histories still count opportunities. */
export function bgBbModel(params: BgBbParams, periodDays: number): OrderModel {
  const periods = (weeks: number): number => (weeks * 7) / periodDays;
  return {
    pAlive: (history) => bgBbAlive(params, history),
    pActive: (history, weeks) => bgBbActive(params, history, periods(weeks)),
    expectedOrders: (history, weeks) => bgBbExpectedOrders(params, history, periods(weeks)),
    discountedOrders: (history, rate) => bgBbDiscountedOrders(params, history, Math.expm1((rate * periodDays) / 7)),
    nextOrderWeeks: (history, level) => {
      const wanted = level / bgBbAlive(params, history);
      let [sum, found] = [0, Infinity];
      walk(params, history, MOST_PERIODS, (alive, buysFirst, silent, period) => {
        const before = sum;
        sum += alive * buysFirst;
        if (sum >= wanted) found = period - 1 + (wanted - before) / (sum - before);
        // Whatever comes later comes to those who are alive and silent now.
        return sum < wanted && sum + alive * silent > wanted;
      });
      return (found * periodDays) / 7;
    },
  };
}
