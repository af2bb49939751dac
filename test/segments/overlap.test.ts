import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { changeList } from '../../src/segments/lists.ts';
import { overlap, overlapOf } from '../../src/segments/overlap.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { describeOnEachStore } from '../support/stores.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const label = { zh: 'x', en: 'x' };

test('counts by combination say the same as the sets themselves', () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 8 }), fc.array(fc.nat(255), { maxLength: 200 }), (size, raw) => {
    const people = raw.map((mask) => mask & ((1 << size) - 1)).filter((mask) => mask > 0);
    const masks = [...new Set(people)].map((mask) => ({ mask, customers: people.filter((one) => one === mask).length }));
    const found = overlapOf(KEYS.slice(0, size).map((key) => ({ key, label, version: 1 })), masks);
    const within = (keys: readonly string[]): number => people.filter((mask) => keys.every((key) => (mask & (1 << KEYS.indexOf(key))) !== 0)).length;
    expect(found.customers).toBe(people.length);
    expect(found.segments.map(({ members }) => members)).toEqual(KEYS.slice(0, size).map((key) => within([key])));
    expect(found.combinations.reduce((sum, { only }) => sum + only, 0)).toBe(people.length);
    for (const { segments, all } of found.combinations) expect(all).toBe(within(segments));
    expect(found.pairs).toHaveLength((size * (size - 1)) / 2);
    for (const { a, b, both, jaccard, shareOfA } of found.pairs) {
      const either = people.filter((mask) => [a, b].some((key) => (mask & (1 << KEYS.indexOf(key))) !== 0)).length;
      expect([both, jaccard, shareOfA]).toEqual([within([a, b]), either === 0 ? null : within([a, b]) / either, within([a]) === 0 ? null : within([a, b]) / within([a])]);
    }
  }), { seed: 9, numRuns: 60 });
});

describeOnEachStore('lists and overlaps', (getStore) => {
  const list = (key: string, ids: string[][], change: 'replace' | 'add' | 'remove' = 'replace') => changeList(getStore(), { key, change, ids, asOf: '2026-03-10', actor: 'ann' });
  test('of built segments, without those who refused; two who change a list at once do not undo each other', async () => {
    const ids = await upsertCustomers(getStore().db, Array.from({ length: 30 }, (_, i) => ({ externalId: `c${i}` })), 0);
    const some = (step: number): string[] => Array.from({ length: 30 }, (_, i) => i).filter((i) => i % step === 0).map((i) => `c${i}`);
    await list('twos', [some(2).slice(0, 5), some(2).slice(5)]);
    await list('threes', [some(3), some(3), ['nobody']]);
    await list('fives', [some(5)]);
    await recordConsents(getStore().db, [{ customerId: ids.get('c0') ?? 0, purpose: 'marketing', state: 'refused', recordedAt: 1, source: 'test' }]);
    const found = await overlap(getStore(), ['twos', 'threes', 'fives']);
    expect(found.segments.map(({ members }) => members)).toEqual([14, 9, 5]);
    expect(found.combinations.map(({ segments, only, all }) => [segments.join('+'), only, all])).toEqual([['twos', 8, 14], ['threes', 4, 9], ['twos+threes', 4, 4], ['fives', 2, 5], ['twos+fives', 2, 2], ['threes+fives', 1, 1]]);
    const slow = async function* slow(): AsyncGenerator<string[]> {
      yield ['c1'];
      await list('fives', [['c7']], 'add');
      yield ['c2'];
    };
    await expect(changeList(getStore(), { key: 'fives', change: 'add', ids: slow(), asOf: '2026-03-10', actor: 'bo' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await list('fives', [['c1', 'c7'], ['x']], 'remove')).toMatchObject({ members: 6, entered: 0, left: 1, given: 3, matched: 2, unmatched: 1 });
    await expect(list('missing', [['c1']], 'remove')).rejects.toMatchObject({ code: 'not_found' });
    await expect(overlap(getStore(), ['twos'])).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
