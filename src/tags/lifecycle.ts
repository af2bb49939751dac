/** The lifecycle stage of one customer, judged by the customer's own repurchase cycle. */

export const STAGE_CODES = ['lead', 'new', 'growing', 'loyal', 'slipping', 'dormant', 'churned', 'reactivated'] as const;
export type Stage = (typeof STAGE_CODES)[number];

/** When silence turns into another stage, in multiples of the personal cycle, and how many orders make a loyal customer. */
export interface LifecycleRules {
  readonly slippingAfterCycles: number;
  readonly dormantAfterCycles: number;
  readonly churnedAfterCycles: number;
  readonly loyalFromOrders: number;
}

export const DEFAULT_LIFECYCLE: LifecycleRules = { slippingAfterCycles: 1.5, dormantAfterCycles: 2.5, churnedAfterCycles: 4, loyalFromOrders: 5 };

export interface LifecycleFacts {
  readonly orders: number;
  /** Days since the last order; NaN without orders. */
  readonly silenceDays: number;
  /** Personal repurchase cycle in days, shrunk to the shop's where there are few gaps; NaN where unknown. */
  readonly cycleDays: number;
  /** Days between the last two order days; NaN with fewer than two. */
  readonly lastGapDays: number;
  /** Stage of the run before, where there was one. */
  readonly previous?: Stage;
}

/**
 * Silence first: more than 1.5 cycles is slipping, 2.5 dormant, 4 churned. Customers who are buying are new (one order), growing, or loyal
 * (five orders and more) — unless they came back: from dormant or churned, or over a last gap of more than 2.5 cycles. They stay
 * reactivated until they order again within 2.5 cycles or fall silent.
 */
export function stageOf(facts: LifecycleFacts, rules: LifecycleRules = DEFAULT_LIFECYCLE): Stage {
  if (facts.orders < 1 || Number.isNaN(facts.silenceDays)) return 'lead';
  const cycles = facts.cycleDays > 0 ? facts.silenceDays / facts.cycleDays : 0;
  if (cycles > rules.churnedAfterCycles) return 'churned';
  if (cycles > rules.dormantAfterCycles) return 'dormant';
  if (cycles > rules.slippingAfterCycles) return 'slipping';
  const cameBack = facts.previous === 'dormant' || facts.previous === 'churned' || facts.lastGapDays > rules.dormantAfterCycles * facts.cycleDays;
  if (cameBack && facts.orders > 1) return 'reactivated';
  if (facts.orders === 1) return 'new';
  return facts.orders >= rules.loyalFromOrders ? 'loyal' : 'growing';
}
