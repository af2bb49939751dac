/** The lifecycle stage of one customer, judged by the customer's own repurchase cycle, and when a stage may end (docs/adr/lifecycle.md). */
import { daysBetween } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import type { LifecycleRules, Stage } from './rules.ts';

export interface StageFacts {
  readonly orders: number;
  /** Days from the last order to the cut-off; NaN without orders. */
  readonly silenceDays: number;
  /** Personal repurchase cycle in days, shrunk to the shop's where there are few gaps; NaN where unknown. */
  readonly cycleDays: number;
  /** Days between the last two order days; NaN with fewer than two. */
  readonly lastGapDays: number;
}

/** The stage that a customer was in before this night, and what was known of the orders when it was entered. */
export interface StageState {
  readonly stage: Stage;
  /** Business day. */
  readonly enteredOn: LocalDate;
  /** null where it was not written down; then an order counts as later when it came on the day of entering or after. */
  readonly orders: number | null;
  /** Epoch ms of the last order; null without orders. */
  readonly lastOrderMs: number | null;
}

/** The night, the same for every customer. */
export interface StageNight {
  /** Business day. */
  readonly asOf: LocalDate;
  /** Epoch ms: what is known happened before. */
  readonly cutoff: number;
  readonly rules: LifecycleRules;
  /** The last published night was made by other rules: nobody is kept in a stage of theirs. */
  readonly rulesChanged: boolean;
  /** Cut-off of the last published night, epoch ms; null where there was none. */
  readonly lastCutoff: number | null;
  /** First instant of a business day: for stages whose orders were not written down. */
  readonly startOf: (day: LocalDate) => number;
}

const SILENT: readonly Stage[] = ['slipping', 'dormant', 'churned'];
const isActive = (stage: Stage): boolean => stage !== 'lead' && !SILENT.includes(stage);

/** Epoch ms of the last order; null without one. */
export function lastOrderMs({ orders, silenceDays }: Pick<StageFacts, 'orders' | 'silenceDays'>, cutoff: number): number | null {
  return orders < 1 || Number.isNaN(silenceDays) ? null : Math.round(cutoff - silenceDays * 86_400_000);
}

/** The cycle that stages are judged by: within the bounds of the rules. */
export function boundedCycle(cycleDays: number, { shortestCycleDays, longestCycleDays }: LifecycleRules): number {
  return Math.min(longestCycleDays, Math.max(shortestCycleDays, cycleDays));
}

/** What silence alone says: slipping, dormant, churned, or nothing. */
export function silentStage(silenceDays: number, cycleDays: number, rules: LifecycleRules): Stage | undefined {
  const silence = cycleDays > 0 ? silenceDays / boundedCycle(cycleDays, rules) : 0;
  if (silence > rules.churnedAfterCycles) return 'churned';
  if (silence > rules.dormantAfterCycles) return 'dormant';
  return silence > rules.slippingAfterCycles ? 'slipping' : undefined;
}

/** What the number of orders says of somebody who is buying. */
export function buyingStage(orders: number, rules: LifecycleRules): Stage {
  if (orders < 2) return 'new';
  return orders >= rules.loyalFromOrders ? 'loyal' : 'growing';
}

/** An order came since the stage was entered, or became known since then. */
function orderedSince({ enteredOn, orders, lastOrderMs: before }: StageState, facts: StageFacts, night: StageNight): boolean {
  const last = lastOrderMs(facts, night.cutoff);
  if (last === null) return false;
  return orders === null ? last >= night.startOf(enteredOn) : facts.orders !== orders || before === null || last > before;
}

/** Somebody who is buying came back after having been away: from dormant or churned, or over a last gap that would have been dormancy. Stays so until the next order. */
function cameBack(facts: StageFacts, state: StageState | undefined, night: StageNight): boolean {
  const { rules, lastCutoff, cutoff } = night;
  const wide = facts.lastGapDays > rules.dormantAfterCycles * boundedCycle(facts.cycleDays, rules);
  switch (state?.stage) {
    case 'dormant': case 'churned': return wide || orderedSince(state, facts, night);
    case 'reactivated': return wide || !orderedSince(state, facts, night);
    // Only an order of this night makes a customer come back who was not seen to be away: a gap that looks wide because the cycle was learned anew is no event.
    case 'new': case 'growing': case 'loyal': return wide && (lastCutoff === null || (lastOrderMs(facts, cutoff) ?? 0) >= lastCutoff);
    default: return wide;
  }
}

/** The stage by silence and orders, before any minimum stay. */
export function plainStage(facts: StageFacts, state: StageState | undefined, night: StageNight): Stage {
  if (facts.orders < 1 || Number.isNaN(facts.silenceDays)) return 'lead';
  const silent = silentStage(facts.silenceDays, facts.cycleDays, night.rules);
  if (silent !== undefined) return silent;
  return facts.orders > 1 && cameBack(facts, state, night) ? 'reactivated' : buyingStage(facts.orders, night.rules);
}

/**
 * The stage of the night. Silence and a cycle that is learned anew may end a stage only after its minimum stay; an order ends it at once, and so do other rules.
 * @param state the stage before this night; absent for a customer who had none
 */
export function stageOf(facts: StageFacts, state: StageState | undefined, night: StageNight): Stage {
  const next = plainStage(facts, state, night);
  if (state === undefined || next === state.stage || night.rulesChanged) return next;
  // Between two stages of buying only orders decide; a lead leaves by ordering.
  if (state.stage === 'lead' || next === 'lead') return next;
  if (isActive(state.stage) ? isActive(next) : orderedSince(state, facts, night)) return next;
  return daysBetween(state.enteredOn, night.asOf) >= night.rules.minimumStayDays[state.stage] ? next : state.stage;
}
