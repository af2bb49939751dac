import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { fitCooccurrence } from '../../../src/estimators/preference/cooccurrence.ts';
import { durableItems } from '../../../src/estimators/preference/durability.ts';
import { fitItems } from '../../../src/estimators/preference/itemModel.ts';
import type { ItemModel } from '../../../src/estimators/preference/itemModel.ts';
import { purchasesFrom } from '../../../src/estimators/preference/purchases.ts';
import type { Purchases } from '../../../src/estimators/preference/purchases.ts';
import { fitRanker, rankerLogOdds } from '../../../src/estimators/preference/ranker.ts';
import { METHODS, suggesterOf } from '../../../src/estimators/preference/suggest.ts';

type Line = readonly [customer: number, item: string, day: number];
const NAMES = ['bread', 'kettle', 'milk', 'pan', 'toy-1', 'toy-2'];

/** Two hundred households for 400 days: bread and milk every week or two, a kettle or a pan once in a life, toys in pairs by a third. */
function shop(): Line[] {
  const rng = seededRandom('durable shop');
  return Array.from({ length: 200 }, (_, u) => {
    const lines: Line[] = [];
    for (let day = rng.int(10); day < 400; day += 5 + rng.int(10)) lines.push([u, rng.next() < 0.7 ? 'bread' : 'milk', day]);
    for (const item of ['kettle', 'pan']) if (rng.next() < 0.9) lines.push([u, item, rng.int(400)]);
    if (u % 3 === 0) for (let day = 20 + rng.int(60); day < 400; day += 60 + rng.int(60)) lines.push([u, 'toy-1', day], [u, 'toy-2', day + rng.int(5)]);
    return lines;
  }).flat();
}

const purchasesOf = (lines: readonly Line[]): Purchases => purchasesFrom(lines.map(([u]) => u), lines.map(([, item]) => item), lines.map(([, , day]) => day), NAMES).purchases;
const GROUPS = ['food', 'kitchen', 'toys'];
const GROUP_OF = Int32Array.of(0, 1, 0, 1, 2, 2);
const LINES = shop();
const MODEL: ItemModel = fitItems(purchasesOf(LINES), GROUPS, GROUP_OF, 400, { popularDays: 28, halfLifeDays: 91, als: { factors: 3, regularisation: 1, alpha: 5, iterations: 4 } }, '1');
const DURABLE = durableItems(MODEL.durability);
const item = (name: string): number => NAMES.indexOf(name);
type Entry = readonly [name: string, day: number];
const history = (...lines: readonly Entry[]) => {
  const inOrder = lines.toSorted(([a, x], [b, y]) => item(a) - item(b) || x - y);
  return { items: Int32Array.from(inOrder, ([name]) => item(name)), days: Int32Array.from(inOrder, ([, day]) => day) };
};

describe('durability', () => {
  test('is learned: what households buy once is durable, what they come back for is not', () => {
    expect(NAMES.filter((_, i) => DURABLE[i] === 1)).toEqual(['kettle', 'pan']);
    expect(MODEL.durability.repeatShare[item('bread')]).toBeGreaterThan(0.6);
    expect(MODEL.durability.repeatShare[item('kettle')]).toBeLessThan(0.05);
    expect(MODEL.durability.periodDays[item('bread')]).toBeGreaterThan(7);
    expect(MODEL.durability.periodDays[item('bread')]).toBeLessThan(30);
  });

  test('a durable just bought is not offered by any method; bought twice, or long ago, it may be', () => {
    const suggester = suggesterOf(MODEL, DURABLE);
    const names = (lines: readonly Entry[]): string[] => METHODS.filter((method) => !method.startsWith('combined')).flatMap((method) => suggester.offer(method, history(...lines), 400, 6).map((one) => NAMES[one.item]));
    expect(names([['bread', 390], ['kettle', 398]])).not.toContain('kettle');
    expect(suggester.offer('bought_before', history(['kettle', 100], ['kettle', 398]), 400, 1).map((one) => NAMES[one.item])).toEqual(['kettle']);
    expect(suggester.offer('bought_before', history(['kettle', -400]), 400, 1).map((one) => NAMES[one.item])).toEqual(['kettle']);
  });
});

