/** Response tags from events to published tags: known chances come out, one customer asked now gets what the night wrote, and silence about a channel is not dislike. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_TIME_ZONE, startOfDay } from '../../src/base/time.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { activityBetween, activityOf } from '../../src/features/activity/activity.ts';
import { PREFERENCE_CHECKS } from '../../src/jobs/preferences/training.ts';
import { runPreferenceTask } from '../../src/jobs/preferences/task.ts';
import { withdrawPreferences } from '../../src/jobs/preferences/versions.ts';
import { scoreAll } from '../../src/jobs/scoring/batch.ts';
import { scoreOneNow } from '../../src/jobs/scoring/one.ts';
import { loadPreferences, savePreferences } from '../../src/registry/preferences.ts';
import { countSegment } from '../../src/segments/count.ts';
import type { Store } from '../../src/store/connection.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { tagsOf } from '../../src/store/repositories/tagReads.ts';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { tagSchema } from '../../src/tags/tag.ts';
import type { Tag } from '../../src/tags/tag.ts';
import { awkwardMessages, dayBefore, RESPONSE_END, responders, responseEvents } from '../support/responseShop.ts';
import { PLAN, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import { describeOnEachStore } from '../support/stores.ts';

const SHOP = responders(66);
const SMS = 'response_prob_u77ed_u4fe1';
const KEYS = ['click_prob_email', 'convert_prob_email', 'response_prob_email', SMS];
const CUTOFF = startOfDay(RESPONSE_END, DEFAULT_TIME_ZONE);

async function idOf(store: Store, external: string): Promise<number> {
  const { rows } = await store.db.raw<{ rows: { id: number }[] }>('SELECT customer_id AS id FROM customers WHERE external_id = ?', [external]);
  return rows[0].id;
}

const responseTags = (tags: readonly Tag[]): Tag[] => tags.filter(({ key }) => /^(response|click|convert)_prob_/.test(key)).sort((a, b) => (a.key < b.key ? -1 : 1));
const statuses = (tags: readonly Tag[]): string[] => responseTags(tags).map(({ status }) => status);

describeOnEachStore('response tags', (getStore) => {
  const folder = scratchFolder();
  const deps = () => shopDeps(getStore(), folder.path, { limits: { chunkCustomers: 30 }, models: [] });
  const night = async (external: string): Promise<Tag[]> => responseTags(await tagsOf(getStore().db, await idOf(getStore(), external)));
  beforeAll(async () => {
    const events = [...responseEvents(SHOP, 26), ...awkwardMessages('AWKWARD'), { customer: 'SILENT', occurredAt: dayBefore(40), kind: 'order', amount: '9', orderRef: 'S' }, { customer: 'R0006', channel: '短信', occurredAt: dayBefore(1), kind: 'unsubscribe' }];
    await appendEvents(getStore().db, events, { source: 'test', at: Date.parse('2026-04-01T00:00:00Z') });
    await refreshSnapshot(getStore(), folder.path);
  }, 60_000);
  afterAll(() => { folder.remove(); });

  test('there are none before anything was trained', async () => {
    expect(responseTags(await scoreOneNow(deps(), await idOf(getStore(), 'R0000'), { asOf: RESPONSE_END }))).toEqual([]);
  });

  test('the engine and the store read the same messages, and every answer belongs to one', async () => {
    const columns = await openColumns(folder.path, { threads: 1 });
    try {
      const all = await activityBetween(columns, PLAN, { asOf: CUTOFF, parts: ['messages'] });
      for (const external of ['AWKWARD', 'R0000', 'R0007', 'R0030']) {
        const id = await idOf(getStore(), external);
        const { messages } = await activityOf(getStore(), PLAN, id, CUTOFF);
        const inOrder = (rows: typeof messages): typeof messages => rows.toSorted((a, b) => a.period - b.period || (a.channel < b.channel ? -1 : 1));
        expect(inOrder(all.get(id)?.messages ?? [])).toEqual(inOrder(messages));
        if (external !== 'AWKWARD') continue;
        const sum = (of: 'sent' | 'opened' | 'clicked' | 'converted'): number => messages.reduce((total, row) => total + row[of], 0);
        expect([sum('sent'), sum('opened'), sum('clicked'), sum('converted')]).toEqual([6, 3, 1, 1]);
        expect(messages.every(({ channel }) => channel === 'email')).toBe(true);
      }
    } finally {
      columns.close();
    }
  });

  test('training is the same bytes again, and says how every method did beside both baselines', async () => {
    const store = getStore();
    const task = { snapshotDir: folder.path, timeZone: DEFAULT_TIME_ZONE, end: RESPONSE_END, seed: 1 };
    const [outcome, again] = [await runPreferenceTask(task, () => undefined), await runPreferenceTask(task, () => undefined)];
    await savePreferences(store, outcome, PREFERENCE_CHECKS);
    expect(PREFERENCE_CHECKS.encode(await loadPreferences(store, 1, PREFERENCE_CHECKS))).toBe(PREFERENCE_CHECKS.encode(again.artefact));
    expect(outcome.report.responses).toMatchObject({ days: 7, periodDays: 28, channels: [{ name: 'email', slug: 'email', seen: true }, { name: '短信', slug: 'u77ed_u4fe1', seen: true }] });
    const [open] = outcome.report.responses?.channels[0].outcomes ?? [];
    expect(open).toMatchObject({ outcome: 'open', chosen: 'beta_binomial' });
    expect(open.test.methods.map(({ method }) => method)).toEqual(['shop_rate', 'own_rate', 'beta_binomial', 'logistic']);
    expect(open.gains[0]).toMatchObject({ baseline: 'shop_rate' });
    expect(open.gains[0].logLoss.low).toBeGreaterThan(0.05);
    // Orders come whatever is sent and to everybody alike: nothing beats the shop's rate.
    expect(outcome.report.responses?.channels[0].outcomes.find((one) => one.outcome === 'convert')).toMatchObject({ chosen: 'shop_rate' });
  }, 60_000);

  test('the night and one customer asked now give the same tags', async () => {
    const store = getStore();
    await recordConsents(store.db, [
      { customerId: await idOf(store, 'R0003'), purpose: 'scoring', state: 'refused', recordedAt: dayBefore(30), source: 'test' }, { customerId: await idOf(store, 'R0004'), purpose: 'marketing', state: 'refused', recordedAt: dayBefore(30), source: 'test' },
    ]);
    await scoreAll(deps(), { asOf: RESPONSE_END });
    for (const external of ['R0000', 'R0001', 'R0003', 'R0004', 'R0006', 'R0060', 'AWKWARD', 'SILENT']) {
      const tags = await night(external);
      expect(tags.map(({ key }) => key)).toEqual(KEYS);
      for (const tag of tags) expect(tagSchema.safeParse(tag).error).toBeUndefined();
      const now = responseTags(await scoreOneNow(deps(), await idOf(store, external), { asOf: RESPONSE_END }));
      expect(now).toEqual(tags.map((tag) => ({ ...tag, source: { ...tag.source, run: expect.any(Number) as number } })));
    }
  }, 60_000);

  test('a channel never tried is unknown; who refused is not told of; who left is not eligible', async () => {
    expect(statuses(await night('R0000'))).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(statuses(await night('R0001'))).toEqual(['ok', 'ok', 'ok', 'insufficient_data']);
    expect(statuses(await night('SILENT'))).toEqual(KEYS.map(() => 'insufficient_data'));
    expect(statuses(await night('R0003'))).toEqual(KEYS.map(() => 'opted_out'));
    expect(statuses(await night('R0004'))).toEqual(KEYS.map(() => 'not_eligible'));
    expect(statuses(await night('R0006'))).toEqual(['ok', 'ok', 'ok', 'not_eligible']);
  });

  test('known chances come out, with the customer\'s and the shop\'s numbers, and conditions find them', async () => {
    const store = getStore();
    const found = new Map<number, number[]>();
    let above = 0;
    for (const { customer, email } of [...SHOP, { customer: 'AWKWARD', email: undefined }]) {
      const tag = (await night(customer)).find(({ key }) => key === 'response_prob_email');
      if (tag?.status !== 'ok' || tag.probability === null) continue;
      if (tag.probability >= 0.3) above++;
      if (email === undefined) continue;
      found.set(email, [...(found.get(email) ?? []), tag.probability]);
      expect(tag).toMatchObject({ value: tag.probability, horizonDays: 7, confidence: 'high', expiresAt: '2026-05-01', source: { name: 'preferences', version: 1 } });
      expect(tag.percentile).toBeGreaterThanOrEqual(1);
    }
    for (const [truth, probabilities] of found) expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length - truth)).toBeLessThan(0.08);
    const [tag] = (await night('R0002')).filter(({ key }) => key === 'response_prob_email');
    expect(tag.reasons[0].text).toMatchObject({ en: expect.stringMatching(/^\d+ of 25 messages of the channel opened \(shop \d+%\)$/) as string, zh: expect.stringContaining('该渠道25条消息打开') as string });
    expect(tag.lift).toBeGreaterThan(1.5);
    const { names, tags } = await loadCatalogue(store.db);
    expect(tags.find(({ key }) => key === SMS)).toMatchObject({ kind: 'predictive', category: 'response', label: { zh: '渠道响应概率：短信', en: 'Response probability: 短信' } });
    const condition = readCondition('tag.response_prob_email.probability >= 0.3');
    expect((await countSegment(store, condition, { asOf: CUTOFF, timeZone: DEFAULT_TIME_ZONE, names })).matching).toBe(above);
    expect(above).toBeGreaterThan(15);
  });

  test('without a version that serves they are paused, not gone', async () => {
    const store = getStore();
    await withdrawPreferences(store, 1, true, 'test');
    expect(statuses(await scoreOneNow(deps(), await idOf(store, 'R0000'), { asOf: RESPONSE_END }))).toEqual(KEYS.map(() => 'model_paused'));
    expect((await loadCatalogue(store.db)).tags.some(({ key }) => key === SMS)).toBe(true);
  });
});
