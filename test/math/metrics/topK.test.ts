import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { hitsAtK, ndcgAtK, recallAtK } from '../../../src/math/metrics/index.ts';

test('recall and nDCG by hand', () => {
  const wanted = new Set([7, 9, 4]);
  expect([recallAtK([7, 1, 9, 4], wanted, 2), recallAtK([7, 1, 9, 4], wanted, 4), hitsAtK([7, 1, 9], wanted, 3)]).toEqual([1 / 3, 1, 2]);
  // Hits on places 1 and 3 of three: (1 + 1/2) ÷ (1 + 1/log₂3 + 1/2).
  expect(ndcgAtK([7, 1, 9], wanted, 3)).toBeCloseTo(1.5 / (1.5 + 1 / Math.log2(3)), 14);
  expect([ndcgAtK([1], new Set(), 3), recallAtK([1], new Set(), 3)]).toEqual([undefined, undefined]);
});

test('both lie in [0, 1], and wanted items first is perfect', () => {
  const items = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(items, items, fc.integer({ min: 1, max: 15 }), (list, wanted, k) => {
    const set = new Set(wanted);
    for (const value of [recallAtK(list, set, k), ndcgAtK(list, set, k)]) expect(value).toSatisfy((v: number) => v >= 0 && v <= 1);
    expect(ndcgAtK(wanted, set, k)).toBeCloseTo(1, 12);
  }));
});
