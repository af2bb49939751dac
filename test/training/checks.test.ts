/** Readiness, leaks, levels, seasons and grades: the checks and corrections around a fit. */
import { describe, expect, test } from 'vitest';
import * as fc from '../support/properties.ts';
import { seededRandom } from '../../src/base/random.ts';
import { shifted } from '../../src/estimators/serving.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { calibrationErrorBeyondChance, confidenceOf, gradeOf } from '../../src/training/grade.ts';
import { LEAK_AUC, suspectedLeaks } from '../../src/training/leakCheck.ts';
import { matchingLevel } from '../../src/training/level.ts';
import { readiness } from '../../src/training/readiness.ts';
import { sameSeasonCutoff, seasonalShift } from '../../src/training/season.ts';
import { day, DEFINITION } from './world.ts';

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('leaks', () => {
  const rng = seededRandom('leaks');
  const y = Float64Array.from({ length: 400 }, (_, i) => i % 2);
  const column = (name: string, value: (i: number) => number) => ({ name, values: Float64Array.from(y, (_, i) => value(i)) });

  test('a column that knows the answer is found in either direction, also where it knows by being missing; a strong one is not', () => {
    const found = suspectedLeaks({
      rows: 400,
      columns: [column('noise', () => rng.normal()), column('strong', (i) => y[i] + 0.6 * rng.normal()), column('answer', (i) => 5 - 3 * y[i]), column('absent', (i) => (y[i] === 1 ? Number.NaN : rng.normal()))],
    }, y);
    expect(found.map(({ feature }) => feature)).toEqual(['absent', 'answer']);
    expect(found.every(({ auc }) => auc > LEAK_AUC)).toBe(true);
  });

  test('no suspicion where only one class was seen', () => {
    expect(suspectedLeaks({ rows: 400, columns: [column('answer', (i) => y[i])] }, new Float64Array(400))).toEqual([]);
  });
});

describe('readiness', () => {
  const facts = { customers: 60, orders: 200, repeatCustomers: 20, firstEvent: day(0), end: day(130) };
  const names = (all: ReturnType<typeof readiness>): string[] => all.filter(({ passed }) => !passed).map(({ name }) => name);

  test('enough of everything passes; the history for a calibration period says from when on', () => {
    const all = readiness(DEFINITION, facts);
    expect(names(all)).toEqual(['history_days_calibration']);
    expect(all.find(({ passed }) => !passed)).toMatchObject({ required: false, needed: 180, found: 130, passesOn: day(180) });
  });

  test('what is missing is named with what was found, how to mend it and the day on which time alone mends it', () => {
    const all = readiness(DEFINITION, { ...facts, repeatCustomers: 9, end: day(100) });
    expect(names(all)).toEqual(['repeat_customers', 'history_days', 'history_days_calibration']);
    expect(all.find(({ name }) => name === 'history_days')).toMatchObject({ required: true, needed: 120, found: 100, passesOn: day(120) });
    expect(all.filter(({ passed }) => !passed).every(({ fix }) => fix !== undefined && fix.zh !== '' && fix.en !== '')).toBe(true);
  });

  test('an empty store is not ready, without a promise in the past', () => {
    const all = readiness(DEFINITION, { customers: 0, orders: 0, repeatCustomers: 0, firstEvent: undefined, end: day(0) });
    expect(all.every(({ passed }) => !passed)).toBe(true);
    expect(all.flatMap(({ passesOn }) => passesOn ?? []).every((date) => date > day(0))).toBe(true);
  });
});

