import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionalDays, conditionalLevels, waitingGrid } from '../../src/estimators/waiting.ts';

/** Exponential waiting times, one scale per row. */
const exponential = {
  quantiles: (_: unknown, x: { rows: number; columns: readonly { values: Float64Array }[] }, levels: readonly number[]): Float64Array =>
    Float64Array.from({ length: x.rows * levels.length }, (__, i) => -x.columns[0].values[Math.floor(i / levels.length)] * Math.log(1 - levels[i % levels.length])),
};
const gridOf = (scales: readonly number[]): Float64Array =>
  waitingGrid(exponential, { kind: 'x' }, { rows: scales.length, columns: [{ name: 'scale', values: Float64Array.from(scales) }] }) ?? new Float64Array(0);

describe('waiting times given an order within the window', () => {
  const scales = fc.array(fc.double({ min: 0.5, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 5 });
  const levels = fc.uniqueArray(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 2, maxLength: 6 }).map((list) => list.toSorted((a, b) => a - b));

  test('days lie inside the window and rise with the level', () => {
    expect(() => { fc.assert(fc.property(scales, levels, fc.integer({ min: 7, max: 365 }), (list, at, window) => {
      const days = conditionalDays(gridOf(list), list.length, window, at);
      return days.every((column, k) => column.every((value, row) => value > 0 && value <= window && (k === 0 || value >= days[k - 1][row])));
    })); }).not.toThrow();
  });

  test('the level of a day and the day of a level undo each other', () => {
    expect(() => { fc.assert(fc.property(scales, fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.integer({ min: 30, max: 365 }), (list, level, window) => {
      const grid = gridOf(list);
      const [days] = conditionalDays(grid, list.length, window, [level]);
      // Days below an hour are served as an hour.
      return conditionalLevels(grid, days, window).every((back, row) => days[row] <= 1 / 24 || Math.abs(back - level) < 1e-6);
    })); }).not.toThrow();
  });

  test('follows the truncated exponential', () => {
    // F⁻¹(c·F(h)) = −s·ln(1 − c·(1 − e^(−h/s))); the grid is linear between its points.
    for (const scale of [20, 60, 600]) {
      const [median] = conditionalDays(gridOf([scale]), 1, 90, [0.5]);
      const exact = -scale * Math.log(1 - 0.5 * (1 - Math.exp(-90 / scale)));
      expect(median[0] / exact).toBeGreaterThan(0.97);
      expect(median[0] / exact).toBeLessThan(1.03);
    }
  });

  test('an estimator without a distribution has no grid', () => {
    expect(waitingGrid({}, { kind: 'x' }, { rows: 0, columns: [] })).toBeUndefined();
  });
});
