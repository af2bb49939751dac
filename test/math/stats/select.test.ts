import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { medianOf, quantileSorted, selectInPlace } from '../../../src/math/stats/index.ts';

const numbers = fc.float64Array({ minLength: 1, maxLength: 60, noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

test('a selected value is the one that sorting puts there, with smaller ones before and larger ones behind', () => {
  fc.assert(fc.property(numbers, fc.nat(), (values, at) => {
    const rank = at % values.length;
    const work = values.map((v) => Math.round(v / 1e8) + 0);
    const sorted = work.slice().sort();
    expect(selectInPlace(work, rank)).toBe(sorted[rank]);
    expect(work.subarray(0, rank).every((v) => v <= sorted[rank])).toBe(true);
    expect(work.subarray(rank).every((v) => v >= sorted[rank])).toBe(true);
    expect(work.slice().sort()).toEqual(sorted);
  }));
});

test('the median leaves NaN out and is that of type 7', () => {
  fc.assert(fc.property(numbers, (values) => {
    expect(medianOf(Float64Array.of(NaN, ...values, NaN))).toBeCloseTo(quantileSorted(values.slice().sort(), 0.5), 6);
  }));
  for (const make of [(i: number) => Math.sin(i), (i: number) => Math.floor(i / 2500), (i: number) => (i % 3 === 0 ? -1e9 : i), (i: number) => (i % 40 === 7 ? i : 0)]) {
    for (const length of [9999, 10_000, 4096]) {
      const many = Float64Array.from({ length }, (_, i) => make(i));
      expect(medianOf(many)).toBe(middle(many));
    }
  }
  expect(medianOf([NaN])).toBeUndefined();
  expect(medianOf([])).toBeUndefined();
});

function middle(values: Float64Array): number {
  const sorted = values.slice().sort();
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return lower + 0.5 * (upper - lower);
}
