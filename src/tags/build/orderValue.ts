/** Value of the next order 成交金额. */
import { EXPECTED_REVENUE_DAYS } from '../catalogue/orderValue.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { headPart, none, numbered, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

const RANK = { high: 2, medium: 1, low: 0 } as const;

/** Probability × value, no interval: that of one customer would be "nothing or an order". */
function expectedRevenue(run: RunContext, customer: CustomerInput): Draft {
  const purchase = scoreOf(run, customer, 'purchase_intent', EXPECTED_REVENUE_DAYS);
  if (typeof purchase === 'string') return none(purchase);
  const value = scoreOf(run, customer, 'next_order_value');
  if (typeof value === 'string') return none(value);
  const confidence = RANK[purchase.head.confidence] < RANK[value.head.confidence] ? purchase.head.confidence : value.head.confidence;
  return numbered(purchase.score.value * value.score.value, { horizonDays: EXPECTED_REVENUE_DAYS, confidence });
}

export function orderValueDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key !== 'next_order_value') return expectedRevenue(run, customer);
  const scored = scoreOf(run, customer, 'next_order_value');
  if (typeof scored === 'string') return none(scored);
  // The horizon is that of learning; the amount is of the next order, whenever it comes.
  return numbered(scored.score.value, { ...headPart(scored), horizonDays: null, interval: scored.score.interval, reasons: [...scored.score.reasons] });
}
