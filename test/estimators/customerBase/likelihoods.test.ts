/** What fits rest on: likelihoods with their derivatives, customers put together, and that a start on a sample leads to the optimum of all. */
import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { bgBbHistories, compressHistories, fitGammaGamma, fitNbd, gammaGammaLogLikelihood, nbdFamily, nbdLogLikelihood, spendSample } from '../../../src/estimators/customerBase/index.ts';
import { blocksOf, expand } from '../../../src/estimators/customerBase/gammaGammaExpansion.ts';
import { logGamma, spendLoss } from '../../../src/estimators/customerBase/gammaGammaLikelihood.ts';
import { BG_BB_FAMILY } from '../../../src/estimators/customerBase/bgBbFit.ts';
import { compressColumns } from '../../../src/estimators/customerBase/history.ts';
import { meanLoss } from '../../../src/estimators/customerBase/meanLoss.ts';
import { nbdLikelihood } from '../../../src/estimators/customerBase/nbdLikelihood.ts';
import { PARETO_FAMILY } from '../../../src/estimators/customerBase/paretoFit.ts';
import { distinctDays } from '../../../src/estimators/customerBase/wholeDays.ts';
import { distinctRows } from '../../../src/math/stats/groupRows.ts';
import { withNumericGradient } from '../../../src/math/optimise.ts';
import { EXACT_NEWTON, minimiseNewton } from '../../../src/math/optimiseNewton.ts';
import type { CurvedObjective } from '../../../src/math/optimiseNewton.ts';
import { simulateBtyd } from '../../support/btydShop.ts';

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const histories = fc.array(
  fc.record({ x: fc.integer({ min: 0, max: 90 }), share: positive(0.01, 1), T: fc.oneof(fc.integer({ min: 0, max: 700 }).map((days) => days / 7), positive(0.1, 100)) })
    .map(({ x, share, T }) => ({ x, tx: x === 0 ? 0 : share * T, T })),
  { minLength: 2, maxLength: 30 },
);

/** Largest difference between what a curved objective says and finite differences of it, beside the size of what is compared. */
function derivativeErrors(loss: CurvedObjective, theta: Float64Array): { gradient: number; hessian: number } {
  const n = theta.length;
  const [gradient, hessian, numeric] = [new Float64Array(n), new Float64Array(n * n), new Float64Array(n)];
  loss(theta, gradient, hessian);
  withNumericGradient((at) => loss(at))(theta, numeric);
  // Not numericHessian, whose steps near 0 are as small as 1e-7: here parameters of 13,000 make gradients noisy.
  const second = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const [above, below] = [1e-4, -1e-4].map((step) => {
      const slope = new Float64Array(n);
      loss(theta.map((value, j) => (j === i ? value + step : value)), slope);
      return slope;
    });
    second.set(above.map((value, j) => (value - below[j]) / 2e-4), i * n);
  }
  const worst = (a: Float64Array, b: Float64Array): number => {
    const size = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
    return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]) / size), 0);
  };
  return { gradient: worst(gradient, numeric), hessian: worst(hessian, second) };
}

