/** Churn tags 流失: probabilities, band, trend, main reason, and the alert for valuable customers. */
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none, probabilityPart, scoreOf } from './draft.ts';
import type { Draft, HeadScore } from './draft.ts';
import { churnBand, isAtRisk } from './risk.ts';
import { isHighValue } from './value.ts';

/** Change of the probability, in points of 100, from which a trend is called rising or falling. */
export const TREND_POINTS = 5;
export const TREND_DAYS = 7;

/** What a theme of features (features/themes.ts) means as a reason to leave; others, such as how long a customer is known, tell nobody what to do. */
const REASON_OF_THEME: Readonly<Record<string, string>> = {
  silence: 'overdue', orders: 'buying_less', 'order trend': 'buying_less', spend: 'buying_less', 'order value': 'order_value_down', basket: 'order_value_down',
  interest: 'visits_down', carts: 'visits_down', conversion: 'visits_down', refunds: 'complaint_or_return', service: 'complaint_or_return', messages: 'not_opening',
};

function trend(customer: CustomerInput, { score }: HeadScore): Draft {
  if (customer.churnBefore === undefined) return none('insufficient_data');
  const points = 100 * (score.value - customer.churnBefore);
  return banded(points >= TREND_POINTS ? 'rising' : points <= -TREND_POINTS ? 'falling' : 'steady');
}

function reason(run: RunContext, { score }: HeadScore): Draft {
  const up = score.reasons.filter(({ direction }) => direction === 'up');
  const named = (feature: string): string | undefined => REASON_OF_THEME[run.themeOf(feature) ?? ''];
  const main = up.find(({ feature }) => named(feature) !== undefined) ?? up.at(0);
  if (main === undefined) return none('insufficient_data');
  return { status: 'ok', value: named(main.feature) ?? 'other', reasons: [main] };
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
