import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { explainProduct } from '../../../src/estimators/value/explainProduct.ts';
import { scaledRate } from '../../../src/estimators/value/scaledRate.ts';
import { rateBaseline } from '../../../src/estimators/value/rateBaseline.ts';
import { zeroInflatedLognormal } from '../../../src/estimators/value/zeroInflatedLognormal.ts';

const context = { rng: seededRandom(1) };
const sum = (values: Float64Array): number => values.reduce((total, v) => total + v, 0);

/** Amounts of a zero-inflated lognormal whose chance, size and spread depend on two columns; `unit` is the size of the money. */
function lognormalRows(rows: number, seed: number, unit = 1): { train: TrainingData; mean: Float64Array; mu: Float64Array; sigma: Float64Array } {
  const rng = seededRandom('lognormal rows', seed);
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: rows }, () => rng.normal()));
  const p = a.map((v) => 1 / (1 + Math.exp(-(v - 0.3))));
  const mu = a.map((v, i) => Math.log(unit) + 4 + 0.4 * v + 0.6 * b[i]);
  const sigma = b.map((v) => 0.8 + 0.15 * Math.max(-2, Math.min(2, v)));
  const y = p.map((chance, i) => (rng.next() < chance ? Math.exp(mu[i] + sigma[i] * rng.normal()) : 0));
  return {
    train: { x: { rows, columns: [{ name: 'a', values: a }, { name: 'b', values: b }] }, y, period: Int32Array.from({ length: rows }, (_, i) => Math.floor((3 * i) / rows)) },
    mean: p.map((chance, i) => chance * Math.exp(mu[i] + sigma[i] ** 2 / 2)), mu, sigma,
  };
}

