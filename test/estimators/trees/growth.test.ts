/** Splits are the best ones, rules are kept, and long runs are sums of short ones. */
import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { encodeArtefact } from '../../../src/estimators/codec.ts';
import type { BoostedTreesArtefact } from '../../../src/estimators/trees/artefact.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { randomForest } from '../../../src/estimators/trees/randomForest.ts';
import { logLoss, rocAuc } from '../../../src/math/metrics/index.ts';
import { categoricalRows, shopRows } from '../../support/estimatorTasks.ts';

const PLAIN: Partial<BoostedTreesParams> = { patience: 0, rowSample: 1, columnSample: 1, minRows: 1, minHessian: 0, maxBins: 255 };

function fitted(train: TrainingData, params: Partial<BoostedTreesParams>): BoostedTreesArtefact {
  const outcome = boostedTrees.fit(train, { ...boostedTrees.defaults, ...PLAIN, ...params }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
}

test('the first split is the best of all (brute force over every cut, either side for missing values)', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 20, max: 60 }), fc.constantFrom(0, 1, 5), (seed, rows, l2) => {
    const rng = seededRandom(seed);
    const columns = ['a', 'b', 'c'].map((name) => ({ name, values: Float64Array.from({ length: rows }, () => (rng.next() < 0.2 ? NaN : rng.int(8))) }));
    const y = Float64Array.from({ length: rows }, () => rng.int(1000) / 8);
    const mean = y.reduce((sum, v) => sum + v, 0) / rows;
    const gain = (left: readonly number[], right: readonly number[]): number => {
      const part = (some: readonly number[]): number => some.reduce((sum, i) => sum + mean - y[i], 0) ** 2 / (some.length + l2);
      return left.length === 0 || right.length === 0 ? 0 : part(left) + part(right);
    };
    const all = Array.from(y.keys());
    let best = 0;
    for (const { values } of columns) {
      for (const cut of new Set(values)) {
        for (const missingLeft of [false, true]) {
          const goes = (i: number): boolean => (Number.isNaN(values[i]) ? missingLeft : !(values[i] > cut));
          best = Math.max(best, gain(all.filter(goes), all.filter((i) => !goes(i))));
        }
      }
    }
    const { forest } = fitted({ x: { rows, columns }, y }, { objective: 'squared_error', trees: 1, maxLeaves: 2, l2 });
    // Centred targets: a leaf that is not split gains nothing.
    const found = (): number => {
      if (forest.nodes.column[0] < 0) return 0;
      const values = columns.find(({ name }) => name === forest.columns[forest.nodes.column[0]])?.values ?? new Float64Array(0);
      const goes = (i: number): boolean => (Number.isNaN(values[i]) ? (forest.nodes.flags[0] & 1) === 1 : values[i] <= forest.nodes.threshold[0]);
      return gain(all.filter(goes), all.filter((i) => !goes(i)));
    };
    expect(Math.abs(found() - best)).toBeLessThanOrEqual(1e-6 * Math.max(1, best));
  }), { numRuns: 60 });
});

test('level by level and best first give one tree where every leaf is split', () => {
  const { train } = shopRows(600, 5);
  const grow = (growth: 'leaf' | 'depth', maxLeaves: number): BoostedTreesArtefact => fitted(train, { growth, maxLeaves, maxDepth: 4, trees: 3, minRows: 8 });
  expect(encodeArtefact(grow('leaf', 15)) === encodeArtefact(grow('depth', 15))).toBe(false);
  const [a, b] = [grow('leaf', 16), grow('depth', 16)].map((artefact) => boostedTrees.predict(artefact, train.x));
  a.forEach((p, i) => expect(p).toBeCloseTo(b[i], 12));
  const { starts } = grow('depth', 16).forest;
  expect(starts[1]).toBeLessThanOrEqual(31);
});

