import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { forecastStage, silenceCurve, silentPath } from '../../../src/tags/lifecycle/forecast.ts';
import { STAGE_CODES, lifecycleSchema } from '../../../src/tags/lifecycle/rules.ts';
import type { Stage } from '../../../src/tags/lifecycle/rules.ts';
import { stageOf } from '../../../src/tags/lifecycle/stage.ts';
import type { StageState } from '../../../src/tags/lifecycle/stage.ts';
import { dayOf, factsOn, nightOf, runNights } from './nights.ts';
import type { Order } from './nights.ts';

const of = (forecast: { readonly probabilities: Float64Array }, stage: Stage): number => forecast.probabilities[STAGE_CODES.indexOf(stage)];
const facts = { orders: 3, silenceDays: 20, cycleDays: 20, lastGapDays: 20 };

describe('the curve of silence', () => {
  test('goes through every head, falls evenly between them, and goes on after the last', () => {
    const curve = silenceCurve([{ days: 30, probability: 0.4 }, { days: 7, probability: 0.1 }, { days: 14, probability: 0.2 }], 60);
    expect([curve[0], curve[7], curve[14], curve[30]].map((value) => Number(value.toFixed(12)))).toEqual([1, 0.9, 0.8, 0.6]);
    expect(curve[10] / curve[9]).toBeCloseTo(curve[13] / curve[12], 12);
    expect(curve[60] / curve[59]).toBeCloseTo(curve[30] / curve[29], 12);
  });
  test('never rises, also where heads contradict each other', () => {
    const point = fc.record({ days: fc.integer({ min: 1, max: 90 }), probability: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(fc.property(fc.uniqueArray(point, { minLength: 1, maxLength: 4, selector: ({ days }) => days }), fc.integer({ min: 1, max: 120 }), (points, days) => {
      const curve = silenceCurve(points, days);
      expect(curve.every((value, day) => value >= 0 && value <= (day === 0 ? 1 : curve[day - 1]))).toBe(true);
    }));
  });
});

describe('the silent path', () => {
  test('is what the nights come to one by one when nothing is ordered', () => {
    const rules = fc.record({ stay: fc.integer({ min: 0, max: 15 }), before: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 5 }), cycle: fc.integer({ min: 2, max: 30 }) });
    fc.assert(fc.property(rules, ({ stay, before, cycle }) => {
      const own = lifecycleSchema.parse({ minimumStayDays: { new: stay, growing: stay, loyal: stay, slipping: stay, dormant: stay, churned: stay, reactivated: stay } });
      const orders = before.map((day): Order => ({ day, known: day + 1 }));
      const steps = runNights(Array.from({ length: 100 }, (_, night) => night), orders, () => cycle, own);
      const tonight = steps[60];
      expect(silentPath(tonight.facts, tonight.before, nightOf(60, { rules: own }), 39)).toEqual(steps.slice(60).map(({ stage }) => stage));
    }), { numRuns: 60, seed: 3 });
  });
});

describe('the forecast', () => {
  test('is certain where the order is: none, by silence; tomorrow, by the order', () => {
    const silent = forecastStage(facts, undefined, nightOf(100), [{ days: 30, probability: 0 }], 30);
    expect([silent.stage, of(silent, 'slipping'), silent.ifSilent]).toEqual(['slipping', 1, 'slipping']);
    const slow = { ...facts, cycleDays: 200 };
    const state: StageState = { stage: 'churned', enteredOn: dayOf(80), orders: 3, lastOrderMs: null };
    const back = forecastStage({ ...slow, silenceDays: 900, lastGapDays: 20 }, state, nightOf(100), [{ days: 1, probability: 1 }], 30);
    expect(back.stage).toBe('reactivated');
    expect(of(back, 'reactivated')).toBeGreaterThan(0.85);
    expect(forecastStage({ ...slow, orders: 4 }, undefined, nightOf(100), [{ days: 1, probability: 1 }], 30).stage).toBe('loyal');
    expect(forecastStage({ orders: 0, silenceDays: NaN, cycleDays: NaN, lastGapDays: NaN }, undefined, nightOf(100), [{ days: 1, probability: 1 }], 30).stage).toBe('new');
  });

  test('sums to one, and more probable orders never make silence more probable', () => {
    const some = fc.record({ orders: fc.integer({ min: 1, max: 9 }), silenceDays: fc.integer({ min: 0, max: 200 }), cycleDays: fc.integer({ min: 1, max: 90 }), lastGapDays: fc.integer({ min: 1, max: 200 }) });
    fc.assert(fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (one, p, q) => {
      const [less, more] = [Math.min(p, q), Math.max(p, q)].map((probability) => forecastStage(one, undefined, nightOf(300), [{ days: 30, probability }], 30));
      for (const { probabilities } of [less, more]) {
        expect(probabilities.every((value) => value >= 0)).toBe(true);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      }
      expect(more.silent).toBeLessThanOrEqual(less.silent + 1e-12);
    }), { numRuns: 200 });
  });

  test.each<[string, number, number[], number]>([
    ['growing, half a month after the last order', 20, [0, 22, 45], 0.5],
    ['dormant', 12, [0, 10, 22], 0.35],
    ['before the fifth order, short cycle', 6, [20, 26, 33, 48], 0.95],
  ])('is what simulated orders come to: %s', (_, cycle, days, probability) => {
    const rules = lifecycleSchema.parse({ minimumStayDays: { new: 0, growing: 0, loyal: 0, slipping: 0, dormant: 0, churned: 0, reactivated: 0 } });
    const random = seededRandom(17);
    const past = days.map((day): Order => ({ day, known: day + 1 }));
    const before = runNights(Array.from({ length: 61 }, (_x, night) => night), past, () => cycle, rules);
    const tonight = before[60];
    const predicted = forecastStage(tonight.facts, tonight.before, nightOf(60, { rules }), [{ days: 30, probability }], 30);
    const curve = silenceCurve([{ days: 30, probability }], 30);
    const counts = new Map<Stage, number>();
    const rounds = 1500;
    const entered = before.findLast(({ stage, before: was }) => was?.stage !== stage);
    for (let round = 0; round < rounds; round++) {
      const u = random.next();
      const first = curve.findIndex((value, day) => day > 0 && value < u);
      const orders = [...past];
      for (let at = first > 0 ? 59 + first : 1e9; at < 90; at += -Math.log(1 - random.next()) * cycle) orders.push({ day: Math.floor(at), known: Math.floor(at) + 1 });
      let state: StageState | undefined = { stage: tonight.stage, enteredOn: dayOf(entered?.night ?? 0), orders: entered?.facts.orders ?? 0, lastOrderMs: nightOf(60).cutoff - tonight.facts.silenceDays * 86_400_000 };
      for (let night = 61; night <= 90; night++) {
        const now = factsOn(night, orders, cycle);
        const here = nightOf(night, { rules });
        const stage = stageOf(now, state, here);
        if (stage !== state.stage) state = { stage, enteredOn: here.asOf, orders: now.orders, lastOrderMs: here.cutoff - now.silenceDays * 86_400_000 };
      }
      counts.set(state.stage, (counts.get(state.stage) ?? 0) + 1);
    }
    for (const stage of STAGE_CODES) expect(Math.abs((counts.get(stage) ?? 0) / rounds - of(predicted, stage))).toBeLessThan(0.05);
  });
});
