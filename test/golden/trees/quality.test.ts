/** Trees are as good as LightGBM's on the same rows with the same parameters (ORIGIN.md). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

const PEER = JSON.parse(readFileSync(new URL('lightgbm.json', import.meta.url), 'utf8')) as Readonly<Record<string, number>>;
const SAME: BoostedTreesParams = {
  ...boostedTrees.defaults, trees: 60, patience: 0, maxLeaves: 15, maxDepth: 1000, learningRate: 0.1, maxBins: 255, minRows: 20, minHessian: 1e-3, l2: 0, rowSample: 1, columnSample: 1, maxStep: 1000, winsorLevel: 1,
};
const [train, fresh] = [shopRows(4000, 31), shopRows(4000, 32)];
const log = (spend: Float64Array): Float64Array => spend.map(Math.log1p);
const whole = (spend: Float64Array): Float64Array => log(spend).map(Math.floor);
const classes = (spend: Float64Array): Float64Array => log(spend).map((s) => Math.min(2, Math.floor(s / 2)));

const CASES: readonly (readonly [BoostedTreesParams['objective'], (rows: typeof train) => Float64Array, (y: number, p: Float64Array, i: number) => number])[] = [
  ['log_loss', ({ active }) => active, (y, p, i) => -Math.log(y === 1 ? p[i] : 1 - p[i])],
  ['squared_error', ({ spend }) => log(spend), (y, p, i) => (y - p[i]) ** 2],
  ['absolute_error', ({ spend }) => log(spend), (y, p, i) => Math.abs(y - p[i])],
  ['quantile', ({ spend }) => log(spend), (y, p, i) => (p[i] > y ? 0.2 * (p[i] - y) : 0.8 * (y - p[i]))],
  ['poisson', ({ spend }) => whole(spend), (y, p, i) => p[i] - y * Math.log(p[i])],
  ['tweedie', ({ spend }) => spend, (y, p, i) => 2 * y * p[i] ** -0.5 + 2 * p[i] ** 0.5],
  ['gamma', ({ spend }) => spend.map((v) => v + 1), (y, p, i) => y / p[i] + Math.log(p[i])],
  ['softmax', ({ spend }) => classes(spend), (y, p, i) => -Math.log(p[3 * i + y])],
];

test.each(CASES)('%s', (objective, target, loss) => {
  const outcome = boostedTrees.fit({ x: train.train.x, y: target(train) }, { ...SAME, objective, alpha: 0.8 }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  const p = boostedTrees.predict(outcome.artefact, fresh.train.x);
  const y = target(fresh);
  const mean = y.reduce((sum, v, i) => sum + loss(v, p, i), 0) / y.length;
  // Neither much worse nor much better: better by far would mean that something was seen that must not be.
  expect(Math.abs(mean / PEER[objective] - 1), `${objective}: ${mean} against ${PEER[objective]}`).toBeLessThan(0.012);
});
