/** What the routes say and do, on both stores. */
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_TIME_ZONE } from '../../../src/base/time.ts';
import { evaluateRules } from '../../../src/jobs/rules.ts';
import { countEvents } from '../../../src/store/repositories/events.ts';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { REPORT_POLICY } from '../../../src/reports/page.ts';
import { insertModelReport } from '../../../src/store/repositories/modelReports.ts';
import { exampleDiagnostics } from '../../../src/surfaces/http/exampleReport.ts';
import { describeOnEachStore } from '../../support/stores.ts';
import { NOW, PII, seed, seedDefinitions, start, TODAY } from './support.ts';
import type { Running } from './support.ts';

describeOnEachStore('routes', (getStore, about) => {
  let running: Running;
  beforeAll(async () => {
    about().clock.set(NOW);
    await seed(getStore(), about().clock.now());
    running = await start({}, { store: getStore(), clock: about().clock });
  });
  afterAll(() => running.stop());

  describe('customers', () => {
    test('a profile has attributes, identities, consents and named tags', async () => {
      const profile = (await running.call('/v1/customers/C1001', { key: running.keys.marketer })).json();
      expect(profile).toMatchObject({ customer: 'C1001', asOf: TODAY, createdAt: '2026-03-01T04:00:00.000Z', attributes: { city: '北京', name: PII.name }, identities: [{ namespace: 'phone', value: PII.phone }] });
      expect(profile.tags.map((tag: { key: string }) => tag.key)).toEqual(['churn_prob_90d', 'churn_risk_band', 'lifecycle_stage']);
      expect(profile.tags[2]).toMatchObject({ label: { zh: '生命周期阶段' }, band: 'loyal', bandLabel: { zh: '成熟', en: 'Loyal' } });
    });

    test('a data scientist sees that values are there, and none of them', async () => {
      const reply = await running.call('/v1/customers/C1001', { key: running.keys.data_scientist });
      expect(reply.json()).toMatchObject({ attributes: null, attributeNames: ['city', 'name'], identities: [{ namespace: 'phone', value: null }] });
      for (const value of [PII.phone, PII.name, '北京']) expect(reply.text).not.toContain(value);
    });

    test('a tag past its day is stale and has no value', async () => {
      const { tags } = (await running.call(`/v1/customers/${PII.phone}/tags?namespace=phone`, { key: running.keys.service })).json();
      expect(tags[1]).toMatchObject({ key: 'churn_risk_band', status: 'stale', value: null, band: null, bandLabel: null });
      expect(tags[0]).toMatchObject({ status: 'ok', value: 0, probability: 0 });
    });

    test('a profile has the segments of the customer and the rule tags that came and went, also of a tag that is gone', async () => {
      const store = getStore();
      await seedDefinitions(store, about().clock.now());
      const day = { store, clock: store.clock, owner: 'test', ruleTags: [], timeZone: DEFAULT_TIME_ZONE };
      await evaluateRules(day, { asOf: TODAY });
      const profile = async (role: 'marketer' | 'data_scientist'): Promise<any> => (await running.call('/v1/customers/C1009', { key: running.keys[role] })).json(); // oxlint-disable-line typescript/no-explicit-any -- fields are picked below
      const entered = { key: 'frequent_buyer', label: { zh: '高频买家', en: 'Frequent buyer' }, changedOn: TODAY, change: 'entered', version: 1, cause: 'nightly' };
      expect(await profile('marketer')).toMatchObject({ segments: [{ key: 'likely_to_leave', label: { en: 'Likely to leave' } }], ruleHistory: [entered] });
      expect((await profile('marketer')).tags.map(({ key }: { key: string }) => key)).toContain('frequent_buyer');
      expect(await profile('data_scientist')).toMatchObject({ segments: null, ruleHistory: [entered] });
      await store.db.raw('DELETE FROM tag_definitions');
      await store.db.raw('DELETE FROM segments');
      expect(await profile('marketer')).toMatchObject({ segments: [], ruleHistory: [entered] });
    });

    test('events come newest first in pages that meet; and so do changes of tags', async () => {
      const key = running.keys.marketer;
      const first = (await running.call('/v1/customers/C1005/events?limit=3', { key })).json();
      const second = (await running.call(`/v1/customers/C1005/events?limit=3&cursor=${first.next as string}`, { key })).json();
      expect([first.events.length, second.events.length, second.next]).toEqual([3, 2, null]);
      expect(first.events[0]).toEqual({ occurredAt: '2026-02-27T04:00:00.000Z', kind: 'order', amount: '10.0000', quantity: null, discount: null, product: null, category: null, channel: null, campaign: null, session: null, orderRef: null, properties: null });
      const days = [...first.events, ...second.events].map(({ occurredAt }: { occurredAt: string }) => occurredAt);
      expect([days, new Set(days).size]).toEqual([days.toSorted().toReversed(), 5]);
      expect((await running.call('/v1/customers/C1005/events?cursor=c1', { key })).status).toBe(400);
      expect((await running.call('/v1/customers/nobody/events', { key })).status).toBe(404);
      const history = (await running.call('/v1/customers/C1005/history', { key: running.keys.data_scientist })).json();
      expect(history.changes.map(({ tag }: { tag: string }) => tag)).toContain('churn_risk_band');
      expect((await running.call('/v1/customers/C1005/history?tag=lifecycle_stage', { key })).json().changes).toMatchObject([{ tag: 'lifecycle_stage', before: { status: null }, after: { status: 'ok', band: 'loyal' } }]);
    });

    test('another namespace is another name', async () => {
      expect((await running.call(`/v1/customers/${PII.phone}`, { key: running.keys.admin })).status).toBe(404);
      expect((await running.call('/v1/customers/C1001?namespace=phone', { key: running.keys.admin })).status).toBe(404);
    });

    test('a score is of the customer who was named', async () => {
      const { customer, tags } = (await running.call(`/v1/customers/${PII.phone}/score?namespace=phone`, { key: running.keys.service, method: 'POST' })).json();
      expect([customer, tags[0].probability, tags[0].source.run]).toEqual(['C1001', 0.5, expect.any(Number)]);
    });
  });

  test('the catalogue has labels, bands and what is published; the distribution its counts', async () => {
    const { tags } = (await running.call('/v1/tags', { key: running.keys.marketer })).json();
    const band = tags.find((tag: { key: string }) => tag.key === 'churn_risk_band');
    expect(band).toMatchObject({ category: { code: 'churn' }, published: { customers: 11, ok: 11, asOf: TODAY }, ttlDays: 7 });
    expect(tags.find((tag: { key: string }) => tag.key === 'clv_tier').published).toBeNull();
    const spread = (await running.call('/v1/tags/churn_prob_90d/distribution', { key: running.keys.marketer })).json();
    expect(spread).toMatchObject({ customers: 11, statuses: [{ status: 'ok', customers: 11 }] });
    expect(spread.probability.mean).toBeCloseTo(0.5, 12);
    expect((await running.call('/v1/tags/churn_prob_9d/distribution', { key: running.keys.marketer })).json().error).toMatchObject({ code: 'not_found', details: { suggestions: expect.arrayContaining(['churn_prob_90d']) } });
  });

  describe('segments', () => {
    const condition = { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.3 };

    test('are counted and put into words', async () => {
      const count = (await running.call('/v1/segments/count', { key: running.keys.marketer, body: { condition } })).json();
      expect(count).toMatchObject({ asOf: TODAY, matching: 8, optedOut: 1, listable: 7, customers: 11 });
      expect(count.words.zh).toContain('90天流失概率');
      // The day decides what is stale: ten days later nobody has the tag any more.
      expect((await running.call('/v1/segments/count', { key: running.keys.marketer, body: { condition, asOf: '2026-03-11' } })).json()).toMatchObject({ asOf: '2026-03-11', matching: 0 });
    });

    test('are listed in pages that meet without gap or overlap, without those who refused', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = (await running.call('/v1/segments/list', { key: running.keys.marketer, body: { condition, tags: ['lifecycle_stage', 'clv_tier'], limit: 3, ...(cursor === null ? {} : { cursor }) } })).json() as { rows: { customer: string; tags: Record<string, unknown> }[]; next: string | null };
        expect(page.rows.length).toBeLessThanOrEqual(3);
        expect(page.rows[0]?.tags).toMatchObject({ lifecycle_stage: { band: 'loyal' }, clv_tier: null });
        seen.push(...page.rows.map((row) => row.customer));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toEqual([PII.odd, 'C1004', 'C1005', 'C1006', 'C1007', 'C1008', 'C1009']);
      const [last] = await listAudit(getStore().db, { limit: 1 });
      expect(last).toMatchObject({ action: 'segment.list', actor: running.keyIds.marketer, details: { customers: 1 } });
    });
  });

  test('models show metrics beside the baseline, and none of their inside', async () => {
    const { admin } = running.keys;
    expect((await running.call('/v1/models', { key: admin })).json().models).toMatchObject([{ name: 'churn', aliases: { champion: 1 }, versions: 1, champion: { version: 1, promotion: { state: 'serves', words: { zh: '使用中', en: 'serves' } }, heads: [{ metrics: { roc_auc: 0.921 }, baselineMetrics: { roc_auc: 0.874 } }] }, challenger: null }]);
    const whole = await Promise.all(['/v1/models', '/v1/models/churn', '/v1/models/churn/versions/1', '/v1/models/churn/versions/1/report', '/v1/models/churn/versions/1/report.html'].map((path) => running.call(path, { key: admin })));
    expect(whole[2]?.json().heads[0].evaluation.calibration.length).toBeGreaterThan(0);
    for (const { text } of whole) expect(text).not.toMatch(/secret|golden|42\.4242/);
  });

  test('the report of a version: as data and as a page under a policy of its own; without what was not kept yet, and with it', async () => {
    const path = '/v1/models/churn/versions/1/report';
    const key = running.keys.data_scientist;
    expect((await running.call(path, { key })).json()).toMatchObject({ format: 'tagcast.report', name: 'churn', version: 1, label: { en: 'Churn' }, aliases: ['champion'], heads: [{ diagnostics: null, latest: null }] });
    const before = await running.call(`${path}.html?lang=en`, { key });
    expect([before.headers['content-type'], before.headers['content-security-policy']]).toEqual(['text/html; charset=utf-8', REPORT_POLICY]);
    expect(before.text).toContain('tagcast train churn');
    await getStore().db.transaction((trx) => insertModelReport(trx, { name: 'churn', version: 1, schemaVersion: 1, document: { schemaVersion: 1, heads: [exampleDiagnostics] } }));
    expect((await running.call(path, { key })).json()).toMatchObject({ heads: [{ diagnostics: { chosen: { candidate: 'boosted_trees' } } }] });
    const page = await running.call(`${path}.html`, { key });
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(page.text).toContain('id="h0-drift"');
    expect((await running.call('/v1/models/churn/versions/77/report', { key })).status).toBe(404);
    expect((await running.call(`${path}.html?lang=fr`, { key })).status).toBe(400);
  });

  test('runs are newest first and can be narrowed', async () => {
    const { runs } = (await running.call('/v1/runs?job=nightly&state=done', { key: running.keys.admin })).json();
    expect(runs).toMatchObject([{ job: 'nightly', asOf: TODAY, state: 'done', details: { customers: 11 } }]);
    expect(JSON.stringify(runs)).not.toContain('test-host');
    expect((await running.call('/v1/runs?state=failed', { key: running.keys.admin })).json()).toEqual({ runs: [] });
  });

  describe('events', () => {
    const order = { eventId: 'e-1', customer: 'E-1', occurredAt: '2026-02-28T20:15:00+08:00', kind: 'order', amount: '129.00' };
    const post = async (body: unknown): Promise<any> => (await running.call('/v1/events', { key: running.keys.service, body })).json(); // oxlint-disable-line typescript/no-explicit-any -- fields are picked below

    test('each event gets its result, and a retry adds nothing', async () => {
      const batch = {
        source: 'shop',
        events: [
          order,
          { ...order, amount: '1.00' },
          { customer: 'E-2', occurredAt: 1_767_225_600_000, kind: 'view', product: 'P 1' },
          { customer: 'E-2', occurredAt: 'yesterday', kind: 'view' },
          { customer: 'E-2', occurredAt: 1_767_225_600_000, kind: 'view', product: 'P 1' },
          { customer: 'E-2', kind: 'view' },
          { ...order, eventId: 'e-2', secret: 1 },
          { ...order, eventId: 'e-3', occurredAt: '2026-03-02T04:00:00.001Z' },
          { ...order, eventId: 'e-4', amount: '-1' },
          { ...order, eventId: 'e-5', kind: 'refund', amount: '1' },
          { ...order, eventId: 'e-6', product: 'a\u0000b' },
          { ...order, eventId: 'e-7', discount: '-0.01' },
          { ...order, eventId: 'e-8', amount: 12 },
          null,
          { ...order, eventId: 'e-9', occurredAt: '1969-12-31T23:59:59Z' },
        ],
      };
      const before = await countEvents(getStore().db);
      const first = await post(batch);
      const statuses = first.results.map((result: { status: string }) => result.status);
      expect(statuses).toEqual(['added', 'duplicate', 'added', 'rejected', 'duplicate', ...Array<string>(10).fill('rejected')]);
      expect(first).toMatchObject({ added: 2, duplicates: 2, rejected: 11, newCustomers: 2 });
      expect(first.results[3].error.message).toContain('events[3].occurredAt');
      const again = await post(batch);
      expect(again).toMatchObject({ added: 0, duplicates: 4, rejected: 11, newCustomers: 0 });
      expect(await countEvents(getStore().db)).toBe(before + 2);
      // Another source has ids of its own.
      expect(await post({ source: 'till', events: [order] })).toMatchObject({ added: 1 });
    });

    test('writers at once: together they add each event once', async () => {
      const batch = { source: 'race', events: Array.from({ length: 40 }, (_, i) => ({ ...order, eventId: `r-${i}`, customer: `R-${i % 7}` })) };
      const replies = await Promise.all([0, 1, 2, 3].map((turn) => post({ ...batch, events: [...batch.events.slice(turn * 10), ...batch.events.slice(0, turn * 10)] })));
      expect(replies.reduce((sum, reply) => sum + reply.added, 0)).toBe(40);
      expect(replies.reduce((sum, reply) => sum + reply.duplicates, 0)).toBe(120);
    });

    test('1,000 events pass, 1,001 and none do not', async () => {
      const many = (count: number): unknown => ({ events: Array.from({ length: count }, (_, i) => ({ customer: `M-${i}`, occurredAt: i, kind: 'visit' })) });
      expect(await post(many(1000))).toMatchObject({ added: 1000 });
      expect(await post(many(1001))).toMatchObject({ error: { code: 'invalid_input' } });
      expect(await post(many(0))).toMatchObject({ error: { code: 'invalid_input' } });
    });
  });
});
