import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { estimatorOf } from '../../../src/estimators/index.ts';
import { goldenRows } from './rows.ts';

interface Golden {
  readonly kind: keyof typeof goldenRows.y;
  readonly peer: string;
  readonly lambda: number;
  readonly l1Ratio: number;
  readonly power?: number;
  readonly weighted: boolean;
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('scikitLearn.json', import.meta.url), 'utf8')) as Golden[];

test('every kind has its cases, with and without weights', () => {
  expect(new Set(golden.map(({ kind, weighted }) => `${kind} ${weighted}`)).size).toBe(12);
});

test.each(golden)('$kind as $peer, weighted: $weighted', ({ kind, lambda, l1Ratio, power, weighted, coefficients, intercepts }) => {
  const { x, y, weights } = goldenRows;
  const plain = { skewLimit: 1e9, clip: 1e9, l1Ratio };
  const params = kind === 'tweedie_regression' ? { ...plain, alpha: lambda, power, winsorLevel: 1 } : { ...plain, lambda };
  const outcome = estimatorOf(kind).fit({ x, y: y[kind], ...(weighted ? { weights } : {}) }, params, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  const artefact = outcome.artefact as unknown as { readonly coefficients: Float64Array; readonly intercept?: number; readonly intercepts?: Float64Array };
  const found = [...artefact.coefficients, ...(artefact.intercepts ?? [artefact.intercept ?? NaN])];
  const expected = [...coefficients, ...intercepts];
  expect(found.length).toBe(expected.length);
  const gaps = expected.map((value, k) => Math.abs(value - found[k]) / Math.max(1, Math.abs(value)));
  expect(Math.max(...gaps)).toBeLessThan(1e-7);
});
