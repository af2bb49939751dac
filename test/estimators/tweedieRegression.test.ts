import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { tweedieRegression, type TweedieRegressionArtefact, type TweedieRegressionParams } from '../../src/estimators/linear/tweedieRegression.ts';
import { winsorise } from '../../src/estimators/winsorise.ts';

// Two hundred rows by formula, two in five without any amount; the last column misses every seventh value.
const rows = Array.from({ length: 200 }, (_, i) => i);
const a = rows.map((i) => ((i * 37) % 101) / 10);
const b = rows.map((i) => ((i * 53) % 97) / 9 - 4);
const c = rows.map((i) => ((i * i * 7) % 89) / 20);
const d = rows.map((i) => (i % 7 === 0 ? NaN : ((i * 29) % 83) / 8));
const y = Float64Array.from(rows, (i) => {
  const u = ((i * 7919) % 1009) / 1009;
  return u < 0.4 ? 0 : Math.exp(0.15 * a[i] - 0.2 * b[i] + 0.1 * c[i]) * (1 + 9 * (u - 0.4));
});
const x = { rows: 200, columns: Object.entries({ a, b, c, d }).map(([name, values]) => ({ name, values: Float64Array.from(values) })) };

function fitted(params: Partial<TweedieRegressionParams>, target = y): TweedieRegressionArtefact {
  const outcome = tweedieRegression.fit({ x, y: target }, { ...tweedieRegression.defaults, ...params }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
}

describe('coefficients of scikit-learn 1.9.1 TweedieRegressor(power=1.5) on standardised terms and amounts of mean 1', () => {
  // Solver newton-cholesky, tol 1e-13. The intercept is scikit-learn's plus ln(mean of the cut amounts) plus ln(total / predicted total).
  const golden: [string, Partial<TweedieRegressionParams>, number[], number][] = [
    ['alpha = .1', { alpha: 0.1, winsorLevel: 1 }, [0.32324175685426804, -0.48266924399558714, 0.10981840409369514, -0.007972819450319236, 0.028417131474801103], -0.172911096067429 + Math.log(5.509897000094945) + Math.log(1.0189276707717652)],
    ['alpha = .01', { alpha: 0.01, winsorLevel: 1 }, [0.36217959197448735, -0.5323366818913601, 0.12608739995849821, -0.014582727500865651, 0.0287227464563159], -0.19178165655103493 + Math.log(5.509897000094945) + Math.log(1.0035571481805925)],
    ['cut at the .9 quantile', { alpha: 0.1, winsorLevel: 0.9 }, [0.28207945417342123, -0.39758201260448317, 0.06875448017577299, 0.0033187884313305273, 0.011700331766537874], -0.11859707984720216 + Math.log(4.974648182749222) + Math.log(1.1184028690665704)],
  ];
  test.each(golden)('%s', (_, params, expected, intercept) => {
    const artefact = fitted(params);
    expect(artefact.terms.length).toBe(5);
    artefact.coefficients.forEach((v, t) => expect(v).toBeCloseTo(expected[t], 7));
    expect(artefact.intercept).toBeCloseTo(intercept, 7);
  });
});

test('totals are kept, and one huge amount moves the level but hardly the shape', () => {
  const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0);
  const huge = y.map((v, i) => (i === 5 ? 1e6 : v));
  const [calm, shaken] = [fitted({ winsorLevel: 0.99 }), fitted({ winsorLevel: 0.99 }, huge)];
  expect(total(tweedieRegression.predict(calm, x))).toBeCloseTo(total(y), 6);
  expect(total(tweedieRegression.predict(shaken, x)) / total(huge)).toBeCloseTo(1, 9);
  shaken.coefficients.forEach((v, t) => expect(Math.abs(v - calm.coefficients[t])).toBeLessThan(0.15));
  const uncut = fitted({ winsorLevel: 1 }, huge);
  expect(Math.max(...uncut.coefficients.map((v, t) => Math.abs(v - calm.coefficients[t])))).toBeGreaterThan(0.5);
});

test('winsorising cuts at the quantile of what was spent and says what it took away', () => {
  const { y: cut, limit, scale } = winsorise(Float64Array.of(0, 0, 1, 2, 3, 100), new Float64Array(6).fill(1), 2 / 3);
  expect(limit).toBe(3);
  expect(Array.from(cut)).toEqual([0, 0, 1, 2, 3, 3]);
  expect(scale).toBeCloseTo(106 / 9, 12);
});

test('nothing spent and too few rows are answers', () => {
  const refused = (target: Float64Array, size: number): string => {
    const outcome = tweedieRegression.fit({ x: { rows: size, columns: x.columns.map(({ name, values }) => ({ name, values: values.slice(0, size) })) }, y: target }, tweedieRegression.defaults, { rng: seededRandom(1) });
    return outcome.ok ? 'ok' : outcome.reason;
  };
  expect(refused(new Float64Array(200), 200)).toBe('one_class');
  expect(refused(y.slice(0, 20), 20)).toBe('too_few_rows');
});
