/** What all models of orders can be asked, whatever their story: one object per parameter set, and the next-order date that follows from it. */
import type { History } from './history.ts';
import { discountedOrders, expectedOrders, pActive, pAlive } from './nbd.ts';
import type { NbdParams } from './nbd.ts';
import { paretoActive, paretoAlive, paretoDiscountedOrders, paretoExpectedOrders } from './pareto.ts';
import type { ParetoParams } from './pareto.ts';

export interface OrderModel {
  /** P(alive at T) in [0, 1]: a part of the story, never a churn score. */
  pAlive(history: History): number;
  /** P(at least one order in (T, T + weeks]) in [0, 1], increasing in weeks from 0. */
  pActive(history: History, weeks: number): number;
  /** E[orders in (T, T + weeks]] ≥ 0. */
  expectedOrders(history: History, weeks: number): number;
  /** Σ e^(−rate t) over all orders after T, rate > 0 per week. */
  discountedOrders(history: History, rate: number): number;
  /** Weeks after T by which the next order has come with probability `level`, where a closed form exists; Infinity beyond the chance of any order. */
  nextOrderWeeks?(history: History, level: number): number;
}

export type OrderParams = NbdParams | ParetoParams;

export function orderModelOf(params: OrderParams): OrderModel {
  if (params.model === 'pareto_nbd') {
    return {
      pAlive: (history) => paretoAlive(params, history),
      pActive: (history, weeks) => paretoActive(params, history, weeks),
      expectedOrders: (history, weeks) => paretoExpectedOrders(params, history, weeks),
      discountedOrders: (history, rate) => paretoDiscountedOrders(params, history, rate),
    };
  }
  const model: OrderModel = {
    pAlive: (history) => pAlive(params, history),
    pActive: (history, weeks) => pActive(params, history, weeks),
    expectedOrders: (history, weeks) => expectedOrders(params, history, weeks),
    discountedOrders: (history, rate) => discountedOrders(params, history, rate),
  };
  if ((params.k ?? 1) > 1) return model;
  const { alpha, r } = params;
  return {
    ...model,
    // P(alive) (1 − (1 + h / (α + T))^−(r + x)) = level, solved for h.
    nextOrderWeeks: (history, level) => {
      const share = level / pAlive(params, history);
      return share < 1 ? (alpha + history.T) * Math.expm1(-Math.log1p(-share) / (r + history.x)) : Infinity;
    },
  };
}

/** P(no order in (T, T + weeks]) at each of `weeks`: the survival curve of the next order, decreasing from 1 to the chance that there is none at all. */
export function survivalCurve(model: OrderModel, history: History, weeks: readonly number[]): number[] {
  return weeks.map((at) => 1 - model.pActive(history, at));
}

const LOG_SHORTEST = Math.log(1e-3 / 7);
/** 10⁶ days stand for "never": a level above the chance of any order has no date. */
const LOG_LONGEST = Math.log(1e6 / 7);

/**
 * Weeks after T by which the next order has come with each probability of `levels` (ascending, in (0, 1)), between 0.001 and 10⁶ days.
 * Without a closed form: false position on ln of the probability by ln h, which is nearly straight for short windows, inside a shrinking bracket (Illinois variant, so that
 * neither end sticks), each level starting from the one before.
 */
export function nextOrderWeeks(model: OrderModel, history: History, levels: readonly number[]): number[] {
  const clamp = (weeks: number): number => Math.min(Math.exp(LOG_LONGEST), Math.max(Math.exp(LOG_SHORTEST), weeks));
  if (model.nextOrderWeeks !== undefined) return levels.map((level) => clamp(model.nextOrderWeeks?.(history, level) ?? Infinity));
  const active = (v: number): number => model.pActive(history, Math.exp(v));
  const most = active(LOG_LONGEST);
  let low = LOG_SHORTEST;
  let atLow = active(low);
  return levels.map((level) => {
    if (level >= most) return Math.exp(LOG_LONGEST);
    if (level <= atLow) return Math.exp(low);
    low = rootOf((v) => Math.log(active(v) / level), low, Math.log(atLow / level), LOG_LONGEST, Math.log(most / level));
    atLow = level;
    return Math.exp(low);
  });
}

/** Where an increasing function is 0, between `from`, where it is `fromGap` < 0, and `to`, where it is `toGap` > 0. −Infinity is a value. */
function rootOf(f: (v: number) => number, from: number, fromGap: number, to: number, toGap: number): number {
  let last = 0;
  for (let i = 0; i < 100 && to - from > 1e-14; i++) {
    // Bisection while the curve is far from straight, then false position.
    let middle = i < 4 ? (from + to) / 2 : (from * toGap - to * fromGap) / (toGap - fromGap);
    if (!(middle > from && middle < to)) middle = (from + to) / 2;
    const gap = f(middle);
    if (Math.abs(gap) < 1e-15) return middle;
    if (gap < 0) {
      [from, fromGap] = [middle, gap];
      if (last === -1) toGap /= 2;
      last = -1;
    } else {
      [to, toGap] = [middle, gap];
      if (last === 1) fromGap /= 2;
      last = 1;
    }
  }
  return (from + to) / 2;
}