describe('levels', () => {
  test('probabilities are moved until they add up to what happened', () => {
    expect(() => { fc.assert(fc.property(fc.array(fc.record({ p: fc.double({ min: 0.1, max: 0.9, noNaN: true }), y: fc.boolean() }), { minLength: 60, maxLength: 200 }), (rows) => {
      const y = Float64Array.from(rows, (row) => Number(row.y));
      const raw = Float64Array.from(rows, (row) => row.p);
      const amount = matchingLevel('binary', y, raw);
      // ±1.5 is as far as a level goes.
      return Math.abs(amount) >= 1.5 - 1e-9 || mean(y) === 0 || mean(y) === 1 || Math.abs(mean(shifted('binary', raw, amount)) - mean(y)) < 1e-9;
    })); }).not.toThrow();
  });

  test('amounts are multiplied until they add up, where no single order decides', () => {
    const y = Float64Array.from({ length: 1000 }, (_, i) => (i % 2) * 20);
    expect(matchingLevel('amount', y, new Float64Array(1000).fill(5))).toBeCloseTo(Math.log(2), 12);
    const withGiant = y.slice();
    withGiant[0] = 10_000;
    const plain = Math.log((10 + 10) / 5);
    // The giant alone would double the mean; half of its excess is taken.
    expect(matchingLevel('amount', withGiant, new Float64Array(1000).fill(5))).toBeGreaterThan(Math.log(2));
    expect(matchingLevel('amount', withGiant, new Float64Array(1000).fill(5))).toBeLessThan(plain);
    // One giant in each of three periods counts as it does in one.
    const thrice = Float64Array.from({ length: 3000 }, (_, i) => withGiant[i % 1000]);
    expect(matchingLevel('amount', thrice, new Float64Array(3000).fill(5), 3)).toBeCloseTo(matchingLevel('amount', withGiant, new Float64Array(1000).fill(5)), 12);
  });

  test('what the long tail of a shop brings is part of its level, the more so the larger the shop', () => {
    // Pareto with shape 1.5, a mean of 3 and no variance, at evenly spaced probabilities.
    const lost = [300, 3000, 30_000].map((rows) => {
      const y = Float64Array.from({ length: rows }, (_, i) => (1 - (i + 0.5) / rows) ** (-1 / 1.5));
      return Math.log(mean(y) / 3) - matchingLevel('amount', y, new Float64Array(rows).fill(3));
    });
    expect(lost[0]).toBeLessThan(0.05);
    expect(lost[1]).toBeLessThan(lost[0] / 2);
    expect(lost[2]).toBeLessThan(lost[1] / 2);
  });

  test('too little to learn from, one outcome alone, and days keep their level', () => {
    expect(matchingLevel('binary', Float64Array.of(1, 0), Float64Array.of(0.1, 0.1))).toBe(0);
    expect(matchingLevel('binary', new Float64Array(50).fill(1), new Float64Array(50).fill(0.5))).toBe(0);
    expect(matchingLevel('duration', new Float64Array(50).fill(1), new Float64Array(50).fill(9))).toBe(0);
  });
});

describe('seasons', () => {
  /** `rates` per period among 300 recently active customers; a quarter more have long been silent, all with y = 1. */
  function periods(rates: readonly number[], size = 300): Dataset {
    const rows = rates.flatMap((rate, period) => Array.from({ length: size + size / 4 }, (_, i) => ({ period, y: i >= size || i < rate * size ? 1 : 0, silence: i >= size ? 300 : 20 })));
    return {
      x: { rows: rows.length, columns: [{ name: 'days_since_last_order', values: Float64Array.from(rows, ({ silence }) => silence) }, { name: 'net_spend_90d', values: new Float64Array(rows.length).fill(10) }] },
      y: Float64Array.from(rows, ({ y }) => y), customerIds: Float64Array.from(rows.keys()), period: Int32Array.from(rows, ({ period }) => period), cutoffs: rates.map((_, i) => day(28 * i)), overlapping: false,
    };
  }
  const logit = (p: number): number => Math.log(p / (1 - p));

  test('three quarters of the change of log-odds among active customers, all of the change of amounts', () => {
    expect(seasonalShift('binary', periods([0.5, 0.5]), periods([0.3]))).toBeCloseTo(0.75 * (logit(0.3) - logit(0.5)), 2);
    expect(seasonalShift('amount', periods([0.5, 0.5]), periods([0.25]))).toBeCloseTo(Math.log(0.5), 6);
  });

  test('too few active customers in the year before say nothing; a broken history goes no further than the limit', () => {
    expect(seasonalShift('binary', periods([0.5]), periods([0.3], 100))).toBeUndefined();
    expect(seasonalShift('duration', periods([0.5]), periods([0.3]))).toBeUndefined();
    expect(seasonalShift('binary', periods([0.5]), periods([0.001]))).toBe(-1.5);
  });

  test('the year before is 52 whole weeks ago, over by now, and has half a year in front of it', () => {
    expect(sameSeasonCutoff(day(600), day(600), day(0), 90)).toBe(day(236));
    expect(sameSeasonCutoff(day(600), day(325), day(0), 90)).toBeUndefined();
    expect(sameSeasonCutoff(day(543), day(600), day(0), 90)).toBeUndefined();
    expect(sameSeasonCutoff(day(544), day(600), day(0), 90)).toBe(day(180));
  });
});

