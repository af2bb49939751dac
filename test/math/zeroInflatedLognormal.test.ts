import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import {
  boundedSigma, boundedSigmaSlope, LEAST_SIGMA, MOST_SIGMA, zilnCdf, zilnLogLikelihood, zilnLossGradient, zilnMean, zilnPdf, zilnQuantile,
} from '../../src/math/zeroInflatedLognormal.ts';

const distribution = fc.record({ probability: fc.double({ min: 0.01, max: 1, noNaN: true }), mu: fc.double({ min: -3, max: 12, noNaN: true }), sigma: fc.double({ min: 0.1, max: 2, noNaN: true }) });

describe('zero-inflated lognormal', () => {
  test('known values: median e^μ, mean e^(μ+σ²/2), 97.5 % point e^(μ+1.959964σ), scaled by who spends', () => {
    const all = { probability: 1, mu: 2, sigma: 0.5 };
    expect(zilnQuantile(all, 0.5)).toBeCloseTo(Math.exp(2), 10);
    expect(zilnQuantile(all, 0.975)).toBeCloseTo(Math.exp(2 + 0.5 * 1.959963984540054), 9);
    expect(zilnMean({ ...all, probability: 0.25 })).toBeCloseTo(0.25 * Math.exp(2.125), 12);
    // Half spend, so the level .75 is the median of the spenders.
    expect(zilnQuantile({ ...all, probability: 0.5 }, 0.75)).toBeCloseTo(Math.exp(2), 10);
    expect(zilnQuantile({ ...all, probability: 0.5 }, 0.5)).toBe(0);
    // Density of ln N(0, 1) at 1 is 1/√(2π).
    expect(zilnPdf({ probability: 1, mu: 0, sigma: 1 }, 1)).toBeCloseTo(0.3989422804014327, 14);
    expect(zilnPdf({ probability: 0.3, mu: 0, sigma: 1 }, 0)).toBeCloseTo(0.7, 14);
    expect(zilnPdf(all, -1)).toBe(0);
  });

  test('quantile and cdf undo each other above the zeros, and neither ever falls', () => {
    fc.assert(fc.property(distribution, fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (d, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const amount = zilnQuantile(d, high);
      expect(zilnQuantile(d, low)).toBeLessThanOrEqual(amount);
      // At 0 the cdf jumps to 1 − p, at or above the level.
      expect(zilnCdf(d, amount)).toBeCloseTo(amount > 0 ? high : 1 - d.probability, 9);
      expect(zilnCdf(d, amount)).toBeGreaterThanOrEqual(high - 1e-9);
      expect(zilnCdf(d, amount / 2)).toBeLessThanOrEqual(zilnCdf(d, amount) + 1e-15);
    }));
  });

  test('the density is the slope of the cdf', () => {
    fc.assert(fc.property(distribution, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (d, share) => {
      const amount = zilnQuantile(d, 1 - d.probability * share);
      const step = 1e-5 * amount;
      expect((zilnCdf(d, amount + step) - zilnCdf(d, amount - step)) / (2 * step) / zilnPdf(d, amount)).toBeCloseTo(1, 3);
    }));
  });

  test('gradients are those of the loss', () => {
    const logistic = (v: number): number => 1 / (1 + Math.exp(-v));
    const real = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(fc.property(real, real, real, fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1000, noNaN: true })), (logit, mu, raw, amount) => {
      const loss = (l: number, m: number, r: number): number => -zilnLogLikelihood({ probability: logistic(l), mu: m, sigma: boundedSigma(r) }, amount);
      const found = new Float64Array(4);
      zilnLossGradient(logit, mu, raw, amount, found, 1);
      const e = 1e-5;
      const expected = [loss(logit + e, mu, raw) - loss(logit - e, mu, raw), loss(logit, mu + e, raw) - loss(logit, mu - e, raw), loss(logit, mu, raw + e) - loss(logit, mu, raw - e)];
      expected.forEach((difference, k) => expect(Math.abs(found[k + 1] - difference / (2 * e))).toBeLessThan(1e-4 * (1 + Math.abs(found[k + 1]))));
      expect(found[0]).toBe(0);
    }));
  });

  test('σ stays in its bounds and no mean or quantile explodes', () => {
    for (const raw of [-1e9, -40, 0, 3, 1e9]) {
      const sigma = boundedSigma(raw);
      expect(sigma).toBeGreaterThanOrEqual(LEAST_SIGMA);
      expect(sigma).toBeLessThanOrEqual(MOST_SIGMA);
      expect(boundedSigmaSlope(raw)).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(zilnMean({ probability: 1, mu: 1e6, sigma }))).toBe(true);
      expect(Number.isFinite(zilnQuantile({ probability: 1, mu: 1e6, sigma }, 0.999999))).toBe(true);
    }
    expect(zilnMean({ probability: 0, mu: 1e6, sigma: 1 })).toBe(0);
    expect(zilnQuantile({ probability: 0, mu: 3, sigma: 1 }, 0.999)).toBe(0);
  });

  test('simulated amounts have the mean, zeros and quantiles that it says', () => {
    const d = { probability: 0.4, mu: 3, sigma: 0.9 };
    const rng = seededRandom('ziln');
    const drawn = Float64Array.from({ length: 40_000 }, () => (rng.next() < d.probability ? Math.exp(d.mu + d.sigma * rng.normal()) : 0)).sort();
    expect(drawn.reduce((sum, v) => sum + v, 0) / drawn.length / zilnMean(d)).toBeCloseTo(1, 1);
    for (const level of [0.65, 0.8, 0.95]) expect(drawn[Math.floor(level * drawn.length)] / zilnQuantile(d, level)).toBeCloseTo(1, 1);
    expect(zilnCdf(d, 0)).toBeCloseTo(drawn.filter((v) => v === 0).length / drawn.length, 2);
  });
});
