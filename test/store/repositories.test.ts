/** One suite for every table, on the embedded store and on a real server. */
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../src/store/events.ts';
import * as store from '../../src/store/index.ts';
import { horizonOf } from '../../src/store/snapshot/source.ts';
import { describeOnEachStore } from '../support/stores.ts';

const HOSTILE = [`Robert'); DROP TABLE events;--`, `"quoted" \\ back\\\\slash`, '{a,b}', '{"a": NULL}', 'NULL', '', '$1 ? ?? :name', '张三 🛍️👨‍👩‍👧', 'línea\r\ndos\t', `' OR '1'='1`, '\u0001\u001f\u007f', '${x} `y` %s'];
const order = (customer: string, occurredAt: number, more: Partial<NewEvent> = {}): NewEvent => ({ customer, occurredAt, kind: 'order', amount: '10.5', ...more });

describeOnEachStore('the repositories', (getStore) => {
  describe('customers', () => {
    test('are created once, merged, and found by id, by external id and by identity', async () => {
      const { db } = getStore();
      const first = await store.upsertCustomers(db, [{ externalId: 'c1', attributes: { city: 'Köln', age: 30 } }, { externalId: 'c2' }, { externalId: 'c1', attributes: { age: 31 } }], 1000);
      const again = await store.upsertCustomers(db, [{ externalId: 'c1', attributes: { tags: ['a', 'b'], city: null } }], 2000);
      expect(again.get('c1')).toBe(first.get('c1'));
      const id = first.get('c1') ?? 0;
      const customer = await store.customerById(db, id);
      expect(customer).toEqual({ customerId: id, externalId: 'c1', attributes: { city: null, age: 31, tags: ['a', 'b'] }, createdAt: 1000, updatedAt: 2000 });
      expect(await store.customerByExternalId(db, 'c1')).toEqual(customer);
      expect(await store.linkIdentities(db, [{ namespace: 'email', value: 'x@y', customerId: id }])).toBe(1);
      expect(await store.linkIdentities(db, [{ namespace: 'email', value: 'x@y', customerId: first.get('c2') ?? 0 }])).toBe(0);
      expect(await store.customerByIdentity(db, 'email', 'x@y')).toEqual(customer);
      expect(await store.customerByIdentity(db, 'email', 'nobody')).toBeUndefined();
    });

    test('keep hostile texts exactly and page in the order of their id', async () => {
      const { db } = getStore();
      const ids = await store.upsertCustomers(db, HOSTILE.map((externalId) => ({ externalId, attributes: { [externalId]: externalId, list: HOSTILE } })), 0);
      for (const text of HOSTILE) {
        expect(await store.customerByExternalId(db, text)).toMatchObject({ customerId: ids.get(text), externalId: text, attributes: { [text]: text, list: HOSTILE } });
      }
      const seen: number[] = [];
      for (let after = 0; ; ) {
        const page = await store.pageCustomers(db, { after, limit: 5 });
        if (page.length === 0) break;
        seen.push(...page.map((customer) => customer.customerId));
        after = seen.at(-1) ?? 0;
      }
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen).toHaveLength(await store.countCustomers(db));
    });

    test('refuse what the store cannot keep: NUL and halves of surrogate pairs, in texts and inside of JSON', async () => {
      const { db } = getStore();
      for (const bad of ['a\0b', 'x\uD83D']) {
        await expect(store.upsertCustomers(db, [{ externalId: bad }], 0)).rejects.toMatchObject({ code: 'bad_data' });
        await expect(store.upsertCustomers(db, [{ externalId: 'ok', attributes: { deep: [{ [bad]: 1 }] } }], 0)).rejects.toMatchObject({ code: 'bad_data' });
        await expect(store.customerByExternalId(db, bad)).rejects.toMatchObject({ code: 'bad_data' });
      }
      // Passed around the check, the server itself refuses it with the same code.
      await expect(db.raw('SELECT ?::text', ['a\0b'])).rejects.toMatchObject({ code: 'bad_data' });
      expect(await store.customerByExternalId(db, 'ok')).toBeUndefined();
    });
  });

  describe('events', () => {
    test('are appended once, whatever is sent again', async () => {
      const { db } = getStore();
      const events = [order('a', 1000), order('a', 1000), order('a', 1000, { amount: '10.50' }), order('b', 5, { eventId: 'e1' }), order('b', 6, { eventId: 'e1' }), order('c', 0, { kind: 'view' })];
      expect(await store.appendEvents(db, events, { source: 's', at: 42 })).toEqual({ inserted: 3, duplicates: 3, newCustomers: 3 });
      expect(await store.appendEvents(db, events, { source: 's', at: 43 })).toEqual({ inserted: 0, duplicates: 6, newCustomers: 0 });
      // An id is unique within its source only.
      expect(await store.appendEvents(db, [order('b', 5, { eventId: 'e1' })], { source: 'other', at: 44 })).toMatchObject({ inserted: 1 });
      expect(await store.appendEvents(db, [], { source: 's', at: 1 })).toEqual({ inserted: 0, duplicates: 0, newCustomers: 0 });
      await expect(store.appendEvents(db, Array.from({ length: store.MAX_APPEND + 1 }, (_, i) => order('z', i)), { source: 's', at: 0 })).rejects.toMatchObject({ code: 'payload_too_large' });
    });

    test('keep every field exactly: hostile texts, 1970, exact decimals, JSON', async () => {
      const { db } = getStore();
      const texts = HOSTILE.filter((text) => text !== '');
      const events = texts.map((text, i) => order(text, i, { amount: '99999999999999.9999', quantity: '-0.0001', product: text, category: text, channel: text, campaign: text, session: text, orderRef: text, properties: { [text]: [text, null, 1.5, { a: true }] } }));
      expect(await store.appendEvents(db, events, { source: `'; --`, at: 7 })).toMatchObject({ inserted: texts.length });
      const ids = await store.customerIds(db, texts);
      for (const [i, text] of texts.entries()) {
        const page = await store.timeline(db, ids.get(text) ?? 0, { limit: 10 });
        expect(page).toEqual({
          events: [{
            eventId: expect.any(Number), occurredAt: i, kind: 'order', amount: '99999999999999.9999', quantity: '-0.0001', discount: null, product: text, category: text, channel: text, campaign: text,
            session: text, orderRef: text, properties: { [text]: [text, null, 1.5, { a: true }] }, ingestedAt: 7,
          }],
        });
      }
      await expect(store.appendEvents(db, [order('good', 1), order('bad', 1, { product: 'a\0' })], { source: 's', at: 0 })).rejects.toMatchObject({ code: 'bad_data' });
      expect(await store.customerByExternalId(db, 'good')).toBeUndefined();
    });

    test('page newest first without loss at equal instants and between milliseconds', async () => {
      const { db } = getStore();
      const events = Array.from({ length: 25 }, (_, i) => order('pager', 1_000_000 + Math.floor(i / 5), { eventId: `p${i}` }));
      await store.appendEvents(db, events, { source: 's', at: 0 });
      const id = (await store.customerIds(db, ['pager'])).get('pager') ?? 0;
      // The repository writes milliseconds; a store filled by another tool may hold microseconds.
      await db.raw(`UPDATE events SET occurred_at = occurred_at + event_id % 7 * interval '1 microsecond' WHERE customer_id = ?`, [id]);
      const seen: number[] = [];
      let after: string | undefined;
      do {
        const page = await store.timeline(db, id, { limit: 4, ...(after === undefined ? {} : { after }) });
        seen.push(...page.events.map((event) => event.eventId));
        after = page.next;
      } while (after !== undefined);
      const expected = await db('events').where('customer_id', id).orderBy([{ column: 'occurred_at', order: 'desc' }, { column: 'event_id', order: 'desc' }]).pluck<number[]>('event_id');
      expect(seen).toEqual(expected);
      await expect(store.timeline(db, id, { limit: 1, after: `0); DROP TABLE events;--` })).rejects.toMatchObject({ code: 'invalid_input' });
    });

    test('are found by ingestion order: everything that was committed before the snapshot, once', async () => {
      const { db } = getStore();
      // What transactions of other databases do is none of ours; other tests run beside this one on the same server.
      const mark = async (): Promise<string> => (await horizonOf(getStore())).complete;
      const read = async (from: string): Promise<number> =>
        (await store.selectRows<{ n: number }>(db, 'SELECT count(*) AS n FROM events WHERE ingest_xid >= ?::xid8 AND ingest_xid < ?::xid8', [from, await mark()]))[0]?.n ?? 0;
      const start = await mark();
      await store.appendEvents(db, [order('late', 1), order('late', 2)], { source: 'ingest', at: 0 });
      expect(await read(start)).toBe(2);
      expect(await read(await mark())).toBe(0);
    });
  });

  describe('consents', () => {
    test('the newest word wins, a refusal survives deletion, and comes back with the customer', async () => {
      const { db } = getStore();
      const id = (await store.upsertCustomers(db, [{ externalId: 'shy' }], 0)).get('shy') ?? 0;
      const say = (state: 'granted' | 'refused', recordedAt: number): Promise<void> => store.recordConsents(db, [{ customerId: id, purpose: 'scoring', state, recordedAt, source: 'api' }]);
      await say('refused', 200);
      await say('granted', 100);
      expect(await store.consentsOf(db, id)).toEqual([{ customerId: id, purpose: 'scoring', state: 'refused', recordedAt: 200, source: 'api' }]);
      await db('customers').where('customer_id', id).delete();
      expect(await store.isSuppressed(db, 'shy', 'scoring')).toBe(true);
      await store.appendEvents(db, [order('shy', 1)], { source: 's', at: 0 });
      const back = (await store.customerIds(db, ['shy'])).get('shy') ?? 0;
      expect(await store.refusedCustomers(db, 'scoring', { limit: 10 })).toEqual([back]);
      await store.recordConsents(db, [{ customerId: back, purpose: 'scoring', state: 'granted', recordedAt: 300, source: 'api' }]);
      expect(await store.isSuppressed(db, 'shy', 'scoring')).toBe(false);
      expect(await store.refusedCustomers(db, 'scoring', { limit: 10 })).toEqual([]);
    });
  });

  describe('models', () => {
    test('have rising versions, exact bytes and a history of aliases', async () => {
      const { db } = getStore();
      const artefact = Buffer.from([0, 255, 92, 39, 0, 1]);
      const versions = await Promise.all([1, 2, 3].map(() => store.insertModel(db, { name: 'churn', sha256: 'ab', envelope: { a: [1, null] }, artefact, at: 5 })));
      expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
      expect(await store.modelArtefact(db, 'churn', 2)).toEqual(artefact);
      expect(await store.modelRow(db, 'churn', 1)).toEqual({ name: 'churn', version: 1, sha256: 'ab', envelope: { a: [1, null] }, createdAt: 5 });
      expect((await store.listModels(db)).map((model) => model.version)).toEqual([3, 2, 1]);
      const move = (version: number | null): Promise<number | undefined> => store.moveAlias(db, { name: 'churn', alias: 'champion', version, at: 6, actor: 'cli', reason: `it's better` });
      expect(await move(1)).toBeUndefined();
      expect(await move(3)).toBe(1);
      await expect(move(9)).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.aliasVersion(db, 'churn', 'champion')).toBe(3);
      expect(await store.listAliases(db, 'churn')).toEqual([{ name: 'churn', alias: 'champion', version: 3 }]);
      expect(await move(null)).toBe(3);
      expect((await store.aliasHistory(db, 'churn')).map(({ from, to }) => [from, to])).toEqual([[3, null], [1, 3], [null, 1]]);
    });
  });

  describe('access', () => {
    test('a key is shown once, verified, expires, and fails right after being revoked', async () => {
      const { db } = getStore();
      const { keyId, key } = await store.createApiKey(db, { name: 'shop', role: 'service', at: 0, expiresAt: 1_000_000 });
      expect(key).toMatch(/^pk_[0-9a-f]{16}_[\w-]{43}$/);
      expect(await store.verifyApiKey(db, key, 10)).toMatchObject({ keyId, role: 'service' });
      const tampered = key.slice(0, -2) + (key.at(-2) === 'A' ? 'B' : 'A') + key.slice(-1);
      for (const wrong of [tampered, key.replace(keyId, '0'.repeat(16)), '', `' OR 1=1 --`, `${key}\n`]) expect(await store.verifyApiKey(db, wrong, 10)).toBeUndefined();
      expect(await store.verifyApiKey(db, key, 1_000_000)).toBeUndefined();
      expect(await store.listApiKeys(db)).toEqual([{ keyId, name: 'shop', role: 'service', createdAt: 0, expiresAt: 1_000_000, lastUsedAt: 10, revokedAt: null }]);
      expect(JSON.stringify(await db('api_keys'))).not.toContain(key.slice(20));
      expect(await store.revokeApiKey(db, keyId, 11)).toBe(true);
      expect(await store.revokeApiKey(db, keyId, 12)).toBe(false);
      expect(await store.verifyApiKey(db, key, 13)).toBeUndefined();
    });

    test('the audit log and imports keep what was said', async () => {
      const { db } = getStore();
      for (const [at, action] of HOSTILE.entries()) await store.recordAudit(db, { at, actor: 'cli', action, object: action, details: { action } });
      const log = await store.listAudit(db, { limit: 100 });
      expect(log.map((entry) => entry.action)).toEqual(HOSTILE.toReversed());
      expect(await store.listAudit(db, { before: log[1]?.id ?? 0, limit: 1 })).toEqual([log[2]]);
      const id = await store.startImport(db, { source: 'csv', fileName: `o'orders.csv`, mapping: { a: [1] }, at: 1 });
      expect(await store.importOfFile(db, 'ff')).toBeUndefined();
      await store.finishImport(db, id, { state: 'done', counts: { rows: 3 }, fileSha256: 'ff', at: 2 });
      const row = { importId: id, source: 'csv', fileName: `o'orders.csv`, fileSha256: 'ff', mapping: { a: [1] }, state: 'done', counts: { rows: 3 }, startedAt: 1, finishedAt: 2 };
      expect(await store.importOfFile(db, 'ff')).toEqual(row);
      expect(await store.listImports(db, 5)).toEqual([row]);
    });
  });
});

describe('the key that tells events apart', () => {
  test('does not depend on the spelling of numbers or the order of properties', () => {
    const base = order('a', 1, { amount: '10.50', properties: { a: 1, b: [2] } });
    expect(store.dedupeKey('s', { ...base, amount: '010.5', properties: { b: [2], a: 1 } })).toBe(store.dedupeKey('other', base));
    expect(store.dedupeKey('s', order('a', 1, { amount: '-0.00' }))).toBe(store.dedupeKey('s', order('a', 1, { amount: '0' })));
    expect(store.dedupeKey('s', base)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('differs when any field does', () => {
    const variants: NewEvent[] = [
      order('a', 1), order('b', 1), order('a', 2), order('a', 1, { kind: 'refund' }), order('a', 1, { amount: '10' }), order('a', 1, { quantity: '10.5' }), order('a', 1, { discount: '10.5' }),
      ...(['product', 'category', 'channel', 'campaign', 'session', 'orderRef', 'eventId'] as const).map((field) => order('a', 1, { [field]: 'x' })), order('a', 1, { properties: {} }), order('a', 1, { amount: '100' }),
    ];
    expect(new Set(variants.map((event) => store.dedupeKey('s', event))).size).toBe(variants.length);
  });
});
