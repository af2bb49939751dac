/** B-splines against scikit-learn's SplineTransformer: every function at, between and beyond the knots, and a regression on them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { linearRegression as regression } from '../../../src/estimators/linear/linearRegression.ts';
import { PREPROCESSING } from '../../../src/estimators/preprocessing/params.ts';
import { fitQuantity } from '../../../src/estimators/preprocessing/quantities.ts';
import { bSplineBasis, bSplineCount } from '../../../src/estimators/preprocessing/splines.ts';

interface Golden {
  readonly cases: readonly { readonly knots: number[]; readonly x: number[]; readonly basis: number[][] }[];
  readonly fit: { readonly knots: number[]; readonly at: number[]; readonly predicted: number[] };
}
const golden = JSON.parse(readFileSync(new URL('splineTransformer.json', import.meta.url), 'utf8')) as Golden;

describe.each(golden.cases)('knots $knots', ({ knots, x, basis }) => {
  test('every function agrees to 1e-10 and all sum to 1', () => {
    x.forEach((value, row) => {
      const ours = Array.from({ length: bSplineCount(knots.length) }, (_, k) => bSplineBasis(knots, k, value));
      expect(ours.length).toBe(basis[row].length);
      ours.forEach((v, k) => expect(Math.abs(v - basis[row][k])).toBeLessThan(1e-10));
      expect(Math.abs(ours.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
    });
  });
});

describe('a regression', () => {
  const { at, predicted, knots } = golden.fit;
  const x = Float64Array.from({ length: 200 }, (_, i) => ((i * 37) % 200) / 20);
  const y = x.map((v, i) => Math.sin(v) + 0.1 * Math.cos(17 * i));
  const predictedWith = (columnsOf: (values: Float64Array) => Column[], params: Partial<typeof regression.defaults>): Float64Array => {
    const fit = regression.fit({ x: { rows: 200, columns: columnsOf(x) }, y }, { ...regression.defaults, lambda: 0, clip: 1e6, skewLimit: Infinity, ...params }, { rng: seededRandom(1) });
    if (!fit.ok) throw new Error(fit.detail);
    return regression.predict(fit.artefact, { rows: at.length, columns: columnsOf(Float64Array.from(at)) });
  };

  test('on the functions at the same knots predicts the same, between the knots and beyond', () => {
    const basis = (values: Float64Array): Column[] => Array.from({ length: bSplineCount(knots.length) - 1 }, (_, k) => ({ name: `b${k}`, values: values.map((v) => bSplineBasis(knots, k, v)) }));
    predictedWith(basis, {}).forEach((p, i) => expect(Math.abs(p - predicted[i])).toBeLessThan(1e-7));
  });

  test('with splineKnots, whose knots are values of rows and not between two, nearly the same; flat beyond', () => {
    const own = predictedWith((values) => [{ name: 'x', values }], { splineKnots: 5, splineKind: 'b_spline' });
    own.forEach((p, i) => expect(Math.abs(p - predicted[i])).toBeLessThan(0.02));
    expect(own[0]).toBe(own[1]);
    expect(own[7]).toBe(own[6]);
  });
});

test('the terms of a column: one function less than the basis has, no straight line beside them, and a flag for gaps', () => {
  const values = Float64Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? NaN : i % 50));
  const terms = fitQuantity(0, { name: 'a', values }, new Float64Array(300).fill(1), true, { ...PREPROCESSING, splineKnots: 5, splineKind: 'b_spline' }).map(({ term }) => term.of);
  expect(terms).toEqual([...Array.from({ length: 6 }, () => 'b_spline'), 'missing']);
});
