import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { prepareForest } from '../../../src/estimators/trees/serve/prepare.ts';
import { applyLink } from '../../../src/estimators/trees/serve/links.ts';
import { plainScores } from '../../../src/estimators/trees/serve/plainScores.ts';
import { forestScores } from '../../../src/estimators/trees/serve/scores.ts';
import { forestProblem } from '../../../src/estimators/trees/forestCheck.ts';
import { randomForest, randomRows } from '../../support/randomForest.ts';

const shapes = fc.record({ columns: fc.integer({ min: 2, max: 9 }), categorical: fc.integer({ min: 0, max: 2 }), outputs: fc.integer({ min: 1, max: 3 }), treesPerOutput: fc.integer({ min: 0, max: 9 }), splits: fc.integer({ min: 0, max: 40 }) });

test('the prepared form gives the bits of the plain walk, whatever the flags, categories and outputs', () => {
  let prepared = 0;
  fc.assert(fc.property(fc.nat(1e6), shapes, fc.integer({ min: 1, max: 300 }), (seed, shape, rows) => {
    const forest = randomForest(seed, shape);
    expect(forestProblem(forest)).toBeUndefined();
    if (prepareForest(forest) !== undefined) prepared++;
    const columns = randomRows(seed, forest, rows);
    expect(forestScores(forest, columns, rows)).toEqual(plainScores(forest, columns, rows));
  }), { numRuns: 60, seed: 5 });
  expect(prepared).toBeGreaterThan(0);
});

test('a row has the same bits alone and in any batch', () => {
  // Nodes of one word, nodes with categories, and more slots than one word can number.
  for (const [width, categorical, packed] of [[8, 0, true], [8, 2, false], [300, 0, false]] as const) {
    const forest = randomForest(7, { columns: width, categorical, outputs: 2, treesPerOutput: width === 8 ? 13 : 30, splits: 30 });
    expect(prepareForest(forest)?.packed !== undefined).toBe(packed);
    const columns = randomRows(8, forest, 700);
    const all = forestScores(forest, columns, 700);
    expect(all).toEqual(plainScores(forest, columns, 700));
    for (const [from, count] of [[0, 1], [255, 2], [256, 3], [300, 5], [511, 189]]) {
      expect(forestScores(forest, columns.map((values) => values.slice(from, from + count)), count)).toEqual(all.slice(2 * from, 2 * (from + count)));
    }
  }
});

test('more thresholds than ranks can number are walked plainly', () => {
  const splits = 66_000;
  const count = 2 * splits + 1;
  const node = <T>(make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  // A chain: node 2s splits at s, its left child is a leaf and its right one the next split.
  const inner = (i: number): boolean => i === 0 || (i % 2 === 0 && i < count - 1);
  const forest = {
    ...randomForest(1, { columns: 2, categorical: 0, outputs: 1, treesPerOutput: 0, splits: 0 }), base: Float64Array.of(0), starts: Int32Array.of(0, count),
    nodes: {
      column: Int32Array.from(node((i) => (inner(i) ? 0 : -1))), threshold: Float64Array.from(node((i) => (inner(i) ? i / 2 : 0))), flags: new Uint8Array(count),
      left: Int32Array.from(node((i) => (inner(i) ? i + 1 : 0))), value: Float64Array.from(node((i) => (inner(i) ? 0 : i))), cover: Float64Array.from(node((i) => count - i)),
    },
  };
  expect(forestProblem(forest)).toBeUndefined();
  expect(prepareForest(forest)).toBeUndefined();
  expect(Array.from(forestScores(forest, [Float64Array.of(-1, 0.5, 1e9), new Float64Array(3)], 3))).toEqual([1, 3, count - 1]);
});

test('links: probabilities that sum to 1 even where exponentials would overflow, and the inverse scales of other programs', () => {
  const p = applyLink({ link: 'softmax', outputs: 3 }, Float64Array.of(1000, 1001, 900, 0, 0, 0));
  expect(p[0] + p[1] + p[2]).toBeCloseTo(1, 15);
  expect(p[1] / p[0]).toBeCloseTo(Math.E, 12);
  expect(p[4]).toBeCloseTo(1 / 3, 15);
  expect(Array.from(applyLink({ link: 'signed_square', outputs: 1 }, Float64Array.of(-3, 2)))).toEqual([-9, 4]);
  expect(applyLink({ link: 'softplus', outputs: 1 }, Float64Array.of(0))[0]).toBeCloseTo(Math.LN2, 15);
  expect(applyLink({ link: 'logistic', outputs: 1 }, Float64Array.of(0))[0]).toBe(0.5);
  expect(applyLink({ link: 'exp', outputs: 1 }, Float64Array.of(1))[0]).toBe(Math.E);
});
