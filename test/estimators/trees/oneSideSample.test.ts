/** Gradient-based one-side sampling: which rows a tree sees, and what their derivatives count. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { boostedTrees } from '../../../src/estimators/trees/boostedTrees.ts';
import type { TrainingSet } from '../../../src/estimators/trees/data/trainingSet.ts';
import { gradientLevels, oneSideSample } from '../../../src/estimators/trees/growth/oneSideSample.ts';
import { rocAuc } from '../../../src/math/metrics/index.ts';

const ROWS = 4000;
const all = Int32Array.from({ length: ROWS }, (_, i) => i);

function drawn(sizes: Float64Array, top: number, rest: number, seed: number) {
  const rng = seededRandom('one side', 1);
  const set = { hashes: Int32Array.from(all, () => rng.int(4294967296) | 0), weights: undefined } as Pick<TrainingSet, 'hashes' | 'weights'> as TrainingSet;
  const [levels, order, others] = [new Int32Array(ROWS), new Int32Array(ROWS), new Int32Array(ROWS)];
  gradientLevels(all, sizes, levels);
  const sample = oneSideSample(set, all, levels, { top, rest }, false, seed, order, others);
  return { ...sample, order: order.subarray(0, sample.count), others: others.subarray(0, sample.left) };
}

describe('one-side sampling', () => {
  const rng = seededRandom('sizes');
  const gradients = Float64Array.from(all, () => rng.normal() ** 3);
  const sizes = gradients.map(Math.abs);

  test('the largest are all there, of the others the wanted share, and nobody twice', () => {
    const { order, others } = drawn(sizes, 0.2, 0.1, 7);
    const rank = Float64Array.from(sizes).sort();
    const seen = new Set(order);
    expect(seen.size).toBe(order.length);
    expect(order.length + others.length).toBe(ROWS);
    all.filter((i) => sizes[i] >= rank[0.8 * ROWS]).forEach((i) => expect(seen.has(i)).toBe(true));
    expect(order.length / ROWS).toBeGreaterThan(0.27);
    expect(order.length / ROWS).toBeLessThan(0.33);
  });

  test('sums of derivatives are those of all rows, on average over seeds', () => {
    const total = gradients.reduce((a, b) => a + b, 0);
    const sums = Array.from({ length: 200 }, (_, seed) => {
      const { order, weigh } = drawn(sizes, 0.2, 0.1, seed * 7919);
      const [g, h] = [Float64Array.from(gradients), new Float64Array(ROWS).fill(1)];
      weigh(g, h);
      return { g: order.reduce((sum, i) => sum + g[i], 0), h: order.reduce((sum, i) => sum + h[i], 0) };
    });
    const mean = (of: (one: { g: number; h: number }) => number): number => sums.reduce((sum, one) => sum + of(one), 0) / sums.length;
    const spread = Math.sqrt(mean(({ g }) => (g - mean((one) => one.g)) ** 2) / sums.length);
    expect(Math.abs(mean(({ g }) => g) - total)).toBeLessThan(4 * spread);
    expect(mean(({ h }) => h) / ROWS).toBeGreaterThan(0.97);
    expect(mean(({ h }) => h) / ROWS).toBeLessThan(1.03);
  });

  test('gradients that are all equal, or all 0, leave nobody out', () => {
    expect(drawn(new Float64Array(ROWS).fill(0.3), 0.2, 0.1, 1).others.length).toBe(0);
    expect(drawn(new Float64Array(ROWS), 0.2, 0.1, 1).others.length).toBe(0);
  });
});

test('trees on three tenths of the rows rank nearly as well as trees on all of them', () => {
  const rng = seededRandom('goss quality');
  const table = (rows: number) => {
    const columns = ['a', 'b', 'c', 'd'].map((name) => ({ name, values: Float64Array.from({ length: rows }, () => rng.normal()) }));
    const [a, b, c] = columns.map(({ values }) => values);
    return { x: { rows, columns }, y: Float64Array.from(a, (v, i) => (rng.next() < 1 / (1 + Math.exp(-(1.5 * v + (b[i] > 0 ? c[i] : -c[i])))) ? 1 : 0)) };
  };
  const [train, later] = [table(6000), table(4000)];
  const auc = (some: Partial<typeof boostedTrees.defaults>): number => {
    const fit = boostedTrees.fit(train, { ...boostedTrees.defaults, trees: 60, patience: 0, rowSample: 1, columnSample: 1, ...some }, { rng: seededRandom(1) });
    if (!fit.ok) throw new Error(fit.detail);
    return rocAuc(later.y, boostedTrees.predict(fit.artefact, later.x)) ?? 0;
  };
  expect(auc({ gossTop: 0.2, gossRest: 0.1 })).toBeGreaterThan(auc({}) - 0.01);
});

test('shares beyond all rows, and objectives whose leaves are quantiles, are refused by name', () => {
  const train = { x: { rows: 200, columns: [{ name: 'a', values: Float64Array.from({ length: 200 }, (_, i) => i) }] }, y: Float64Array.from({ length: 200 }, (_, i) => i % 2) };
  const fit = (some: Partial<typeof boostedTrees.defaults>) => () => boostedTrees.fit(train, { ...boostedTrees.defaults, ...some }, { rng: seededRandom(1) });
  expect(fit({ gossTop: 0.7, gossRest: 0.4 })).toThrow(/gossRest/);
  expect(fit({ gossTop: 0.2, objective: 'quantile' })).toThrow(/gossTop/);
});
