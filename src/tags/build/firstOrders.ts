/** The way to the first and to the second order: how promising a lead is, and whether somebody who has ordered once comes back. */
import { bandOf, LEAD_SCALE } from '../bands.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none, probabilityPart, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

export function secondPurchaseDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key !== 'second_purchase_prob_60d') return undefined;
  const scored = scoreOf(run, customer, 'second_purchase', 60);
  if (typeof scored === 'string') return none(scored);
  return { status: 'ok', value: scored.score.value, ...probabilityPart(scored), reasons: [...scored.score.reasons] };
}

export function leadDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key !== 'lead_intent_grade') return undefined;
  const scored = scoreOf(run, customer, 'lead_intent');
  if (typeof scored === 'string') return none(scored);
  const { score, head } = scored;
  return banded(bandOf(score.value, head.baseRate, LEAD_SCALE, customer.previous.get(key)?.band ?? undefined), { ...probabilityPart(scored), reasons: [...score.reasons] });
}
