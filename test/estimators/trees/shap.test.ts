import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Forest } from '../../../src/estimators/trees/forest.ts';
import { goesLeft } from '../../../src/estimators/trees/serve/plainScores.ts';
import { forestScores } from '../../../src/estimators/trees/serve/scores.ts';
import { gaussLegendre } from '../../../src/estimators/trees/shap/leaf.ts';
import { explanationPlan, MOST_BITS } from '../../../src/estimators/trees/shap/plan.ts';
import { treeContributions } from '../../../src/estimators/trees/shap/treeShap.ts';
import { randomForest, randomRows } from '../../support/randomForest.ts';

/** Expected score of a row when only the columns in `known` are followed and the others averaged by cover (Lundberg 2018, algorithm 1). */
function expected(forest: Forest, output: number, row: readonly number[], known: number): number {
  const { nodes, starts, outputs, base } = forest;
  const walk = (node: number): number => {
    const column = nodes.column[node];
    if (column < 0) return nodes.value[node];
    const left = nodes.left[node];
    if ((known >> column) & 1) return walk(left + 1 - goesLeft(forest, node, row[column]));
    return (nodes.cover[left] * walk(left) + nodes.cover[left + 1] * walk(left + 1)) / nodes.cover[node];
  };
  let sum = base[output];
  for (let t = output; t + 1 < starts.length; t += outputs) sum += walk(starts[t]);
  return sum;
}

/** Shapley values by their definition: the mean over all coalitions of what a column adds. */
function shapley(forest: Forest, output: number, row: readonly number[]): number[] {
  const m = row.length;
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const size = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
  const score = Array.from({ length: 1 << m }, (_, mask) => expected(forest, output, row, mask));
  return row.map((_, c) => score.reduce((sum, before, mask) => ((mask >> c) & 1 ? sum : sum + ((factorial(size(mask)) * factorial(m - size(mask) - 1)) / factorial(m)) * (score[mask | (1 << c)] - before)), 0));
}

/** v·(oᵢ − zᵢ)·Σₛ s!(D−1−s)!/D!·[tˢ] Πⱼ≠ᵢ (zⱼ + oⱼ·t) with every share ½, term by term. */
function leafByDefinition(value: number, fails: readonly boolean[]): number[] {
  const depth = fails.length;
  return fails.map((failed, i) => {
    let polynomial = [1];
    fails.forEach((one, j) => {
      if (j !== i) polynomial = Array.from({ length: polynomial.length + 1 }, (_, s) => 0.5 * (polynomial[s] ?? 0) + (one ? 0 : (polynomial[s - 1] ?? 0)));
    });
    let choose = 1;
    let sum = 0;
    for (let s = 0; s < depth; s++) {
      sum += polynomial[s] / (depth * choose);
      choose = (choose * (depth - 1 - s)) / (s + 1);
    }
    return value * ((failed ? 0 : 1) - 0.5) * sum;
  });
}

describe('contributions', () => {
  test('equal the definition of Shapley values, whatever the flags, categories and outputs', () => {
    fc.assert(fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 30 }), (seed, outputs, categorical, splits) => {
      const forest = randomForest(seed, { columns: 5, categorical, outputs, treesPerOutput: 2, splits });
      const columns = randomRows(seed, forest, 2);
      for (let output = 0; output < outputs; output++) {
        const { base, contributions } = treeContributions(forest, columns, 2, output);
        for (let i = 0; i < 2; i++) {
          const row = columns.map((values) => values[i]);
          expect(base).toBeCloseTo(expected(forest, output, row, 0), 10);
          shapley(forest, output, row).forEach((value, c) => { expect(contributions[c][i]).toBeCloseTo(value, 10); });
        }
      }
    }), { numRuns: 25 });
  });

  test('add up to the score, and a row has the same bits alone and in any batch', () => {
    const forest = randomForest(3, { columns: 12, categorical: 2, outputs: 2, treesPerOutput: 8, splits: 60 });
    const rows = 1300;
    const columns = randomRows(4, forest, rows);
    const scores = forestScores(forest, columns, rows);
    const { base, contributions } = treeContributions(forest, columns, rows, 1);
    for (let i = 0; i < rows; i++) expect(base + contributions.reduce((sum, values) => sum + values[i], 0)).toBeCloseTo(scores[2 * i + 1], 9);
    for (const [from, count] of [[0, 1], [500, 40], [511, 300]]) {
      const part = treeContributions(forest, columns.map((values) => values.slice(from, from + count)), count, 1);
      expect(part.base).toBe(base);
      part.contributions.forEach((values, c) => { expect(values).toEqual(contributions[c].slice(from, from + count)); });
    }
  });

  test('leaves behind more columns than a pattern has bits are worked out all the same', () => {
    // A chain over 20 columns: column c at depth c, value 0 at the end.
    const depth = MOST_BITS + 4;
    const count = 2 * depth + 1;
    const inner = (i: number): boolean => i % 2 === 0 && i < count - 1;
    const at = (make: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => make(i));
    const forest: Forest = {
      columns: Array.from({ length: depth }, (_, c) => `c${c}`), categories: Array.from({ length: depth }, () => null), outputs: 1, base: Float64Array.of(0), link: 'identity', starts: Int32Array.of(0, count),
      nodes: {
        column: Int32Array.from(at((i) => (inner(i) ? i / 2 : -1))), threshold: new Float64Array(count), flags: new Uint8Array(count), left: Int32Array.from(at((i) => (inner(i) ? i + 1 : 0))),
        value: Float64Array.from(at((i) => (inner(i) ? 0 : i))), cover: Float64Array.from(at((i) => (i % 2 === 0 ? 2 ** (depth - i / 2) : 2 ** (depth - (i + 1) / 2)))),
      },
      sets: { starts: Int32Array.of(0), words: new Int32Array(0) },
    };
    expect(explanationPlan(forest)[0].steps.some(({ kind }) => kind === 'long')).toBe(true);
    const columns = Array.from({ length: depth }, (_, c) => Float64Array.of(1, c === 9 ? -1 : 1, c === 18 ? -1 : 1));
    const { base, contributions } = treeContributions(forest, columns, 3);
    const scores = forestScores(forest, columns, 3);
    for (let i = 0; i < 3; i++) expect(base + contributions.reduce((sum, values) => sum + values[i], 0)).toBeCloseTo(scores[i], 10);
    expect(base).toBeCloseTo(expected(forest, 0, columns.map(() => 0), 0), 12);
    for (let i = 0; i < 3; i++) {
      const wanted = new Float64Array(depth);
      for (let d = 1; d <= depth; d++) {
        // The leaf that leaves the chain at column d − 1 on the left, and at the end the one on the right; every split halves the weight.
        for (const left of d === depth ? [true, false] : [true]) {
          const fails = Array.from({ length: d }, (_, c) => (c === d - 1 && left ? columns[c][i] > 0 : columns[c][i] <= 0));
          leafByDefinition(left ? 2 * d - 1 : 2 * d, fails).forEach((value, c) => { wanted[c] += value; });
        }
      }
      wanted.forEach((value, c) => { expect(contributions[c][i]).toBeCloseTo(value, 10); });
    }
  });
});

test('Gauss–Legendre rules integrate polynomials up to degree 2n − 1 exactly', () => {
  for (const n of [1, 2, 5, 9, 32]) {
    const { x, w } = gaussLegendre(n);
    for (const degree of [0, 1, 2 * n - 2, 2 * n - 1]) {
      let sum = 0;
      for (let q = 0; q < n; q++) sum += w[q] * x[q] ** degree;
      expect(sum).toBeCloseTo(1 / (degree + 1), 14);
    }
  }
});
