/** Simulate → fit → recover, and the cases that break careless fits. */
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { estimatorOf, type EstimatorKind } from '../../../src/estimators/index.ts';
import type { LinearTerms } from '../../../src/estimators/linear/linearTerms.ts';

const ROWS = 6000;
const rng = seededRandom('recovery');
const normals = (): Float64Array => Float64Array.from({ length: ROWS }, () => rng.normal());
const [a, b, c] = [normals(), normals(), normals()];
const columns: Column[] = Object.entries({ a, b, c }).map(([name, values]) => ({ name, values }));
const score = a.map((v, i) => 0.3 + 0.5 * v - 0.4 * b[i]);
const poisson = (mean: number): number => {
  let count = 0;
  for (let product = rng.next(); product > Math.exp(-mean); product *= rng.next()) count++;
  return count;
};
const exponential = (): number => -Math.log(1 - rng.next());

const fit = (kind: EstimatorKind, x: readonly Column[], y: Float64Array, params: object, weights?: Float64Array): LinearTerms => {
  const outcome = estimatorOf(kind).fit({ x: { rows: y.length, columns: x }, y, ...(weights === undefined ? {} : { weights }) }, params, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact as unknown as LinearTerms;
};
/** Coefficients per unit of the column. */
const slopes = ({ coefficients, terms }: LinearTerms): number[] => Array.from(coefficients, (v, t) => v / terms[t].sd);

describe('coefficients come back within four standard errors (about .05)', () => {
  test.each([
    ['logistic_regression', score.map((z) => (rng.next() < 1 / (1 + Math.exp(-z)) ? 1 : 0)), 0.12],
    ['linear_regression', score.map((z) => z + rng.normal()), 0.055],
    ['poisson_regression', score.map((z) => poisson(Math.exp(z))), 0.05],
    ['gamma_regression', score.map((z) => Math.exp(z) * 0.5 * (exponential() + exponential())), 0.04],
    ['tweedie_regression', score.map((z) => { let sum = 0; for (let n = poisson(Math.exp(0.5 * z)); n > 0; n--) sum += Math.exp(0.5 * z) * exponential(); return sum; }), 0.08],
  ] as const)('%s', (kind, y, within) => {
    const strength = kind === 'tweedie_regression' ? { alpha: 0, winsorLevel: 1 } : { lambda: 0 };
    const found = slopes(fit(kind, columns, y, strength));
    [0.5, -0.4, 0].forEach((truth, t) => expect(Math.abs(found[t] - truth)).toBeLessThan(within));
  });

  test('multinomial_regression', () => {
    const y = score.map((z, i) => {
      const odds = [1, Math.exp(z), Math.exp(0.8 * c[i])];
      const u = rng.next() * (odds[0] + odds[1] + odds[2]);
      return u < odds[0] ? 0 : u < odds[0] + odds[1] ? 1 : 2;
    });
    const { coefficients, terms } = fit('multinomial_regression', columns, y, { lambda: 0 });
    const slope = (k: number, t: number): number => (coefficients[k * 3 + t] - coefficients[t]) / terms[t].sd;
    for (const [k, t, truth] of [[1, 0, 0.5], [1, 1, -0.4], [2, 2, 0.8], [2, 0, 0]] as const) expect(Math.abs(slope(k, t) - truth)).toBeLessThan(0.14);
  });
});

test('the path drops noise under the lasso and one standard error, and keeps what matters', () => {
  const noise = Array.from({ length: 15 }, (_, k) => ({ name: `noise ${k}`, values: normals() }));
  const y = score.map((z) => z + rng.normal());
  const { coefficients, terms, columns: names } = fit('linear_regression', [...columns, ...noise], y, { l1Ratio: 1, oneStandardError: true });
  const kept = terms.filter((_, t) => coefficients[t] !== 0).map(({ column }) => names[column]);
  expect(kept).toContain('a');
  expect(kept).toContain('b');
  expect(kept.length).toBeLessThan(8);
});

test('a spline follows a curve that a line cannot, and runs on straight beyond its knots', () => {
  const y = a.map((v) => Math.sin(1.5 * v) + 0.1 * rng.normal());
  const estimator = estimatorOf('linear_regression');
  const error = (params: object): number => {
    const outcome = estimator.fit({ x: { rows: ROWS, columns }, y }, { lambda: 0, ...params }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    const far = estimator.predict(outcome.artefact, { rows: 3, columns: columns.map(({ name }) => ({ name, values: Float64Array.of(-1e300, 1e300, 40) })) });
    expect(far.every(Number.isFinite)).toBe(true);
    return estimator.predict(outcome.artefact, { rows: ROWS, columns }).reduce((sum, p, i) => sum + (p - y[i]) ** 2, 0) / ROWS;
  };
  expect(error({ splineKnots: 7 })).toBeLessThan(0.05);
  expect(error({ splineKnots: 0 })).toBeGreaterThan(0.15);
});

describe('awkward rows give finite answers or a said reason', () => {
  const small = Float64Array.from({ length: 80 }, (_, i) => i % 40);
  const separable = small.map((v) => (v >= 20 ? 1 : 0));
  const twice: Column[] = [{ name: 'v', values: small }, { name: 'w', values: small.map((v) => 3 * v - 7) }, { name: 'same', values: new Float64Array(80).fill(4) }, { name: 'gone', values: new Float64Array(80).fill(NaN) }];
  const outlier: Column[] = [{ name: 'v', values: small.map((v, i) => (i === 3 ? 1e15 : v)) }];
  const kinds: EstimatorKind[] = ['logistic_regression', 'multinomial_regression', 'linear_regression', 'poisson_regression', 'gamma_regression', 'tweedie_regression'];
  const targets = { plain: separable, huge: small.map((v, i) => (i === 5 ? 1e12 : v + 1)), tiny: small.map((v) => 1e-9 * (v + 1)) };
  const problems = kinds.flatMap((kind) => [0, 1e-3, 'path'].flatMap((lambda) => [0, 1].flatMap((l1Ratio) => [twice, outlier].flatMap((x) => Object.entries(targets).map(([name, y]) => ({ kind, lambda, l1Ratio, x, name, y }))))));
  test.each(kinds)('%s', (kind) => {
    const estimator = estimatorOf(kind);
    let models = 0;
    const faults: string[] = [];
    for (const { lambda, l1Ratio, x, name, y } of problems.filter((one) => one.kind === kind)) {
      const strength = kind === 'tweedie_regression' ? { alpha: lambda } : { lambda };
      const outcome = estimator.fit({ x: { rows: 80, columns: x }, y: kind === 'gamma_regression' ? y.map((v) => v + 1e-9) : y }, { ...strength, l1Ratio }, { rng: seededRandom(1) });
      const said = !outcome.ok && ['unsupported_target', 'not_converged', 'one_class'].includes(outcome.reason) && !outcome.detail.includes('NaN');
      const finite = outcome.ok && estimator.predict(outcome.artefact, { rows: 80, columns: x }).every(Number.isFinite);
      if (!said && !finite) faults.push(`${name}, λ ${lambda}, α ${l1Ratio}`);
      if (outcome.ok) models++;
    }
    expect(faults).toEqual([]);
    expect(models).toBeGreaterThanOrEqual(kind === 'logistic_regression' || kind === 'multinomial_regression' ? 12 : 30);
  });
});
