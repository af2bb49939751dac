import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { bestHour, betaBinomialCdf, chanceAbove, HOURS, leanings, smoothHours } from '../../../src/estimators/preference/habits.ts';
import { priorStrength, shrunkShare } from '../../../src/estimators/preference/shrinkage.ts';

/** A gamma variable of shape a ≥ 1 by Marsaglia & Tsang, or boosted below 1: only to make data. */
function gamma(rng: ReturnType<typeof seededRandom>, a: number): number {
  if (a < 1) return gamma(rng, a + 1) * rng.next() ** (1 / a);
  const d = a - 1 / 3;
  for (;;) {
    const z = rng.normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(rng.next()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

describe('shrinkage', () => {
  test.each([2, 12])('recovers how far customers differ: strength %i', (strength) => {
    const rng = seededRandom('dirichlet', strength);
    const mean = [0.5, 0.3, 0.15, 0.05];
    const counts = Array.from({ length: 3000 }, () => {
      const draws = mean.map((m) => gamma(rng, strength * m));
      const total = draws.reduce((sum, one) => sum + one, 0);
      const own = [0, 0, 0, 0];
      for (let n = 0; n < 12; n++) {
        let u = rng.next() * total;
        own[draws.findIndex((one, i) => (u -= one) < 0 || i === 3)]++;
      }
      return own.flatMap((n, i) => (n > 0 ? [[i, n] as const] : []));
    });
    expect(priorStrength(counts, mean) / strength).toBeCloseTo(1, 0.7);
  });

  test('no evidence is the shop, much evidence is the customer', () => {
    expect(shrunkShare(0, 0, 0.3, 5)).toBe(0.3);
    expect(shrunkShare(9000, 10_000, 0.3, 5)).toBeCloseTo(0.9, 3);
    expect(priorStrength([], [1])).toBe(10_000);
  });

  test('a best-seller does not win by size, nor a rarity by one purchase', () => {
    const shares = new Map([['rice', 0.7], ['tea', 0.25], ['saffron', 0.001], ['pet', 0.049]]);
    const found = leanings(new Map([['rice', 6], ['tea', 1], ['saffron', 1], ['pet', 6]]), shares, 8);
    expect(found.find(({ name }) => name === 'rice')?.lift).toBeLessThan(1);
    expect(found.find(({ name }) => name === 'pet')?.lift).toBeGreaterThan(4);
    expect(found.find(({ name }) => name === 'pet')?.chance).toBeGreaterThan(0.99);
    expect(leanings(new Map([['unknown', 3]]), shares, 8)).toEqual([]);
  });
});

describe('chances', () => {
  test('as SciPy has them', () => {
    // scipy 1.17: 1 − beta.cdf(0.3, 7.5, 7.5), betabinom.cdf(2, 10, 1.5, 4.5), betabinom.cdf(0, 6, 3, 7).
    expect(chanceAbove(0.3, 6, 10, 5)).toBeCloseTo(0.9441812421107302, 12);
    expect(betaBinomialCdf(2, 10, 1.5, 4.5)).toBeCloseTo(0.5667877197265623, 12);
    expect(betaBinomialCdf(0, 6, 3, 7)).toBeCloseTo(0.1846153846153846, 12);
    expect([chanceAbove(0, 1, 2, 3), chanceAbove(1, 1, 2, 3)]).toEqual([1, 0]);
  });
});

describe('hours', () => {
  const flat = Array.from({ length: HOURS }, () => 1 / HOURS);
  test('smoothing goes round the clock and keeps the sum', () => {
    const counts = new Float64Array(HOURS);
    counts[0] = 10;
    const smooth = smoothHours(counts);
    expect(smooth[23]).toBeCloseTo(smooth[1], 12);
    expect(smooth.reduce((sum, n) => sum + n, 0)).toBeCloseTo(10, 12);
    expect(bestHour(counts, flat, 1).hour).toSatisfy((hour: number) => hour === 23 || hour === 0);
  });
  test('turning the clock turns the answer', () => {
    fc.assert(fc.property(fc.array(fc.nat(20), { minLength: HOURS, maxLength: HOURS }), fc.nat(23), (counts, turn) => {
      const turned = counts.map((_, hour) => counts[(hour + turn) % HOURS]);
      const [a, b] = [bestHour(counts, flat, 3), bestHour(turned, flat, 3)];
      // Windows that tie may be told apart by the hour they begin at.
      expect(smoothed(turned, b.hour)).toBeCloseTo(smoothed(counts, a.hour), 9);
    }), { numRuns: 50, seed: 2 });
  });
  test('few responses stay with the shop, many go their own way', () => {
    const shop = flat.map((_, hour) => (hour === 9 ? 0.5 : 0.5 / 23));
    const evening = new Float64Array(HOURS);
    evening[20] = 5;
    expect([8, 9]).toContain(bestHour(evening, shop, 100).hour);
    evening[20] = 200;
    expect([19, 20]).toContain(bestHour(evening, shop, 20).hour);
  });
});

function smoothed(counts: readonly number[], hour: number): number {
  const smooth = smoothHours(counts);
  return smooth[hour] + smooth[(hour + 1) % HOURS];
}
