import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Matrix } from '../../src/base/matrix.ts';
import type { RowDistributions } from '../../src/estimators/contract.ts';
import { INTERVAL_LEVELS } from '../../src/estimators/serving.ts';
import type { AnyEstimator, Fitted } from '../../src/training/candidate.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { recalibratedLevels } from '../../src/training/intervals.ts';
import { wholeWaitLevels, wholeWaitMetrics } from '../../src/training/wholeWait.ts';

const WINDOW = 180;

/** Says that everyone waits exponentially, 40 days on average. */
const exponential = {
  kind: 'x', tasks: ['duration'], schema: {}, defaults: {}, fit: () => ({ ok: false, reason: 'no_columns', detail: '' }),
  predict: (_: unknown, x: Matrix) => new Float64Array(x.rows).fill(40 * Math.log(2)),
  distribution: (_: unknown, x: Matrix): RowDistributions => ({ rows: x.rows, cdf: (days) => days.map((d) => -Math.expm1(-d / 40)), quantiles: (levels) => levels.map((level) => -40 * Math.log1p(-level)) }),
} as unknown as AnyEstimator;
const fitted: Fitted = { candidate: { name: 'x', rung: 'rule', estimator: 'x' }, estimator: exponential, artefact: { kind: 'x' } };

/** Waits of `days` on average; even customers, and as many uneven ones as told. */
function rows(count: number, days: number, seed: number, uneven = 0): Dataset {
  const rng = seededRandom('waits', seed);
  const wait = Array.from({ length: count }, () => -days * Math.log(1 - rng.next()));
  const constant = (name: string, value: number) => ({ name, values: new Float64Array(count).fill(value) });
  return {
    x: { rows: count, columns: [constant('gap_mean_days', 40), constant('gap_count', 6), constant('days_since_last_order', 3), { name: 'gap_std_days', values: Float64Array.from({ length: count }, (_, i) => (i < uneven ? 80 : 20)) }] },
    y: Float64Array.from(wait, (d) => Math.min(d, WINDOW)), observed: Uint8Array.from(wait, (d) => Number(d < WINDOW)), customerIds: new Float64Array(count), period: new Int32Array(count), cutoffs: ['2026-01-01'], overlapping: false,
  };
}

test('one period moves levels half of the way, two periods two thirds; a right model is left as it is', () => {
  const right = recalibratedLevels([{ fitted, data: rows(4000, 40, 1) }], WINDOW).levels ?? [];
  INTERVAL_LEVELS.forEach((level, k) => expect(right[k]).toBeCloseTo(level, 1));
  const slow = { fitted, data: rows(4000, 80, 2) };
  const [one, two] = [recalibratedLevels([slow], WINDOW).levels ?? [], recalibratedLevels([slow, slow], WINDOW).levels ?? []];
  INTERVAL_LEVELS.forEach((level, k) => {
    expect(one[k]).toBeGreaterThan(level);
    expect((two[k] - level) / (one[k] - level)).toBeCloseTo(4 / 3, 9);
  });
});

test('a group has levels of its own from 200 rows on; few rows, and estimators without a distribution, move nothing', () => {
  const { groups } = recalibratedLevels([{ fitted, data: rows(600, 60, 3, 250) }], WINDOW);
  expect(groups?.map((own) => own !== null)).toEqual([false, false, true, true]);
  expect(recalibratedLevels([{ fitted, data: rows(600, 60, 3, 150) }], WINDOW).groups?.[3]).toBeNull();
  expect(recalibratedLevels([{ fitted, data: rows(40, 60, 4) }], WINDOW)).toEqual({ levels: null });
  const without = { ...exponential, distribution: undefined } as unknown as AnyEstimator;
  expect(recalibratedLevels([{ fitted: { ...fitted, estimator: without }, data: rows(600, 60, 5) }], WINDOW)).toEqual({ levels: null });
});

test('whole waits: those who do not come back count as the end of the window', () => {
  const data = rows(3000, 100, 6);
  const back = data.y.filter((_, row) => data.observed?.[row] === 1).length;
  const plain = wholeWaitMetrics(fitted, data, WINDOW, INTERVAL_LEVELS);
  const levels = wholeWaitLevels(fitted, rows(3000, 100, 7), WINDOW);
  const moved = wholeWaitMetrics(fitted, data, WINDOW, levels);
  expect(plain.whole_came_back.value).toBeCloseTo(back / 3000, 12);
  expect(plain.whole_came_back.value).toBeCloseTo(1 - Math.exp(-1.8), 1);
  // The median of min(wait, 180) is what the absolute error asks for: levels learned on another period come nearer to it and to the promise.
  expect(moved.whole_mae_days.value).toBeLessThan(plain.whole_mae_days.value);
  expect(Math.abs(moved.whole_coverage_80.value - 0.8)).toBeLessThan(Math.abs(plain.whole_coverage_80.value - 0.8));
  expect(moved.whole_within_7_days.value).toBeGreaterThan(0);
});
