import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { brierDecomposition, brierOverTime, brierScore, concordanceIndex, concordanceOf, integratedBrierScore, kaplanMeier, survivalBrierScores } from '../../../src/math/metrics/index.ts';

/** Park & Miller's generator (1988), which the script that made the golden numbers repeats. */
function uniforms(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) / 2147483647);
}

describe('times to an event with rows still waiting', () => {
  const n = 60;
  const u = uniforms(3 * n, 12345);
  const time = Float64Array.from({ length: n }, (_, i) => Math.floor(1 + 20 * u[i]));
  const observed = Uint8Array.from({ length: n }, (_, i) => (u[n + i] < 0.6 ? 1 : 0));
  const risk = Float64Array.from({ length: n }, (_, i) => Math.round(10 * (5 * u[2 * n + i] + (20 - time[i]) / 10)) / 10);
  observed[time.indexOf(Math.max(...time))] = 0;

  test('the C-index of scikit-survival 0.28.0, concordance_index_censored, with ties in times and risks', () => {
    expect(concordanceIndex(time, observed, risk)).toBeCloseTo(0.6952022577610536, 12);
  });
  test('is that of all pairs, one by one', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 25 });
    fc.assert(fc.property(rows, (data) => {
      let [pairs, agreeing] = [0, 0];
      for (const [t, seen, r] of data) {
        for (const [other, otherSeen, otherRisk] of data) {
          if (seen !== 1 || !(t < other || (t === other && otherSeen === 0))) continue;
          pairs++;
          agreeing += r > otherRisk ? 1 : r === otherRisk ? 0.5 : 0;
        }
      }
      const found = concordanceIndex(data.map(([t]) => t), data.map(([, seen]) => seen), data.map(([, , r]) => r));
      expect(found ?? -1).toBeCloseTo(pairs === 0 ? -1 : agreeing / pairs, 12);
    }));
  });
  test('the integrated Brier score of scikit-survival 0.28.0', () => {
    const grid = [2, 5, 8.5, 12, 15];
    const survival = Float64Array.from({ length: n * grid.length }, (_, at) => Math.exp(-(0.02 + 0.02 * risk[Math.floor(at / grid.length)]) * grid[at % grid.length]));
    const expected = [0.08612243344703102, 0.15156480452600618, 0.21764313439660485, 0.25336695811737814, 0.23575035340843128];
    survivalBrierScores(time, observed, survival, grid).forEach((score, k) => expect(score).toBeCloseTo(expected[k], 12));
    expect(integratedBrierScore(time, observed, survival, grid)).toBeCloseTo(0.1969683368663315, 12);
    expect(integratedBrierScore(time, observed, survival.subarray(0, n), [5])).toBeUndefined();
    // The parts of single rows are the score taken apart.
    const { rows } = brierOverTime(time, observed, grid, (k) => survival.filter((_, at) => at % grid.length === k));
    expect(rows.reduce((sum, part) => sum + part, 0) / n).toBeCloseTo(0.1969683368663315, 12);
  });
  test('rows that count several times are repeated rows, and rows that count nothing are none', () => {
    const draws = fc.array(fc.integer({ min: 0, max: n - 1 }), { minLength: 1, maxLength: 80 });
    const ofDrawn = concordanceOf(time, observed, risk);
    fc.assert(fc.property(draws, (rows) => {
      const counts = new Int32Array(n);
      for (const row of rows) counts[row]++;
      const repeated = concordanceIndex(rows.map((row) => time[row]), rows.map((row) => observed[row]), rows.map((row) => risk[row]));
      expect(ofDrawn(counts) ?? -1).toBeCloseTo(repeated ?? -1, 12);
    }));
  });
  test('Kaplan–Meier of the 21 children on 6-mercaptopurine (Freireich et al. 1963; the curve as in Kalbfleisch & Prentice 2002, table 1.2)', () => {
    const weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    const relapse = weeks.map((_, i) => (i < 9 ? 1 : 0));
    const curve = kaplanMeier(weeks, relapse);
    const expected: readonly (readonly [number, number])[] = [[5.9, 1], [6, 0.857], [7, 0.807], [10, 0.753], [13, 0.69], [16, 0.627], [22, 0.538], [23, 0.448], [40, 0.448]];
    for (const [week, alive] of expected) expect(curve(week)).toBeCloseTo(alive, 3);
  });
});

test('the parts of a Brier score sum to it; calibrated groups have no reliability and nothing within bins', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(rows, (data) => {
    const [y, p] = [data.map(([label]) => label), data.map(([, probability]) => probability)];
    const { reliability, resolution, uncertainty, withinBins } = brierDecomposition(y, p);
    expect(reliability - resolution + uncertainty + withinBins).toBeCloseTo(brierScore(y, p), 12);
    for (const part of [reliability, resolution, uncertainty]) expect(part).toBeGreaterThanOrEqual(-1e-15);
  }));
  const groups = { y: [0, 0, 0, 1, 1, 1, 0, 1], p: [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75] };
  expect(brierDecomposition(groups.y, groups.p)).toEqual({ reliability: 0, resolution: 0.0625, uncertainty: 0.25, withinBins: 0 });
});
