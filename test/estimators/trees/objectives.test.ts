/** Derivatives of every objective are those of its loss; losses and derivatives take weights as repeats. */
import { describe, expect, test } from 'vitest';
import { errorLoss } from '../../../src/estimators/trees/objectives/survival.ts';
import type { Objective, Targets } from '../../../src/estimators/trees/objectives/objective.ts';
import { objectiveOf } from '../../../src/estimators/trees/objectives/objectiveOf.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { AFT_DISTRIBUTIONS } from '../../../src/estimators/trees/objectiveSchema.ts';
import { seededRandom } from '../../../src/base/random.ts';

const N = 12;
const rng = seededRandom('objectives');
const positive = Float64Array.from({ length: N }, () => 0.2 + 5 * rng.next());
const real = Float64Array.from({ length: N }, () => 2 * rng.normal());
const classes = Float64Array.from({ length: N }, (_, i) => i % 3);
const bits = Float64Array.from({ length: N }, (_, i) => i % 2);
// Ties among the days, some of them still waiting.
const days = Float64Array.from({ length: N }, (_, i) => 1 + (i % 5));
const observed = Uint8Array.from({ length: N }, (_, i) => (i % 4 === 3 ? 0 : 1));

const CASES: readonly (readonly [name: string, params: Partial<BoostedTreesParams>, y: Float64Array, second: 'exact' | 'scaled' | 'constant' | 'diagonal'])[] = [
  ['log loss', { objective: 'log_loss' }, bits, 'exact'],
  ['softmax', { objective: 'softmax' }, classes, 'scaled'],
  ['squared error', { objective: 'squared_error' }, real, 'exact'],
  ['absolute error', { objective: 'absolute_error' }, real, 'constant'],
  ['quantile', { objective: 'quantile', alpha: 0.8 }, real, 'constant'],
  ['poisson', { objective: 'poisson' }, positive.map(Math.floor), 'exact'],
  ['gamma', { objective: 'gamma' }, positive, 'exact'],
  ['tweedie 1.5', { objective: 'tweedie', tweediePower: 1.5 }, positive.map((v, i) => (i % 3 === 0 ? 0 : v)), 'exact'],
  ['tweedie 1.9', { objective: 'tweedie', tweediePower: 1.9 }, positive, 'exact'],
  ['cox', { objective: 'cox' }, days, 'diagonal'],
  ['aft normal', { objective: 'aft', aftDistribution: 'normal', aftScale: 0.7 }, days, 'exact'],
  ['aft logistic', { objective: 'aft', aftDistribution: 'logistic', aftScale: 0.7 }, days, 'exact'],
  ['aft extreme', { objective: 'aft', aftDistribution: 'extreme', aftScale: 0.7 }, days, 'exact'],
];

const rows = Int32Array.from({ length: N }, (_, i) => i);
const targetsOf = (y: Float64Array, weights?: Float64Array): Targets => ({ y, weights, observed });
const made = (params: Partial<BoostedTreesParams>, targets: Targets): Objective => objectiveOf({ ...boostedTrees.defaults, ...params }, targets);
const start = (outputs: number): Float64Array[] => Array.from({ length: outputs }, (_, k) => Float64Array.from({ length: N }, (__, i) => Math.sin(3 * i + k) + 0.05));

function derivatives(objective: Objective, scores: readonly Float64Array[], output: number): { readonly g: Float64Array; readonly h: Float64Array } {
  const [g, h] = [new Float64Array(N), new Float64Array(N)];
  objective.prepare?.(scores, rows);
  objective.write(scores, output, rows, N, g, h);
  return { g, h };
}

/** Total weight that the loss is a mean over: rows, or events of the partial likelihood. */
const totalOf = (objective: Objective): number => (objective.name === 'cox' ? observed.reduce((sum, seen) => sum + seen, 0) : N);

describe.each(CASES)('%s', (_, params, y, second) => {
  const objective = made(params, targetsOf(y));
  const scores = start(objective.outputs);

  test('the first derivative is that of the loss', () => {
    for (let output = 0; output < objective.outputs; output++) {
      const { g } = derivatives(objective, scores, output);
      for (let i = 0; i < N; i++) {
        const at = (shift: number): number => objective.loss(scores.map((s, k) => s.map((v, j) => (k === output && j === i ? v + shift : v))), rows) * totalOf(objective);
        const e = 1e-5;
        expect(g[i]).toBeCloseTo((at(e) - at(-e)) / (2 * e), 5);
      }
    }
  });

  test.runIf(second !== 'constant')('the second derivative is that of the first', () => {
    const factor = second === 'scaled' ? objective.outputs / (objective.outputs - 1) : 1;
    for (let output = 0; output < objective.outputs; output++) {
      const { h } = derivatives(objective, scores, output);
      for (let i = 0; i < N; i++) {
        const at = (shift: number): number => derivatives(objective, scores.map((s, k) => s.map((v, j) => (k === output && j === i ? v + shift : v))), output).g[i];
        const e = 1e-5;
        expect(h[i]).toBeCloseTo((factor * (at(e) - at(-e))) / (2 * e), 5);
      }
    }
  });

  test('weight 2 is the row twice, in the loss and in what trees start from', () => {
    const twice = Float64Array.from([...y, ...y.subarray(0, 5)]);
    const longer: Targets = { y: twice, weights: undefined, observed: Uint8Array.from([...observed, ...observed.subarray(0, 5)]) };
    const weights = Float64Array.from({ length: N }, (__, i) => (i < 5 ? 2 : 1));
    const all = Int32Array.from(twice.keys());
    const [weighted, repeated] = [made(params, targetsOf(y, weights)), made(params, longer)];
    weighted.base(rows).forEach((base, k) => expect(base).toBeCloseTo(repeated.base(all)[k], 6));
    expect(weighted.loss(scores, rows)).toBeCloseTo(repeated.loss(scores.map((s) => Float64Array.from([...s, ...s.subarray(0, 5)])), all), 9);
  });
});

test('losses of survival are minus the logarithm of density and survival (integrated density = 1 − survival)', () => {
  for (const distribution of AFT_DISTRIBUTIONS) {
    for (const z of [-1.5, 0, 1.2]) {
      let below = 0;
      const step = 1e-3;
      for (let x = -25 + step / 2; x < z; x += step) below += Math.exp(-errorLoss(distribution, x, true).value) * step;
      expect(Math.exp(-errorLoss(distribution, z, false).value)).toBeCloseTo(1 - below, 4);
    }
  }
});

test.each(['squared_error', 'absolute_error', 'quantile'] as const)('%s: a target in another unit is predicted in that unit', (objective) => {
  const rng = seededRandom('unit', objective);
  const columns = ['a', 'b'].map((name) => ({ name, values: Float64Array.from({ length: 240 }, () => rng.normal()) }));
  const x = { rows: 240, columns };
  const y = columns[0].values.map((a, i) => a + 0.5 * columns[1].values[i]);
  const predicted = (unit: number): Float64Array => {
    const fitted = boostedTrees.fit({ x, y: y.map((value) => unit * value) }, { ...boostedTrees.defaults, objective, trees: 40, patience: 0, minRows: 10, rowSample: 1 }, { rng: seededRandom('fit') });
    if (!fitted.ok) throw new Error(fitted.detail);
    return boostedTrees.predict(fitted.artefact, x);
  };
  const [one, thousand] = [predicted(1), predicted(1024)];
  for (let i = 0; i < 240; i++) expect(thousand[i] / 1024).toBeCloseTo(one[i], 6);
});
