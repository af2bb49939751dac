/** Webhooks on both stores: queued with the swap, sent in order, signed, tried again, given up, sent again; who refused or was erased in between is not told of. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCondition } from '../../src/conditions/text/read.ts';
import { buildSegmentNow } from '../../src/jobs/segments.ts';
import { deliverWebhooks } from '../../src/jobs/webhooks/deliver.ts';
import type { WebhookDeps } from '../../src/jobs/webhooks/deliver.ts';
import { SEGMENT_FEEDS } from '../../src/jobs/webhooks/feeds.ts';
import type { CursorFeed } from '../../src/jobs/webhooks/feeds.ts';
import { resubscribe, subscribe, tryWebhook } from '../../src/jobs/webhooks/manage.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { inHoldout } from '../../src/segments/holdout.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { listMessages, recordAttempt } from '../../src/store/repositories/webhookOutbox.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { allowedHosts } from '../../src/webhooks/address.ts';
import { verifies } from '../../src/webhooks/sign.ts';
import { removeWebhook, resendMessages, rotateWebhook } from '../../src/webhooks/subscriptions.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { startReceiver } from '../support/webhookReceiver.ts';
import type { Receiver } from '../support/webhookReceiver.ts';

const asOf = '2026-03-10';
const timeZone = 'Asia/Shanghai';

describeOnEachStore('webhooks', (getStore, about) => {
  let receiver: Receiver;
  let ids: ReadonlyMap<string, number>;
  const deps = (more: Partial<WebhookDeps> = {}): WebhookDeps => ({
    store: getStore(), clock: about().clock, owner: 'test', webhooks: { key: () => Buffer.alloc(32, 1), allowed: allowedHosts(new URL(receiver.url).origin) }, retries: { mostAttempts: 3, firstDelayMs: 1_000, factor: 2, longestDelayMs: 60_000 }, timeoutMs: 2_000, ...more,
  });
  const people = (cities: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, number>> => upsertCustomers(getStore().db, Object.entries(cities).map(([externalId, city]) => ({ externalId, attributes: { city } })), 0);
  const build = (key = 'beijing'): Promise<unknown> => buildSegmentNow({ store: getStore(), timeZone }, key, asOf);
  const save = async (key: string): Promise<void> => {
    const words = { zh: key, en: key };
    await createSegment(getStore(), { key, label: words, description: words, owner: 'ann', condition: readCondition('attr.city = "北京"'), status: 'enabled', schedule: 'nightly', holdoutShare: 0.4 }, (await loadCatalogue(getStore().db)).names, 'ann');
  };
  const hook = (more: { segment?: string; events?: string[] } = {}) => subscribe(deps(), { url: receiver.url, events: ['segment.entered', 'segment.left'], ...more }, 'ann');
  const told = (): unknown[] => receiver.got.map(({ body: { type, data } }) => [type, data.version, data.customers.map(({ id }) => id)]);
  const refuse = (name: string): Promise<void> => recordConsents(getStore().db, [{ customerId: ids.get(name) ?? 0, purpose: 'marketing', state: 'refused', recordedAt: 1, source: 'test' }]);

  beforeEach(async () => {
    await getStore().db.raw('TRUNCATE customers, segments, suppressions, webhooks, audit_log RESTART IDENTITY CASCADE');
    about().clock.set('2026-03-10T01:00:00Z');
    ids = await people({ li: '北京', wang: '上海', zhao: '北京', chen: '广州', qian: '北京' });
    receiver = await startReceiver();
    await save('beijing');
  });
  afterEach(() => receiver.close());

  test('who left and who entered is told in order, signed, with the hold-out', async () => {
    const { secret } = await hook();
    await build();
    await people({ li: '上海', chen: '北京' });
    await build();
    expect(await deliverWebhooks(deps())).toEqual({ delivered: 3, skipped: 0, failed: 0, dead: 0 });
    expect(told()).toEqual([['segment.entered', 1, ['li', 'qian', 'zhao']], ['segment.left', 2, ['li']], ['segment.entered', 2, ['chen']]]);
    expect(receiver.got.every(({ headers, text }) => verifies(secret, headers, text))).toBe(true);
    const [{ headers, body, id }] = receiver.got;
    expect([headers['webhook-timestamp'], body.timestamp, id]).toEqual(['1773104400', '2026-03-10T01:00:00.000Z', expect.stringMatching(/^msg_[0-9a-f]{32}$/)]);
    expect(body.data).toMatchObject({ segment: 'beijing', batch: 1, batches: 1, customers: ['li', 'qian', 'zhao'].map((name) => ({ id: name, holdout: inHoldout('beijing', ids.get(name) ?? 0, 0.4) })) });
    expect(await deliverWebhooks(deps())).toEqual({ delivered: 0, skipped: 0, failed: 0, dead: 0 });
  });

  test('who refused between build and sending is not told of, who was erased is gone, and who left is told whatever they refused', async () => {
    await hook();
    await build();
    await refuse('li');
    await getStore().db('customers').where({ external_id: 'zhao' }).delete();
    await deliverWebhooks(deps());
    expect(told()).toEqual([['segment.entered', 1, ['qian']]]);
    await people({ li: '上海', qian: '上海' });
    await build();
    await refuse('qian');
    await deliverWebhooks(deps());
    expect(told()[1]).toEqual(['segment.left', 2, ['li', 'qian']]);
    await people({ qian: '北京' });
    await build();
    expect(await deliverWebhooks(deps())).toMatchObject({ delivered: 0, skipped: 1 });
  });

  test('a swap that fails queues nothing; only those are told who asked for it, in parts of a bounded size', async () => {
    await save('also');
    const [all, one, left] = [await hook(), await hook({ segment: 'also' }), await hook({ events: ['segment.left'] })];
    await getStore().db.raw(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk'; END $$`);
    await getStore().db.raw('CREATE TRIGGER broken BEFORE UPDATE OF live_version ON segments FOR EACH ROW EXECUTE FUNCTION fail()');
    await expect(build()).rejects.toThrow('disk');
    await getStore().db.raw('DROP FUNCTION fail CASCADE');
    const waiting = async (): Promise<number[]> => Promise.all([all, one, left].map(async ({ webhook }) => (await listMessages(getStore().db, webhook.webhookId, { limit: 99 })).length));
    expect(await waiting()).toEqual([0, 0, 0]);
    await upsertCustomers(getStore().db, Array.from({ length: 1_200 }, (_, i) => ({ externalId: `n${i}`, attributes: { city: '北京' } })), 0);
    await build();
    expect(await waiting()).toEqual([3, 0, 0]);
    await build('also');
    expect(await waiting()).toEqual([6, 3, 0]);
    await deliverWebhooks(deps());
    const parts = receiver.got.filter(({ body }) => body.data.segment === 'also').map(({ body }) => [body.data.batch, body.data.batches, body.data.customers.length]);
    expect(parts.toSorted((a, b) => a[0] - b[0] || a[2] - b[2])).toEqual([[1, 3, 500], [1, 3, 500], [2, 3, 500], [2, 3, 500], [3, 3, 203], [3, 3, 203]]);
    expect(new Set(receiver.got.flatMap(({ body }) => (body.data.segment === 'beijing' ? body.data.customers.map(({ id }) => id) : []))).size).toBe(1_203);
  });

  test('what is not taken is tried again later under the same id, holds what comes behind it, and is given up at last', async () => {
    const { webhook } = await hook();
    await build();
    await people({ li: '上海' });
    await build();
    receiver.answer = () => ({ status: 500 });
    const states = async (): Promise<unknown[]> => (await listMessages(getStore().db, webhook.webhookId, { limit: 9 })).map(({ state, attempts, lastStatus }) => [state, attempts, lastStatus]).toReversed();
    expect(await deliverWebhooks(deps())).toMatchObject({ failed: 1 });
    expect(await states()).toEqual([['pending', 1, 500], ['pending', 0, null]]);
    expect(await deliverWebhooks(deps()), 'not due yet').toMatchObject({ failed: 0 });
    about().clock.advance(1_300);
    expect(await deliverWebhooks(deps())).toMatchObject({ failed: 1 });
    about().clock.advance(2_600);
    receiver.answer = (index) => ({ status: index === 2 ? 503 : 200 });
    expect(await deliverWebhooks(deps())).toEqual({ delivered: 1, skipped: 0, failed: 0, dead: 1 });
    expect(await states()).toEqual([['dead', 3, 503], ['delivered', 1, 200]]);
    expect(new Set(receiver.got.slice(0, 3).map(({ id }) => id)).size).toBe(1);
    expect(await resendMessages(getStore(), webhook.webhookId, undefined, 'ann')).toBe(1);
    await deliverWebhooks(deps());
    expect([receiver.got.at(-1)?.id, told().at(-1)]).toEqual([receiver.got[0].id, ['segment.entered', 1, ['li', 'qian', 'zhao']]]);
    const delivered = (await listMessages(getStore().db, webhook.webhookId, { limit: 9 }))[0].messageId;
    await resendMessages(getStore(), webhook.webhookId, delivered, 'ann');
    await deliverWebhooks(deps());
    expect(receiver.got.at(-1)?.id).toBe(delivered);
    await expect(resendMessages(getStore(), webhook.webhookId, 'msg_0', 'ann')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('redirects are not followed, waits that are asked for are kept, slow answers end, and 410 pauses', async () => {
    const { webhook } = await hook();
    await build();
    const last = async (): Promise<unknown> => (await listMessages(getStore().db, webhook.webhookId, { limit: 1 })).map(({ state, lastStatus, lastError, nextAttemptAt }) => [state, lastStatus, lastError, nextAttemptAt - about().clock.now()])[0];
    const patient = (): WebhookDeps => deps({ retries: { mostAttempts: 99, firstDelayMs: 1, factor: 1, longestDelayMs: 60_000 }, timeoutMs: 150 });
    receiver.answer = () => ({ status: 307, headers: { location: receiver.url } });
    await deliverWebhooks(patient());
    expect([receiver.got.length, await last()]).toEqual([1, ['pending', 307, null, 1]]);
    about().clock.advance(10);
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '30' } });
    await deliverWebhooks(patient());
    expect(await last()).toEqual(['pending', 429, null, 30_000]);
    about().clock.advance(30_000);
    receiver.answer = () => ({ status: 200, afterMs: 600 });
    await deliverWebhooks(patient());
    expect(await last()).toEqual(['pending', null, 'timeout', 1]);
    about().clock.advance(10);
    receiver.answer = () => ({ status: 410 });
    await deliverWebhooks(patient());
    expect(await selectRows(getStore().db, 'SELECT status FROM webhooks')).toEqual([{ status: 'paused' }]);
    const before = receiver.got.length;
    about().clock.advance(100_000);
    await deliverWebhooks(patient());
    expect(receiver.got.length).toBe(before);
    receiver.answer = () => ({ status: 204 });
    await resubscribe(deps(), webhook.webhookId, { status: 'enabled' }, 'ann');
    expect(await deliverWebhooks(patient())).toMatchObject({ delivered: 1 });
  });

  test('an address that was good when it was saved is looked at again when it is sent to', async () => {
    const { webhook } = await hook();
    await build();
    const closed: WebhookDeps['webhooks'] = { key: () => Buffer.alloc(32, 1), allowed: [] };
    await deliverWebhooks(deps({ webhooks: closed }));
    expect([receiver.got, (await listMessages(getStore().db, webhook.webhookId, { limit: 1 }))[0].lastError]).toEqual([[], 'address refused']);
    for (const change of [{ url: 'http://127.0.0.1/' }, { url: 'https://10.0.0.1/' }, { events: ['segment.nothing'] }, { segment: 'nobody' }]) await expect(resubscribe(deps({ webhooks: closed }), webhook.webhookId, change, 'ann')).rejects.toMatchObject({ code: expect.stringMatching(/invalid_input|not_found/) as string });
  });

  test('two senders at once tell everything once, and a sender that was taken for dead changes nothing', async () => {
    const [first, second] = [await hook(), await hook({ events: ['segment.entered'] })];
    for (const city of ['上海', '北京', '上海', '北京']) {
      await people({ li: city });
      await build();
    }
    receiver.answer = () => ({ status: 200, afterMs: 5 });
    const reports = await Promise.all(['a', 'a'].map((owner) => deliverWebhooks(deps({ owner }))));
    const messages = [...(await listMessages(getStore().db, first.webhook.webhookId, { limit: 99 })), ...(await listMessages(getStore().db, second.webhook.webhookId, { limit: 99 }))];
    await getStore().db.raw(`UPDATE webhook_messages SET state = 'pending'`);
    const again: boolean[] = [];
    for (const { seq } of messages) again.push(await recordAttempt(getStore().db, seq, 'a#dead', { state: 'delivered', attempts: 1, at: 0 }));
    expect(again).toEqual(messages.map(() => false));
    expect([messages.length, reports.reduce((sum, { delivered }) => sum + delivered, 0), new Set(receiver.got.map(({ id }) => id)).size, receiver.got.length]).toEqual([7, 7, 7, 7]);
  });

  test('after a rotation both secrets verify until the day is over; a secret is shown once and is nowhere in the store or the log', async () => {
    const { webhook, secret } = await hook();
    const { secret: next } = await rotateWebhook(getStore(), deps().webhooks, webhook.webhookId, 'ann', 24);
    expect(await tryWebhook(deps(), webhook.webhookId)).toEqual({ ok: true, status: 204 });
    about().clock.advance(24 * 3_600_000);
    await tryWebhook(deps(), webhook.webhookId);
    expect(receiver.got.map(({ headers, text, body }) => [body.type, verifies(secret, headers, text), verifies(next, headers, text)])).toEqual([['webhook.test', true, true], ['webhook.test', false, true]]);
    const stored = JSON.stringify([await selectRows(getStore().db, `SELECT *, encode(secret, 'escape') AS raw FROM webhooks`), await listAudit(getStore().db, { limit: 99 })]);
    for (const one of [secret, next]) expect(stored.includes(one.slice(6, 30))).toBe(false);
    await removeWebhook(getStore(), webhook.webhookId, 'ann');
    expect(await selectRows(getStore().db, 'SELECT FROM webhook_messages')).toEqual([]);
    await expect(tryWebhook(deps(), webhook.webhookId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a feed with a cursor is told from where the endpoint began, once, also when two processes pump', async () => {
    const feed: CursorFeed = {
      event: 'number.counted', end: () => Promise.resolve(3), next: (_db, after) => Promise.resolve(after < 5 ? { position: after + 1, source: { number: after + 1 } } : undefined),
      compose: (_store, { number }) => Promise.resolve(number === 5 ? undefined : { number }),
    };
    const feeds = { queued: SEGMENT_FEEDS, cursors: [feed] };
    await subscribe(deps({ feeds }), { url: receiver.url, events: ['number.counted'] }, 'ann');
    await Promise.all([deliverWebhooks(deps({ feeds })), deliverWebhooks(deps({ feeds }))]);
    await deliverWebhooks(deps({ feeds }));
    expect(receiver.got.map(({ body }) => [body.type, body.data])).toEqual([['number.counted', { number: 4 }]]);
    await expect(subscribe(deps(), { url: receiver.url, events: ['number.counted'] }, 'ann')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('changes of stages are told from the day on at which they were asked for, and of who refused only the leaving', async () => {
    const run = await getStore().db.raw<{ rows: { id: number }[] }>(`INSERT INTO runs (job, as_of, fence, owner, lease_expires_at, state, started_at) VALUES ('score', '2026-03-09', 1, 'x', now(), 'done', now()) ON CONFLICT (job, as_of) DO UPDATE SET fence = 1 RETURNING run_id AS id`);
    const change = (name: string, from: string | null, to: string | null): Promise<unknown> => getStore().db.raw(`INSERT INTO lifecycle_changes (customer_id, changed_on, from_stage, to_stage, run_id) VALUES (?, '2026-03-10', ?, ?, ?)`, [ids.get(name) ?? 0, from, to, run.rows[0].id] as never);
    await change('li', null, 'new');
    const { webhook } = await hook({ events: ['segment.left'] });
    await change('li', 'new', 'growing');
    await resubscribe(deps(), webhook.webhookId, { events: ['stage.changed'] }, 'ann');
    await change('wang', 'new', 'growing');
    await change('zhao', 'loyal', 'slipping');
    await change('qian', 'loyal', null);
    await refuse('wang');
    for (const name of ['zhao', 'qian']) await recordConsents(getStore().db, [{ customerId: ids.get(name) ?? 0, purpose: 'scoring', state: 'refused', recordedAt: 1, source: 'test' }]);
    expect(await deliverWebhooks(deps())).toMatchObject({ delivered: 1 });
    expect(receiver.got.map(({ body }) => [body.type, body.data.customers])).toEqual([['stage.changed', [{ id: 'wang', from: 'new', to: 'growing', day: '2026-03-10', contactable: false }, { id: 'qian', from: 'loyal', to: null, day: '2026-03-10', contactable: false }]]]);
    expect(await deliverWebhooks(deps())).toMatchObject({ delivered: 0 });
  });
});
