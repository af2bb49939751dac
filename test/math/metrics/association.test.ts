import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { association, explainedShare, orderedAuc } from '../../../src/math/metrics/association.ts';
import { rocAuc } from '../../../src/math/metrics/ranking.ts';
import { poissonDraw } from '../../../src/math/stats/poisson.ts';

const groups = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })).map(([a, b]) => ({ rows: Math.max(a, b), hits: Math.min(a, b) })), { minLength: 2, maxLength: 6 });
const rng = (name: string | number = 1): ReturnType<typeof seededRandom> => seededRandom('association', name);

describe('association', () => {
  test('two groups: V is the phi coefficient without its bias, p that of the χ² test', () => {
    // 30 of 100 against 50 of 100: χ² = 8.3333 on one degree of freedom, p = 0.003892 (R: chisq.test(matrix(c(30,50,70,50),2), correct = FALSE)).
    const found = association([{ rows: 100, hits: 30 }, { rows: 100, hits: 50 }], { rng: rng() });
    expect(found?.pValue).toBeCloseTo(0.003892, 5);
    expect(found?.value).toBeCloseTo(Math.sqrt((8.333333 / 200 - 1 / 199) / (1 - 1 / 199)), 6);
  });

  test('lies within its interval and [0, 1], is the same for any order of the groups, and has no value where nothing can be compared', () => {
    fc.assert(fc.property(groups, fc.integer(), (list, seed) => {
      const found = association(list, { rng: rng(seed), replicates: 40 });
      const [rows, hits] = [list.reduce((sum, one) => sum + one.rows, 0), list.reduce((sum, one) => sum + one.hits, 0)];
      const comparable = list.filter((one) => one.rows > 0).length > 1 && hits > 0 && hits < rows;
      expect(found !== undefined).toBe(comparable);
      const { low, value, high, pValue } = found ?? { low: 0, value: 0, high: 0, pValue: 0 };
      expect([0 <= low, low <= value, value <= high, high <= 1, 0 <= pValue, pValue <= 1]).toEqual(Array.from({ length: 6 }, () => true));
      expect(association(list.toReversed(), { rng: rng(seed), replicates: 40 })?.value ?? 0).toBeCloseTo(value, 9);
    }), { seed: 5, numRuns: 60 });
  });

  test('where groups tell nothing the interval reaches 0 nearly always, and where they do it holds the truth nearly always', () => {
    let [none, some] = [0, 0];
    const truth = 0.4;
    for (let i = 0; i < 200; i++) {
      const random = rng(`coverage ${i}`);
      const hits = (share: number): number => Array.from({ length: 300 }, () => (random.next() < share ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0);
      const blank = association([0.3, 0.3, 0.3].map((share) => ({ rows: 300, hits: hits(share) })), { rng: random.fork('a'), replicates: 100 });
      if (blank !== undefined && blank.low === 0) none++;
      const strong = association([{ rows: 300, hits: hits(0.3) }, { rows: 300, hits: hits(0.7) }], { rng: random.fork('b'), replicates: 100 });
      if (strong !== undefined && strong.low <= truth && truth <= strong.high) some++;
    }
    expect(none).toBeGreaterThanOrEqual(180);
    expect(some).toBeGreaterThanOrEqual(180);
  });
});

test('the area of ordered groups is that of their rows', () => {
  fc.assert(fc.property(groups, (list) => {
    const [y, score] = [list.flatMap(({ rows, hits }) => Array.from({ length: rows }, (_, i) => (i < hits ? 1 : 0))), list.flatMap(({ rows }, group) => Array.from({ length: rows }, () => group))];
    const [found, wanted] = [orderedAuc(list), y.includes(0) && y.includes(1) ? rocAuc(Float64Array.from(y), Float64Array.from(score)) : undefined];
    expect(found ?? -1).toBeCloseTo(wanted ?? -1, 12);
  }), { seed: 6, numRuns: 60 });
});

test('explained share: Hays\' worked example by hand, nothing of one group', () => {
  // 1 2 3 | 4 5 6: between 13.5 on 1, within 4 on 4; ω² = (13.5 − 1) ÷ (17.5 + 1), F = 13.5, p = 0.0213 (R: anova).
  const found = explainedShare([{ rows: 3, sum: 6, squares: 14 }, { rows: 3, sum: 15, squares: 77 }]);
  expect(found?.value).toBeCloseTo(12.5 / 18.5, 12);
  expect(found?.pValue).toBeCloseTo(0.021312, 5);
  expect(explainedShare([{ rows: 3, sum: 6, squares: 14 }])).toBeUndefined();
  expect(explainedShare([{ rows: 3, sum: 3, squares: 3 }, { rows: 2, sum: 2, squares: 2 }])).toBeUndefined();
});

test.each([0, 0.4, 5, 12, 80, 5_000])('Poisson counts of mean %d have that mean and variance', (mean) => {
  const random = seededRandom('poisson', mean);
  const drawn = Array.from({ length: 4_000 }, () => poissonDraw(random, mean));
  const average = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
  const variance = drawn.reduce((sum, one) => sum + (one - average) ** 2, 0) / (drawn.length - 1);
  expect(drawn.every((one) => Number.isSafeInteger(one) && one >= 0)).toBe(true);
  expect(Math.abs(average - mean)).toBeLessThanOrEqual(4 * Math.sqrt(mean / drawn.length));
  expect(Math.abs(variance - mean)).toBeLessThanOrEqual(Math.max(0.12 * mean, 1e-9));
});
