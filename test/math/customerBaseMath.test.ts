/** Pieces that customer-base models rest on: ₂F₁(1, b; c; z), distinct rows, Shapley values, profile intervals, quasi-Newton starts. */
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { numericHessian } from '../../src/math/optimise.ts';
import type { Objective } from '../../src/math/optimise.ts';
import { minimiseLbfgs } from '../../src/math/optimiseLbfgs.ts';
import { inverseSpd } from '../../src/math/linear.ts';
import { profileInterval } from '../../src/math/profile.ts';
import { hyp2F1One, hyp2F1OneWithDerivatives } from '../../src/math/specialHypergeometricOne.ts';
import { distinctRows, groupRows } from '../../src/math/stats/groupRows.ts';
import { shapleyValues } from '../../src/math/stats/shapley.ts';

describe('2F1(1, b; c; z)', () => {
  // mpmath 1.4.1, 40 digits: value, derivatives by b, c and z (by mpmath.diff).
  const golden = [
    [0.5, 1.1, 0.2, 1.1064254616111646, 0.224351233304748, -0.10507893217948434, 0.625],
    [26.5, 28.1, 0.3, 1.3949810051154534, 0.020522418891703476, -0.01936867202867446, 1.8386369144717516],
    [800.5, 802.1, 0.9, 9.825501642269455, 0.10718031258693567, -0.10696878693293342, 96.3699172327297],
    [0.01, 1.02, 0.999, 1.0664423564424599, 6.870239016484192, -0.24095379980163517, 9.334246258269236],
    [5, 5.3, 0.99, 47.688635528252725, 110.61014682089146, -108.1035699062006, 3565.4154639761864],
    [0.2, 400, 0.7, 1.0003507359914583, 0.0017542945722559282, -8.786824339357303e-7, 0.0005021068901918562],
    [2, 2.001, 0.9, 9.984434016063595, 15.552137396968863, -15.547706158841105, 99.76180865372017],
    [0.5, 1.6, 0.999999, 4.646827676657705, 26.13804196034575, -18.965569404823714, 135315.04423154393],
  ];
  test.each(golden)('b=%d c=%d z=%d', (b, c, z, value, byB, byC, byZ) => {
    const out = { value: 0, byB: 0, byC: 0, byZ: 0 };
    hyp2F1OneWithDerivatives(b, c, z, out);
    expect(Math.abs(hyp2F1One(b, c, z) / value - 1)).toBeLessThan(1e-12);
    expect(Math.abs(out.value / value - 1)).toBeLessThan(1e-12);
    expect(Math.abs(out.byB / byB - 1)).toBeLessThan(1e-10);
    expect(Math.abs(out.byC / byC - 1)).toBeLessThan(1e-10);
    expect(Math.abs(out.byZ / byZ - 1)).toBeLessThan(1e-9);
  });

  // mpmath 1.4.1, 220 digits, at z = 1 − complement exactly; the fraction alone, with z as a double, was off by up to 1e-10 here.
  test.each([
    [0.75, 1.78, 1e-6, 9.05041494808155], [10.7, 10.75, 1e-9, 411094204.3594173], [300, 301.5, 1e-5, 546.1161710834562], [0.003, 0.05, 1e-12, 16437193921.92839], [2, 9, 5e-5, 1.3333066676666],
  ])('b=%d c=%d, %d before z = 1', (b, c, complement, value) => {
    expect(Math.abs(hyp2F1One(b, c, 1 - complement, complement) / value - 1)).toBeLessThan(1e-12);
  });

  test('what z lost by rounding does not matter where its complement is known', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 20, noNaN: true }), fc.double({ min: 0.01, max: 5, noNaN: true }), fc.double({ min: 1e-4, max: 1e-2, noNaN: true }), (b, more, complement) => {
        const [exact, off] = [hyp2F1One(b, b + more, 1 - complement, complement), hyp2F1One(b, b + more, 1 - complement - 1e-13, complement)];
        expect(Math.abs(off / exact - 1)).toBeLessThan(1e-11);
      }),
    );
  });

  test('z = 0, and the geometric series at b = c', () => {
    expect(hyp2F1One(3, 4, 0)).toBe(1);
    expect(hyp2F1One(2, 2 + 1e-13, 0.9)).toBeCloseTo(10, 9);
    const out = { value: 0, byB: 9, byC: 9, byZ: 9 };
    hyp2F1OneWithDerivatives(3, 4, 0, out);
    expect(out).toEqual({ value: 1, byB: 0, byC: 0, byZ: 0.75 });
  });
});

