/** Repurchase cycle tags 复购周期. */
import { addDays } from '../../base/time.ts';
import type { CustomerFacts } from '../../scoring/facts.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none, numbered, scoreOf } from './draft.ts';
import type { Draft, HeadScore } from './draft.ts';

/** The silence, in personal cycles, from which each window state holds. Version 1. */
export const WINDOWS = [
  { from: 2, state: 'long_overdue' }, { from: 1.25, state: 'overdue' }, { from: 0.8, state: 'in_window' }, { from: 0.6, state: 'due_soon' }, { from: 0, state: 'not_due' },
] as const;

/** A date further away than this says nothing. */
export const FURTHEST_DATE_DAYS = 730;

export function windowState(silenceDays: number, cycleDays: number): string | undefined {
  const cycles = silenceDays / cycleDays;
  return WINDOWS.find(({ from }) => cycles >= from)?.state;
}

/** Own gaps that make up most of the cycle are trusted; a cycle that is mostly the shop's is not. */
function confidenceOf(ownWeight: number): 'high' | 'medium' | 'low' {
  return ownWeight >= 0.6 ? 'high' : ownWeight >= 0.3 ? 'medium' : 'low';
}

const epochDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** Median date with its P25–P75 window in epoch days; only where the rhythm is steady enough for a date to mean something. */
function nextOrderDate(run: RunContext, { regularity }: CustomerFacts, { head, score }: HeadScore): Draft {
  if (regularity === 'unknown') return none('insufficient_data');
  if (regularity === 'irregular' || score.value > FURTHEST_DATE_DAYS) return none('not_eligible');
  const today = epochDay(run.asOf);
  const { interval } = score;
  return {
    status: 'ok', value: addDays(run.asOf, Math.floor(score.value)), horizonDays: head.horizonDays, confidence: head.confidence, reasons: [...score.reasons],
    interval: interval === null ? null : { low: today + Math.floor(interval.low), high: today + Math.floor(interval.high), level: interval.level },
  };
}

export function cycleDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  const scored = scoreOf(run, customer, 'repurchase_cycle');
  if (typeof scored === 'string') return none(scored);
  const { facts } = customer;
  if (facts === undefined) return none('insufficient_data');
  const confidence = confidenceOf(facts.ownWeight);
  switch (key) {
    case 'repurchase_cycle_days': return numbered(facts.cycleDays, { confidence });
    case 'cycle_regularity': return facts.regularity === 'unknown' ? none('insufficient_data') : banded(facts.regularity, { confidence });
    case 'next_order_date': return nextOrderDate(run, facts, scored);
    case 'next_order_window': {
      const state = windowState(facts.silenceDays, facts.cycleDays);
      return state === undefined ? none('insufficient_data') : banded(state, { confidence });
    }
    case 'overdue_days': return numbered(Math.max(0, facts.silenceDays - facts.cycleDays), { confidence });
    default: return undefined;
  }
}
