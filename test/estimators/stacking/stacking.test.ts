import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { stacked } from '../../../src/estimators/index.ts';
import { onOwnScale, subsetShapley } from '../../../src/estimators/stacking/attribution.ts';
import { fitStack } from '../../../src/estimators/stacking/weights.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

const MEMBERS = [
  { estimator: 'tweedie_regression' },
  { estimator: 'zero_inflated_lognormal' },
  { estimator: 'rate_baseline', params: { column: 'rate', factor: 90 } },
];
const context = { rng: seededRandom(1) };

estimatorContract('stacked, amounts', stacked, () => {
  const { train, spend } = shopRows(700, 2);
  return { task: 'amount', train: { ...train, y: spend }, params: { members: MEMBERS, horizonDays: 90 } };
});
estimatorContract('stacked, probabilities', stacked, () => ({
  task: 'binary', train: shopRows(700, 3).train, params: { members: [{ estimator: 'logistic_regression', params: { lambda: 0.01 } }, { estimator: 'boosted_trees', params: { trees: 20 } }], horizonDays: 90 },
}));

describe('weights of a stack', () => {
  /** y around a mean that is a blend of two signals; each member knows one of them. */
  function sample(rows: number, seed: number) {
    const rng = seededRandom('stack', seed);
    const [a, b] = [0, 1].map(() => Float64Array.from({ length: rows }, () => 100 * Math.exp(rng.normal() - 0.5)));
    const y = a.map((v, i) => (rng.next() < 0.5 ? 0 : 2 * (0.7 * v + 0.3 * b[i]) * Math.exp(0.5 * rng.normal() - 0.125)));
    const half = y.map(() => Number(rng.next() < 0.5));
    return { a, b, y, half, weights: new Float64Array(rows).fill(1) };
  }

  test('the blend that made the data comes back, and wins', () => {
    const { a, b, y, half, weights } = sample(6000, 1);
    const stack = fitStack('amount', [a, b], y, weights, half);
    expect(stack.weights[0]).toBeGreaterThan(0.6);
    expect(stack.weights[0]).toBeLessThan(0.8);
    expect(stack.best).toBe(0);
    expect(stack.wins).toBe(true);
  });

  test('members that know nothing more get nothing, and a blend of equals does not win', () => {
    const { a, y, half, weights } = sample(6000, 2);
    const rng = seededRandom('noise');
    const truth = a.map((v) => 0.7 * v + 0.3 * 100);
    const noisy = truth.map((v) => v * Math.exp(1.5 * rng.normal()));
    const stack = fitStack('amount', [truth, noisy], y, weights, half);
    expect(stack.weights[0]).toBeGreaterThan(0.9);
    expect(fitStack('amount', [truth, truth, truth], y, weights, half).wins).toBe(false);
  });

  test('probabilities: two halves of the truth', () => {
    const rng = seededRandom('binary stack');
    const [u, v] = [0, 1].map(() => Float64Array.from({ length: 5000 }, () => rng.next()));
    const y = u.map((p, i) => Number(rng.next() < 0.5 * p + 0.5 * v[i]));
    const stack = fitStack('binary', [u, v], y, new Float64Array(5000).fill(1), y.map((_, i) => i % 2));
    expect(stack.weights[0]).toBeGreaterThan(0.42);
    expect(stack.weights[0]).toBeLessThan(0.58);
    expect(stack.wins).toBe(true);
  });

  test('never negative, sum 1, the same in any unit of money, no row counts more than its weight', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(1, 1e-3, 1e5), (seed, unit) => {
      const { a, b, y, half, weights } = sample(300, seed);
      const plain = fitStack('amount', [a, b], y, weights, half);
      const scaled = fitStack('amount', [a, b].map((p) => p.map((v) => v * unit)), y.map((v) => v * unit), weights, half);
      const sum = scaled.weights.reduce((total, w) => total + w, 0);
      expect(sum).toBeCloseTo(1, 12);
      scaled.weights.forEach((w, k) => expect(Math.abs(w - plain.weights[k])).toBeLessThan(1e-6));
      expect(scaled.weights.every((w) => w >= 0)).toBe(true);
    }), { numRuns: 20 });
  });
});