describe('distinct rows', () => {
  test('equal rows share a group, whatever the order; weights sum', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 4 })), { maxLength: 200 }), (rows) => {
        const column = (k: 0 | 1) => Float64Array.from(rows, (row) => row[k] / 7);
        const { values: [first, second], weight } = distinctRows([column(0), column(1)], Float64Array.from(rows, (row) => row[2]));
        const expected = new Map<string, number>();
        for (const [a, b, w] of rows) expected.set(`${a} ${b}`, (expected.get(`${a} ${b}`) ?? 0) + w);
        expect(Object.fromEntries(Array.from(weight, (w, i) => [`${Math.round(7 * first[i])} ${Math.round(7 * second[i])}`.replace('-0', '0'), w]))).toEqual(Object.fromEntries(expected));
        for (let i = 1; i < weight.length; i++) expect(first[i] > first[i - 1] || (first[i] === first[i - 1] && second[i] > second[i - 1])).toBe(true);
        const { group, firsts } = groupRows([column(0), column(1)], rows.length);
        group.forEach((g, i) => expect([rows[firsts[g]][0], rows[firsts[g]][1]]).toEqual([rows[i][0], rows[i][1]]));
      }),
    );
  });

  test('fractional weights sum to the same bytes in any order, also for long inputs', () => {
    const rng = seededRandom('weights');
    const rows = Array.from({ length: 6000 }, () => [rng.int(50), rng.next() / 3] as const);
    const sums = (list: typeof rows): Float64Array => distinctRows([Float64Array.from(list, (row) => row[0])], Float64Array.from(list, (row) => row[1])).weight;
    expect(sums(rows.toReversed())).toEqual(sums(rows));
  });
});

test('Shapley values: efficiency, a player without influence, symmetry', () => {
  const worth = (mask: number): number => (mask & 1 ? 3 : 1) * (mask & 2 ? 5 : 2) + (mask & 4 ? 0 : 0) + (mask & 8 ? 7 : 0);
  const { none, values } = shapleyValues(4, worth);
  expect(none).toBe(2);
  expect(values.reduce((a, b) => a + b, none)).toBeCloseTo(worth(15), 12);
  expect(values[2]).toBe(0);
  expect(values[3]).toBeCloseTo(7, 12);
  // Two players: half of what each adds first and last.
  expect(values[0]).toBeCloseTo(((6 - 2) + (15 - 5)) / 2, 12);
});

describe('profile intervals', () => {
  // A correlated normal log-likelihood: the profile of x₀ is exact, ± 1.96 √Σ₀₀.
  const bowl: Objective = ([x, y], gradient) => {
    gradient?.set([2 * (x - 1) + 1.2 * (y + 2), 1.2 * (x - 1) + 4 * (y + 2)]);
    return (x - 1) ** 2 + 1.2 * (x - 1) * (y + 2) + 2 * (y + 2) ** 2;
  };
  test('the interval of a parabola is that of its covariance', () => {
    const covariance = inverseSpd(Float64Array.of(2, 1.2, 1.2, 4), 2) ?? new Float64Array(4);
    const { low, high } = profileInterval(bowl, Float64Array.of(1, -2), 0, { step: 0.3, limit: 50 });
    expect(low).toBeCloseTo(1 - 1.959964 * Math.sqrt(covariance[0]), 4);
    expect(high).toBeCloseTo(1 + 1.959964 * Math.sqrt(covariance[0]), 4);
  });

  test('a side on which the likelihood does not fall is open', () => {
    const flat: Objective = ([x, y], gradient) => {
      gradient?.set([x > 0 ? 0 : 20 * x, 2 * y]);
      return (x > 0 ? 0 : 10 * x * x) + y * y;
    };
    const { low, high } = profileInterval(flat, Float64Array.of(0.5, 0), 0, { step: 0.2, limit: 20 });
    expect(high).toBe(Infinity);
    expect(low).toBeCloseTo(-Math.sqrt(1.959964 ** 2 / 20), 3);
  });

  test('a start with the inverse Hessian of a nearby problem takes Newton steps, and a useless one does no harm', () => {
    const start = Float64Array.of(8, 9);
    const inverse = inverseSpd(numericHessian(bowl, Float64Array.of(0, 0)), 2);
    const quick = minimiseLbfgs(bowl, start, { inverseHessian: inverse });
    expect(quick.converged).toBe(true);
    expect(quick.iterations).toBeLessThanOrEqual(2);
    const wrong = minimiseLbfgs(bowl, start, { inverseHessian: Float64Array.of(1e6, 0, 0, 1e-6) });
    expect(wrong.x[0]).toBeCloseTo(1, 6);
    expect(wrong.x[1]).toBeCloseTo(-2, 6);
  });
});
