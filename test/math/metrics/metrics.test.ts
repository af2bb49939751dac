import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import {
  bootstrap, brierScore, calibrationTable, decileError, expectedCalibrationError, intervalCoverage, kolmogorovSmirnov, liftTable, logLoss, meanAbsoluteError,
  normalisedGini, prAuc, relativeBias, rocAuc, rootMeanSquaredError, spearman,
} from '../../../src/math/metrics/index.ts';

// Sixty rows with ties: s = ((17i) mod 23)/23, y = [(31i mod 13) + 6s > 9], p = .02 + .96s; a = ((41i) mod 19)·1.5·[i mod 3 > 0], b = (23i mod 17) + .1a.
const rows = Array.from({ length: 60 }, (_, i) => i);
const score = Float64Array.from(rows, (i) => ((i * 17) % 23) / 23);
const y = Float64Array.from(rows, (i) => (((i * 31) % 13) + score[i] * 6 > 9 ? 1 : 0));
const p = score.map((s) => 0.02 + 0.96 * s);
const a = Float64Array.from(rows, (i) => (i % 3 > 0 ? ((i * 41) % 19) * 1.5 : 0));
const b = Float64Array.from(rows, (i) => ((i * 23) % 17) + 0.1 * a[i]);

describe('golden numbers (scikit-learn 1.9.1 and scipy on the same rows)', () => {
  test.each([
    ['roc_auc_score', rocAuc(y, score), 0.6583333333333333],
    ['average_precision_score', prAuc(y, score), 0.6377987217438572],
    ['log_loss', logLoss(y, p), 0.7380866979291295],
    ['brier_score_loss', brierScore(y, p), 0.25086018903591684],
    ['ks_2samp', kolmogorovSmirnov(y, score), 0.26666666666666666],
    ['spearmanr', spearman(a, b), 0.31566268216571053],
    ['mean_absolute_error', meanAbsoluteError(a, b), 7.302499999999999],
    ['root_mean_squared_error', rootMeanSquaredError(a, b), 8.88755450053613],
  ])('%s', (_, found, expected) => {
    expect(found).toBeCloseTo(expected, 12);
  });
});

