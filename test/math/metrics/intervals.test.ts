import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { aucRange, chiSquaredQuantile, meanRange, medianRange, populationStability, rocAuc, stabilityNoise, studentQuantile, wilson } from '../../../src/math/metrics/index.ts';

describe('intervals', () => {
  test('Wilson agrees with the worked examples of Newcombe (1998, table I, method 3)', () => {
    const rounded = (hits: number, rows: number) => [wilson(hits, rows).low, wilson(hits, rows).high].map((v) => Number(v.toFixed(4)));
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilson(20, 20).high).toBe(1);
  });

  test('quantiles of the tables: Student and chi-squared', () => {
    expect(studentQuantile(1)).toBeCloseTo(12.7062, 4);
    expect(studentQuantile(10)).toBeCloseTo(2.2281, 4);
    expect(studentQuantile(5, 0.99)).toBeCloseTo(4.0321, 4);
    expect(chiSquaredQuantile(9, 0.95)).toBeCloseTo(16.919, 3);
    expect(chiSquaredQuantile(1, 0.99)).toBeCloseTo(6.6349, 4);
  });

  test('a mean of two values knows little, and none of one', () => {
    expect(meanRange([1, 3])).toEqual({ low: expect.closeTo(2 - 12.7062, 3) as number, high: expect.closeTo(2 + 12.7062, 3) as number });
    expect(meanRange([1])).toBeUndefined();
  });

  test('the interval of a median is made of order statistics and holds the true one as often as it says', () => {
    expect(medianRange(Array.from({ length: 20 }, (_, i) => i + 1))).toEqual({ value: 10.5, low: 6, high: 15 });
    expect(medianRange([7])).toEqual({ value: 7, low: 7, high: 7 });
    expect(medianRange([])).toBeUndefined();
    const rng = seededRandom(5, 'median');
    const held = Array.from({ length: 400 }, () => medianRange(Array.from({ length: 60 }, () => -Math.log(1 - rng.next())))).filter((range) => range !== undefined && range.low <= Math.LN2 && Math.LN2 <= range.high).length;
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.985);
  });

  test('the interval of the AUC holds the true area as often as it says', () => {
    // Two normals one standard deviation apart: area Φ(1/√2) = 0.76025.
    let held = 0;
    const rng = seededRandom(3, 'auc');
    for (let run = 0; run < 400; run++) {
      const y = Float64Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? 1 : 0));
      const score = y.map((label) => label + rng.normal());
      const found = aucRange(y, score);
      expect(found?.value).toBeCloseTo(rocAuc(y, score) ?? Number.NaN, 12);
      if (found !== undefined && found.low <= 0.76025 && 0.76025 <= found.high) held++;
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
    expect(aucRange([1, 0], [1, 0])).toBeUndefined();
    expect(aucRange([1, 1, 0, 0], [3, 4, 1, 2])).toEqual({ value: 1, low: 1, high: 1 });
  });
});

describe('stability index', () => {
  test('nothing between equal counts, the textbook sum between others, and no infinity in empty bins', () => {
    expect(populationStability([10, 20, 30], [20, 40, 60])).toBeCloseTo(0, 4);
    // (0.5 − 0.4)·ln(0.5/0.4) twice, with half rows that hardly count.
    expect(populationStability([50_000, 50_000], [40_000, 60_000])).toBeCloseTo(0.1 * Math.log(0.5 / 0.4) - 0.1 * Math.log(0.5 / 0.6), 4);
    expect(populationStability([10, 0], [0, 10])).toBeGreaterThan(1);
    expect(populationStability([0, 0], [1, 2])).toBe(0);
  });

  test('chance alone goes beyond its threshold as seldom as promised', () => {
    const rng = seededRandom(4, 'psi');
    const draw = (n: number) => {
      const counts = new Float64Array(8);
      for (let i = 0; i < n; i++) counts[rng.int(8)]++;
      return counts;
    };
    let beyond = 0;
    for (let run = 0; run < 1000; run++) if (populationStability(draw(300), draw(200)) > stabilityNoise(300, 200, 8, 0.95)) beyond++;
    expect(beyond / 1000).toBeGreaterThan(0.03);
    expect(beyond / 1000).toBeLessThan(0.07);
    expect(stabilityNoise(100, 100, 1, 0.95)).toBe(0);
  });
});
