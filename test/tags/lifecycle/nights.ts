/** Nights of one customer on paper: orders by day, a cycle per night, nights that are skipped, orders that become known late. */
import * as fc from '../../support/properties.ts';
import { DAY_MS, addDays } from '../../../src/base/time.ts';
import { DEFAULT_LIFECYCLE } from '../../../src/tags/lifecycle/rules.ts';
import type { LifecycleRules, Stage } from '../../../src/tags/lifecycle/rules.ts';
import { lastOrderMs, stageOf } from '../../../src/tags/lifecycle/stage.ts';
import type { StageFacts, StageNight, StageState } from '../../../src/tags/lifecycle/stage.ts';

export const START = '2026-01-01';
const startMs = Date.parse(`${START}T00:00:00Z`);
export const dayOf = (index: number): string => addDays(START, index);

export function nightOf(index: number, more: Partial<StageNight> = {}): StageNight {
  return { asOf: dayOf(index), cutoff: startMs + index * DAY_MS, rules: DEFAULT_LIFECYCLE, rulesChanged: false, lastCutoff: startMs + (index - 1) * DAY_MS, startOf: (day) => Date.parse(`${day}T00:00:00Z`), ...more };
}

export interface Order {
  /** Day on which it was placed, at noon. */
  readonly day: number;
  /** Night from which it is known; the next one unless it came late. */
  readonly known: number;
}

export function factsOn(night: number, orders: readonly Order[], cycleDays: number): StageFacts {
  const days = orders.filter(({ known }) => known <= night).map(({ day }) => day).sort((a, b) => a - b);
  const distinct = [...new Set(days)];
  return {
    orders: days.length, cycleDays: days.length === 0 ? Number.NaN : cycleDays, silenceDays: days.length === 0 ? Number.NaN : night - (days.at(-1) ?? 0) - 0.5,
    lastGapDays: distinct.length < 2 ? Number.NaN : (distinct.at(-1) ?? 0) - (distinct.at(-2) ?? 0),
  };
}

export interface Step {
  readonly night: number;
  readonly facts: StageFacts;
  readonly before: StageState | undefined;
  readonly stage: Stage;
}

/** Runs the nights in order; a stage is remembered from the night on which it was entered. */
export function runNights(nights: readonly number[], orders: readonly Order[], cycleOn: (night: number) => number, rules: LifecycleRules = DEFAULT_LIFECYCLE): Step[] {
  let state: StageState | undefined;
  let last: number | undefined;
  return nights.map((night) => {
    const facts = factsOn(night, orders, cycleOn(night));
    const here = nightOf(night, { rules, lastCutoff: last === undefined ? null : nightOf(last).cutoff });
    const before = state;
    const stage = stageOf(facts, before, here);
    if (stage !== state?.stage) state = { stage, enteredOn: here.asOf, orders: facts.orders, lastOrderMs: lastOrderMs(facts, here.cutoff) };
    last = night;
    return { night, facts, before, stage };
  });
}

export const LENGTH = 90;
/** Orders of up to three months, one in four known a few nights late. */
export const someOrders = fc.array(fc.record({ day: fc.integer({ min: 0, max: LENGTH - 1 }), late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) }) }), { maxLength: 12 })
  .map((orders): Order[] => orders.map(({ day, late }) => ({ day, known: day + 1 + late })));
/** Nights that ran: most of them. */
export const someNights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: LENGTH, maxLength: LENGTH }).map((draws) => draws.flatMap((draw, night) => (draw === 0 ? [] : [night])));
/** A cycle that is learned anew every few nights. */
export const someCycles = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 12, maxLength: 12 }).map((cycles) => (night: number) => cycles[Math.floor(night / 8)] ?? 10);
