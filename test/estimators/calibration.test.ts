import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { applyCalibration, applyConformal, applyConformalInterval, calibrationSchema, chooseCalibration, conformalSchema, fitCalibration, fitConformal, type CalibrationKind } from '../../src/estimators/calibration/index.ts';
import { expectedCalibrationError, intervalCoverage } from '../../src/math/metrics/index.ts';
import { logit, sigmoid } from '../../src/math/stats/index.ts';

const KINDS: readonly CalibrationKind[] = ['identity', 'intercept', 'sigmoid', 'beta', 'isotonic'];

/** Raw probabilities, and outcomes whose log odds are `bend` of the raw ones. */
function drawn(n: number, seed: number, bend: (z: number) => number): { p: Float64Array; y: Float64Array } {
  const rng = seededRandom('calibration', seed);
  const p = Float64Array.from({ length: n }, () => sigmoid(1.2 * rng.normal() - 0.5));
  return { p, y: p.map((v) => (rng.next() < sigmoid(bend(logit(v))) ? 1 : 0)) };
}

describe('calibration maps', () => {
  test('the intercept map meets the smoothed total exactly', () => {
    const { p, y } = drawn(500, 1, (z) => z - 1);
    const ones = y.reduce((sum, v) => sum + v, 0);
    const target = (ones * (ones + 1)) / (ones + 2) + (500 - ones) / (500 - ones + 2);
    expect(applyCalibration(fitCalibration('intercept', p, y), p).reduce((sum, v) => sum + v, 0)).toBeCloseTo(target, 8);
  });

  test('sigmoid and beta recover the line that made the outcomes', () => {
    const { p, y } = drawn(60_000, 2, (z) => 0.6 * z + 0.4);
    const line = fitCalibration('sigmoid', p, y);
    const beta = fitCalibration('beta', p, y);
    if (line.kind !== 'sigmoid' || beta.kind !== 'beta') throw new Error('another kind');
    // Standard errors at 60,000 rows are about .01 for slopes and intercepts of the line, .03 for those of beta.
    expect(Math.abs(line.slope - 0.6)).toBeLessThan(0.04);
    expect(Math.abs(line.intercept - 0.4)).toBeLessThan(0.04);
    expect(Math.abs(beta.a - 0.6)).toBeLessThan(0.1);
    expect(Math.abs(beta.b - 0.6)).toBeLessThan(0.1);
  });

  test('any map of any rows is valid, monotone, and stays in (0, 1)', () => {
    fc.assert(fc.property(fc.constantFrom(...KINDS), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 3 })), { maxLength: 40 }), (kind, data) => {
      const map = fitCalibration(kind, data.map(([p]) => p), data.map(([, y]) => y), data.map(([, , w]) => w));
      expect(calibrationSchema.safeParse(JSON.parse(JSON.stringify(map))).success).toBe(true);
      const out = applyCalibration(map, [0, 0.001, 0.2, 0.5, 0.5, 0.9, 1]);
      const inside = (v: number): boolean => (map.kind === 'identity' ? v >= 0 && v <= 1 : v > 0 && v < 1);
      expect(out.every((v, i) => inside(v) && (i === 0 || v >= out[i - 1] - 1e-15))).toBe(true);
    }));
  });

  test.each([
    ['another base rate', (z: number) => z - 0.8, ['intercept']],
    ['overconfident', (z: number) => 0.5 * z, ['sigmoid']],
    ['flat, then steep', (z: number) => (z > 0 ? 3 * z : 0.1 * z) - 0.5, ['beta', 'isotonic']],
  ])('%s: the simplest map that does', (_, bend, kinds) => {
    const { p, y } = drawn(8000, 3, bend);
    const { calibration, tried } = chooseCalibration(p, y);
    expect(kinds).toContain(calibration.kind);
    expect(tried.map(({ kind }) => kind)).toEqual(KINDS);
    const fresh = drawn(20_000, 4, bend);
    expect(expectedCalibrationError(fresh.y, applyCalibration(calibration, fresh.p))).toBeLessThan(0.02);
  });

  test('where nothing is wrong most samples are left alone', () => {
    const kinds = Array.from({ length: 12 }, (_, seed) => {
      const { p, y } = drawn(2000, 100 + seed, (z) => z);
      return chooseCalibration(p, y).calibration.kind;
    });
    expect(kinds.filter((kind) => kind === 'identity' || kind === 'intercept').length).toBeGreaterThanOrEqual(8);
    expect(kinds).toContain('identity');
  });

  test('small sets keep to maps of one or two numbers, and row order changes nothing', () => {
    const { p, y } = drawn(150, 5, (z) => 0.3 * z - 1);
    const choice = chooseCalibration(p, y);
    expect(choice.tried.map(({ kind }) => kind)).toEqual(['identity', 'intercept', 'sigmoid']);
    const turned = chooseCalibration(p.toReversed(), y.toReversed());
    expect(turned.calibration.kind).toBe(choice.calibration.kind);
    expect(applyCalibration(turned.calibration, [0.3])[0]).toBeCloseTo(applyCalibration(choice.calibration, [0.3])[0], 8);
  });
});

