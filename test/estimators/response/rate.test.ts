/** Response rates: the prior of a simulated shop is found again, what is served is calibrated, and a logistic model adds what a rate cannot say. */
import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { Random } from '../../../src/base/random.ts';
import { fitRatePrior, fitResponseWeights } from '../../../src/estimators/response/fit.ts';
import type { ResponseCase } from '../../../src/estimators/response/fit.ts';
import { answerChance, decayed, shrunkRate } from '../../../src/estimators/response/rate.ts';
import type { Known, Tally } from '../../../src/estimators/response/rate.ts';
import { expectedCalibrationError } from '../../../src/math/metrics/index.ts';

const REST = { daysSinceAnswer: 100, recentMessages: 2, periodsSinceOrder: 3 } as const;
const own = ({ own: tallies }: Known): readonly Tally[] => tallies;

/** Beta(a, b) for whole a and b: the a-th smallest of a + b − 1 uniform numbers. */
function beta(rng: Random, a: number, b: number): number {
  return Float64Array.from({ length: a + b - 1 }, () => rng.next()).sort()[a - 1];
}

const hitsOf = (rng: Random, tries: number, chance: number): number => Array.from({ length: tries }, () => rng.next()).filter((u) => u < chance).length;

/** Customers with rates from Beta(2, 6) unless told, up to twelve messages before and four after. */
function simulate(customers: number, seed: number, rateOf: (rng: Random) => number = (rng) => beta(rng, 2, 6)): ResponseCase[] {
  const rng = seededRandom('rates', seed);
  return Array.from({ length: customers }, () => {
    const rate = rateOf(rng);
    const sent = Array.from({ length: 1 + rng.int(4) }, (_, period) => ({ period, tries: 1 + rng.int(3) })).map((one) => ({ ...one, hits: hitsOf(rng, one.tries, rate) })).toReversed();
    return { known: { own: sent, everywhere: sent, ...REST }, tries: 4, hits: hitsOf(rng, 4, rate) };
  });
}

test('mean and strength of Beta(2, 6) are found again, and its probabilities are calibrated on other customers', () => {
  const prior = fitRatePrior(simulate(4000, 1), own);
  expect(prior.mean).toBeCloseTo(0.25, 1);
  expect(prior.strength).toBeGreaterThan(6);
  expect(prior.strength).toBeLessThan(11);
  expect(prior.halfLifeDays).toBeGreaterThan(56);
  const [y, p]: [number[], number[]] = [[], []];
  for (const { known, tries, hits } of simulate(4000, 2)) {
    for (let i = 0; i < tries; i++) {
      y.push(i < hits ? 1 : 0);
      p.push(shrunkRate(known.own, prior));
    }
  }
  expect(expectedCalibrationError(y, p)).toBeLessThan(0.012);
});

test('customers who are all alike get the same rate; those who change are read from lately', () => {
  const alike = fitRatePrior(simulate(1500, 3, () => 0.25), own);
  expect(alike.strength).toBeGreaterThan(100);
  const rng = seededRandom('change', 1);
  const changed = Array.from({ length: 1500 }, (): ResponseCase => {
    const [before, now] = [beta(rng, 2, 3), beta(rng, 2, 3)];
    const tallies = Array.from({ length: 8 }, (_, i) => ({ period: 7 - i, tries: 3, hits: hitsOf(rng, 3, i < 5 ? before : now) }));
    return { known: { own: tallies, everywhere: tallies, ...REST }, tries: 4, hits: hitsOf(rng, 4, now) };
  });
  expect(fitRatePrior(changed, own).halfLifeDays).toBe(56);
});

test('the logistic model uses what the own rate does not know', () => {
  const rng = seededRandom('logistic', 1);
  const cases = simulate(2000, 4).map((one): ResponseCase => {
    const recent = rng.int(2) === 0 ? 1 : 20;
    return { ...one, known: { ...one.known, recentMessages: recent }, hits: hitsOf(rng, 4, recent === 1 ? 0.5 : 0.1) };
  });
  const prior = fitRatePrior(cases, own);
  const logistic = fitResponseWeights(cases, prior, prior) ?? null;
  const model = { method: 'logistic', rate: 0.3, prior, everywhere: prior, logistic } as const;
  const [few, many] = [1, 20].map((recentMessages) => answerChance(model, { ...cases[0].known, recentMessages }));
  expect(few.probability).toBeCloseTo(0.5, 1);
  expect(many.probability).toBeCloseTo(0.1, 1);
  expect(many.pushes.toSorted((a, b) => Math.abs(b.push) - Math.abs(a.push))[0]).toMatchObject({ signal: 'recent_messages' });
});

test('a shrunk rate lies between the prior and the own rate, and more evidence moves it further', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.double({ min: 0.2, max: 500, noNaN: true }), (tries, share, mean, strength) => {
    const hits = Math.round(share * tries);
    const prior = { mean, strength, halfLifeDays: 182 };
    const rate = shrunkRate([{ period: 0, tries, hits }], prior);
    expect(rate).toBeGreaterThanOrEqual(Math.min(mean, hits / tries) - 1e-12);
    expect(rate).toBeLessThanOrEqual(Math.max(mean, hits / tries) + 1e-12);
    const twice = shrunkRate([{ period: 0, tries: 2 * tries, hits: 2 * hits }], prior);
    expect(Math.abs(twice - hits / tries)).toBeLessThanOrEqual(Math.abs(rate - hits / tries) + 1e-12);
  }));
  expect(decayed([{ period: 2, tries: 8, hits: 4 }, { period: 0, tries: 1, hits: 1 }], 28)).toEqual({ tries: 3, hits: 2 });
});