describe('grades', () => {
  const evaluation = (values: Record<string, number>) => ({ rows: 100, targetMean: 0.5, calibration: [], lift: [], metrics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])) });

  test('the worse of ranking and calibration decides, and a model that beats no rule is usable at best', () => {
    expect(gradeOf('binary', evaluation({ roc_auc: 0.8, ece: 0.02 }), true)).toBe('excellent');
    expect(gradeOf('binary', evaluation({ roc_auc: 0.8, ece: 0.05 }), true)).toBe('good');
    expect(gradeOf('binary', evaluation({ roc_auc: 0.8, ece: 0.02 }), false)).toBe('usable');
    expect(gradeOf('binary', evaluation({ roc_auc: 0.55, ece: 0.02 }), true)).toBe('not_recommended');
    expect(gradeOf('amount', evaluation({ normalised_gini: 0.7, bias: -0.3, coverage_80: 0.8 }), true)).toBe('usable');
    expect(gradeOf('duration', evaluation({ spearman: 0.5, coverage_80: 0.72 }), true)).toBe('good');
  });

  test('a calibration error that chance alone makes in few rows costs one step less, and no more', () => {
    /** Tenths whose shares lie `off` beside what was predicted, up and down in turn. */
    const tenths = (rows: number, off: number) => {
      const calibration = Array.from({ length: 10 }, (_, i) => ({ rows, predicted: 0.3, actual: 0.3 + (i % 2 === 0 ? off : -off) }));
      return { ...evaluation({ roc_auc: 0.8, ece: off }), rows: 10 * rows, calibration };
    };
    expect(gradeOf('binary', tenths(12, 0.12), true)).toBe('usable');
    expect(gradeOf('binary', tenths(12, 0.05), true)).toBe('excellent');
    expect(gradeOf('binary', tenths(1200, 0.12), true)).toBe('not_recommended');
    expect(gradeOf('binary', tenths(1200, 0.05), true)).toBe('good');
    expect(calibrationErrorBeyondChance(tenths(12, 0.12))).toBe(0);
    // √(0.05² − mean of p(1 − p)/1199 over p = 0.25 and 0.35)
    expect(calibrationErrorBeyondChance(tenths(1200, 0.05))).toBeCloseTo(Math.sqrt(0.0025 - (0.1875 + 0.2275) / 2 / 1199), 12);
    expect(calibrationErrorBeyondChance(evaluation({ ece: 0.07 }))).toBe(0.07);
  });

  test('the error beyond chance is between 0 and the plain one', () => {
    fc.assert(fc.property(fc.array(fc.record({ rows: fc.integer({ min: 2, max: 500 }), predicted: fc.double({ min: 0, max: 1, noNaN: true }), actual: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 10 }), (calibration) => {
      const rows = calibration.reduce((sum, bin) => sum + bin.rows, 0);
      const ece = calibration.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.predicted - bin.actual), 0);
      const beyond = calibrationErrorBeyondChance({ ...evaluation({ ece }), rows, calibration });
      expect(beyond).toBeGreaterThanOrEqual(0);
      expect(beyond).toBeLessThanOrEqual(ece);
    }));
  });

  test('confidence is high only with a calibration period of its own', () => {
    expect(confidenceOf('good', 'linear', 'three_way')).toBe('high');
    expect(confidenceOf('good', 'linear', 'two_way')).toBe('medium');
    expect(confidenceOf('excellent', 'rule', 'three_way')).toBe('low');
    expect(confidenceOf('excellent', 'customer_base', 'label_free')).toBe('low');
  });
});
