import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { argsort, averageRanks, compensatedSum, distribution, hashUniform, interpolate, isotonicBlocks, logit, moments, quantileSorted, rowHashes, sigmoid, softplus, weightedQuantile } from '../../../src/math/stats/index.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('sorting', () => {
  test('radix and comparator agree, ties keep their order', () => {
    const rng = seededRandom('sort');
    // 9,000 rows take the radix passes; a twentieth of a unit makes ties, signs and zeros.
    const values = Float64Array.from({ length: 9000 }, (_, i) => (i % 7 === 0 ? -0 : Math.round(rng.normal() * 20) / 20 * (i % 11 === 0 ? 1e200 : 1)));
    const expected = Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
    expect(Array.from(argsort(values))).toEqual(expected);
  });

  test('ranks share ties', () => {
    expect(Array.from(averageRanks([10, 20, 10, 5]))).toEqual([2.5, 4, 2.5, 1]);
  });
});

describe('moments and quantiles', () => {
  test('population sd and skewness (numpy.std, scipy.stats.skew of 1, 2, 2, 3, 10.5), gaps skipped', () => {
    const found = moments([1, 2, NaN, 2, 3, 10.5]);
    expect(found.weight).toBe(5);
    expect(found.sd).toBeCloseTo(3.4583232931581165, 12);
    expect(found.skewness).toBeCloseTo(1.3760607302588013, 12);
  });

  test.each([1e300, 1e-300, 1e120, 1e-120])('whose squares or cubes leave the range of numbers: units of %d change nothing but the unit', (unit) => {
    const found = moments([1, 2, NaN, 2, 3, 10.5].map((v) => v * unit));
    expect(found.sd / unit).toBeCloseTo(3.4583232931581165, 12);
    expect(found.mean / unit).toBeCloseTo(3.7, 12);
    expect(found.skewness).toBeCloseTo(1.3760607302588013, 12);
  });

  test('a constant at any size has no spread', () => {
    fc.assert(fc.property(finite.filter((v) => Math.abs(v) < 1e100), fc.integer({ min: 1, max: 40 }), (v, n) => {
      expect(moments(new Float64Array(n).fill(v)).sd).toBe(0);
    }));
  });

  test('type 7 (numpy.quantile), and whole weights are repeats', () => {
    expect(quantileSorted([1, 2, 2, 3, 10.5], 0.9)).toBeCloseTo(7.5, 12);
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (data, level) => {
      const repeated = data.flatMap(([v, w]) => Array.from({ length: w }, () => v)).sort((a, b) => a - b);
      const weighted = weightedQuantile(distribution(data.map(([v]) => v), data.map(([, w]) => w)), level);
      expect(weighted).toBeCloseTo(quantileSorted(repeated, level), 9);
    }));
  });

  test('the compensated sum keeps what the plain one loses', () => {
    expect(compensatedSum([1e16, 1, -1e16])).toBe(1);
  });
});

test('links: logit turns sigmoid round, and nothing overflows', () => {
  fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (z) => {
    expect(logit(sigmoid(z))).toBeCloseTo(z, 2);
  }));
  expect([sigmoid(-1000), sigmoid(1000), softplus(-1000), softplus(1000)]).toEqual([0, 1, 0, 1000]);
});

describe('isotonic regression', () => {
  test('scikit-learn 1.9.1 IsotonicRegression with weights 1, 1, 2, 1, 1, 3, 1, 1', () => {
    const { x, y } = isotonicBlocks([1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 2, 2, 5, 4, 6, 6], [1, 1, 2, 1, 1, 3, 1, 1]);
    expect(Array.from(y)).toEqual([1, 2.25, 4.25, 6]);
    expect(interpolate(x, y, 1)).toBe(1);
  });

  test('ascends and keeps the weighted total', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.double({ min: -9, max: 9, noNaN: true })), { minLength: 1, maxLength: 60 }), (data) => {
      const sorted = [...data].sort(([a], [b]) => a - b);
      const { y, weight } = isotonicBlocks(sorted.map(([x]) => x), sorted.map(([, v]) => v));
      for (let i = 1; i < y.length; i++) expect(y[i]).toBeGreaterThan(y[i - 1]);
      expect(y.reduce((sum, v, i) => sum + v * weight[i], 0)).toBeCloseTo(sorted.reduce((sum, [, v]) => sum + v, 0), 9);
    }));
  });
});

describe('row hashes', () => {
  test('equal rows are equal, NaN included; other rows differ', () => {
    const [a, b, c, d] = rowHashes([[1, 1, 1, NaN], [0, -0, 2, NaN]], 4);
    expect(a).toBe(b);
    expect(new Set([a, c, d]).size).toBe(3);
    expect(rowHashes([[NaN], [NaN]], 1)[0]).toBe(d);
  });

  test('draws are even', () => {
    const hashes = rowHashes([Float64Array.from({ length: 20000 }, (_, i) => i)], 20000);
    expect(new Set(hashes).size).toBe(20000);
    const share = hashes.filter((hash) => hashUniform(hash, 7) < 0.3).length / 20000;
    // Standard error .0032.
    expect(Math.abs(share - 0.3)).toBeLessThan(0.015);
  });
});
