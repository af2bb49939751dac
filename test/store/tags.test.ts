/** Runs with lease and fence, the stage, publishing, and what is read afterwards. */
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Knex } from 'knex';
import * as store from '../../src/store/index.ts';
import type { CustomerTag, RunRef, TagEnvelope } from '../../src/store/index.ts';
import { tagSchema } from '../../src/tags/tag.ts';
import type { Tag } from '../../src/tags/tag.ts';
import { describeOnEachStore } from '../support/stores.ts';

// The store keeps its own copy of the envelope's shape; this does not compile when the two part.
const sameShape: [(tag: Tag) => TagEnvelope, (tag: TagEnvelope) => Tag] = [(tag) => tag, (tag) => tag];

function tag(key: string, asOf: string, value: TagEnvelope['value'], more: Partial<TagEnvelope> = {}): TagEnvelope {
  return {
    key, kind: 'predictive', status: value === null ? 'insufficient_data' : 'ok', value, band: null, probability: typeof value === 'number' ? value : null, percentile: null, lift: null, interval: null,
    horizonDays: 90, asOf, validFrom: asOf, expiresAt: null, source: { name: 'churn', version: 1, run: 0 }, confidence: null, reasons: [], ...more,
  };
}

async function take(db: Knex, job: string, asOf: string, leaseMs = 60_000, again = false): Promise<RunRef> {
  const taken = await store.takeRun(db, { job, asOf, owner: 'test', leaseMs, at: 0, again });
  if (!taken.ok) throw new Error(taken.detail);
  return taken.value;
}

async function publish(db: Knex, run: RunRef, tags: readonly CustomerTag[]): Promise<store.PublishResult> {
  await db.transaction(async (trx) => store.stageTags(trx, run, tags));
  return store.publishTags(db, run, { at: 9 });
}

async function customers(db: Knex, prefix: string, count: number): Promise<number[]> {
  const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const ids = await store.upsertCustomers(db, names.map((externalId) => ({ externalId })), 0);
  return names.map((name) => ids.get(name) ?? 0);
}

