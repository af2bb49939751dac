/** Lookalikes, merging and the accuracy of the next stage over HTTP: what the jobs answer, and what is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDefinitions, start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
  await seedDefinitions(running.store, running.clock.now());
});
afterAll(() => running.stop());

const call = (path: string, role: 'admin' | 'marketer', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys[role], ...(body === undefined ? {} : { method: 'POST', body }) });
const audited = async (action: string): Promise<number | undefined> => (await running.store.db.raw<{ rows: { n: number }[] }>('SELECT count(*)::int8 AS n FROM audit_log WHERE action = ?', [action])).rows[0]?.n;

test('lookalikes: a share or a number of customers, and reasons without customers who have none', async () => {
  const found = (await call('/v1/segments/likely_to_leave/lookalikes', 'marketer', { save: 'like', count: 2 })).json();
  expect(found).toMatchObject({ seed: { key: 'likely_to_leave' }, saved: { key: 'like', members: 2 }, candidates: [{ auc: { value: 0.7 } }], top: [{ customer: 'C1002', percentile: 100 }] });
  expect((await call('/v1/segments/likely_to_leave/lookalikes', 'marketer', { save: 'like', count: 2, share: 0.1 })).status).toBe(400);
  await running.store.db.raw(`INSERT INTO segment_similarity (segment_key, customer_id, score, percentile, reasons)
    SELECT 'invited', customer_id, 0.5, 90, '[{"direction": "up", "text": {"zh": "像", "en": "alike"}}]' FROM customers WHERE external_id IN ('C1001', 'C1010')`);
  // C1010 refused marketing.
  expect((await call('/v1/segments/invited/similar?limit=10', 'marketer')).json()).toEqual({ rows: [{ customer: 'C1001', percentile: 90, reasons: [{ direction: 'up', text: { zh: '像', en: 'alike' } }] }] });
  expect(await audited('segment.similar_listed')).toBe(1);
  expect((await call('/v1/segments/nobody/similar', 'marketer')).status).toBe(404);
});

test('merging two customers: /v1/customers/{id}/merge moves everything, and the refusal of the one who goes', async () => {
  expect((await call('/v1/customers/C1009/merge', 'admin', { into: 'C1009' })).status).toBe(400);
  expect((await call('/v1/customers/nobody/merge', 'admin', { into: 'C1009' })).status).toBe(404);
  expect((await call('/v1/customers/C1010/merge', 'admin', { into: 'C1009' })).json()).toEqual({ customer: 'C1009', events: 10, identities: 0, attributes: 0, refused: ['marketing'] });
  expect((await call('/v1/customers/C1010', 'admin')).status).toBe(404);
});

test('/v1/lifecycle/accuracy says that nothing is known yet, and from when on', async () => {
  const { accuracy, unknown } = (await call('/v1/lifecycle/accuracy', 'marketer')).json();
  expect(accuracy).toBeNull();
  expect(unknown).toMatch(/No night has published|Nothing is known yet/);
});
