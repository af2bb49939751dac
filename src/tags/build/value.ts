/** Value tags 生命周期价值: future amounts with intervals, tiers by rank, and value against risk. */
import type { TagStatus } from '../tag.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { banded, headPart, none, numbered, percentileIn, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { churnBand, isAtRisk } from './risk.ts';

/** Lowest first: the order in which tiers move. */
const TIER_ORDER = ['low', 'middle', 'high', 'top'];

/** Top 10 % is top, the next 20 % high, the next 40 % middle, by rank of the future value. */
export function tierOf(percentile: number): string {
  return percentile >= 91 ? 'top' : percentile >= 71 ? 'high' : percentile >= 31 ? 'middle' : 'low';
}

/** Percentile of the primary future value, or the status that stands for it. */
function valuePercentile(run: RunContext, customer: CustomerInput): number | Exclude<TagStatus, 'ok'> {
  const scored = scoreOf(run, customer, 'clv');
  if (typeof scored === 'string') return scored;
  return percentileIn(scored.head, scored.score.value) ?? 'insufficient_data';
}

/** Whether the customer is among the 20 % with the highest future value. */
export function isHighValue(run: RunContext, customer: CustomerInput): boolean | Exclude<TagStatus, 'ok'> {
  const percentile = valuePercentile(run, customer);
  return typeof percentile === 'string' ? percentile : percentile >= 81;
}

function quadrant(run: RunContext, customer: CustomerInput): Draft {
  const high = isHighValue(run, customer);
  if (typeof high === 'string') return none(high);
  const churn = scoreOf(run, customer, 'churn');
  if (typeof churn === 'string') return none(churn);
  const risky = isAtRisk(churnBand(customer, churn));
  return banded(high ? (risky ? 'rescue' : 'keep_close') : risky ? 'win_back_cheaply' : 'nurture', { confidence: churn.head.confidence });
}

function tierMove(tier: string, customer: CustomerInput): Draft {
  const before = TIER_ORDER.indexOf(customer.previous.get('clv_tier')?.band ?? '');
  if (before < 0) return none('insufficient_data');
  const now = TIER_ORDER.indexOf(tier);
  return banded(now > before ? 'up' : now < before ? 'down' : 'same');
}

export function valueDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key === 'value_risk_quadrant') return quadrant(run, customer);
  const horizon = /^clv_pred_(\d+)d$/.exec(key)?.[1];
  const scored = scoreOf(run, customer, 'clv', horizon === undefined ? undefined : Number(horizon));
  if (typeof scored === 'string') return none(scored);
  const { head, score } = scored;
  const part = headPart(scored);
  if (horizon !== undefined) {
    const isPrimary = head === scored.model.heads[0];
    return numbered(score.value, { ...part, interval: score.interval, ...(isPrimary ? { reasons: [...score.reasons] } : {}) });
  }
  switch (key) {
    case 'clv_total': {
      const { netSpend } = customer.facts ?? { netSpend: Number.NaN };
      const { interval } = score;
      return numbered(netSpend + score.value, {
        horizonDays: head.horizonDays, confidence: head.confidence,
        interval: interval === null || Number.isNaN(netSpend) ? null : { low: netSpend + interval.low, high: netSpend + interval.high, level: interval.level },
      });
    }
    case 'clv_tier': return part.percentile === null ? none('insufficient_data') : banded(tierOf(part.percentile), part);
    case 'clv_tier_move': {
      const draft = part.percentile === null ? none('insufficient_data') : tierMove(tierOf(part.percentile), customer);
      return draft.status === 'ok' ? { ...draft, confidence: head.confidence } : draft;
    }
    default: return undefined;
  }
}
