import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { daysBetween } from '../../../src/base/time.ts';
import { DEFAULT_LIFECYCLE, lifecycleSchema, rulesHash } from '../../../src/tags/lifecycle/rules.ts';
import type { Stage } from '../../../src/tags/lifecycle/rules.ts';
import { plainStage, stageOf } from '../../../src/tags/lifecycle/stage.ts';
import type { StageFacts, StageNight, StageState } from '../../../src/tags/lifecycle/stage.ts';
import { LENGTH, dayOf, nightOf, runNights, someCycles, someNights, someOrders } from './nights.ts';

const active: StageFacts = { orders: 3, silenceDays: 10, cycleDays: 30, lastGapDays: 28 };
const NIGHT = 200;
/** In a stage for a hundred nights, entered with this many orders. */
const was = (stage: Stage, orders = 3, more: Partial<StageState> = {}): StageState => ({ stage, enteredOn: dayOf(NIGHT - 100), orders, lastOrderMs: nightOf(NIGHT).cutoff - 10 * 86_400_000, ...more });
const stage = (facts: Partial<StageFacts>, state?: StageState, night: Partial<StageNight> = {}): Stage => stageOf({ ...active, ...facts }, state, nightOf(NIGHT, night));

describe('stages', () => {
  test.each<[string, Partial<StageFacts>, Stage]>([
    ['nobody ordered yet', { orders: 0, silenceDays: NaN, lastGapDays: NaN }, 'lead'],
    ['one order', { orders: 1, lastGapDays: NaN }, 'new'],
    ['a few orders', {}, 'growing'],
    ['five orders', { orders: 5 }, 'loyal'],
    ['exactly 1.5 cycles of silence is not yet slipping', { silenceDays: 45 }, 'growing'],
    ['more than 1.5 cycles', { silenceDays: 46 }, 'slipping'],
    ['more than 2.5 cycles', { silenceDays: 76 }, 'dormant'],
    ['more than 4 cycles', { silenceDays: 121 }, 'churned'],
    ['one order and long silence', { orders: 1, silenceDays: 121, lastGapDays: NaN }, 'churned'],
    ['came back over a long gap', { lastGapDays: 80 }, 'reactivated'],
    ['no cycle known', { orders: 1, cycleDays: NaN, lastGapDays: NaN }, 'new'],
  ])('of a customer who had none: %s', (_, change, expected) => {
    expect(stage(change)).toBe(expected);
  });

  test.each<[string, Partial<StageFacts>, StageState, Stage]>([
    ['dormant and ordered', { orders: 4 }, was('dormant'), 'reactivated'],
    ['slipping and ordered', { orders: 4 }, was('slipping'), 'growing'],
    ['dormant without an order, and the cycle turned out longer', { silenceDays: 10 }, was('dormant'), 'growing'],
    ['reactivated stays so until the next order', {}, was('reactivated'), 'reactivated'],
    ['reactivated and ordered again in time', { orders: 4 }, was('reactivated'), 'growing'],
    ['reactivated and ordered again over a long gap', { orders: 4, lastGapDays: 80 }, was('reactivated'), 'reactivated'],
    ['reactivated and silent again', { silenceDays: 130 }, was('reactivated'), 'churned'],
    ['a wide gap of long ago is no event', { lastGapDays: 80 }, was('growing'), 'growing'],
    ['an order of this night over a wide gap that no night saw', { lastGapDays: 80, silenceDays: 0.5 }, was('growing'), 'reactivated'],
    ['the fifth order', { orders: 5 }, was('growing'), 'loyal'],
    ['a lead who orders', { orders: 1, lastGapDays: NaN }, was('lead', 0, { lastOrderMs: null, enteredOn: dayOf(NIGHT - 1) }), 'new'],
  ])('after another: %s', (_, facts, state, expected) => {
    expect(stage(facts, state)).toBe(expected);
  });

  test('are judged by a cycle within the bounds', () => {
    const rules = lifecycleSchema.parse({ shortestCycleDays: 10, longestCycleDays: 60 });
    expect(stage({ cycleDays: 2, silenceDays: 14 })).toBe('churned');
    expect(stage({ cycleDays: 2, silenceDays: 14, lastGapDays: 20 }, undefined, { rules })).toBe('growing');
    expect(stage({ cycleDays: 600, silenceDays: 300 }, undefined, { rules })).toBe('churned');
  });
});