describe('zero-inflated lognormal', () => {
  test('what was simulated comes back: means, spread and quantiles', () => {
    const { train } = lognormalRows(6000, 1);
    const outcome = zeroInflatedLognormal.fit(train, { ...zeroInflatedLognormal.defaults, lambda: 1 }, context);
    if (!outcome.ok) throw new Error(outcome.detail);
    expect(outcome.report.sigmaAtCentre).toBeGreaterThan(0.72);
    expect(outcome.report.sigmaAtCentre).toBeLessThan(0.88);
    expect(outcome.report.spreadSlope).toBeGreaterThan(0.1);
    const later = lognormalRows(4000, 2);
    const predicted = zeroInflatedLognormal.predict(outcome.artefact, later.train.x);
    const off = predicted.map((v, i) => Math.abs(Math.log(v / later.mean[i])));
    expect(sum(off) / off.length).toBeLessThan(0.12);
    const table = zeroInflatedLognormal.quantiles?.(outcome.artefact, later.train.x, [0.1, 0.5, 0.9]) ?? new Float64Array();
    [0.5, 0.9].forEach((level, k) => {
      const below = later.train.y.filter((v, row) => v <= table[3 * row + 1 + k]).length / later.train.y.length;
      // At least the level: where a quantile is 0, all zeros lie at it.
      expect(below).toBeGreaterThan(level - 0.025);
      expect(below).toBeLessThan(level + (k === 1 ? 0.025 : 0.12));
    });
  });

  test.each([['yen', 30_000], ['bitcoin', 1e-6]])('in %s it is the same model times the unit', (_, unit) => {
    const plain = zeroInflatedLognormal.fit(lognormalRows(900, 3).train, zeroInflatedLognormal.defaults, context);
    const scaled = zeroInflatedLognormal.fit(lognormalRows(900, 3, unit).train, zeroInflatedLognormal.defaults, context);
    if (!plain.ok || !scaled.ok) throw new Error('a fit failed');
    const x = lognormalRows(200, 4).train.x;
    const [one, other] = [zeroInflatedLognormal.predict(plain.artefact, x), zeroInflatedLognormal.predict(scaled.artefact, x)];
    one.forEach((v, i) => expect(other[i] / (unit * v)).toBeCloseTo(1, 4));
  });

  test('one wholesaler thirty times as large as anybody leaves the others as they are', () => {
    const { train } = lognormalRows(2000, 5);
    const y = Float64Array.from(train.y);
    const largest = Math.max(...y);
    const [plain, shaken] = [y, y.with(y.findIndex((v) => v > 0), 30 * largest)].map((amounts) => {
      const outcome = zeroInflatedLognormal.fit({ ...train, y: amounts }, zeroInflatedLognormal.defaults, context);
      if (!outcome.ok) throw new Error(outcome.detail);
      expect(outcome.artefact.cap).toBeLessThan(2 * largest);
      return zeroInflatedLognormal.predict(outcome.artefact, train.x);
    });
    // The total is kept, so everyone carries a part of the giant; the ranking and the proportions stay.
    const level = sum(shaken) / sum(plain);
    const moved = shaken.map((v, i) => Math.abs(Math.log(v / plain[i] / level)));
    expect(level / ((sum(y) + 30 * largest) / sum(y))).toBeCloseTo(1, 1);
    expect(sum(moved) / moved.length).toBeLessThan(0.05);
  });

  test.each([
    ['everyone spends the same', (n: number) => new Float64Array(n).fill(12)],
    ['everyone spends', (n: number) => Float64Array.from({ length: n }, (_, i) => 1 + (i % 7))],
    ['one in fifty spends', (n: number) => Float64Array.from({ length: n }, (_, i) => (i % 50 === 0 ? 80 : 0))],
  ])('%s: finite, the total kept', (_, make) => {
    const { train } = lognormalRows(400, 6);
    const y = make(400);
    const outcome = zeroInflatedLognormal.fit({ ...train, y }, zeroInflatedLognormal.defaults, context);
    if (!outcome.ok) throw new Error(outcome.detail);
    const predicted = zeroInflatedLognormal.predict(outcome.artefact, train.x);
    expect(predicted.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
    expect(sum(predicted) / sum(y)).toBeCloseTo(1, 6);
  });

  test('negative amounts are refused: refunds are netted and floored before', () => {
    const { train } = lognormalRows(100, 7);
    expect(zeroInflatedLognormal.fit({ ...train, y: train.y.map((v) => v - 1) }, zeroInflatedLognormal.defaults, context)).toMatchObject({ ok: false, reason: 'unsupported_target' });
  });
});

describe('explanations', () => {
  test('a column that moves only the chance, or only the size, is told from the other', () => {
    // ln(p·amount) of z = −1 + a and m = 2 + b: by hand, a alone explains the chance and b alone the size.
    const one = (columns: string[], base: number, values: number[]) => ({ base, columns, contributions: values.map((v) => Float64Array.of(v)) });
    const explained = explainProduct(one(['a'], -1, [2]), one(['b'], 2, [0.5]), 1, (m) => m, Infinity);
    expect(explained.columns).toEqual(['a', 'b']);
    const logChance = (z: number): number => -Math.log1p(Math.exp(-z));
    expect(explained.base).toBeCloseTo(logChance(-1) + 2, 12);
    expect(explained.contributions[0][0]).toBeCloseTo(logChance(1) - logChance(-1), 12);
    expect(explained.contributions[1][0]).toBeCloseTo(0.5, 12);
    // At a cap that lies half of the way up, both have half to say.
    const whole = explained.contributions[0][0] + 0.5;
    const capped = explainProduct(one(['a'], -1, [2]), one(['b'], 2, [0.5]), 1, (m) => m, explained.base + whole / 2);
    expect(capped.contributions[1][0]).toBeCloseTo(0.25, 12);
    expect(capped.base + capped.contributions[0][0] + capped.contributions[1][0]).toBeCloseTo(explained.base + whole / 2, 12);
  });

  test('agree with the integral that they close: midpoints along the straight way', () => {
    const [z0, a, m0, c] = [0.4, [1.2, -2.1], 1, [0.3, 0.6]];
    const at = (t: number): number => 1 / (1 + Math.exp(-(z0 + t * (a[0] + a[1]))));
    const g = (m: number): number => m + 0.05 * m * m;
    const explained = explainProduct({ base: z0, columns: ['u', 'v'], contributions: a.map((v) => Float64Array.of(v)) }, { base: m0, columns: ['u', 'v'], contributions: c.map((v) => Float64Array.of(v)) }, 1, g, Infinity);
    const steps = 20_000;
    [0, 1].forEach((j) => {
      let integral = 0;
      for (let k = 0; k < steps; k++) {
        const t = (k + 0.5) / steps;
        const m = m0 + t * (c[0] + c[1]);
        integral += (a[j] * (1 - at(t)) + c[j] * (1 + 0.1 * m)) / steps;
      }
      expect(explained.contributions[j][0]).toBeCloseTo(integral, 8);
    });
  });

  test('rates explain themselves by their one column', () => {
    const { train } = lognormalRows(400, 8);
    const x = { rows: 400, columns: [{ name: 'rate', values: train.x.columns[0].values.map((v, i) => (i % 9 === 0 ? NaN : Math.exp(v))) }] };
    const outcomes = [rateBaseline.fit({ ...train, x }, { column: 'rate', factor: 30 }, context), scaledRate.fit({ ...train, x }, { column: 'rate' }, context)] as const;
    if (!outcomes[0].ok || !outcomes[1].ok) throw new Error('a fit failed');
    const told = [rateBaseline.explain?.(outcomes[0].artefact, x), scaledRate.explain?.(outcomes[1].artefact, x)];
    expect(told.map((one) => one?.columns)).toEqual([['rate'], ['rate']]);
    // Not to know the rate pushes nowhere.
    expect(told.map((one) => one?.contributions[0][0])).toEqual([0, 0]);
  });
});
