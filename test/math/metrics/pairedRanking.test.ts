/** Ranking metrics by weights, and the standard error of their paired difference. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { aucRange, normalisedGini, rankingDifference, RANKING_METRICS, rocAuc, spearman, weightedRanking } from '../../../src/math/metrics/index.ts';
import * as fc from '../../support/properties.ts';

const PLAIN = { roc_auc: rocAuc, normalised_gini: normalisedGini, spearman };

test('a row of weight w counts as w rows: the metrics of the repeated rows', () => {
  const row = fc.record({ y: fc.nat(1), amount: fc.nat(4), score: fc.nat(5), other: fc.nat(3), times: fc.nat(3) });
  fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
    const repeated = rows.flatMap((one) => Array.from({ length: one.times }, () => one));
    for (const metric of RANKING_METRICS) {
      const outcome = (list: typeof rows): Float64Array => Float64Array.from(list, ({ y, amount }) => (metric === 'roc_auc' ? y : amount));
      const values = weightedRanking(metric, outcome(rows), [Float64Array.from(rows, ({ score }) => score), Float64Array.from(rows, ({ other }) => other)])(Float64Array.from(rows, ({ times }) => times));
      const wanted = [repeated.map(({ score }) => score), repeated.map(({ other }) => other)].map((scores) => PLAIN[metric](outcome(repeated), scores));
      values.forEach((value, i) => {
        expect(value === undefined).toBe(wanted[i] === undefined);
        expect(value ?? 0).toBeCloseTo(wanted[i] ?? 0, 10);
      });
    }
  }), { numRuns: 150 });
});

test('the error of a difference of two independent scores is that of two independent areas, and smaller where the scores agree', () => {
  const rng = seededRandom(3, 'paired');
  const n = 1500;
  const y = Float64Array.from({ length: n }, () => (rng.next() < 0.4 ? 1 : 0));
  const noisy = (): Float64Array => y.map((one) => one + 1.5 * rng.normal());
  const [a, b] = [noisy(), noisy()];
  const groups = Int32Array.from({ length: n }, (_, i) => i);
  const difference = (second: Float64Array): number => rankingDifference('roc_auc', y, a, second, { groups, count: n, rng: seededRandom(1), replicates: 300 })?.standardError ?? Number.NaN;
  // DeLong's interval of one area is 2 × 1.96 standard errors wide.
  const own = (score: Float64Array): number => { const range = aucRange(y, score); return range === undefined ? Number.NaN : (range.high - range.low) / (2 * 1.96); };
  expect(difference(b)).toBeGreaterThan(0.85 * Math.hypot(own(a), own(b)));
  expect(difference(b)).toBeLessThan(1.15 * Math.hypot(own(a), own(b)));
  expect(difference(a.map((value) => value + 0.2 * rng.normal()))).toBeLessThan(0.35 * difference(b));
});

test('rows of one customer are drawn together: copies of every row add no certainty', () => {
  const rng = seededRandom(5, 'clusters');
  const y = Float64Array.from({ length: 200 }, () => (rng.next() < 0.5 ? 1 : 0));
  const [a, b] = [y.map((one) => one + rng.normal()), y.map((one) => one + 2 * rng.normal())];
  const twice = (values: Float64Array): Float64Array => Float64Array.from({ length: 400 }, (_, i) => values[i >> 1]);
  const once = rankingDifference('roc_auc', y, a, b, { groups: Int32Array.from(y.keys()), count: 200, rng: seededRandom(1) });
  const copied = rankingDifference('roc_auc', twice(y), twice(a), twice(b), { groups: Int32Array.from({ length: 400 }, (_, i) => i >> 1), count: 200, rng: seededRandom(1) });
  expect(copied?.standardError).toBeCloseTo(once?.standardError ?? 0, 12);
  expect(once?.standardError).toBeGreaterThan(0.005);
});

test('one class has no area, and no difference', () => {
  const score = Float64Array.of(1, 2, 3);
  expect(rankingDifference('roc_auc', Float64Array.of(1, 1, 1), score, score, { groups: Int32Array.of(0, 1, 2), count: 3, rng: seededRandom(1) })).toBeUndefined();
});