/** Predictions and amounts: half of the customers spend nothing, the others log-normally around their expectation. */
function spenders(n: number, seed: number): { predicted: Float64Array; actual: Float64Array } {
  const rng = seededRandom('spenders', seed);
  const [predicted, actual] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const chance = rng.next();
    const size = Math.exp(3 + rng.normal());
    predicted[i] = chance * size * Math.exp(0.32);
    actual[i] = rng.next() < chance ? size * Math.exp(0.8 * rng.normal()) : 0;
  }
  return { predicted, actual };
}

describe('conformal quantiles', () => {
  test('80 % intervals cover 75–85 % of new rows with half zeros, and reach down to 0', () => {
    const past = spenders(4000, 1);
    const fresh = spenders(8000, 2);
    const { low, high } = applyConformalInterval(fitConformal(past.predicted, past.actual), fresh.predicted, 0.8);
    const { coverage } = intervalCoverage(fresh.actual, low, high);
    expect(coverage).toBeGreaterThan(0.75);
    expect(coverage).toBeLessThan(0.85);
    expect(low.some((v) => v === 0)).toBe(true);
  });

  test('durations without zeros: each level is met within 3 points, in every fifth of the prediction', () => {
    const rng = seededRandom('gaps');
    const draw = (n: number): { predicted: Float64Array; actual: Float64Array } => {
      const predicted = Float64Array.from({ length: n }, () => 5 + 60 * rng.next());
      return { predicted, actual: predicted.map((v) => v * Math.exp((0.2 + 0.4 * (v > 35 ? 1 : 0)) * rng.normal())) };
    };
    const past = draw(5000);
    const fresh = draw(10_000);
    const levels = [0.1, 0.5, 0.9];
    const table = applyConformal(fitConformal(past.predicted, past.actual), fresh.predicted, levels);
    levels.forEach((level, k) => {
      const share = fresh.actual.filter((v, i) => v <= table[3 * i + k]).length / 10_000;
      expect(Math.abs(share - level)).toBeLessThan(0.03);
    });
  });

  test('any rows: valid, ordered, finite', () => {
    const amount = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(fc.property(fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 260 }), (data) => {
      const artefact = fitConformal(data.map(([p]) => p), data.map(([, v]) => v));
      expect(conformalSchema.safeParse(JSON.parse(JSON.stringify(artefact))).success).toBe(true);
      expect(artefact.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(data.length);
      const table = applyConformal(artefact, [0, 1, 1e12], [0.001, 0.3, 0.5, 0.999]);
      expect(table.every((v, k) => Number.isFinite(v) && (k % 4 === 0 || v >= table[k - 1]))).toBe(true);
    }));
  });
});
