import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { estimatorOf } from '../../../src/estimators/index.ts';
import { inference, type InferableArtefact } from '../../../src/estimators/linear/index.ts';
import { goldenRows } from './rows.ts';

interface Golden {
  readonly kind: InferableArtefact['kind'];
  readonly cov: 'nonrobust' | 'HC0';
  readonly dispersion: number;
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly p: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('statsmodels.json', import.meta.url), 'utf8')) as Golden[];

test.each(golden)('standard errors of $kind, $cov', ({ kind, cov, dispersion, coefficients, standardErrors, p }) => {
  const { x } = goldenRows;
  const y = goldenRows.y[kind];
  const plain = { skewLimit: 1e9, clip: 1e9 };
  const outcome = estimatorOf(kind).fit({ x, y }, kind === 'tweedie_regression' ? { ...plain, alpha: 0, winsorLevel: 1 } : { ...plain, lambda: 0 }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  const found = inference(outcome.artefact as InferableArtefact, { x, y }, cov === 'HC0' ? { sandwich: true, information: 'observed' } : {});
  if (!found.ok) throw new Error(found.detail);
  const within = 1e-6;
  expect(Math.abs(found.dispersion / dispersion - 1)).toBeLessThan(within);
  const slopes = found.rows.slice(0, -1);
  slopes.forEach((row, t) => {
    expect(row.column).toBe(`x${t}`);
    expect(Math.abs(row.perUnit.estimate - coefficients[t])).toBeLessThan(1e-6);
    expect(Math.abs(row.perUnit.standardError / standardErrors[t] - 1)).toBeLessThan(within);
    expect(Math.abs(row.p - p[t])).toBeLessThan(within);
    expect(row.high - row.estimate).toBeCloseTo(1.959963984540054 * row.standardError, 12);
  });
  expect(found.rows.at(-1)?.term).toBe('intercept');
});

test('no standard errors under a penalty, for target encodings, for repeated columns, for classes that can be told apart', () => {
  const { x, y, weights } = goldenRows;
  const fit = (columns: typeof x.columns, target: Float64Array, lambda: number) => {
    const data = { x: { rows: 240, columns }, y: target, weights };
    const outcome = estimatorOf('logistic_regression').fit(data, { lambda, rareRows: 2 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    return inference(outcome.artefact as InferableArtefact, data, { information: 'observed' });
  };
  const bought = y.logistic_regression;
  const [first] = x.columns;
  const many = { name: 'town', values: Float64Array.from({ length: 240 }, (_, i) => i % 30), categories: Array.from({ length: 30 }, (_, k) => `t${k}`) };
  expect(fit(x.columns, bought, 0).ok).toBe(true);
  expect(fit(x.columns, bought, 1)).toMatchObject({ ok: false, reason: 'penalised' });
  expect(fit([...x.columns, many], bought, 0)).toMatchObject({ ok: false, reason: 'encoded_by_target' });
  expect(fit([first, { name: 'again', values: first.values.map((v) => 2 * v) }], bought, 0)).toMatchObject({ ok: false, reason: 'not_identified' });
  expect(fit([first], first.values.map((v) => (v > 5 ? 1 : 0)), 0)).toMatchObject({ ok: false, reason: 'not_identified' });
});

test('weights are rows repeated', () => {
  const { x, y } = goldenRows;
  const target = y.poisson_regression;
  const outcome = estimatorOf('poisson_regression').fit({ x, y: target }, { lambda: 0 }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  const artefact = outcome.artefact as InferableArtefact;
  const once = inference(artefact, { x, y: target });
  const four = inference(artefact, { x, y: target, weights: new Float64Array(240).fill(4) });
  if (!once.ok || !four.ok) throw new Error('no inference');
  four.rows.forEach((row, t) => expect(row.standardError).toBeCloseTo(once.rows[t].standardError / 2, 12));
});
