/** Purchase intent tags 购买意向. */
import { bandOf, INTENT_SCALE } from '../bands.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none, probabilityPart, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

/** Ranks by percentile: value at or above the 95, 90 and 80 % point. */
export function rankOf(percentile: number): 'top5' | 'top10' | 'top20' | 'rest' {
  return percentile >= 96 ? 'top5' : percentile >= 91 ? 'top10' : percentile >= 81 ? 'top20' : 'rest';
}

export function intentDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  const horizon = /^purchase_prob_(\d+)d$/.exec(key)?.[1];
  const scored = scoreOf(run, customer, 'purchase_intent', horizon === undefined ? undefined : Number(horizon));
  if (typeof scored === 'string') return none(scored);
  const part = probabilityPart(scored);
  const isPrimary = scored.head === scored.model.heads[0];
  if (horizon !== undefined) return { status: 'ok', value: scored.score.value, ...part, ...(isPrimary ? { reasons: [...scored.score.reasons] } : {}) };
  switch (key) {
    case 'purchase_intent_band': return banded(bandOf(scored.score.value, scored.head.baseRate, INTENT_SCALE, customer.previous.get(key)?.band ?? undefined), { ...part, reasons: [...scored.score.reasons] });
    case 'purchase_intent_rank': return part.percentile === null ? none('insufficient_data') : banded(rankOf(part.percentile), part);
    default: return undefined;
  }
}
