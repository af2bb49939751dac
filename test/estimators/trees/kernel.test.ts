/** The compiled kernel, with any number of threads, and its twin in TypeScript give the same bytes. */
import { existsSync } from 'node:fs';
import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { encodeArtefact } from '../../../src/estimators/codec.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { fitTrees } from '../../../src/estimators/trees/fitTrees.ts';
import { withThreads } from '../../../src/estimators/trees/kernel/choose.ts';
import { compiledKernel } from '../../../src/estimators/trees/kernel/compiled.ts';
import { twinKernel } from '../../../src/estimators/trees/kernel/twin.ts';
import type { Kernel } from '../../../src/estimators/trees/kernel/kernel.ts';

const module = compiledKernel();
const built = module === undefined ? describe.skip : describe;

function bytes(kernel: Kernel, train: TrainingData, params: Partial<BoostedTreesParams>): string {
  const outcome = fitTrees(kernel, train, { ...boostedTrees.defaults, patience: 0, ...params }, { rng: seededRandom(3) });
  return outcome.ok ? encodeArtefact(outcome.artefact) : outcome.reason;
}

/** All ways to fit, which must agree. */
function everyWay(train: TrainingData, params: Partial<BoostedTreesParams>, threads: readonly number[]): string[] {
  if (module === undefined) return [];
  return [bytes(twinKernel(), train, params), ...threads.map((n) => withThreads(module, n, (kernel) => bytes(kernel, train, params)))];
}

function table(rows: number, columns: number, seed: number, missing = 0.1): TrainingData {
  const rng = seededRandom('kernel', seed, rows, columns);
  const x = Array.from({ length: columns }, (_, c) => ({
    name: `c${c}`,
    values: Float64Array.from({ length: rows }, () => (rng.next() < missing ? NaN : c % 3 === 0 ? Math.floor(5 * rng.next()) : c % 3 === 1 ? rng.normal() : -0 + Math.exp(4 * rng.normal()))),
  }));
  const y = Float64Array.from({ length: rows }, (_, i) => ((x[0].values[i] > 2 ? 1 : 0) + rng.next() > 0.8 ? 1 : 0));
  return { x: { rows, columns: x }, y };
}

test('a kernel that was built is of this very source; another one would be left aside', () => {
  expect(module !== undefined).toBe(existsSync(new URL('../../../src/estimators/trees/kernel/kernel.wasm', import.meta.url)));
});

built('the compiled kernel equals its twin', () => {
  test('for random tables and parameters', () => {
    const params = fc.record({
      objective: fc.constantFrom('log_loss' as const, 'squared_error' as const, 'poisson' as const, 'absolute_error' as const),
      trees: fc.integer({ min: 1, max: 4 }),
      maxBins: fc.constantFrom(2, 15, 16, 63, 255),
      maxLeaves: fc.integer({ min: 2, max: 20 }),
      minRows: fc.constantFrom(0, 1, 5),
      l1: fc.constantFrom(0, 0.5),
      l2: fc.constantFrom(0, 1),
      rowSample: fc.constantFrom(0.6, 1),
      columnSample: fc.constantFrom(0.3, 1),
      columnSampleByNode: fc.constantFrom(0.5, 1),
      growth: fc.constantFrom('leaf' as const, 'depth' as const),
    });
    fc.assert(fc.property(fc.integer({ min: 20, max: 400 }), fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 1000 }), fc.boolean(), params, (rows, columns, seed, weighted, some) => {
      const train = table(rows, columns, seed);
      const weights = train.y.map((_, i) => (weighted ? 1 + (i % 3) : 1));
      expect(new Set(everyWay({ ...train, weights }, some, [1])).size).toBe(1);
    }), { numRuns: 40 });
  });

  test.each([[65_536, 2], [50_001, 29], [52_000, 56]])('on narrow records, %i rows and %i columns, 1, 2 and 3 threads', (rows, columns) => {
    const all = everyWay(table(rows, columns, 5), { trees: 2, maxLeaves: 12, maxBins: 31, rowSample: 1, rowsPerTree: 1e9, columnSample: 0.9, minRows: 20 }, [1, 2, 3]);
    expect(all[0].length).toBeGreaterThan(1000);
    expect(new Set(all).size).toBe(1);
  });

  test('on narrow records with categories, whole weights, several classes and a forest of constraints', () => {
    const { x, y } = table(50_500, 6, 7);
    const kinds = Float64Array.from(y, (_, i) => (i * 7919) % 90);
    const columns = [...x.columns, { name: 'kind', values: kinds, categories: Array.from({ length: 90 }, (_, k) => `kind ${k}`) }];
    const train: TrainingData = { x: { rows: 50_500, columns }, y: y.map((v, i) => v + (kinds[i] % 3 === 0 ? 1 : 0)), weights: y.map((_, i) => 1 + (i % 2)) };
    const all = everyWay(train, { objective: 'softmax', trees: 1, maxLeaves: 10, maxBins: 63, rowsPerTree: 60_000, columnSampleByNode: 0.8, minRows: 20, monotone: { c1: 1 } }, [1, 2]);
    expect(all[0].length).toBeGreaterThan(1000);
    expect(new Set(all).size).toBe(1);
  });

  test('with rows by their gradients, on narrow records with weights and on fine ones', () => {
    const some = { trees: 4, learningRate: 0.6, maxLeaves: 10, maxBins: 31, gossTop: 0.1, gossRest: 0.1, minRows: 5, columnSample: 1 };
    const narrow = table(50_500, 4, 9);
    for (const train of [{ ...narrow, weights: narrow.y.map((_, i) => 1 + (i % 2)) }, table(900, 5, 9)]) {
      const all = everyWay(train, some, [1, 2]);
      expect(new Set(all).size).toBe(1);
      expect(bytes(twinKernel(), train, { ...some, gossTop: 0 })).not.toBe(all[0]);
    }
  });

  test.each([[30, 257], [64, 20], [64, 21], [20, 1]])('on fine records, %i rows and %i columns, 1 and 2 threads', (rows, columns) => {
    const all = everyWay(table(rows, columns, 6), { trees: 3, rowSample: 1, minRows: 1, columnSample: 1 }, [1, 2]);
    expect(new Set(all).size).toBe(1);
  });
});

built('threads and their memory', () => {
  test('serve one fit after the other, large as the memory may have grown; a fit inside a fit has its own', () => {
    if (module === undefined) return;
    const memoryOf = (threads: number, bytes: number): ArrayBufferLike => withThreads(module, threads, (kernel) => kernel.bytes(bytes).buffer);
    // More than is kept for good.
    const first = memoryOf(1, 80_000_000);
    expect(memoryOf(1, 1000)).toBe(first);
    expect(memoryOf(2, 1000)).not.toBe(first);
    expect(memoryOf(1, 1000)).toBe(first);
    withThreads(module, 1, (kernel) => {
      expect(memoryOf(1, 1000)).not.toBe(first);
      expect(kernel.bytes(1000).buffer).toBe(first);
    });
  });
});
