/** How a customer takes to discounts and to messages, beside what the shop did at the time. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { betaBinomialCdf, chanceAbove } from '../../estimators/preference/habits.ts';
import { shrunkShare } from '../../estimators/preference/shrinkage.ts';
import type { Activity } from '../../features/activity/activity.ts';

export const LEAST_ORDERS = 3;
/** A shop that hardly ever, or nearly always, gives a discount says nothing about who looks for one. */
export const DISCOUNT_BOUNDS = { low: 0.01, high: 0.99 } as const;
/** The own share is above or below the expected one with at least this chance. */
export const SURE = 0.85;

export interface DiscountHabit {
  readonly band: 'low' | 'medium' | 'high';
  readonly orders: number;
  readonly discounted: number;
  /** Share of orders with a discount, as it was; and what customers of the shop had in the same periods. */
  readonly share: number;
  readonly typical: number;
  /** Shrunk share ÷ typical share. */
  readonly ratio: number;
}

export function discountHabit({ discounts }: PreferenceArtefact, activity: Activity): DiscountHabit | 'not_eligible' | undefined {
  if (discounts.overall < DISCOUNT_BOUNDS.low || discounts.overall > DISCOUNT_BOUNDS.high) return 'not_eligible';
  const level = new Map(discounts.periods.map((period, i) => [period, discounts.shares[i]]));
  let [orders, discounted, expected] = [0, 0, 0];
  for (const one of activity.discounts.toSorted((a, b) => a.period - b.period)) {
    orders += one.orders;
    discounted += one.discounted;
    expected += one.orders * (level.get(one.period) ?? discounts.overall);
  }
  if (orders < LEAST_ORDERS || expected <= 0 || expected >= orders) return undefined;
  const typical = expected / orders;
  const chance = chanceAbove(typical, discounted, orders, discounts.strength);
  return {
    band: chance >= SURE ? 'high' : chance <= 1 - SURE ? 'low' : 'medium', orders, discounted, share: discounted / orders, typical,
    ratio: shrunkShare(discounted, orders, typical, discounts.strength) / typical,
  };
}

export const LEAST_MESSAGES = 5;
/** Periods that count as recent, and that are looked at in all. */
const RECENT_PERIODS = 2;
const FATIGUE_PERIODS = 7;
/** As few responses as this or fewer had at most so much chance. */
const RARE = 0.05;
const UNUSUAL = 0.2;

export interface Fatigue {
  readonly band: 'low' | 'medium' | 'high';
  readonly unsubscribed: boolean;
  /** Messages and responses of the last eight weeks, and of the eighteen or so before. */
  readonly recent: { readonly sent: number; readonly responses: number };
  readonly before: { readonly sent: number; readonly responses: number };
  /** The same in periods with more messages than this customer's usual number, and in the others. */
  readonly heavy: { readonly sent: number; readonly responses: number };
  readonly light: { readonly sent: number; readonly responses: number };
  /** Messages in four weeks, to this customer lately and to customers of the shop. */
  readonly perPeriod: number;
  readonly typicalPerPeriod: number;
  /** Response rate of the shop. */
  readonly typicalRate: number;
}

const NONE = { sent: 0, responses: 0 } as const;
type Side = { readonly sent: number; readonly responses: number };
const plus = (a: Side, b: Side): Side => ({ sent: a.sent + b.sent, responses: a.responses + Math.min(b.responses, b.sent) });

/** Chance of as few responses as `now` has, when the customer answers as in `then` (the shop's rate where that is little). */
function chanceOfFew(now: Side, then: Side, rate: number, strength: number): number {
  return betaBinomialCdf(now.responses, now.sent, strength * rate + then.responses, strength * (1 - rate) + then.sent - then.responses);
}

export function fatigueOf({ contacts: shop }: PreferenceArtefact, activity: Activity): Fatigue | 'not_eligible' | undefined {
  if (shop.rate <= 0 || shop.rate >= 1) return 'not_eligible';
  const periods = Array.from({ length: FATIGUE_PERIODS }, (): { sent: number; responses: number } => ({ sent: 0, responses: 0 }));
  let unsubscribed = false;
  for (const { kind, period, n } of activity.contacts) {
    if (period >= FATIGUE_PERIODS) continue;
    if (kind === 'message_sent') periods[period].sent += n;
    else if (kind === 'response') periods[period].responses += n;
    else if (kind === 'unsubscribe') unsubscribed = true;
  }
  const recent = periods.slice(0, RECENT_PERIODS).reduce(plus, NONE);
  const before = periods.slice(RECENT_PERIODS).reduce(plus, NONE);
  if (!unsubscribed && recent.sent + before.sent < LEAST_MESSAGES) return undefined;
  const contacted = periods.filter(({ sent }) => sent > 0);
  const usual = contacted.reduce((sum, { sent }) => sum + sent, 0) / Math.max(1, contacted.length);
  const heavy = contacted.filter(({ sent }) => sent > usual).reduce(plus, NONE);
  const light = contacted.filter(({ sent }) => sent <= usual).reduce(plus, NONE);
  const few = recent.sent === 0 ? 1 : chanceOfFew(recent, before, shop.rate, shop.strength);
  const fewWhenHeavy = heavy.sent === 0 ? 1 : chanceOfFew(heavy, light, shop.rate, shop.strength);
  return {
    band: unsubscribed || few < RARE ? 'high' : few < UNUSUAL || fewWhenHeavy < RARE ? 'medium' : 'low',
    unsubscribed, recent, before, heavy, light, perPeriod: recent.sent / RECENT_PERIODS, typicalPerPeriod: shop.typicalPerPeriod, typicalRate: shop.rate,
  };
}
