import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../../src/base/matrix.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { RowDistributions } from '../../src/estimators/contract.ts';
import { conformalLevels } from '../../src/estimators/calibration/index.ts';
import { INTERVAL_LEVELS, PLAIN_SERVING, serve } from '../../src/estimators/serving.ts';
import { conditionalDays, conditionalLevels, waitsOf, wholeDays, wholeLevels } from '../../src/estimators/waiting.ts';
import { WAITING_GROUPS, waitingGroups } from '../../src/estimators/waitingGroups.ts';

/** Exponential waiting times, one scale per row. */
const scaleOf = (x: Matrix, row: number): number => x.columns[0].values[row];
const byGrid = {
  quantiles: (_: unknown, x: Matrix, levels: readonly number[]): Float64Array => Float64Array.from({ length: x.rows * levels.length }, (__, i) => -scaleOf(x, Math.floor(i / levels.length)) * Math.log(1 - levels[i % levels.length])),
};
const exact = {
  ...byGrid,
  distribution: (_: unknown, x: Matrix): RowDistributions => ({
    rows: x.rows,
    cdf: (values) => values.map((value, row) => -Math.expm1(-value / scaleOf(x, row))),
    quantiles: (levels, perRow) => levels.map((level, i) => -scaleOf(x, Math.floor(i / perRow)) * Math.log1p(-level)),
  }),
};
const matrix = (scales: readonly number[]): Matrix => ({ rows: scales.length, columns: [{ name: 'scale', values: Float64Array.from(scales) }] });
function waits(estimator: Parameters<typeof waitsOf>[0], scales: readonly number[]): RowDistributions {
  const found = waitsOf(estimator, { kind: 'x' }, matrix(scales));
  if (found === undefined) throw new Error('no distribution');
  return found;
}
const sampled = (estimator: typeof byGrid) => ({
  scales: fc.array(fc.double({ min: 0.5, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 5 }),
  levels: fc.uniqueArray(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 2, maxLength: 6 }).map((list) => list.toSorted((a, b) => a - b)),
  estimator,
});

describe.each([['an estimator with its own functions', sampled(exact)], ['an estimator with quantiles only', sampled(byGrid)]])('waiting times of %s', (_, { scales, levels, estimator }) => {
  test.each([['given an order', conditionalDays], ['whole', wholeDays]] as const)('%s: days lie inside the window and rise with the level', (__, daysOf) => {
    fc.assert(fc.property(scales, levels, fc.integer({ min: 7, max: 365 }), (list, at, window) => {
      const days = daysOf(waits(estimator, list), window, () => at, at.length);
      expect(days.every((column, k) => column.every((value, row) => value > 0 && value <= window && (k === 0 || value >= days[k - 1][row])))).toBe(true);
    }));
  });

  test('the level of a day and the day of a level undo each other', () => {
    fc.assert(fc.property(scales, fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.integer({ min: 30, max: 365 }), (list, level, window) => {
      const of = waits(estimator, list);
      const [given] = conditionalDays(of, window, () => [level], 1);
      // Days below an hour are served as an hour.
      conditionalLevels(of, given, window).forEach((back, row) => expect(given[row] <= 1 / 24 || Math.abs(back - level) < 1e-6).toBe(true));
      const [whole] = wholeDays(of, window, () => [level], 1);
      wholeLevels(of, whole, window).forEach((back, row) => expect(whole[row] <= 1 / 24 || whole[row] === window || Math.abs(back - level) < 1e-6).toBe(true));
    }));
  });

  test('follows the truncated exponential', () => {
    // F⁻¹(c·F(h)) = −s·ln(1 − c·(1 − e^(−h/s))); a grid is linear between its points.
    for (const scale of [20, 60, 600]) {
      const [median] = conditionalDays(waits(estimator, [scale]), 90, () => [0.5], 1);
      expect(median[0] / (-scale * Math.log(1 - 0.5 * (1 - Math.exp(-90 / scale))))).toBeGreaterThan(0.97);
      expect(median[0] / (-scale * Math.log(1 - 0.5 * (1 - Math.exp(-90 / scale))))).toBeLessThan(1.03);
      expect(wholeDays(waits(estimator, [scale]), 90, () => [0.5], 1)[0][0] / Math.min(90, scale * Math.log(2))).toBeCloseTo(1, 1);
    }
  });
});