describe('suggestions', () => {
  const suggester = suggesterOf(MODEL, DURABLE);
  test('popular by recent buyers, bought before by recency and frequency, together by who buys both', () => {
    expect(NAMES[suggester.suggest('popular', history(), 400, 1)[0].item]).toBe('bread');
    expect(suggester.suggest('bought_before', history(['milk', 100], ['milk', 110], ['pan', 395]), 400, 3).map((one) => NAMES[one.item])).toEqual(['pan', 'milk', 'bread']);
    expect(NAMES[suggester.suggest('cooccurrence', history(['toy-1', 390]), 400, 1)[0].item]).toBe('toy-2');
    expect(suggester.strongestLink(item('toy-2'), history(['bread', 380], ['toy-1', 390]), 400)).toBe(item('toy-1'));
    expect(suggester.suggest('als', history(['toy-1', 390]), 400, 2).map((one) => NAMES[one.item])).toContain('toy-2');
  });

  test('similarity is shrunk cosine over customers', () => {
    const { purchases } = purchasesFrom([1, 1, 2, 2, 3, 3, 4], ['a', 'b', 'a', 'b', 'a', 'b', 'a'], [0, 0, 0, 0, 0, 0, 0], ['a', 'b']);
    const rows = { columns: 2, starts: purchases.starts, at: purchases.items, strength: new Float64Array(7).fill(1) };
    const { at, similarity } = fitCooccurrence(rows, { width: 1, shrink: 5 });
    expect([...at]).toEqual([1, 0]);
    expect(similarity[0]).toBeCloseTo((3 / Math.sqrt(12)) * (3 / 8), 14);
  });

  test('the order of rows does not matter, repeated lines of a day count once', () => {
    fc.assert(fc.property(fc.shuffledSubarray(LINES, { minLength: LINES.length }), (mixed) => {
      expect(purchasesOf([...mixed, ...mixed.slice(0, 50)])).toEqual(purchasesOf(LINES));
    }), { numRuns: 5, seed: 3 });
  });

  test('no item twice, none that is unknown, at most what was asked for', () => {
    const some = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 399 })), { maxLength: 12 });
    fc.assert(fc.property(some, fc.integer({ min: 1, max: 8 }), fc.constantFrom(...METHODS), (lines, most, method) => {
      const unique = [...new Map(lines.map((line) => [line.join(), line])).values()];
      const found = suggester.offer(method, history(...unique), 400, most).map((one) => one.item);
      expect(new Set(found).size).toBe(found.length);
      expect(found.length).toBeLessThanOrEqual(most);
      expect(found.every((one) => one >= 0 && one < NAMES.length)).toBe(true);
    }), { numRuns: 100, seed: 4 });
  });
});

describe('the logistic model over signals', () => {
  test('recovers the coefficients that made the labels, and finds its way where classes are nearly separated', () => {
    const rng = seededRandom('ranker');
    const rows = 20_000;
    const x = Float64Array.from({ length: 2 * rows }, () => rng.normal());
    const y = Uint8Array.from({ length: rows }, (_, r) => (rng.next() < 1 / (1 + Math.exp(-(-1 + 2 * x[2 * r] - 0.5 * x[2 * r + 1]))) ? 1 : 0));
    const ranker = fitRanker(x, y, 2);
    if (ranker === undefined) throw new Error('both classes are there');
    expect(rankerLogOdds(ranker, [0, 0], 0)).toBeCloseTo(-1, 0);
    expect(rankerLogOdds(ranker, [1, 0], 0) - rankerLogOdds(ranker, [0, 0], 0)).toBeCloseTo(2, 0);
    expect(rankerLogOdds(ranker, [0, 1], 0) - rankerLogOdds(ranker, [0, 0], 0)).toBeCloseTo(-0.5, 0);
    // One row in a thousand is positive, and a rare column tells nearly all of them.
    const rare = Float64Array.from({ length: rows }, (_, r) => (r % 1000 === 0 ? 1 : 0));
    const labels = Uint8Array.from({ length: rows }, (_, r) => (r % 1000 === 0 || r === 7 ? 1 : 0));
    const steep = fitRanker(rare, labels, 1);
    expect(steep === undefined ? Number.NaN : rankerLogOdds(steep, [1], 0) - rankerLogOdds(steep, [0], 0)).toBeGreaterThan(6);
    expect(fitRanker(rare, new Uint8Array(rows), 1)).toBeUndefined();
  });
});
