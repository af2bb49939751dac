/** Statistical tags: plain facts, the same for everyone whatever the models say. */
import type { CustomerFacts } from '../../scoring/facts.ts';
import { none, numbered } from './draft.ts';
import type { Draft } from './draft.ts';

/** Facts about orders do not apply to somebody who has none. */
function ofBuyer(facts: CustomerFacts, value: number): Draft {
  return facts.orders >= 1 ? numbered(value) : none('not_eligible');
}

const FACTS: Readonly<Record<string, (facts: CustomerFacts) => Draft>> = {
  orders_total: ({ orders }) => numbered(orders),
  orders_365d: ({ ordersInYear }) => numbered(ordersInYear),
  clv_historic: ({ netSpend }) => numbered(netSpend),
  days_since_last_order: (facts) => ofBuyer(facts, facts.silenceDays),
  avg_order_value: (facts) => ofBuyer(facts, facts.netSpend / facts.orders),
  refund_share: (facts) => ofBuyer(facts, facts.refundShare),
  discount_share: (facts) => ofBuyer(facts, facts.discountShare),
  overdue_ratio: (facts) => ofBuyer(facts, facts.silenceDays / facts.cycleDays),
};

/** The draft of a statistical tag, or undefined for a key that is none. */
export function statisticalDraft(key: string, facts: CustomerFacts | undefined): Draft | undefined {
  const fact = FACTS[key];
  if (fact === undefined) return undefined;
  return facts === undefined ? none('insufficient_data') : fact(facts);
}
