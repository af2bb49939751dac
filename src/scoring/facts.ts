/** What tags need to know of a customer besides scores: plain facts of the history, and the personal repurchase cycle. */
import { columnOf } from '../base/matrix.ts';
import type { Matrix } from '../base/matrix.ts';
import type { FeatureMatrix } from '../features/matrix.ts';
import type { LoadedHead, LoadedModel } from './model.ts';

/** Features that facts are read from. */
export const FACT_FEATURES = [
  'orders_total', 'orders_365d', 'days_since_last_order', 'net_spend_total', 'refund_share', 'discount_share', 'gap_count', 'gap_mean_days', 'gap_std_days', 'gap_last_days',
] as const;

export interface CustomerFacts {
  readonly orders: number;
  readonly ordersInYear: number;
  /** Days since the last order; NaN without orders. Missing facts are NaN throughout. */
  readonly silenceDays: number;
  readonly netSpend: number;
  readonly refundShare: number;
  readonly discountShare: number;
  readonly lastGapDays: number;
  /** Typical days between orders of this customer; NaN without orders. */
  readonly cycleDays: number;
  /** Weight of the customer's own gaps in the cycle, in [0, 1). */
  readonly ownWeight: number;
  readonly regularity: 'regular' | 'average' | 'irregular' | 'unknown';
  /** Days to the last paid day of a contract, below 0 after it; absent without a contract. */
  readonly contractDaysLeft?: number;
}

export interface PersonalCycleLike {
  readonly cycleDays: number;
  readonly ownWeight: number;
  readonly gaps: number;
  readonly regularity: 'regular' | 'average' | 'irregular';
}

/** Personal cycles of every row from the artefact of the repurchase model; handed in, because only that estimator knows. */
export type CyclesFrom = (head: LoadedHead, x: Matrix) => readonly PersonalCycleLike[] | undefined;

/** Where another estimator serves: own mean gap and the shop's typical gap, which weighs as much as two gaps. */
const PRIOR_GAPS = 2;
/** The shop's typical gap where no repurchase model has one. */
export const DEFAULT_CYCLE_DAYS = 60;
/** Coefficients of variation below which gaps are regular, and above which irregular; the bounds of the repurchase model. */
const REGULAR_BELOW = 0.5;
const IRREGULAR_ABOVE = 0.85;

function plainCycle(gaps: number, mean: number, std: number, shop: number): PersonalCycleLike {
  const own = gaps >= 1 && mean > 0 ? gaps : 0;
  const ownWeight = own / (own + PRIOR_GAPS);
  const cv = std / mean;
  return {
    cycleDays: ownWeight * (own > 0 ? mean : 0) + (1 - ownWeight) * shop, ownWeight, gaps: own,
    regularity: cv < REGULAR_BELOW ? 'regular' : cv > IRREGULAR_ABOVE ? 'irregular' : 'average',
  };
}

/** Facts of every row. @param cycle the repurchase model, when one serves */
export function factsOf(features: FeatureMatrix, cycle: LoadedModel | undefined, cyclesFrom: CyclesFrom): CustomerFacts[] {
  const { matrix } = features;
  const column = (name: (typeof FACT_FEATURES)[number]): Float64Array => columnOf(matrix, name) ?? new Float64Array(matrix.rows).fill(Number.NaN);
  const [orders, year, silence, net, refund, discount, gaps, mean, std, last] = FACT_FEATURES.map(column);
  const contractEnds = columnOf(matrix, 'contract_days_left');
  const head = cycle?.heads[0];
  const learned = head === undefined ? undefined : cyclesFrom(head, matrix);
  const shop = head?.head.typical.gap_mean_days ?? DEFAULT_CYCLE_DAYS;
  return Array.from({ length: matrix.rows }, (_, row): CustomerFacts => {
    const personal = learned?.[row] ?? plainCycle(gaps[row], mean[row], std[row], shop);
    const buys = orders[row] >= 1;
    return {
      orders: orders[row], ordersInYear: year[row], silenceDays: silence[row], netSpend: net[row], refundShare: refund[row], discountShare: discount[row], lastGapDays: last[row],
      cycleDays: buys ? personal.cycleDays : Number.NaN, ownWeight: buys ? personal.ownWeight : 0,
      // One gap says nothing about regularity.
      regularity: buys && personal.gaps >= 2 ? personal.regularity : 'unknown',
      ...(contractEnds === undefined || Number.isNaN(contractEnds[row]) ? {} : { contractDaysLeft: contractEnds[row] }),
    };
  });
}

const NUMBERS = ['orders', 'ordersInYear', 'silenceDays', 'netSpend', 'refundShare', 'discountShare', 'lastGapDays', 'cycleDays', 'ownWeight'] as const;

/** Facts as they come back from JSON, where a missing number is null. */
export function readFacts(stored: unknown): CustomerFacts | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const fields = stored as Readonly<Record<string, unknown>>;
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, typeof fields[name] === 'number' ? fields[name] : Number.NaN])) as Record<(typeof NUMBERS)[number], number>;
  const { regularity, contractDaysLeft } = fields;
  return { ...numbers, ...(typeof contractDaysLeft === 'number' ? { contractDaysLeft } : {}), regularity: regularity === 'regular' || regularity === 'average' || regularity === 'irregular' ? regularity : 'unknown' };
}
