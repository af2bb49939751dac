import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { auuc, averageEffect, qini, qiniCurve, qiniIntervals, upliftTable } from '../../../src/math/metrics/index.ts';

// Eight rows by hand, best score first: the treated buy at the top, the others at the bottom.
const treated = Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0);
const y = Float64Array.of(1, 0, 1, 0, 0, 1, 0, 1);
const score = Float64Array.of(8, 7, 6, 5, 4, 3, 2, 1);

describe('the Qini curve', () => {
  test('of eight rows by hand', () => {
    // After k rows: (bought treated − bought others × treated / others) ÷ 4.
    const expected = [0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.25, 0.5 - 1 / 3, 0];
    const curve = qiniCurve({ y, treated }, score);
    curve.forEach(({ share, incremental }, k) => {
      expect(share).toBeCloseTo(k / 8, 12);
      expect(incremental).toBeCloseTo(expected[k], 12);
    });
    expect(qini({ y, treated }, score)).toBeCloseTo((0.25 + 0.25 + 0.5 + 0.5 + 0.5 + 0.25 + 0.5 - 1 / 3) / 8, 12);
    expect(auuc({ y, treated }, score)).toBeCloseTo(qini({ y, treated }, score) ?? NaN, 12);
  });

  test('ends at the average effect; equal scores are one straight line, whose Qini is 0', () => {
    const rng = seededRandom('qini');
    const n = 500;
    const t = Float64Array.from({ length: n }, () => rng.int(2));
    const bought = t.map((one) => (rng.next() < 0.2 + 0.1 * one ? 1 : 0));
    const random = t.map(() => rng.next());
    expect(qiniCurve({ y: bought, treated: t }, random).at(-1)?.incremental).toBeCloseTo(averageEffect({ y: bought, treated: t })?.effect ?? NaN, 12);
    expect(qini({ y: bought, treated: t }, new Float64Array(n))).toBeCloseTo(0, 14);
    expect(qiniCurve({ y: bought, treated: t }, new Float64Array(n)).length).toBe(2);
  });

  test('does not depend on the order of rows, and weights are rows repeated', () => {
    const row = fc.record({ y: fc.integer({ min: 0, max: 3 }), t: fc.integer({ min: 0, max: 1 }), s: fc.integer({ min: 0, max: 5 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 4, maxLength: 40 }), (rows) => {
      const of = (list: typeof rows, weights?: number[]) => qini({ y: list.map((one) => one.y), treated: list.map((one) => one.t), ...(weights === undefined ? {} : { weights }) }, list.map((one) => one.s));
      const found = of(rows);
      expect(of(rows.toReversed()) ?? -1).toBeCloseTo(found ?? -1, 10);
      const twice = rows.flatMap((one, i) => (i % 3 === 0 ? [one, one] : [one]));
      expect(of(rows, rows.map((_, i) => (i % 3 === 0 ? 2 : 1))) ?? -1).toBeCloseTo(of(twice) ?? -1, 10);
      expect(found === undefined).toBe(new Set(rows.map((one) => one.t)).size < 2);
    }));
  });
});

test('intervals: the estimate is the Qini itself, resamples of one seed repeat, a score against itself has no lead', () => {
  const found = qiniIntervals({ y, treated }, [score, score], { rng: seededRandom(3), replicates: 50 });
  expect(found?.each[0].estimate).toBe(qini({ y, treated }, score));
  expect(found?.firstMinus[0]).toMatchObject({ estimate: 0, low: 0, high: 0, standardError: 0 });
  expect(qiniIntervals({ y, treated }, [score, score], { rng: seededRandom(3), replicates: 50 })).toEqual(found);
  expect(qiniIntervals({ y, treated: new Float64Array(8) }, [score], { rng: seededRandom(3) })).toBeUndefined();
});

test('the interval of an average effect covers it about as often as it says', () => {
  let covered = 0;
  for (let k = 0; k < 300; k++) {
    const rng = seededRandom('coverage', k);
    const t = Float64Array.from({ length: 400 }, () => rng.int(2));
    const found = averageEffect({ y: t.map((one) => (rng.next() < 0.3 + 0.1 * one ? 1 : 0)), treated: t });
    if (found !== undefined && found.low <= 0.1 && found.high >= 0.1) covered++;
  }
  expect(covered / 300).toBeGreaterThan(0.91);
  expect(covered / 300).toBeLessThan(0.985);
});

test('the table by tenth keeps equal scores together and leaves out parts that say nothing', () => {
  const table = upliftTable({ y, treated }, score, 2);
  expect(table.map(({ tenth, rows, effect }) => [tenth, rows, effect])).toEqual([[1, 4, 1], [2, 4, -1]]);
  expect(upliftTable({ y, treated }, new Float64Array(8)).map(({ rows }) => rows)).toEqual([8]);
  expect(upliftTable({ y, treated }, score, 8)).toEqual([]);
});