describe('(M)BG/NBD and (M)BG/CNBD-k on many histories', () => {
  const point = fc.record({ model: fc.constantFrom('bg_nbd' as const, 'mbg_nbd' as const), k: fc.integer({ min: 1, max: 4 }), r: positive(0.1, 15), alpha: positive(0.5, 40), a: positive(0.1, 8), b: positive(0.1, 8) });

  test('the likelihood is the sum of those of the customers', () => {
    fc.assert(
      fc.property(point, histories, ({ model, k, r, alpha, a, b }, customers) => {
        const sum = nbdLikelihood(compressHistories(customers, customers.map(() => 1)), model, k)(Float64Array.of(r, alpha, a, b), new Float64Array(4));
        // The part that depends on k alone is no part of what is maximised: x ln (k − 1)!.
        const each = customers.map((history) => nbdLogLikelihood({ model, r, alpha, a, b, k }, history) + history.x * Math.log([1, 1, 2, 6][k - 1]));
        const size = each.reduce((total, value) => total + Math.abs(value), 1);
        expect(Math.abs(sum - each.reduce((total, value) => total + value, 0)) / size).toBeLessThan(1e-12);
      }),
    );
  });

  test('first and second derivatives, with priors, covariates and walls', () => {
    fc.assert(
      fc.property(point, histories, fc.array(positive(-2, 2), { minLength: 10, maxLength: 10 }), fc.boolean(), ({ model, k }, customers, at, plain) => {
        const data = compressHistories(customers, customers.map(() => 2));
        const groups = plain ? [{ data, z: [] }] : [{ data, z: [0.5, -1] }, { data, z: [-0.7, 0.2] }];
        const theta = Float64Array.from(at.slice(0, plain ? 4 : 10), (value, i) => (i < 4 ? value : value / 4));
        if (plain) theta[0] = 9.5;
        const { gradient, hessian } = derivativeErrors(meanLoss(nbdFamily(model, k), groups, 8, { rateSpread: { typical: 1, factor: 2 } }), theta);
        expect(gradient).toBeLessThan(1e-5);
        expect(hessian).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  test('the families without second derivatives have right first ones', () => {
    const customers = [{ x: 0, tx: 0, T: 12 }, { x: 2, tx: 7, T: 20 }, { x: 5, tx: 19, T: 21 }];
    const theta = Float64Array.of(0.3, -0.4, 0.6, 0.9);
    for (const [family, data] of [[PARETO_FAMILY, compressHistories(customers, [3, 1, 1])], [BG_BB_FAMILY, bgBbHistories(customers.map(({ x, tx, T }) => ({ x, tx, n: T, customers: 2 })))]] as const) {
      const loss = meanLoss(family, [{ data, z: [] }], 5);
      const [gradient, numeric] = [new Float64Array(4), new Float64Array(4)];
      loss(theta, gradient);
      withNumericGradient((at) => loss(at))(theta, numeric);
      gradient.forEach((value, i) => expect(Math.abs(value - numeric[i])).toBeLessThan(1e-8));
    }
  });

  test('a search that starts on a sample ends where one on all histories from far away does, to ten digits', () => {
    const rows = simulateBtyd({ model: 'bg_nbd', r: 0.6, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 }, 6000, 21, 1);
    const data = compressHistories(rows.map((row) => ({ x: row.x, tx: row.recencyDays / 7, T: row.ageDays / 7 })), rows.map(() => 1));
    for (const [model, k] of [['bg_nbd', 1], ['mbg_nbd', 1], ['bg_nbd', 2]] as const) {
      const fit = fitNbd(data, model, { k });
      if (!fit.ok) throw new Error(fit.detail);
      const { theta, weeksPerOrder } = fit.value.maximum;
      const family = nbdFamily(model, k);
      for (const start of family.starts) {
        const far = minimiseNewton(meanLoss(family, [{ data, z: [] }], weeksPerOrder), Float64Array.from(start), { ...EXACT_NEWTON, maxStep: 1 });
        expect(far.converged).toBe(true);
        family.toLogs(far.x, weeksPerOrder).forEach((log, i) => expect(Math.abs(log - family.toLogs(theta, weeksPerOrder)[i])).toBeLessThan(1e-10));
      }
    }
  });
});

describe('Gamma-Gamma on many customers', () => {
  const customers = fc.array(fc.record({ x: fc.integer({ min: 1, max: 40 }), m: positive(0.5, 200), w: fc.integer({ min: 1, max: 3 }) }), { minLength: 2, maxLength: 40 });
  const theta = fc.tuple(positive(-1, 3), positive(-1, 3), positive(-1, 1)).map((three) => Float64Array.from(three));

  test('the likelihood is the sum of those of the customers, and an expansion nearby says the same, with derivatives', () => {
    fc.assert(
      fc.property(customers, theta, positive(-2e-3, 2e-3), (list, at, off) => {
        const sample = spendSample(list.map(({ x }) => x), list.map(({ m }) => m), list.map(({ w }) => w));
        const blocks = blocksOf(sample, sample.meanSpend);
        const params = { p: Math.exp(at[0]), q: Math.exp(at[1]), gamma: Math.exp(logGamma(at)) * sample.meanSpend };
        const sum = list.reduce((total, { x, m, w }) => total + w * gammaGammaLogLikelihood(params, x, m), 0);
        const loss = spendLoss(blocks);
        expect(Math.abs(loss(at) + sum / sample.totalWeight + Math.log(sample.meanSpend))).toBeLessThan(1e-10);
        const { gradient, hessian } = derivativeErrors(loss, at);
        expect(gradient).toBeLessThan(1e-5);
        expect(hessian).toBeLessThan(1e-4);
        const nearby = spendLoss(blocks, expand(blocks, Math.exp(logGamma(at)) * (1 + off)));
        const [exact, told] = [new Float64Array(3), new Float64Array(3)];
        expect(Math.abs(nearby(at, told) - loss(at, exact))).toBeLessThan(1e-12);
        told.forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThan(1e-11));
      }),
    );
  });

  // mpmath 1.4.1, 220 digits: thousands of shape, where ln Γ(p x + q) − ln Γ(p x) and the powers nearly cancel; off by 1e-10 before.
  test.each([[691, 317.75, 0.6875, 207, 1.5, 1.553149674565691], [906.5, 1.65625, 0.0859375, 363, 160.75, -6.6600829458537625]])('p=%d q=%d γ=%d x=%d m=%d', (p, q, gamma, x, m, value) => {
    expect(Math.abs(gammaGammaLogLikelihood({ p, q, gamma }, x, m) / value - 1)).toBeLessThan(1e-11);
  });

  test('the optimum by expansions is that of passes over all rows, to ten digits', () => {
    const rows = simulateBtyd({ model: 'bg_nbd', r: 0.9, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 }, 6000, 22, 1).filter(({ x }) => x > 0);
    const sample = spendSample(rows.map(({ x }) => x), rows.map(({ monetary }) => monetary), rows.map(() => 1));
    const fit = fitGammaGamma(sample);
    if (!fit.ok) throw new Error(fit.detail);
    const far = minimiseNewton(spendLoss(blocksOf(sample, sample.meanSpend)), Float64Array.of(0, 0.5, 0), { ...EXACT_NEWTON, maxStep: 1 });
    const found = [Math.exp(far.x[0]), Math.exp(far.x[1]), Math.exp(logGamma(far.x)) * sample.meanSpend];
    [fit.value.params.p, fit.value.params.q, fit.value.params.gamma].forEach((value, i) => expect(Math.abs(value / found[i] - 1)).toBeLessThan(1e-10));
  });
});

describe('equal customers put together by native sorts', () => {
  test('whole days: the same as by hashing; undefined where times or weights do not allow it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 900 })), { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (rows, weight) => {
        const column = (f: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, f);
        const [x, tx, T] = [column((row) => row[0]), column((row) => row[1] / 7), column((row) => (row[1] + row[2]) / 7)];
        const weights = column(() => weight);
        const days = distinctDays({ x, tx, T }, weights);
        const { values, weight: sums } = distinctRows([x, T, tx], weights);
        expect(rows.length === 0 ? undefined : [days?.x, days?.T, days?.tx, days?.weight]).toEqual(rows.length === 0 ? days : [...values, sums]);
      }),
    );
    const at = (T: number, x = 1) => ({ x: Float64Array.of(x, 1), tx: Float64Array.of(0, 0), T: Float64Array.of(T, 1) });
    expect(distinctDays(at(3), [1, 1])?.weight).toEqual(Float64Array.of(1, 1));
    for (const refused of [distinctDays(at(3.05), [1, 1]), distinctDays(at(3), [1, 2]), distinctDays(at(3), [0.5, 0.5]), distinctDays(at(3, 2 ** 17), [1, 1]), distinctDays(at(2 ** 18), [1, 1]), distinctDays(at(3, 0.5), [1, 1])]) {
      expect(refused).toBeUndefined();
    }
    // A row that does not fit sends all of them the other way.
    expect(compressColumns(at(3.05), [1, 1]).T).toEqual(Float64Array.of(1, 3.05));
  });

  test('spend: the same as by hashing', () => {
    const amounts = fc.array(fc.record({ x: fc.integer({ min: -1, max: 6 }), m: fc.oneof(fc.constantFrom(NaN, 0, -3, 2, 5, 7.5, Infinity), positive(0.1, 9)) }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 3 }), (rows, weight) => {
        const sample = spendSample(rows.map(({ x }) => x), rows.map(({ m }) => m), rows.map(() => weight));
        const kept = rows.filter(({ x, m }) => x >= 1 && m > 0 && m < Infinity);
        const { values, weight: sums } = distinctRows([kept.map(({ x }) => x), kept.map(({ m }) => m)], kept.map(() => weight));
        expect([sample.x, sample.m, sample.weight]).toEqual([...values, sums]);
        // A row with another weight sends all of them the other way.
        const other = spendSample([...rows.map(({ x }) => x), 2], [...rows.map(({ m }) => m), 4], [...rows.map(() => weight), 5]);
        expect(other.totalWeight).toBe(sample.totalWeight + 5);
      }),
    );
  });
});
