/** Webhooks over HTTP: the secret once and never again, addresses checked on every way in, deliveries and repetitions. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSegment } from '../../../src/segments/build.ts';
import { findSegment } from '../../../src/store/repositories/segments.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { seedDefinitions, start, TODAY } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
  await seedDefinitions(running.store, running.clock.now());
});
afterAll(() => running.stop());

const admin = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.admin, method, ...(body === undefined ? {} : { body }) });
const body = { url: 'https://crm.example.com/hook', events: ['segment.entered'], segment: 'likely_to_leave' };

test('an endpoint is made, changed and deleted; its secret is in two answers and nowhere else', async () => {
  const made = (await admin('/v1/webhooks', 'POST', body)).json();
  const { id } = made.webhook;
  expect(made).toMatchObject({ webhook: { ...body, status: 'enabled', createdBy: running.keyIds.admin }, secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) as string });
  const rotated = (await admin(`/v1/webhooks/${id}/rotate`, 'POST', { overlapHours: 1 })).json();
  expect(rotated.previousUntil).toBe(new Date(running.clock.now() + 3_600_000).toISOString());
  expect((await admin(`/v1/webhooks/${id}`, 'PUT', { ...body, events: ['segment.left'], status: 'paused' })).json().webhook).toMatchObject({ events: ['segment.left'], status: 'paused' });
  const listed = await admin('/v1/webhooks');
  expect(listed.json().webhooks.map((one: { id: string }) => one.id)).toContain(id);
  for (const text of [listed.text, running.logged()]) expect(text.includes(made.secret.slice(6, 30)) || text.includes(rotated.secret.slice(6, 30)) || text.includes('whsec_')).toBe(false);
  expect((await admin(`/v1/webhooks/${id}/test`, 'POST')).json()).toMatchObject({ ok: false, status: null, error: expect.any(String) as string });
  expect((await admin(`/v1/webhooks/${id}`, 'DELETE')).json()).toEqual({ deleted: id });
  for (const path of ['test', 'rotate', 'resend']) expect((await admin(`/v1/webhooks/${id}/${path}`, 'POST', path === 'test' ? undefined : {})).status).toBe(404);
  expect((await admin(`/v1/webhooks/${id}/deliveries`)).status).toBe(404);
});

test('no way in takes an address of the house', async () => {
  const { id } = (await admin('/v1/webhooks', 'POST', body)).json().webhook;
  for (const url of ['http://crm.example.com/', 'https://127.0.0.1/', 'https://[::ffff:127.0.0.1]/', 'https://2130706433/', 'https://169.254.169.254/', 'https://u:p@crm.example.com/', 'nothing']) {
    for (const reply of [await admin('/v1/webhooks', 'POST', { ...body, url }), await admin(`/v1/webhooks/${id}`, 'PUT', { ...body, url })]) expect([url, reply.status]).toEqual([url, 400]);
  }
  for (const wrong of [{ ...body, events: [] }, { ...body, events: ['segment.seen'] }, { ...body, secret: 'mine' }]) expect((await admin('/v1/webhooks', 'POST', wrong)).status).toBe(400);
  expect((await admin('/v1/webhooks', 'POST', { ...body, segment: 'nobody' })).status).toBe(404);
});

test('what waits is listed in pages, and sent again when asked', async () => {
  const { id } = (await admin('/v1/webhooks', 'POST', { ...body, events: ['segment.entered', 'segment.left'] })).json().webhook;
  const segment = await findSegment(running.store.db, 'likely_to_leave');
  if (segment === undefined) throw new Error('seeded');
  for (const threshold of [0.85, 0.3]) await buildSegment(running.store, { ...segment, condition: { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: threshold } }, { asOf: TODAY, timeZone: 'Asia/Shanghai', names: (await loadCatalogue(running.store.db)).names });
  const first = (await admin(`/v1/webhooks/${id}/deliveries?limit=1`)).json();
  expect(first).toMatchObject({ messages: [{ event: 'segment.entered', state: 'pending', attempts: 0, finishedAt: null }], next: expect.stringMatching(/^\d+$/) as string });
  expect((await admin(`/v1/webhooks/${id}/deliveries?limit=2&before=${first.next}`)).json()).toMatchObject({ messages: [{ event: 'segment.left' }], next: null });
  expect((await admin(`/v1/webhooks/${id}/deliveries?state=dead`)).json().messages).toEqual([]);
  expect((await admin(`/v1/webhooks/${id}/resend`, 'POST', { message: first.messages[0].id })).json()).toEqual({ messages: 1 });
  expect((await admin(`/v1/webhooks/${id}/resend`, 'POST', {})).json()).toEqual({ messages: 0 });
  expect((await admin(`/v1/webhooks/${id}/resend`, 'POST', { message: `msg_${'0'.repeat(32)}` })).status).toBe(404);
});