describe('a stack as a model', () => {
  test('keeps the total, and its quantiles hold on later rows', () => {
    const { train, spend } = shopRows(3000, 5);
    const outcome = stacked.fit({ ...train, y: spend }, { members: MEMBERS, horizonDays: 90 }, context);
    if (!outcome.ok) throw new Error(outcome.detail);
    expect(outcome.artefact.members.length).toBeGreaterThanOrEqual(1);
    expect(outcome.artefact.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0);
    expect(Math.abs(total(stacked.predict(outcome.artefact, train.x)) / total(spend) - 1)).toBeLessThan(0.05);
    const later = shopRows(3000, 6);
    const bounds = stacked.quantiles?.(outcome.artefact, later.train.x, [0.9]) ?? new Float64Array();
    const below = later.spend.filter((v, row) => v <= bounds[row]).length / later.spend.length;
    expect(below).toBeGreaterThan(0.86);
    expect(below).toBeLessThan(0.94);
  });

  test('a member that never saw the target is brought to its level', () => {
    const { train, spend } = shopRows(3000, 9);
    // Five times the rate is predicted where five to twenty times it is spent.
    const y = train.x.columns[0].values.map((v, i) => (v + 0.1) * 10 * (spend[i] > 0 ? 2 : 0.5));
    const outcome = stacked.fit({ ...train, y }, { members: [{ estimator: 'rate_baseline', params: { column: 'rate', factor: 5 } }, { estimator: 'scaled_rate', params: { column: 'noise' } }], horizonDays: 90 }, context);
    if (!outcome.ok) throw new Error(outcome.detail);
    const [member] = outcome.artefact.members;
    expect(member.estimator).toBe('rate_baseline');
    expect(member.factor).toBeGreaterThan(1.5);
  });

  test('refuses too few members, kinds it does not know, and too few rows', () => {
    const { train, spend } = shopRows(700, 7);
    const amount = { ...train, y: spend };
    expect(stacked.fit(amount, { members: MEMBERS.slice(0, 1), horizonDays: 90 }, context)).toMatchObject({ ok: false, reason: 'unsupported_target' });
    expect(stacked.fit(amount, { members: [MEMBERS[0], { estimator: 'constructor' }], horizonDays: 90 }, context)).toMatchObject({ ok: false, reason: 'unsupported_target' });
    const few = shopRows(120, 7);
    expect(stacked.fit({ ...few.train, y: few.spend }, { members: MEMBERS, horizonDays: 90 }, context)).toMatchObject({ ok: false, reason: 'too_few_rows' });
  });

  test('a damaged member makes the artefact invalid', () => {
    const { train, spend } = shopRows(700, 8);
    const outcome = stacked.fit({ ...train, y: spend }, { members: MEMBERS, horizonDays: 90 }, context);
    if (!outcome.ok) throw new Error(outcome.detail);
    const [first, ...rest] = outcome.artefact.members;
    expect(stacked.schema.safeParse(outcome.artefact).success).toBe(true);
    expect(stacked.schema.safeParse({ ...outcome.artefact, members: [{ ...first, artefact: { kind: first.estimator } }, ...rest] }).success).toBe(false);
    expect(stacked.schema.safeParse({ ...outcome.artefact, members: [{ ...first, estimator: 'nobody' }, ...rest] }).success).toBe(false);
    expect(stacked.schema.safeParse({ ...outcome.artefact, members: [{ ...first, weight: 0.5 }] }).success).toBe(false);
  });
});

describe('attributions', () => {
  const column = (name: string, values: number[]) => ({ name, values: Float64Array.from(values) });

  test('on their own scale they still add up, for any link', () => {
    fc.assert(fc.property(fc.constantFrom('log' as const, 'log_odds' as const, 'identity' as const), fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), (scale, [base, first, second]) => {
      const own = onOwnScale({ scale, base, columns: ['a', 'b'], contributions: [Float64Array.of(first), Float64Array.of(second)] }, 1);
      const inverse = { log: Math.exp, log_odds: (v: number) => 1 / (1 + Math.exp(-v)), identity: (v: number) => v }[scale];
      expect(own.base + own.contributions[0][0] + own.contributions[1][0]).toBeCloseTo(inverse(base + first + second), 9);
      // What pushes up on the link's scale pushes up here.
      expect(Math.sign(own.contributions[0][0]) === Math.sign(first) || Math.abs(own.contributions[0][0]) < 1e-12).toBe(true);
    }));
  });

  test('all subsets: the Shapley values of a product by hand', () => {
    const x: Matrix = { rows: 2, columns: [column('a', [3, 1]), column('b', [5, 2])] };
    const product = (rows: Matrix): Float64Array => rows.columns[0].values.map((v, i) => v * rows.columns[1].values[i]);
    const { base, contributions } = subsetShapley(product, x, ['a', 'b'], [1, 2]);
    expect(base).toBe(2);
    // φ_a = ½[(3·2 − 1·2) + (3·5 − 1·5)] = 7, φ_b = ½[(1·5 − 1·2) + (3·5 − 3·2)] = 6; 2 + 7 + 6 = 15.
    expect(Array.from(contributions, (values) => Array.from(values))).toEqual([[7, 0], [6, 0]]);
  });
});
