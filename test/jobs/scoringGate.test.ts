import { expect, test } from 'vitest';
import { holdReasons, varyingHeads } from '../../src/jobs/scoring/gate.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/scoring/deps.ts';
import type { LoadedModel } from '../../src/scoring/model.ts';
import type { HeadSummary } from '../../src/store/repositories/scores.ts';

const head = (model: string, horizonDays: number): HeadSummary => ({ model, horizonDays, customers: 80, failed: 0, mean: 0.8, grid: Array.from({ length: 101 }, () => 0.8) });
const serving = (name: string, heads: Readonly<Record<number, string>>) => ({ name, heads: Object.entries(heads).map(([days, estimator]) => ({ head: { horizonDays: Number(days), estimator } })) }) as unknown as LoadedModel;

test('the same score for everyone holds a night only where the estimator can tell customers apart', () => {
  const models = [serving('churn', { 90: 'logistic_regression' }), serving('renewal', { 30: 'shifted_beta_geometric', 90: 'base_rate' })];
  const heads = varyingHeads([head('churn', 90), head('renewal', 30), head('renewal', 90), head('uplift_spring', 14)], models);
  expect(heads.map(({ model }) => model)).toEqual(['churn']);
  const facts = { customers: 80, answered: 80, answeredBefore: 80, compared: 0, flips: 0 };
  expect(holdReasons({ ...facts, heads }, DEFAULT_LIMITS).map(({ code }) => code)).toEqual(['no_variance']);
  expect(holdReasons({ ...facts, heads: varyingHeads([head('renewal', 30)], models) }, DEFAULT_LIMITS)).toEqual([]);
});