describe('categories', () => {
  const rng = seededRandom('categories');
  const rows = 4000;
  const values = Float64Array.from({ length: rows }, () => rng.int(40));
  // Odd codes are one kind, even ones the other: no cut of the codes, and no single category, tells much.
  const y = values.map((code) => (rng.next() < (code % 2 === 1 ? 0.8 : 0.2) ? 1 : 0));
  const categories = Array.from({ length: 40 }, (_, k) => `kind ${k}`);
  const train: TrainingData = { x: { rows, columns: [{ name: 'kind', values, categories }] }, y };

  test('one set says what a dozen cuts or a column per category do not', () => {
    const one = fitted(train, { trees: 1, maxLeaves: 2, learningRate: 1, minRows: 20 });
    expect(one.forest.sets.starts.length - 1).toBe(1);
    const loss = (artefact: BoostedTreesArtefact, x: TrainingData['x']): number => logLoss(y, boostedTrees.predict(artefact, x));
    const oneHot = { rows, columns: categories.map((name, k) => ({ name, values: values.map((code) => (code === k ? 1 : 0)) })) };
    const asCodes = { rows, columns: [{ name: 'kind', values }] };
    expect(loss(one, train.x)).toBeLessThan(loss(fitted({ x: oneHot, y }, { trees: 1, maxLeaves: 12, learningRate: 1, minRows: 20 }), oneHot) - 0.02);
    expect(loss(one, train.x)).toBeLessThan(loss(fitted({ x: asCodes, y }, { trees: 1, maxLeaves: 12, learningRate: 1, minRows: 20 }), asCodes) - 0.02);
  });

  test('more names than bins: the rarest share one, and nothing breaks', () => {
    const many = Float64Array.from({ length: rows }, (_, i) => (i < 2000 ? i % 400 : i % 5));
    const artefact = fitted({ x: { rows, columns: [{ name: 'kind', values: many, categories: Array.from({ length: 500 }, (_, k) => `n${k}`) }] }, y }, { trees: 5 });
    const fresh = boostedTrees.predict(artefact, { rows: 3, columns: [{ name: 'kind', values: Float64Array.of(0, 1, NaN), categories: ['n1', 'never seen'] }] });
    expect(fresh.every((p) => p > 0 && p < 1)).toBe(true);
  });
});

describe('constraints', () => {
  test('monotone columns only push one way, whatever stands beside them', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1000 }), fc.constantFrom('log_loss' as const, 'squared_error' as const), (seed, objective) => {
      const { train, spend } = shopRows(300, seed);
      const artefact = fitted({ ...train, y: objective === 'log_loss' ? train.y : spend }, { objective, trees: 10, monotone: { recency: -1, orders: 1 }, minRows: 5, maxLeaves: 20 });
      const rng = seededRandom(seed);
      const still = train.x.columns.map(({ name, values }) => ({ name, value: values[rng.int(300)] }));
      for (const [moved, sign] of [['recency', -1], ['orders', 1]] as const) {
        const steps = 60;
        const columns = still.map(({ name, value }) => ({ name, values: Float64Array.from({ length: steps }, (_, k) => (name === moved ? k * (moved === 'orders' ? 0.2 : 4) : value)) }));
        const p = boostedTrees.predict(artefact, { rows: steps, columns });
        expect(p.some((v, k) => k > 0 && (v - p[k - 1]) * sign < -1e-12)).toBe(false);
      }
    }), { numRuns: 12 });
  });

  test('columns of different groups never stand on one path', () => {
    const { train } = shopRows(800, 2);
    const groups = [['recency', 'orders'], ['rate', 'gap']];
    const { forest } = fitted(train, { trees: 20, interactions: groups, minRows: 5 });
    const seen = new Set<string>();
    const walk = (node: number, path: readonly string[]): void => {
      if (forest.nodes.column[node] < 0) {
        if (path.length > 1) seen.add([...new Set(path)].sort().join(' '));
        return;
      }
      const next = [...path, forest.columns[forest.nodes.column[node]]];
      walk(forest.nodes.left[node], next);
      walk(forest.nodes.left[node] + 1, next);
    };
    for (let t = 0; t + 1 < forest.starts.length; t++) walk(forest.starts[t], []);
    const allowed = new Set(['noise', 'orders', 'recency', 'orders recency', 'rate', 'gap', 'gap rate']);
    expect([...seen].filter((path) => !allowed.has(path))).toEqual([]);
    expect(seen.has('orders recency')).toBe(true);
  });
});

