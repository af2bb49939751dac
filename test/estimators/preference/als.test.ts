import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { ALS_DEFAULTS, alsLoss, fitAls, rowSolver, transpose } from '../../../src/estimators/preference/als.ts';
import type { AlsParams, SparseRows } from '../../../src/estimators/preference/als.ts';

/** Strengths of four customers and three items: [[1, 0, 2], [0, 1, 0], [0.5, 1, 0], [0, 0, 1]]. */
const ROWS: SparseRows = { columns: 3, starts: Int32Array.of(0, 2, 3, 5, 6), at: Int32Array.of(0, 2, 1, 0, 1, 2), strength: Float64Array.of(1, 2, 1, 0.5, 1, 1) };
const PARAMS: AlsParams = { factors: 2, regularisation: 0.5, alpha: 2, iterations: 1 };

function half(rows: SparseRows, against: Float64Array, params: AlsParams): Float64Array {
  const out = new Float64Array((rows.starts.length - 1) * params.factors);
  const solve = rowSolver(against, params);
  for (let u = 0; u + 1 < rows.starts.length; u++) solve(rows.at, rows.strength, rows.starts[u], rows.starts[u + 1], out, u * params.factors);
  return out;
}

/** A table in which every customer has one to five of twelve items. */
const table = fc.array(fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 15 }).map((rows): SparseRows => {
  const starts = Int32Array.from([0, ...rows.map((_, u) => rows.slice(0, u + 1).reduce((sum, { length }) => sum + length, 0))]);
  return { columns: 12, starts, at: Int32Array.from(rows.flatMap((row) => row.toSorted((a, b) => a - b))), strength: Float64Array.from(rows.flat(), (item) => 1 + (item % 3)) };
});
const NAMES = Array.from({ length: 12 }, (_, i) => `item-${i}`);
const SMALL: AlsParams = { ...ALS_DEFAULTS, factors: 3, iterations: 3 };

describe('implicit-feedback factorisation', () => {
  test('one round of both sides as numpy solves it', () => {
    // numpy 2: np.linalg.solve(Y.T @ C @ Y + 0.5 I, Y.T @ C @ p) row by row, C = diag(1 + 2 r), then the same with the rows and columns exchanged.
    const users = half(ROWS, Float64Array.of(0.1, -0.2, 0.3, 0.05, -0.1, 0.2), PARAMS);
    const expected = [-0.20092444109, 0.45090085841, 1.137685843568, 0.245636716225, 1.368143092023, -0.365701758756, -0.386663439429, 0.867723587075];
    expected.forEach((value, i) => { expect(users[i]).toBeCloseTo(value, 11); });
    const items = half(transpose(ROWS), users, PARAMS);
    [0.501765143045, 0.587897224563, 0.762490096012, 0.230542895244, -0.030010472367, 1.21105594918].forEach((value, i) => { expect(items[i]).toBeCloseTo(value, 11); });
  });

  test('every round brings the loss down', () => {
    fc.assert(fc.property(table, (rows) => {
      const lossAfter = (iterations: number): number => {
        const items = fitAls(rows, NAMES, { ...SMALL, iterations }, 's');
        return alsLoss(rows, half(rows, items, SMALL), items, SMALL);
      };
      const losses = [1, 2, 3, 6].map(lossAfter);
      for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThanOrEqual(losses[i - 1] + 1e-9);
    }), { numRuns: 30, seed: 1 });
  });

  test('the same seed gives the same bytes; names decide where factors start, so the order of items does not matter', () => {
    fc.assert(fc.property(table, (rows) => {
      const once = fitAls(rows, NAMES, SMALL, 's');
      expect(fitAls(rows, NAMES, SMALL, 's')).toEqual(once);
      const turned: SparseRows = { ...rows, at: rows.at.map((item) => 11 - item) };
      const again = fitAls(turned, NAMES.toReversed(), SMALL, 's');
      for (let item = 0; item < 12; item++) for (let a = 0; a < 3; a++) expect(again[(11 - item) * 3 + a]).toBeCloseTo(once[item * 3 + a], 8);
    }), { numRuns: 30, seed: 1 });
  });

  test('can be cancelled', () => {
    expect(() => fitAls(ROWS, ['a', 'b', 'c'], PARAMS, 's', { cancelled: Int32Array.of(1) })).toThrow('cancelled');
  });
});