describe('minimum stay', () => {
  const yesterday = { enteredOn: dayOf(NIGHT - 1) };
  test('silence waits, an order does not, and nobody is kept by rules that are gone', () => {
    expect(stage({ silenceDays: 130 }, was('slipping', 3, yesterday))).toBe('slipping');
    expect(stage({ silenceDays: 130 }, was('slipping', 3, { enteredOn: dayOf(NIGHT - 7) }))).toBe('churned');
    expect(stage({ silenceDays: 130 }, was('slipping', 3, yesterday), { rulesChanged: true })).toBe('churned');
    expect(stage({ silenceDays: 0.5, orders: 4 }, was('churned', 3, yesterday))).toBe('reactivated');
    const rules = lifecycleSchema.parse({ minimumStayDays: { slipping: 0, growing: 30 } });
    expect(stage({ silenceDays: 130 }, was('slipping', 3, yesterday), { rules })).toBe('churned');
    expect(stage({ silenceDays: 130 }, was('growing', 3, { enteredOn: dayOf(NIGHT - 29) }), { rules })).toBe('growing');
  });

  test('an order that becomes known late ends churned at once, to whatever its silence says', () => {
    const churned = was('churned', 3, { enteredOn: dayOf(NIGHT - 2), lastOrderMs: nightOf(NIGHT).cutoff - 200 * 86_400_000 });
    expect(stage({ orders: 4, silenceDays: 12 }, churned)).toBe('reactivated');
    expect(stage({ orders: 4, silenceDays: 50 }, churned)).toBe('slipping');
    // Written before orders were kept with a stage: an order counts from the day of entering on.
    expect(stage({ orders: 4, silenceDays: 1 }, { ...churned, orders: null, lastOrderMs: null })).toBe('reactivated');
    expect(stage({ orders: 4, silenceDays: 12 }, { ...churned, orders: null, lastOrderMs: null })).toBe('churned');
  });

  const world = [someNights, someOrders, someCycles, fc.integer({ min: 0, max: 20 })] as const;
  const rulesOf = (days: number) => lifecycleSchema.parse({ minimumStayDays: { new: days, growing: days, loyal: days, slipping: days, dormant: days, churned: days, reactivated: days } });

  test('no flicker: without an order since, no stage ends before its minimum stay, whatever the cycle does', () => {
    let moves = 0;
    fc.assert(fc.property(...world, (nights, orders, cycleOn, days) => {
      for (const { night, facts, before, stage: now } of runNights(nights, orders, cycleOn, rulesOf(days))) {
        if (before === undefined || before.stage === 'lead' || now === before.stage || facts.orders !== before.orders) continue;
        moves += 1;
        expect(daysBetween(before.enteredOn, dayOf(night))).toBeGreaterThanOrEqual(days);
      }
    }), { seed: 11, numRuns: 120 });
    expect(moves).toBeGreaterThan(250);
  });

  test('an order moves at once: with one since the night before, nobody is kept silent', () => {
    let moved = 0;
    fc.assert(fc.property(...world, (nights, orders, cycleOn, days) => {
      let seen = 0;
      for (const { night, facts, before, stage: now } of runNights(nights, orders, cycleOn, rulesOf(days))) {
        const isNew = facts.orders > seen;
        seen = facts.orders;
        if (!isNew || before === undefined || !['slipping', 'dormant', 'churned', 'lead'].includes(before.stage)) continue;
        moved += 1;
        expect(now).toBe(plainStage(facts, before, nightOf(night, { rules: rulesOf(days), lastCutoff: null })));
        expect(facts.silenceDays > 1.5 * facts.cycleDays || ['new', 'growing', 'loyal', 'reactivated'].includes(now)).toBe(true);
      }
    }), { seed: 12, numRuns: 120 });
    expect(moved).toBeGreaterThan(80);
  });

  test('missed nights: once the minimum stays are over, the silence of a steady cycle comes to the same stage', () => {
    fc.assert(fc.property(someNights, someOrders, fc.integer({ min: 2, max: 40 }), (nights, orders, cycle) => {
      const every = Array.from({ length: 3 * LENGTH }, (_, night) => night);
      const after = every.slice(LENGTH);
      const [all, some] = [runNights(every, orders, () => cycle), runNights([...nights, ...after], orders, () => cycle)].map((steps) => steps.at(-1)?.stage);
      expect(some).toBe(all);
    }), { seed: 13, numRuns: 30 });
  });

  test('the same nights give the same stages', () => {
    fc.assert(fc.property(...world, (nights, orders, cycleOn, days) => {
      expect(runNights(nights, orders.toReversed(), cycleOn, rulesOf(days))).toEqual(runNights(nights, orders, cycleOn, rulesOf(days)));
    }), { seed: 14, numRuns: 15 });
  });
});

describe('rules', () => {
  test.each<[string, unknown, string, string]>([
    ['multiples in the wrong order', { slippingAfterCycles: 3 }, 'dormantAfterCycles', 'is 2.5 and must be greater than slippingAfterCycles, which is 3'],
    ['equal multiples', { churnedAfterCycles: 2.5 }, 'churnedAfterCycles', 'is 2.5 and must be greater than dormantAfterCycles, which is 2.5'],
    ['zero', { slippingAfterCycles: 0 }, 'slippingAfterCycles', 'Too small: expected number to be >0'],
    ['not finite', { churnedAfterCycles: Infinity }, 'churnedAfterCycles', 'Invalid input: expected number, received Infinity'],
    ['a bound of the cycle above the other', { shortestCycleDays: 30, longestCycleDays: 20 }, 'longestCycleDays', 'is 20 and must be greater than shortestCycleDays, which is 30'],
    ['half an order', { loyalFromOrders: 2.5 }, 'loyalFromOrders', 'Invalid input: expected int, received number'],
    ['a negative stay', { minimumStayDays: { churned: -1 } }, 'minimumStayDays.churned', 'Too small: expected number to be >=0'],
    ['an unknown name', { slippingAfter: 2 }, '', 'Unrecognized key: "slippingAfter"'],
  ])('say what is wrong: %s', (_, input, path, message) => {
    expect(lifecycleSchema.safeParse(input).error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toContainEqual([path, message]);
  });

  test('have one hash whatever the order of the keys, another for every change, and none of its own for the horizon of the prediction', () => {
    const hash = rulesHash(DEFAULT_LIFECYCLE);
    expect(rulesHash(lifecycleSchema.parse(Object.fromEntries(Object.entries(DEFAULT_LIFECYCLE).toReversed())))).toBe(hash);
    expect(rulesHash({ ...DEFAULT_LIFECYCLE, forecastDays: 60 })).toBe(hash);
    for (const change of [{ slippingAfterCycles: 1.6 }, { loyalFromOrders: 6 }, { shortestCycleDays: 2 }, { minimumStayDays: { new: 8 } }]) expect(rulesHash(lifecycleSchema.parse(change))).not.toBe(hash);
  });
});