describe('continued training', () => {
  test.each<Partial<BoostedTreesParams>>([{}, { objective: 'softmax' }, { rowSample: 0.7, columnSample: 0.6 }])('10 trees and 5 more are 15 trees: %o', (some) => {
    const { train, plans } = categoricalRows(500, 8);
    const data = some.objective === 'softmax' ? { ...train, y: plans } : train;
    const long = fitted(data, { ...some, trees: 15, minRows: 10 });
    const short = fitted(data, { ...some, trees: 10, minRows: 10 });
    const more = fitted(data, { ...some, trees: 5, minRows: 10, continueFrom: short });
    expect(encodeArtefact(more) === encodeArtefact(long)).toBe(true);
  });

  test('another objective is refused', () => {
    const { train, spend } = shopRows(300, 8);
    const first = fitted(train, { trees: 2 });
    expect(() => fitted({ ...train, y: spend }, { objective: 'tweedie', trees: 2, continueFrom: first })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

test('parameters out of their range are refused, and the range is said', () => {
  const { train } = shopRows(100, 1);
  expect(() => fitted(train, { learningRate: 0 })).toThrow(/learningRate.*above 0 and at most 1/);
  expect(() => fitted(train, { maxBins: 300 })).toThrow(/maxBins.*at least 2 and at most 255/);
  expect(() => fitted(train, { trees: 1.5 })).toThrow(/trees.*whole number/);
  expect(() => fitted(train, { alpha: 1 })).toThrow(/alpha.*below 1/);
  expect(() => fitted(train, { monotone: { nothing: 1 } })).toThrow(/monotone/);
  expect(() => fitted(train, { interactions: [['recency', 'nothing']] })).toThrow(/interactions/);
});

test('a flag that another thread has set stops a fit', () => {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  Atomics.store(cancelled, 0, 1);
  expect(() => boostedTrees.fit(shopRows(200, 1).train, boostedTrees.defaults, { rng: seededRandom(1), cancelled })).toThrow(expect.objectContaining({ code: 'cancelled' }));
});

describe('random forest', () => {
  test('says the shares that were simulated, and judges itself on rows it did not see', () => {
    const { train } = shopRows(4000, 21);
    const fresh = shopRows(2000, 22);
    const outcome = randomForest.fit(train, { ...randomForest.defaults, trees: 60, columnSampleByNode: 0.5, minRows: 20 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    const p = randomForest.predict(outcome.artefact, fresh.train.x);
    expect(rocAuc(fresh.active, p)).toBeGreaterThan((rocAuc(fresh.active, fresh.probability) ?? 1) - 0.02);
    const brier = p.reduce((sum, v, i) => sum + (v - fresh.active[i]) ** 2, 0) / p.length;
    expect(Math.abs(Number(outcome.report.outOfBagSquaredError) - brier)).toBeLessThan(0.02);
    expect(Number(outcome.report.outOfBagRows)).toBe(4000);
  });

  test('one tree on every row without a limit holds the mean of each group', () => {
    const values = Float64Array.from({ length: 90 }, (_, i) => i % 3);
    const y = values.map((v, i) => 10 * v + (i % 2));
    const outcome = randomForest.fit({ x: { rows: 90, columns: [{ name: 'v', values }] }, y }, { ...randomForest.defaults, target: 'mean', trees: 1, replacement: false, minRows: 1, columnSampleByNode: 1 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    randomForest.predict(outcome.artefact, { rows: 3, columns: [{ name: 'v', values: Float64Array.of(0, 1, 2) }] }).forEach((p, k) => expect(p).toBeCloseTo(10 * k + 0.5, 6));
  });
});

test('rows that are copies of a few: a draw that holds none of them sees all, and no tree is empty', () => {
  const rng = seededRandom('copies');
  const values = Float64Array.from({ length: 160 }, () => rng.int(2));
  const train = { x: { rows: 160, columns: [{ name: 'k', values, categories: ['a', 'b'] }] }, y: values.map(() => rng.int(2)) };
  for (const [estimator, params] of [[boostedTrees, { trees: 60, patience: 0, minRows: 5, rowSample: 0.3 }], [randomForest, { trees: 60, minRows: 5 }]] as const) {
    const fit = estimator.fit(train, { ...estimator.defaults, ...params } as never, { rng: seededRandom(4) });
    expect(fit.ok && estimator.schema.safeParse(fit.artefact).success).toBe(true);
  }
});

test('a forest of few columns finds what takes two of them together', () => {
  const rng = seededRandom('checkerboard');
  const columns = Array.from({ length: 6 }, (_, c) => ({ name: `c${c}`, values: Float64Array.from({ length: 1200 }, () => 3 * rng.next()) }));
  const square = (i: number): number => (Math.floor(columns[0].values[i]) + Math.floor(columns[1].values[i])) % 2;
  const y = Float64Array.from({ length: 1200 }, (_, i) => (rng.next() < (square(i) === 1 ? 0.85 : 0.15) ? 1 : 0));
  const part = (from: number, to: number) => ({ rows: to - from, columns: columns.map(({ name, values }) => ({ name, values: values.slice(from, to) })) });
  const outcome = randomForest.fit({ x: part(0, 800), y: y.slice(0, 800) }, { ...randomForest.defaults, trees: 60 }, { rng: seededRandom(1) });
  // The best possible is .85; drawing a single column per split gives .6.
  expect(outcome.ok ? rocAuc(y.slice(800), randomForest.predict(outcome.artefact, part(800, 1200))) : 0).toBeGreaterThan(0.75);
});
