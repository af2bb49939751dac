/** Orders to come 预计订单数: an expected count, so it has an interval and a percentile but no probability and no lift. */
import type { CustomerInput, RunContext } from './context.ts';
import { headPart, none, numbered, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

export function orderCountDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key !== 'orders_next_90d') return undefined;
  const scored = scoreOf(run, customer, 'order_count', 90);
  if (typeof scored === 'string') return none(scored);
  return numbered(scored.score.value, { ...headPart(scored), interval: scored.score.interval, reasons: [...scored.score.reasons] });
}