test('an estimator without a distribution has no waits', () => {
  expect(waitsOf({}, { kind: 'x' }, { rows: 0, columns: [] })).toBeUndefined();
});

test('levels for any number of rows: intervals between them hold at least what they say, and hardly more', () => {
  const rng = seededRandom('conformal levels');
  for (const n of [19, 50, 400]) {
    let [inside80, inside50, width] = [0, 0, 0];
    const rounds = 3000;
    for (let r = 0; r < rounds; r++) {
      // Outcomes of a distribution that is too narrow: levels pile up at both ends.
      const draw = (): number => 0.5 + 0.5 * Math.sign(rng.next() - 0.5) * rng.next() ** 0.4;
      const [low80, low50, , high50, high80] = conformalLevels(Float64Array.from({ length: n }, draw), INTERVAL_LEVELS);
      const next = draw();
      if (low80 <= next && next <= high80) inside80++;
      if (low50 <= next && next <= high50) inside50++;
      width += (high80 - low80) / rounds;
    }
    // Three standard errors of 3,000 rounds; at most 2/(n+1) above, because a rank is a whole number.
    expect(inside80 / rounds).toBeGreaterThan(0.8 - 0.022);
    expect(inside80 / rounds).toBeLessThan(0.8 + 2 / (n + 1) + 0.022);
    expect(inside50 / rounds).toBeGreaterThan(0.5 - 0.028);
    expect(inside50 / rounds).toBeLessThan(0.5 + 2 / (n + 1) + 0.028);
    expect(width).toBeGreaterThan(0.8);
  }
  expect(conformalLevels(Float64Array.of(0.4), INTERVAL_LEVELS)).toEqual([0.001, 0.001, 0.4, 0.999, 0.999]);
});

test('groups by rhythm and silence, and levels of a group where it has its own', () => {
  const column = (name: string, values: number[]) => ({ name, values: Float64Array.from(values) });
  const x: Matrix = {
    rows: 5,
    columns: [column('scale', [40, 40, 40, 40, 40]), column('gap_count', [1, 5, 5, 5, NaN]), column('gap_mean_days', [30, 30, 30, 30, NaN]), column('gap_std_days', [NaN, 9, 9, 29, NaN]), column('days_since_last_order', [5, 46, 45, 1, 9])],
  };
  expect(Array.from(waitingGroups(x) ?? [], (g) => WAITING_GROUPS[g])).toEqual(['no_rhythm', 'overdue', 'even', 'uneven', 'no_rhythm']);
  expect(waitingGroups({ rows: 5, columns: x.columns.slice(1, 4) })).toBeUndefined();
  const estimator = { ...exact, kind: 'x', tasks: ['duration' as const], schema: {} as never, defaults: {}, fit: () => ({ ok: false as const, reason: 'no_columns' as const, detail: '' }), predict: () => new Float64Array(5) };
  const shop = [0.1, 0.25, 0.5, 0.75, 0.9];
  const wide = [0.01, 0.1, 0.5, 0.9, 0.99];
  const served = serve(estimator, 'duration', { kind: 'x' }, { ...PLAIN_SERVING, waiting: { windowDays: 180, levels: shop, groups: [null, null, null, wide] } }, x, '2026-01-01');
  const expected = (level: number): number => -40 * Math.log(1 - level * -Math.expm1(-180 / 40));
  expect(served.high80?.[2]).toBeCloseTo(expected(0.9), 9);
  expect(served.high80?.[3]).toBeCloseTo(expected(0.99), 9);
  expect(served.low50?.[3]).toBeCloseTo(expected(0.1), 9);
  expect(served.prediction[3]).toBeCloseTo(served.prediction[2], 12);
});
