import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { logisticRegression } from '../../src/estimators/linear/logisticRegression.ts';
import { shopRows } from '../support/estimatorTasks.ts';

// Two hundred rows by formula; the last column misses every seventh value.
const rows = Array.from({ length: 200 }, (_, i) => i);
const a = rows.map((i) => ((i * 37) % 101) / 10);
const b = rows.map((i) => ((i * 53) % 97) / 9 - 4);
const c = rows.map((i) => ((i * i * 7) % 89) / 20);
const d = rows.map((i) => (i % 7 === 0 ? NaN : ((i * 29) % 83) / 8));
const y = Float64Array.from(rows, (i) => {
  const score = 0.35 * a[i] - 0.5 * b[i] + 0.4 * c[i] - 2.2 + (i % 7 === 0 ? 0.8 : 0);
  return ((i * 7919) % 1009) / 1009 < 1 / (1 + Math.exp(-score)) ? 1 : 0;
});
const x = { rows: 200, columns: Object.entries({ a, b, c, d }).map(([name, values]) => ({ name, values: Float64Array.from(values) })) };

function coefficients(lambda: number, l1Ratio: number): { terms: number[]; intercept: number } {
  const outcome = logisticRegression.fit({ x, y }, { ...logisticRegression.defaults, lambda, l1Ratio }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return { terms: Array.from(outcome.artefact.coefficients), intercept: outcome.artefact.intercept };
}

describe('coefficients of scikit-learn 1.9.1 after SimpleImputer(median, add_indicator) and StandardScaler', () => {
  // LogisticRegression(C=1, tol=1e-12, solver='newton-cholesky'), C=.05 likewise; elastic net with solver='saga', tol=1e-13.
  test.each([
    ['C = 1', 1, 0, [1.137776898753492, -1.6471993595126324, 0.473597460755218, 0.0745310309923925, 0.25636164944732287], -0.17698163845286954],
    ['C = .05', 20, 0, [0.56618757421372, -0.8538039101453566, 0.211009025423113, 0.062372997795727164, 0.13186825744989722], -0.10463419448994127],
    ['elastic net, C = .2', 5, 0.5, [0.8888592303175552, -1.32598320014776, 0.31942693002710293, 0.005438764433583647, 0.1528484770876876], -0.1396634918279737],
    ['lasso, C = .1', 10, 1, [0.652746453144653, -1.0570032580458755, 0.10089443607917623, 0, 0], -0.11232691152934622],
  ])('%s', (_, lambda, l1Ratio, expected, intercept) => {
    const found = coefficients(lambda, l1Ratio);
    expect(found.terms.length).toBe(5);
    found.terms.forEach((v, t) => expect(v).toBeCloseTo(expected[t], 7));
    expect(found.intercept).toBeCloseTo(intercept, 7);
  });
});

test('the missing flag and the value are explained under one name', () => {
  const outcome = logisticRegression.fit({ x, y }, { ...logisticRegression.defaults, lambda: 1 }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  expect(logisticRegression.explain?.(outcome.artefact, x).columns).toEqual(['a', 'b', 'c', 'd']);
});

test('with periods the penalty is chosen on the latest: noise gets a stronger one than signal', () => {
  const { train } = shopRows(1500, 5);
  const rng = seededRandom('noise');
  const noise = { rows: 1500, columns: Array.from({ length: 25 }, (_, c) => ({ name: `n${c}`, values: Float64Array.from({ length: 1500 }, () => rng.normal()) })) };
  const chosen = (data: typeof train): number => {
    const outcome = logisticRegression.fit(data, logisticRegression.defaults, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    return outcome.report['lambda'] as number;
  };
  expect(chosen({ ...train, x: noise })).toBeGreaterThan(5 * chosen(train));
});

test('separable rows converge, and extreme values are held by the clip', () => {
  const values = Float64Array.from({ length: 60 }, (_, i) => (i === 59 ? 1e12 : i % 30));
  const target = values.map((v) => (v >= 15 ? 1 : 0));
  const outcome = logisticRegression.fit({ x: { rows: 60, columns: [{ name: 'v', values }] }, y: target }, logisticRegression.defaults, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  const p = logisticRegression.predict(outcome.artefact, { rows: 3, columns: [{ name: 'v', values: Float64Array.of(0, 29, 1e300) }] });
  expect(p[0]).toBeLessThan(0.4);
  expect(p[1]).toBeGreaterThan(0.6);
  // Standardised 1e300 is clipped at 8: as surely a buyer as the clip allows, and no overflow.
  expect(p[2]).toBeGreaterThan(p[1]);
  expect(p[2]).toBeLessThanOrEqual(1);
});