describeOnEachStore('runs and tags', (getStore) => {
  describe('runs', () => {
    test('have one owner at a time; a late owner is fenced out everywhere', async () => {
      const { db } = getStore();
      const [id = 0] = await customers(db, 'fence', 1);
      const job = { job: 'nightly', asOf: '2026-01-05', owner: 'B', leaseMs: 60_000, at: 5 };
      const a = await take(db, 'nightly', '2026-01-05');
      expect(await store.takeRun(db, job)).toMatchObject({ ok: false, reason: 'leased' });
      await db.transaction(async (trx) => store.stageTags(trx, a, [{ customerId: id, tag: tag('late', '2026-01-05', 1) }]));
      await store.heartbeat(db, a, -1);
      const taken = await store.takeRun(db, job);
      expect(taken).toEqual({ ok: true, value: { runId: a.runId, fence: 2 } });
      const fenced = { code: 'run_fenced' };
      await expect(store.heartbeat(db, a, 1000)).rejects.toMatchObject(fenced);
      await expect(store.addRunDetails(db, a, {})).rejects.toMatchObject(fenced);
      await expect(store.finishRun(db, a, { state: 'failed', at: 1 })).rejects.toMatchObject(fenced);
      await expect(store.publishTags(db, a, { at: 1 })).rejects.toMatchObject(fenced);
      await expect(db.transaction(async (trx) => store.stageTags(trx, a, []))).rejects.toMatchObject(fenced);
      await expect(db.transaction(async (trx) => store.recordChunk(trx, a, { chunk: 0, state: 'done', customers: 1, at: 1 }))).rejects.toMatchObject(fenced);
      const b = { runId: a.runId, fence: 2 };
      await store.addRunDetails(db, b, { model: 3 });
      await db.transaction(async (trx) => store.recordChunk(trx, b, { chunk: 0, state: 'done', customers: 1, at: 1 }));
      expect(await store.publishTags(db, b, { at: 6, details: { x: 1 } })).toEqual({ staged: 1, published: 1, changed: 1, refused: 0 });
      expect(await store.findRun(db, 'nightly', '2026-01-05')).toMatchObject({ ...b, state: 'done', owner: 'B', asOf: '2026-01-05', startedAt: 5, finishedAt: 6, details: { model: 3, x: 1, publish: { published: 1 } } });
      expect(await store.takeRun(db, job)).toMatchObject({ ok: false, reason: 'done' });
      expect(await store.listChunks(db, a.runId)).toEqual([{ chunk: 0, state: 'done', customers: 1, finishedAt: 1 }]);
      const c = await take(db, 'nightly', '2026-01-05', 1000, true);
      expect(c.fence).toBe(3);
      expect(await store.listChunks(db, a.runId)).toEqual([]);
    });

    test('held runs wait, failed ones can be taken at once, and all are listed', async () => {
      const { db } = getStore();
      await store.finishRun(db, await take(db, 'hold', '2026-02-01'), { state: 'held', at: 1 });
      expect(await store.takeRun(db, { job: 'hold', asOf: '2026-02-01', owner: 'x', leaseMs: 1, at: 0 })).toMatchObject({ ok: false, reason: 'held' });
      await store.finishRun(db, await take(db, 'hold', '2026-02-02'), { state: 'failed', at: 1 });
      expect((await take(db, 'hold', '2026-02-02')).fence).toBe(2);
      expect((await store.listRuns(db, { job: 'hold', limit: 10 })).map((run) => [run.asOf, run.state])).toEqual([['2026-02-02', 'running'], ['2026-02-01', 'held']]);
      expect(await store.listRuns(db, { job: 'hold', state: 'held', limit: 10 })).toHaveLength(1);
    });

    test('of many takers at once exactly one wins', async () => {
      const { db } = getStore();
      const results = await Promise.all(Array.from({ length: 8 }, (_, i) => store.takeRun(db, { job: 'race', asOf: '2026-01-01', owner: `w${i}`, leaseMs: 60_000, at: 0 })));
      expect(results.filter((result) => result.ok)).toHaveLength(1);
    });
  });

  describe('published tags', () => {
    test('come back as the envelope that went in', async () => {
      const { db } = getStore();
      const [id = 0] = await customers(db, 'trip', 1);
      const run = await take(db, 'trip', '2026-01-05');
      const text = `O'Neil "\\{a,b}" 下单 🛍️`;
      const envelopes = [
        tag('a_number', '2026-01-05', 0.125, { band: text, percentile: 100, lift: 2.5, interval: { low: -1, high: 1e6, level: 0.8 }, expiresAt: '2026-02-01', confidence: 'high', reasons: [{ direction: 'up', feature: text, weight: 0.5, value: null, typical: 3, text: { zh: text, en: text } }] }),
        tag('b_text', '2026-01-05', text), tag('c_date', '2026-01-05', '2024-02-29'), tag('d_not_a_date', '2026-01-05', '2026-02-30'), tag('e_list', '2026-01-05', [text, '', 'b']),
        tag('f_none', '2026-01-05', null, { horizonDays: null }), tag('g_empty', '2026-01-05', ''), tag('h_zero', '2026-01-05', 0, { kind: 'rule' }), tag('i_empty_list', '2026-01-05', []),
      ];
      await publish(db, run, envelopes.map((envelope) => ({ customerId: id, tag: envelope })));
      const read = await store.tagsOf(db, id);
      expect(read).toEqual(envelopes.map((envelope) => ({ ...envelope, source: { ...envelope.source, run: run.runId } })));
      for (const envelope of read) expect(tagSchema.parse(sameShape[1](envelope))).toEqual(envelope);
      expect(await store.pageTag(db, 'b_text', { limit: 5 })).toEqual([{ customerId: id, tag: read[1] }]);
      expect((await store.tagsBetween(db, { after: id - 1, upTo: id })).map(({ tag: { key } }) => key)).toEqual(envelopes.map(({ key }) => key));
    });

    test('keep their first day and write no history while nothing changes', async () => {
      const { db } = getStore();
      const [id = 0] = await customers(db, 'hist', 1);
      const day = async (asOf: string, value: TagEnvelope['value'], probability: number): Promise<store.PublishResult> => publish(db, await take(db, 'hist', asOf), [{ customerId: id, tag: tag('seg', asOf, value, { probability }) }]);
      expect(await day('2026-03-01', 'loyal', 0.1)).toMatchObject({ published: 1, changed: 1 });
      expect(await day('2026-03-02', 'loyal', 0.2)).toMatchObject({ published: 1, changed: 0 });
      expect((await store.tagsOf(db, id))[0]).toMatchObject({ asOf: '2026-03-02', validFrom: '2026-03-01', probability: 0.2 });
      expect(await day('2026-03-03', null, 0.2)).toMatchObject({ changed: 1 });
      // A run of an older day, late: it changes nothing.
      expect(await day('2026-02-15', 'new', 0.9)).toEqual({ staged: 1, published: 0, changed: 0, refused: 0 });
      expect((await store.tagsOf(db, id))[0]).toMatchObject({ asOf: '2026-03-03', validFrom: '2026-03-03', status: 'insufficient_data', value: null });
      expect((await store.tagHistory(db, id, { limit: 10 })).map((change) => [change.changedOn, change.fromStatus, change.fromValue, change.toStatus, change.toValue])).toEqual([
        ['2026-03-03', 'ok', 'loyal', 'insufficient_data', null], ['2026-03-01', null, null, 'ok', 'loyal'],
      ]);
      expect(await store.tagHistory(db, id, { key: 'other', limit: 10 })).toEqual([]);
    });

    test('are not published for a customer who refused meanwhile, or is gone', async () => {
      const { db } = getStore();
      const [shy = 0, gone = 0, open = 0] = await customers(db, 'cons', 3);
      const run = await take(db, 'cons', '2026-01-05');
      await db.transaction(async (trx) => store.stageTags(trx, run, [shy, gone, open].map((customerId) => ({ customerId, tag: tag('churn', '2026-01-05', 0.5) }))));
      expect(await store.stageSummary(db, run.runId)).toEqual([{ key: 'churn', customers: 3, ok: 3, flips: 0, compared: 0 }]);
      await store.recordConsents(db, [{ customerId: shy, purpose: 'scoring', state: 'refused', recordedAt: 1, source: 'api' }]);
      await db('customers').where('customer_id', gone).delete();
      expect(await store.publishTags(db, run, { at: 1 })).toEqual({ staged: 1, published: 1, changed: 1, refused: 1 });
      expect(await store.tagsOf(db, shy)).toEqual([]);
      await store.recordConsents(db, [{ customerId: open, purpose: 'scoring', state: 'refused', recordedAt: 1, source: 'api' }]);
      expect(await store.tagsOf(db, open)).toEqual([]);
    });

    test('are counted by status and band, with quantiles of the numbers', async () => {
      const { db } = getStore();
      const ids = await customers(db, 'dist', 11);
      const tags = ids.map((customerId, i) => ({ customerId, tag: tag('dist', '2026-01-05', i === 10 ? null : i, { band: i === 10 ? null : i < 4 ? 'low' : 'high', probability: null }) }));
      await publish(db, await take(db, 'dist', '2026-01-05'), tags);
      // Quantiles of 0…9, interpolated: q × 9.
      expect(await store.tagDistribution(db, 'dist')).toEqual({
        key: 'dist', customers: 11, statuses: [{ status: 'insufficient_data', customers: 1 }, { status: 'ok', customers: 10 }], bands: [{ band: 'high', customers: 6 }, { band: 'low', customers: 4 }],
        value: { count: 10, mean: 4.5, quantiles: [0, 0.9, 2.25, 4.5, 6.75, 8.1, 9].map((q) => expect.closeTo(q, 12) as number) }, probability: { count: 0, mean: null, quantiles: null },
      });
      expect(await store.tagDistribution(db, `x' OR '1'='1`)).toMatchObject({ customers: 0, statuses: [], bands: [] });
      expect((await store.listTags(db)).find(({ key }) => key === 'dist')).toEqual({ key: 'dist', kind: 'predictive', customers: 11, ok: 10, asOf: '2026-01-05' });
    });

    test('end up the same whatever the order and repetition of the runs', async () => {
      const { db } = getStore();
      const ids = await customers(db, 'prop', 4);
      let round = 0;
      const runs = fc.array(fc.record({ day: fc.integer({ min: 1, max: 5 }), values: fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: 4, maxLength: 4 }) }), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(runs, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), async (planned, picks) => {
          // One content per day, so that "the same runs" has a meaning; some run again.
          const byDay = new Map(planned.map((run) => [run.day, run.values]));
          const days = [...byDay.keys()].sort((a, b) => a - b);
          const shuffled = days.toSorted((a, b) => (picks[a] ?? 0) - (picks[b] ?? 0) || a - b);
          const repeated = [...shuffled, ...shuffled.filter((day) => (picks[day + 5] ?? 0) % 2 === 0)];
          const finals: unknown[] = [];
          for (const order of [days, repeated]) {
            round += 1;
            const key = `prop_${round}`;
            for (const day of order) {
              const asOf = `2026-01-0${day}`;
              const run = await take(db, key, asOf, 60_000, true);
              const values = byDay.get(day) ?? [];
              await publish(db, run, ids.flatMap((customerId, i) => (values[i] === null || values[i] === undefined ? [] : [{ customerId, tag: tag(key, asOf, values[i]) }])));
            }
            // Run numbers differ between the rounds, and the first day depends on what was known when: both are left out.
            finals.push((await store.pageTag(db, key, { limit: 100 })).map(({ customerId, tag: final }) => ({ customerId, ...final, key: '', validFrom: '', source: '' })));
          }
          expect(finals[1]).toEqual(finals[0]);
          const newest = ids.flatMap((customerId, i) => {
            const day = days.findLast((d) => typeof byDay.get(d)?.[i] === 'number');
            return day === undefined ? [] : [{ customerId, asOf: `2026-01-0${day}`, value: byDay.get(day)?.[i] }];
          });
          expect(finals[0]).toMatchObject(newest);
        }),
        { numRuns: 12, seed: 7 },
      );
    });
  });
});
