/** Churn tags 流失: probabilities, band, trend, main reason, and the alert for valuable customers. */
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none, probabilityPart, scoreOf } from './draft.ts';
import type { Draft, HeadScore } from './draft.ts';
import { churnBand, isAtRisk } from './risk.ts';
import { isHighValue } from './value.ts';

/** Change of the probability, in points of 100, from which a trend is called rising or falling. */
export const TREND_POINTS = 5;
export const TREND_DAYS = 7;

/** The reason by the group of the feature that pushes most; features of a complaint or a return speak for themselves. */
const REASON_OF_GROUP: Readonly<Record<string, string>> = {
  rhythm: 'overdue', recency: 'overdue', orders: 'buying_less', browsing: 'visits_down', spend: 'order_value_down', service: 'complaint_or_return', messages: 'not_opening', taste: 'other', season: 'other',
};

function trend(customer: CustomerInput, { score }: HeadScore): Draft {
  if (customer.churnBefore === undefined) return none('insufficient_data');
  const points = 100 * (score.value - customer.churnBefore);
  return banded(points >= TREND_POINTS ? 'rising' : points <= -TREND_POINTS ? 'falling' : 'steady');
}

function reason(run: RunContext, { score }: HeadScore): Draft {
  const main = score.reasons.find(({ direction }) => direction === 'up');
  if (main === undefined) return none('insufficient_data');
  const group = main.feature.startsWith('refund') ? 'service' : (run.groupOf(main.feature) ?? 'taste');
  return { status: 'ok', value: REASON_OF_GROUP[group] ?? 'other', reasons: [main] };
}

/** `entered` on the run on which the customer becomes both valuable and at risk, `ongoing` while it stays so, else `none`: an event, not a nightly repeat. */
function alert(run: RunContext, customer: CustomerInput, scored: HeadScore): Draft {
  const valuable = isHighValue(run, customer);
  if (typeof valuable === 'string') return none(valuable);
  if (!valuable || !isAtRisk(churnBand(customer, scored))) return { status: 'ok', value: 'none' };
  const before = customer.previous.get('high_value_churn_alert')?.value;
  return { status: 'ok', value: before === 'entered' || before === 'ongoing' ? 'ongoing' : 'entered' };
}

export function churnDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  const horizon = /^churn_prob_(\d+)d$/.exec(key)?.[1];
  const scored = scoreOf(run, customer, 'churn', horizon === undefined ? undefined : Number(horizon));
  if (typeof scored === 'string') return none(scored);
  const part = probabilityPart(scored);
  const isPrimary = scored.head === scored.model.heads[0];
  if (horizon !== undefined) return { status: 'ok', value: scored.score.value, ...part, ...(isPrimary ? { reasons: [...scored.score.reasons] } : {}) };
  switch (key) {
    case 'churn_risk_band': return banded(churnBand(customer, scored), { ...part, reasons: [...scored.score.reasons] });
    case 'churn_risk_trend': return withConfidence(trend(customer, scored), part.confidence);
    case 'churn_reason': return withConfidence(reason(run, scored), part.confidence);
    case 'high_value_churn_alert': return withConfidence(alert(run, customer, scored), part.confidence);
    default: return undefined;
  }
}

function withConfidence(draft: Draft, confidence: 'high' | 'medium' | 'low' | null): Draft {
  return draft.status === 'ok' ? { ...draft, confidence } : draft;
}
