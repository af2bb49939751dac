import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { MAX_PARTS } from '../../src/store/snapshot/compact.ts';
import type { Store } from '../../src/store/connection.ts';
import { numbersOf, textsOf } from '../../src/store/columns/columns.ts';
import { describeOnEachStore, freshDatabase, testClock } from '../support/stores.ts';
import { openStore } from '../../src/store/connection.ts';
import { addEvents, fillStore } from '../features/shop.ts';
import type { ShopEvent } from '../features/shop.ts';

const T0 = Date.UTC(2025, 0, 1);
const customers = [0, 1, 2].map((i) => ({ createdAt: T0 + i, attributes: { city: `Zürich ${i} 北京`, 'a b': '"x"' } }));
const event = (customer: number, day: number, more: Partial<ShopEvent> = {}): ShopEvent => ({ customer, at: T0 + day * 86_400_000, kind: 'order', amount: '12.3456', ...more });
const first = [event(0, 3), event(1, 1, { amount: '-0.0001', kind: 'refund' }), event(0, 1, { category: '茶 & "tea"', quantity: '99999999999999.9999' }), event(2, 0, { amount: undefined, product: "o'b" })];
const second = [event(2, 9), event(0, 2, { kind: 'view' })];

describeOnEachStore('snapshot', (getStore, about) => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'snapshot-'));
    await fillStore(getStore(), { customers, events: first });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('holds every column of every event exactly, unicode and extreme amounts included', async () => {
    const info = await refreshSnapshot(getStore(), dir);
    expect(info).toMatchObject({ rows: 4, customers: 3, added: 4, rebuilt: true });
    const columns = await openColumns(dir);
    const answer = await columns.query('SELECT event_id, occurred_ms, amount::VARCHAR AS amount, quantity::VARCHAR AS quantity, category, product FROM events ORDER BY customer_id, occurred_ms');
    expect([...numbersOf(answer, 'event_id')]).toEqual([3, 1, 2, 4]);
    expect([...numbersOf(answer, 'occurred_ms')]).toEqual([first[2].at, first[0].at, first[1].at, first[3].at]);
    expect(textsOf(answer, 'amount')).toEqual(['12.3456', '12.3456', '-0.0001', null]);
    expect(textsOf(answer, 'quantity')).toEqual(['99999999999999.9999', null, null, null]);
    expect(textsOf(answer, 'category')).toEqual(['茶 & "tea"', null, null, null]);
    expect(textsOf(answer, 'product')).toEqual([null, null, null, "o'b"]);
    const people = await columns.query(`SELECT json_extract_string(attributes, '$.city') AS city, created_ms, consent_scoring FROM customers ORDER BY customer_id`);
    expect(textsOf(people, 'city')).toEqual(['Zürich 0 北京', 'Zürich 1 北京', 'Zürich 2 北京']);
    expect([...numbersOf(people, 'created_ms')]).toEqual([T0, T0 + 1, T0 + 2]);
    columns.close();
  });

  test('a snapshot that grew equals one that was built at once', async () => {
    await refreshSnapshot(getStore(), dir);
    await addEvents(getStore(), second, first.length);
    const grown = await refreshSnapshot(getStore(), dir);
    expect(grown).toMatchObject({ rows: 6, added: 2, rebuilt: false, parts: 2 });
    const other = join(dir, 'full');
    const full = await refreshSnapshot(getStore(), other, { partRows: 2 });
    expect(full).toMatchObject({ rows: 6, rebuilt: true });
    expect(full.contentHash).toBe(grown.contentHash);
    expect((await refreshSnapshot(getStore(), dir)).added).toBe(0);
  });

  test('many refreshes stay few files, and replaced files go one refresh later', async () => {
    for (let round = 0; round <= MAX_PARTS + 2; round++) {
      await refreshSnapshot(getStore(), dir);
      await addEvents(getStore(), [event(round % 3, 20 + round)], first.length + round);
    }
    const info = await refreshSnapshot(getStore(), dir);
    expect(info.rows).toBe(4 + MAX_PARTS + 3);
    expect(info.parts).toBeLessThanOrEqual(MAX_PARTS);
    const files = (await readdir(dir)).filter((name) => name.startsWith('events-'));
    expect(files.length).toBeLessThanOrEqual(MAX_PARTS + 1);
    expect(info.contentHash).toBe((await refreshSnapshot(getStore(), dir, { full: true })).contentHash);
  });

  test('forgets erased customers, takes attributes and consents as they are now', async () => {
    const before = await refreshSnapshot(getStore(), dir);
    await getStore().db('events').where({ customer_id: 1 }).delete();
    await getStore().db('customers').where({ customer_id: 1 }).delete();
    await getStore().db('consents').insert({ customer_id: 2, purpose: 'training', state: 'refused', recorded_at: new Date(T0).toISOString(), source: 'test' });
    const after = await refreshSnapshot(getStore(), dir);
    expect(after).toMatchObject({ rows: 2, customers: 2, rebuilt: true });
    expect(after.contentHash).not.toBe(before.contentHash);
    const columns = await openColumns(dir);
    expect(textsOf(await columns.query('SELECT consent_training FROM customers ORDER BY customer_id'), 'consent_training')).toEqual(['refused', null]);
    columns.close();
  });

  test('a frozen view leaves out what came in later', async () => {
    await addEvents(getStore(), second, first.length, T0 + 5000);
    await refreshSnapshot(getStore(), dir);
    const columns = await openColumns(dir, { ingestedUpTo: T0 });
    expect([...numbersOf(await columns.query('SELECT count(*) AS n FROM events'), 'n')]).toEqual([4]);
    columns.close();
  });

  test('an empty store gives an empty snapshot; no snapshot and lost files are said plainly', async () => {
    await expect(openColumns(dir)).rejects.toMatchObject({ code: 'not_found' });
    await fillStore(getStore(), { customers: [], events: [] });
    expect(await refreshSnapshot(getStore(), dir)).toMatchObject({ rows: 0, customers: 0, maxIngestedAt: null });
    const columns = await openColumns(dir);
    expect([...numbersOf(await columns.query('SELECT count(*) AS n FROM events'), 'n')]).toEqual([0]);
    columns.close();
    await fillStore(getStore(), { customers, events: first });
    await refreshSnapshot(getStore(), dir);
    const [part] = (await readdir(dir)).filter((name) => name.startsWith('events-'));
    await rm(join(dir, part));
    await expect(openColumns(dir)).rejects.toMatchObject({ code: 'not_found' });
    expect(await refreshSnapshot(getStore(), dir)).toMatchObject({ rows: 4, rebuilt: true });
  });

  test('a broken manifest and stray files are replaced', async () => {
    await refreshSnapshot(getStore(), dir);
    await writeFile(join(dir, 'manifest.json'), '{"format":1,');
    await writeFile(join(dir, 'events-99-1.parquet'), 'half a file');
    expect(await refreshSnapshot(getStore(), dir)).toMatchObject({ rows: 4, rebuilt: true });
    expect(await readdir(dir)).not.toContain('events-99-1.parquet');
  });

  test('cancelling keeps the previous snapshot', async () => {
    await refreshSnapshot(getStore(), dir);
    const manifest = await readFile(join(dir, 'manifest.json'), 'utf8');
    await addEvents(getStore(), second, first.length);
    await expect(refreshSnapshot(getStore(), dir, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readFile(join(dir, 'manifest.json'), 'utf8')).toBe(manifest);
    (await openColumns(dir)).close();
  });

  test('events of a transaction that commits late are not skipped', async (context) => {
    if (about().dialect === 'pglite') context.skip('the embedded store has one connection: transactions commit in order');
    const store: Store = getStore();
    await refreshSnapshot(store, dir);
    const slow = await store.db.transaction();
    await addEvents({ db: slow }, [event(0, 5)], 100);
    await addEvents(store, [event(1, 5)], 200);
    expect((await refreshSnapshot(store, dir)).rows).toBe(4);
    await slow.commit();
    expect((await refreshSnapshot(store, dir)).rows).toBe(6);
  });

  test('a transaction of another database on the same server holds nothing back', async (context) => {
    if (about().dialect === 'pglite') context.skip('the embedded store is a server of its own');
    const neighbour = await freshDatabase();
    const other = await openStore({ databaseUrl: neighbour.databaseUrl }, { clock: testClock() });
    try {
      await other.db.transaction(async (trx) => {
        await trx.raw('SELECT pg_current_xact_id()');
        await addEvents(getStore(), second, first.length);
        expect((await refreshSnapshot(getStore(), dir)).rows).toBe(6);
      });
    } finally {
      await other.close();
      await neighbour.drop();
    }
  });

  test('events restored from a database that counted further are there', async () => {
    await getStore().db.raw('UPDATE events SET ingest_xid = (pg_current_xact_id()::text::bigint + 1000000)::text::xid8 WHERE event_id = 2');
    expect((await refreshSnapshot(getStore(), dir)).rows).toBe(4);
    await addEvents(getStore(), second, first.length);
    expect((await refreshSnapshot(getStore(), dir)).rows).toBe(6);
  });
});