describe('worked by hand', () => {
  test('normalised Gini: amounts 1, 2, 3; the right order is 1, the reverse −1, no order 0', () => {
    expect(normalisedGini([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
    expect(normalisedGini([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(normalisedGini([1, 2, 3], [5, 5, 5])).toBeCloseTo(0, 12);
  });

  test('decile error and bias: predicting nothing errs by everything', () => {
    expect(decileError([0, 4, 6], [0, 0, 0])).toBe(1);
    expect(relativeBias([0, 4, 6], [1, 1, 1])).toBeCloseTo(-0.7, 12);
  });

  test('coverage counts the ends and averages the width', () => {
    expect(intervalCoverage([1, 2, 3, 4], [1, 0, 4, 0], [2, 2, 5, 3])).toEqual({ coverage: 0.5, meanWidth: (1 + 2 + 1 + 3) / 4 });
  });

  test('calibration error of bins .2 → .5 and .8 → .5 is .3', () => {
    expect(expectedCalibrationError([0, 1, 0, 1], [0.2, 0.2, 0.8, 0.8], 2)).toBeCloseTo(0.3, 12);
  });

  test('lift: all outcomes in the upper half', () => {
    const table = liftTable([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1], 2);
    expect(table.map(({ lift, cumulativeGain }) => [lift, cumulativeGain])).toEqual([[2, 1], [0, 1]]);
  });

  test('a metric without a value says so', () => {
    expect([rocAuc([1, 1], [0.1, 0.2]), prAuc([0, 0], [0.1, 0.2]), kolmogorovSmirnov([0], [1]), spearman([1, 1], [1, 2]), normalisedGini([0, 0], [1, 2]), relativeBias([0], [1])]).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
    expect(liftTable([0, 0], [0.1, 0.2])).toEqual([]);
  });
});

const labelled = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 12 })), { minLength: 2, maxLength: 80 });

describe('always', () => {
  test('AUC equals the count over all pairs, and turns to 1 − AUC when scores are negated', () => {
    fc.assert(fc.property(labelled, (data) => {
      const truth = data.map(([v]) => v);
      const s = data.map(([, v]) => v);
      let [wins, pairs] = [0, 0];
      data.forEach(([yi, si]) => data.forEach(([yj, sj]) => {
        if (yi !== 1 || yj !== 0) return;
        pairs++;
        wins += si > sj ? 1 : si === sj ? 0.5 : 0;
      }));
      const auc = rocAuc(truth, s);
      expect(auc === undefined).toBe(pairs === 0);
      expect(Math.abs((auc ?? 0) - wins / Math.max(pairs, 1))).toBeLessThan(1e-12);
      const negated = rocAuc(truth, s.map((v) => -v));
      expect(Math.abs((negated ?? 1) - (1 - wins / Math.max(pairs, 1)))).toBeLessThan(1e-12);
    }));
  });

  test('tables hold every row once, and the order of rows changes nothing', () => {
    fc.assert(fc.property(labelled, fc.integer({ min: 1, max: 12 }), (data, bins) => {
      const turned = data.toReversed();
      const table = calibrationTable(data.map(([v]) => v), data.map(([, s]) => s), bins);
      expect(table.reduce((sum, { rows }) => sum + rows, 0)).toBe(data.length);
      expect(table.length).toBeLessThanOrEqual(bins);
      expect(calibrationTable(turned.map(([v]) => v), turned.map(([, s]) => s), bins)).toEqual(table);
      const lift = liftTable(data.map(([v]) => v), data.map(([, s]) => s));
      expect(lift.at(-1)?.cumulativeGain ?? 1).toBeCloseTo(1, 12);
      expect(prAuc(turned.map(([v]) => v), turned.map(([, s]) => s))).toEqual(prAuc(data.map(([v]) => v), data.map(([, s]) => s)));
    }));
  });
});

test('bootstrap interval of a mean is near its normal one, and the seed decides it', () => {
  const rng = seededRandom('sample');
  const sample = Float64Array.from({ length: 400 }, () => rng.normal());
  const mean = (v: Float64Array): number => v.reduce((sum, x) => sum + x, 0) / v.length;
  const interval = bootstrap(mean, [sample], { rng: seededRandom(1), replicates: 500 });
  // Standard error of the mean of 400 normal draws is .05; 500 replicates give it to about 10 %.
  expect(interval?.standardError).toBeGreaterThan(0.04);
  expect(interval?.standardError).toBeLessThan(0.06);
  expect((interval?.high ?? 0) - (interval?.low ?? 0)).toBeCloseTo(2 * 1.96 * 0.05, 1);
  expect(bootstrap(mean, [sample], { rng: seededRandom(1), replicates: 500 })).toEqual(interval);
  expect(bootstrap((t, s) => rocAuc(t, s), [new Float64Array(3), new Float64Array(3)], { rng: seededRandom(1) })).toBeUndefined();
});

test('rows of one group are drawn together: ten copies of a row know no more than one', () => {
  const [one, copies] = [Float64Array.from({ length: 60 }, (_, i) => i % 7), Float64Array.from({ length: 600 }, (_, i) => Math.floor(i / 10) % 7)];
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const error = (values: Float64Array, groups?: Int32Array): number => bootstrap(mean, [values], { rng: seededRandom(2), replicates: 800, ...(groups === undefined ? {} : { groups }) })?.standardError ?? 0;
  const [alone, together, apart] = [error(one), error(copies, Int32Array.from(copies, (_, i) => Math.floor(i / 10))), error(copies)];
  expect(Math.abs(together / alone - 1)).toBeLessThan(0.1);
  expect(apart).toBeLessThan(0.5 * alone);
});
