import * as fc from '../support/properties.ts';
import { beforeEach, expect, test } from 'vitest';
import { statementOf } from '../../src/conditions/compile.ts';
import { sql } from '../../src/conditions/sql/fragment.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { buildSegment } from '../../src/segments/build.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { holdoutSql, inHoldout } from '../../src/segments/holdout.ts';
import { segmentChanges, segmentMembers } from '../../src/segments/members.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { findSegment } from '../../src/store/repositories/segments.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { describeOnEachStore } from '../support/stores.ts';

const storeIds = (size: number): number[] => Array.from({ length: size }, (_, i) => i + 1);

test('the share is met, a larger share keeps those of a smaller one, and two salts are independent', () => {
  const ids = storeIds(20_000);
  fc.assert(fc.property(fc.string(), fc.double({ min: 0, max: 0.999, noNaN: true }), (salt, share) => {
    const held = ids.filter((id) => inHoldout(salt, id, share));
    // Five standard errors of a binomial share: one seed in two million.
    expect(Math.abs(held.length - share * ids.length)).toBeLessThanOrEqual(5 * Math.sqrt(ids.length * share * (1 - share)) + 1e-9);
    expect(held.every((id) => inHoldout(salt, id, share + (1 - share) / 2))).toBe(true);
    const both = held.filter((id) => inHoldout(`${salt}2`, id, share)).length;
    expect(Math.abs(both - share * share * ids.length)).toBeLessThanOrEqual(5 * Math.sqrt(ids.length * share * share) + 1e-9);
  }), { seed: 7, numRuns: 6 });
  expect(ids.some((id) => inHoldout('any', id, 0))).toBe(false);
});

test('the first numbers stay what they are: another hash would move customers between the groups of running campaigns (numbers: sha256 of Python, hashlib)', () => {
  expect(storeIds(20).filter((id) => inHoldout('rescue', id, 0.3))).toEqual([1, 19, 20]);
});

describeOnEachStore('members of saved segments', (getStore) => {
  const timeZone = 'Asia/Shanghai';
  let ids: ReadonlyMap<string, number>;
  const build = async (): Promise<void> => {
    const { names } = await loadCatalogue(getStore().db);
    const words = { zh: '全部', en: 'All' };
    const segment = (await findSegment(getStore().db, 'all'))
      ?? (await createSegment(getStore(), { key: 'all', label: words, description: words, owner: 'ann', condition: readCondition('attr.city exists'), status: 'enabled', schedule: 'nightly', holdoutShare: 0.3 }, names, 'ann'));
    await buildSegment(getStore(), segment, { asOf: '2026-03-10', timeZone, names });
  };

  beforeEach(async () => {
    await getStore().db.raw('TRUNCATE customers, segments, suppressions RESTART IDENTITY CASCADE');
    ids = await upsertCustomers(getStore().db, Array.from({ length: 60 }, (_, i) => ({ externalId: `c${i}`, attributes: { city: '北京' } })), 0);
  });
  const refuse = (who: string, purpose: 'marketing' | 'scoring'): Promise<unknown> => recordConsents(getStore().db, [{ customerId: ids.get(who) ?? 0, purpose, state: 'refused', recordedAt: 1, source: 'test' }]);

  test('the statement holds out exactly those whom the function holds out', async () => {
    const people = (await selectRows<{ id: number }>(getStore().db, 'SELECT customer_id AS id FROM customers ORDER BY 1')).map(({ id }) => id);
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')), fc.double({ min: 0, max: 0.999, noNaN: true }), async (salt, share) => {
      const { sql: text, bindings } = statementOf(sql`select c.customer_id as id from customers c where ${holdoutSql(salt, share)} order by 1`);
      expect((await selectRows<{ id: number }>(getStore().db, text, [...bindings])).map(({ id }) => id)).toEqual(people.filter((id) => inHoldout(salt, id, share)));
    }), { seed: 3, numRuns: 20 });
  });

  test('come in pages that meet, with and without the hold-out, and without those who refused since', async () => {
    await build();
    await refuse('c7', 'marketing');
    const pages = async (holdout?: boolean): Promise<string[]> => {
      const seen: string[] = [];
      for (let after: number | null = 0; after !== null;) {
        const page: Awaited<ReturnType<typeof segmentMembers>> = await segmentMembers(getStore(), 'all', { limit: 7, after, ...(holdout === undefined ? {} : { holdout }) });
        expect([page.version, page.rows.length <= 7, page.rows.every((row) => row.holdout === inHoldout('all', row.customerId, 0.3))]).toEqual([1, true, true]);
        seen.push(...page.rows.map(({ externalId }) => externalId));
        after = page.next;
      }
      return seen;
    };
    const everybody = await pages();
    expect(new Set(everybody)).toEqual(new Set([...ids.keys()].filter((name) => name !== 'c7')));
    expect(everybody).toHaveLength(59);
    const [held, others] = [await pages(true), await pages(false)];
    expect([held.length > 5, [...held, ...others].sort()]).toEqual([true, [...everybody].sort()]);
  });

  test('who entered leaves out those who refused; who left is told whole', async () => {
    await build();
    await refuse('c3', 'marketing');
    const entered = await segmentChanges(getStore(), 'all', 'entered', { limit: 50 });
    expect([entered.rows.length, entered.rows.some(({ externalId }) => externalId === 'c3'), entered.next === null]).toEqual([50, false, false]);
    expect((await segmentChanges(getStore(), 'all', 'entered', { limit: 50, after: entered.next ?? 0 })).rows).toHaveLength(9);
    await refuse('c4', 'scoring');
    await build();
    expect(await segmentChanges(getStore(), 'all', 'left', { limit: 50 })).toMatchObject({ version: 2, rows: [{ externalId: 'c4' }], next: null });
  });

  test('there are none before the first build, nor in pages of no size', async () => {
    await expect(segmentMembers(getStore(), 'all', { limit: 1 })).rejects.toMatchObject({ code: 'not_found' });
    const { names } = await loadCatalogue(getStore().db);
    const words = { zh: '空', en: 'Empty' };
    const input = { label: words, description: words, owner: 'ann', condition: readCondition('attr.city exists'), status: 'draft', schedule: 'manual', holdoutShare: 0 } as const;
    await createSegment(getStore(), { key: 'empty', ...input }, names, 'ann');
    await expect(segmentMembers(getStore(), 'empty', { limit: 1 })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('never been built') as string });
    await expect(segmentChanges(getStore(), 'empty', 'left', { limit: 1_001 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(createSegment(getStore(), { key: 'count', ...input }, names, 'ann')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
