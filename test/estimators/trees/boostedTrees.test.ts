import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { BoostedTreesArtefact } from '../../../src/estimators/trees/artefact.ts';
import { findCuts, thresholdOf } from '../../../src/estimators/trees/data/cuts.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { MISSING_LEFT } from '../../../src/estimators/trees/forest.ts';
import { logLoss, rocAuc } from '../../../src/math/metrics/index.ts';
import { lowerBound } from '../../../src/math/stats/index.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

function fitted(train: TrainingData, params: Partial<BoostedTreesParams> = {}): BoostedTreesArtefact {
  const outcome = boostedTrees.fit(train, { ...boostedTrees.defaults, ...params }, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
}

describe('bins', () => {
  test('few values get a bin each, a heavy value leaves the others their room', () => {
    expect(Array.from(findCuts(Float64Array.of(3, 1, 2, NaN, 1), new Float64Array(5).fill(1)))).toEqual([1.5, 2.5]);
    const half = Float64Array.from({ length: 4000 }, (_, i) => (i < 2000 ? 0 : i));
    expect(findCuts(half, new Float64Array(4000).fill(1)).length).toBeGreaterThan(240);
  });

  test('bins and thresholds cut at the same place', () => {
    fc.assert(fc.property(fc.array(fc.double({ noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (data, maxBins) => {
      const values = Float64Array.from(data);
      const cuts = findCuts(values, new Float64Array(data.length).fill(1), maxBins);
      const bins = values.map((v) => (Number.isNaN(v) ? 0 : lowerBound(cuts, v) + 1));
      for (let bin = 1; bin <= cuts.length + 1; bin++) {
        expect(values.every((v, i) => Number.isNaN(v) || bins[i] <= bin === v <= thresholdOf(cuts, bin))).toBe(true);
      }
    }));
  });
});

test('one stump is the best split by hand: gain and leaf values', () => {
  // y = 1 above 9.5: G = ±10·½ in each leaf of 20, H = 20·¼; with λ = 0 a leaf steps to ∓(½/¼)·rate = ∓2·rate.
  const values = Float64Array.from({ length: 40 }, (_, i) => i % 20);
  const y = values.map((v) => (v >= 10 ? 1 : 0));
  const artefact = fitted({ x: { rows: 40, columns: [{ name: 'v', values }] }, y }, { trees: 1, maxLeaves: 2, l2: 0, learningRate: 0.5, rowSample: 1, columnSample: 1 });
  expect(Array.from(artefact.forest.nodes.threshold)).toEqual([9.5, 0, 0]);
  expect(Array.from(artefact.forest.nodes.value)).toEqual([0, -1, 1]);
  expect(Array.from(artefact.forest.nodes.cover)).toEqual([40, 20, 20]);
});

test('missing values take the side that they belong to', () => {
  const values = Float64Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? NaN : i % 30));
  const y = Float64Array.from(values, (v) => (v > 14 || Number.isNaN(v) ? 1 : 0));
  const artefact = fitted({ x: { rows: 90, columns: [{ name: 'v', values }] }, y }, { trees: 1, maxLeaves: 2, rowSample: 1 });
  const [low, high, gap] = boostedTrees.predict(artefact, { rows: 3, columns: [{ name: 'v', values: Float64Array.of(1, 29, NaN) }] });
  expect(gap).toBe(high);
  expect(low).toBeLessThan(high);
});

test('learns an interaction that no single column shows, and stops by itself', () => {
  const rng = seededRandom('xor');
  const n = 3000;
  const a = Float64Array.from({ length: n }, () => rng.normal());
  const b = Float64Array.from({ length: n }, () => rng.normal());
  const y = Float64Array.from({ length: n }, (_, i) => (rng.next() < (a[i] * b[i] > 0 ? 0.85 : 0.15) ? 1 : 0));
  const period = Int32Array.from({ length: n }, (_, i) => Math.floor((4 * i) / n));
  const artefact = fitted({ x: { rows: n, columns: [{ name: 'a', values: a }, { name: 'b', values: b }] }, y, period }, { columnSample: 1, trees: 400 });
  expect(artefact.forest.starts.length - 1).toBeLessThan(400);
  const fresh = shuffledXor(2000);
  const p = boostedTrees.predict(artefact, fresh.x);
  // The best possible AUC is .85 with the odds known exactly; 3,000 rows come close to it.
  expect(rocAuc(fresh.y, p)).toBeGreaterThan(0.8);
});

function shuffledXor(n: number): TrainingData {
  const rng = seededRandom('xor, fresh');
  const a = Float64Array.from({ length: n }, () => rng.normal());
  const b = Float64Array.from({ length: n }, () => rng.normal());
  const y = Float64Array.from({ length: n }, (_, i) => (rng.next() < (a[i] * b[i] > 0 ? 0.85 : 0.15) ? 1 : 0));
  return { x: { rows: n, columns: [{ name: 'a', values: a }, { name: 'b', values: b }] }, y };
}

test('recovers the simulated probabilities within .01 of the loss of the truth', () => {
  const { train } = shopRows(6000, 1);
  const fresh = shopRows(4000, 2);
  const p = boostedTrees.predict(fitted(train), fresh.train.x);
  expect(logLoss(fresh.active, p) - logLoss(fresh.active, fresh.probability)).toBeLessThan(0.015);
});

describe('TreeSHAP', () => {
  /** Expected score of a row when only the columns in `known` are followed and the others are averaged by training weight (Lundberg 2018, algorithm 1). */
  function expected(artefact: BoostedTreesArtefact, row: readonly number[], known: number): number {
    const { nodes, starts, base } = artefact.forest;
    const walk = (node: number): number => {
      const column = nodes.column[node];
      if (column < 0) return nodes.value[node];
      const [left, right] = [nodes.left[node], nodes.left[node] + 1];
      if ((known >> column) & 1) {
        const v = row[column];
        return walk((Number.isNaN(v) ? (nodes.flags[node] & MISSING_LEFT) === 1 : v <= nodes.threshold[node]) ? left : right);
      }
      return (nodes.cover[left] * walk(left) + nodes.cover[right] * walk(right)) / nodes.cover[node];
    };
    let sum = base[0];
    for (let t = 0; t + 1 < starts.length; t++) sum += walk(starts[t]);
    return sum;
  }

  test.each([[1, 6], [40, 6]])('equals brute force over all coalitions (%i rows explained together)', (rows, trees) => {
    const { train } = shopRows(600, 9);
    const artefact = fitted(train, { trees, maxLeaves: 12, learningRate: 0.4, minRows: 8 });
    const m = artefact.forest.columns.length;
    expect(m).toBeGreaterThanOrEqual(4);
    const columns = artefact.forest.columns.map((name) => train.x.columns.find((column) => column.name === name)?.values.slice(100, 100 + rows) ?? new Float64Array(rows));
    const { base, contributions } = boostedTrees.explain?.(artefact, { rows, columns: columns.map((values, c) => ({ name: artefact.forest.columns[c], values })) }) ?? { base: 0, contributions: [] };
    const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
    const size = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
    for (let i = 0; i < rows; i++) {
      const row = columns.map((values) => values[i]);
      expect(base).toBeCloseTo(expected(artefact, row, 0), 12);
      for (let c = 0; c < m; c++) {
        let value = 0;
        for (let mask = 0; mask < 1 << m; mask++) {
          if ((mask >> c) & 1) continue;
          const weight = (factorial(size(mask)) * factorial(m - size(mask) - 1)) / factorial(m);
          value += weight * (expected(artefact, row, mask | (1 << c)) - expected(artefact, row, mask));
        }
        expect(contributions[c][i]).toBeCloseTo(value, 10);
      }
    }
  });
});

test('damaged trees are refused', () => {
  const artefact = fitted(shopRows(400, 4).train, { trees: 3 });
  const broken = (change: (copy: BoostedTreesArtefact) => void): boolean => {
    const copy = structuredClone(artefact);
    change(copy);
    return boostedTrees.schema.safeParse(copy).success;
  };
  expect(broken(() => undefined)).toBe(true);
  expect(broken((copy) => { copy.forest.nodes.left[0] = 0; })).toBe(false);
  expect(broken((copy) => { copy.forest.nodes.column[0] = 99; })).toBe(false);
  expect(broken((copy) => { copy.forest.nodes.value[0] = NaN; })).toBe(false);
  expect(broken((copy) => { copy.forest.starts[1] = copy.forest.starts[2]; })).toBe(false);
  expect(broken((copy) => { copy.forest.nodes.cover[1] = 0; })).toBe(false);
});

test('few columns are seen together: the defaults learn a product of two of four', () => {
  const rng = seededRandom('product');
  const columns = ['a', 'b', 'c', 'd'].map((name) => ({ name, values: Float64Array.from({ length: 900 }, () => rng.normal()) }));
  const y = columns[0].values.map((a, i) => a * columns[1].values[i]);
  const fitted = boostedTrees.fit({ x: { rows: 900, columns }, y }, { ...boostedTrees.defaults, objective: 'squared_error', minRows: 15 }, { rng: seededRandom('fit') });
  expect(fitted).toMatchObject({ ok: true, report: { heldOut: true } });
  // The variance of the product is 1: half of it is what is held out as half a squared error.
  expect(fitted.ok ? fitted.report.heldLoss : 1).toBeLessThan(0.25);
});
