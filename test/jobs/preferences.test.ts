/** Preference tags from events to published tags: one customer asked now gets what the night wrote, and those who refused get nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preferencesOfOne, preferencesBetween, preferencesNow } from '../../src/jobs/scoring/preferences.ts';
import { runPreferenceTask } from '../../src/jobs/preferences/task.ts';
import { trainPreferencesNow, PREFERENCE_CHECKS } from '../../src/jobs/preferences/training.ts';
import { preferenceVersions, withdrawPreferences } from '../../src/jobs/preferences/versions.ts';
import { scoreAll } from '../../src/jobs/scoring/batch.ts';
import { scoreOneNow } from '../../src/jobs/scoring/one.ts';
import { DEFAULT_TIME_ZONE, startOfDay } from '../../src/base/time.ts';
import { loadPreferences } from '../../src/registry/preferences.ts';
import type { NewEvent } from '../../src/store/events.ts';
import type { Store } from '../../src/store/connection.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { tagsOf } from '../../src/store/repositories/tagReads.ts';
import { PREFERENCE_TAGS } from '../../src/tags/catalogue/preference.ts';
import { tagSchema } from '../../src/tags/tag.ts';
import type { Tag } from '../../src/tags/tag.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { END, fillShop, scratchFolder, shopDeps } from '../support/scoredShop.ts';

const KEYS = PREFERENCE_TAGS.map(({ key }) => key);
const at = (daysBefore: number, hour = 12): number => startOfDay(END, DEFAULT_TIME_ZONE) - daysBefore * 86_400_000 + hour * 3_600_000;

/** A customer with known tastes among the simulated ones: topics, a channel that is answered at 20:00, and one that was left. */
function planted(): NewEvent[] {
  const customer = 'PLANTED';
  const weeks = Array.from({ length: 12 }, (_, week) => 3 + 7 * week);
  return weeks.flatMap((days, i): NewEvent[] => [
    { customer, occurredAt: at(days, 9), kind: 'message_sent', channel: 'email', campaign: `e${i}` },
    ...(i % 2 === 0 ? [{ customer, occurredAt: at(days, 20), kind: 'message_open', channel: 'email', campaign: `e${i}`, properties: { topic: 'recipes' } }] : []),
    { customer, occurredAt: at(days, 9), kind: 'message_sent', channel: 'sms', campaign: `s${i}` },
    ...(i === 11 ? [{ customer, occurredAt: at(days, 10), kind: 'unsubscribe', channel: 'sms', campaign: `s${i}` }] : []),
    { customer, occurredAt: at(days, 14), kind: 'view', channel: 'app', product: 'baby-01', category: 'baby' },
    { customer, occurredAt: at(days, 15), kind: 'order', amount: '20', product: 'pet-03', category: 'pet', channel: 'app', orderRef: `P${i}`, ...(i % 3 === 0 ? { discount: '5' } : {}) },
  ]);
}

/** KEEN shows every signal of intent, beside what is none: a cart before an order, views of a bought product, what is too old. BOUGHT ordered after all of them. */
function keen(): NewEvent[] {
  const signs = (customer: string): NewEvent[] => [
    ...[1, 2, 6].map((days): NewEvent => ({ customer, occurredAt: at(days + 1, 10), kind: 'view', product: 'pet-07', category: 'pet' })),
    { customer, occurredAt: at(3, 11), kind: 'cart', product: 'pet-02', category: 'pet' }, { customer, occurredAt: at(2, 11), kind: 'cart', product: 'pet-01', category: 'pet' },
    { customer, occurredAt: at(4), kind: 'inquiry' }, { customer, occurredAt: at(4, 13), kind: 'inquiry', properties: { topic: 'price' } },
  ];
  const order = (customer: string, days: number, product: string): NewEvent => ({ customer, occurredAt: at(days, 15), kind: 'order', amount: '20', product, category: 'pet', orderRef: `${customer}${days}` });
  return [
    ...signs('KEEN'), order('KEEN', 6, 'pet-09'), { customer: 'KEEN', occurredAt: at(6, 14), kind: 'cart', product: 'pet-09' }, { customer: 'KEEN', occurredAt: at(30, 12), kind: 'price_check' },
    ...[7, 7, 7, 5].map((days, i): NewEvent => ({ customer: 'KEEN', occurredAt: at(days, 8 + i), kind: 'view', product: 'pet-09', category: 'pet' })),
    ...signs('BOUGHT'), order('BOUGHT', 1, 'pet-07'),
  ];
}

/** Messages by e-mail and SMS to some others, so that the shop has rates for these channels. */
function others(): NewEvent[] {
  return Array.from({ length: 30 }, (_, u) => u).flatMap((u) => Array.from({ length: 6 }, (_, i): NewEvent[] => {
    const customer = `SIM-${String(u + 1).padStart(6, '0')}`;
    const row = { customer, campaign: `x${i}`, channel: i % 2 === 0 ? 'email' : 'sms' };
    return [{ ...row, occurredAt: at(10 + 20 * i, 9), kind: 'message_sent' }, ...((u + i) % 4 === 0 ? [{ ...row, occurredAt: at(10 + 20 * i, 11 + (u % 9)), kind: 'message_open', properties: { topic: u % 2 === 0 ? 'recipes' : 'care' } }] : [])];
  }).flat());
}

async function idOf(store: Store, external: string): Promise<number> {
  const { rows } = await store.db.raw<{ rows: { id: number }[] }>('SELECT customer_id AS id FROM customers WHERE external_id = ?', [external]);
  return rows[0].id;
}

const preferenceTags = (tags: readonly Tag[]): Tag[] => tags.filter(({ key }) => KEYS.includes(key)).sort((a, b) => (a.key < b.key ? -1 : 1));

describeOnEachStore('preference tags', (getStore) => {
  const folder = scratchFolder();
  const deps = () => shopDeps(getStore(), folder.path, { limits: { chunkCustomers: 70 }, models: [] });
  const training = () => ({ store: getStore(), snapshotDir: folder.path, timeZone: DEFAULT_TIME_ZONE, progress: () => undefined });
  beforeAll(async () => {
    const store = getStore();
    await fillShop(store, { customers: 160, days: 500 });
    await appendEvents(store.db, [...planted(), ...others(), ...keen()], { source: 'test', at: Date.parse('2026-04-01T00:00:00Z') });
    await refreshSnapshot(store, folder.path);
  }, 60_000);
  afterAll(() => { folder.remove(); });

  test('are paused before anything was trained', async () => {
    const tags = preferenceTags(await scoreOneNow(deps(), await idOf(getStore(), 'PLANTED'), { asOf: END }));
    expect(tags.map(({ status }) => status)).toEqual(KEYS.map(() => 'model_paused'));
  });

  test('training is the same bytes again, and keeps versions', async () => {
    const task = { snapshotDir: folder.path, timeZone: DEFAULT_TIME_ZONE, end: END, seed: 1 };
    const [first, second] = [await runPreferenceTask(task, () => undefined), await runPreferenceTask(task, () => undefined)];
    expect(PREFERENCE_CHECKS.encode(first.artefact)).toBe(PREFERENCE_CHECKS.encode(second.artefact));
    expect(first.report).toEqual(second.report);
    const outcome = await trainPreferencesNow(training(), { end: END, seed: 1 });
    expect(outcome).toMatchObject({ ok: true, version: 1, report: { product: { horizonDays: 28 } } });
    expect(PREFERENCE_CHECKS.encode(await loadPreferences(getStore(), 1, PREFERENCE_CHECKS))).toBe(PREFERENCE_CHECKS.encode(first.artefact));
  }, 60_000);

  test('the night and one customer asked now give the same tags', async () => {
    const store = getStore();
    await recordConsents(store.db, [{ customerId: await idOf(store, 'SIM-000003'), purpose: 'scoring', state: 'refused', recordedAt: at(30), source: 'test' }]);
    await scoreAll(deps(), { asOf: END });
    const [planted_, refused] = [await idOf(store, 'PLANTED'), await idOf(store, 'SIM-000003')];
    for (const id of [1, 2, 5, 40, 90, 150, planted_, refused]) {
      const night = preferenceTags(await tagsOf(store.db, id));
      const now = preferenceTags(await scoreOneNow(deps(), id, { asOf: END }));
      expect(night).toHaveLength(KEYS.length);
      expect(now).toEqual(night.map((tag) => ({ ...tag, source: { ...tag.source, run: expect.any(Number) as number } })));
      for (const tag of night) {
        expect(tagSchema.safeParse(tag).error).toBeUndefined();
        expect(tag.source).toMatchObject({ name: 'preferences', version: 1 });
        expect(tag.status === 'opted_out').toBe(id === refused);
      }
    }
  }, 60_000);

  test('signals of intent are the events of a week that no order answered, the same by night and now', async () => {
    const store = getStore();
    const signals = async (external: string) => {
      const id = await idOf(store, external);
      const find = (tags: readonly Tag[]) => tags.find(({ key }) => key === 'intent_signal');
      const [night, now] = [find(await tagsOf(store.db, id)), find(await scoreOneNow(deps(), id, { asOf: END }))];
      expect({ ...now, source: { ...now?.source, run: 0 } }).toEqual({ ...night, source: { ...night?.source, run: 0 } });
      expect(tagSchema.safeParse(night).error).toBeUndefined();
      return night;
    };
    const keenTag = await signals('KEEN');
    expect(keenTag).toMatchObject({ status: 'ok', kind: 'predictive', value: ['cart_not_ordered', 'repeated_views', 'inquiry', 'price_check'], band: null, confidence: 'high', source: { name: 'facts' }, expiresAt: '2026-04-03' });
    expect(keenTag?.reasons.map(({ feature, value, typical }) => [feature, value, typical])).toEqual([['cart_not_ordered', 2, null], ['repeated_views', 3, 3], ['inquiry', 1, null], ['price_check', 1, null]]);
    expect(keenTag?.reasons.map(({ text }) => text)).toEqual([
      { zh: '7天内加购2次后未下单，最近1天前（pet-01）', en: 'Put into the cart 2 times in 7 days without an order since, last 1 day ago (pet-01)' },
      { zh: '7天内浏览pet-07 3次而未购买，最近1天前', en: 'Viewed pet-07 3 times in 7 days without buying it, last 1 day ago' },
      { zh: '7天内咨询1次后未下单，最近3天前', en: 'Asked once in 7 days without an order since, last 3 days ago' },
      { zh: '7天内询价1次后未下单，最近3天前', en: 'Asked for a price once in 7 days without an order since, last 3 days ago' },
    ]);
    expect(await signals('BOUGHT')).toMatchObject({ status: 'ok', value: ['none'], reasons: [] });
    expect(await signals('SIM-000003')).toMatchObject({ status: 'opted_out', value: null });
  });

  test('planted tastes come out, with the customer\'s and the shop\'s numbers', async () => {
    const store = getStore();
    const tags = new Map((await tagsOf(store.db, await idOf(store, 'PLANTED'))).map((tag) => [tag.key, tag]));
    expect(tags.get('pref_category_top3')).toMatchObject({ status: 'ok', value: ['pet'], confidence: 'high' });
    expect(tags.get('pref_category_top3')?.lift).toBeGreaterThan(1.5);
    expect(tags.get('pref_product_top5')).toMatchObject({ status: 'ok', horizonDays: null });
    expect(tags.get('pref_product_top5')?.value).toHaveLength(5);
    expect(tags.get('pref_content_topic')).toMatchObject({ status: 'ok', value: ['baby'] });
    expect(tags.get('pref_channel')).toMatchObject({ status: 'ok', value: ['email', 'sms'], band: 'reachable' });
    expect(tags.get('pref_channel')?.reasons.map(({ text }) => text.zh).join(' ')).toMatch(/email：12次中回应6次.*可触达.*sms：12次中回应0次.*不可触达.*wechat_mini：数据不足/);
    expect(tags.get('pref_hour')).toMatchObject({ status: 'ok', band: 'evening' });
    expect([19, 20]).toContain(tags.get('pref_hour')?.value);
    expect(tags.get('contact_fatigue')).toMatchObject({ status: 'ok', band: 'high' });
    expect(tags.get('discount_sensitivity')?.reasons[0].text.en).toContain('4 of 12 orders with a discount');
  });

  test('the engine and the store read the same activity, and a refusal of marketing closes channels', async () => {
    const store = getStore();
    const ready = await preferencesNow(store);
    if (ready === undefined) throw new Error('preferences were trained above');
    const id = await idOf(store, 'PLANTED');
    await recordConsents(store.db, [{ customerId: id, purpose: 'marketing', state: 'refused', recordedAt: at(2), source: 'test' }]);
    const columns = await openColumns(folder.path, { threads: 1 });
    try {
      const ids = Array.from({ length: id }, (_, i) => i + 1);
      const all = await preferencesBetween(deps(), ready, columns, END, { from: 1, to: id + 1 }, ids);
      for (const one of [1, 7, 33, 101, id]) expect(await preferencesOfOne(deps(), ready, one, startOfDay(END, DEFAULT_TIME_ZONE))).toEqual(all.get(one));
      expect(all.get(id)?.channels?.choices.map(({ reachable }) => reachable)).toEqual([false, false]);
    } finally {
      columns.close();
    }
  });

  test('a withdrawn version does not serve; damaged bytes are refused', async () => {
    const store = getStore();
    await withdrawPreferences(store, 1, true, 'test');
    expect(await preferencesNow(store)).toBeUndefined();
    await withdrawPreferences(store, 1, false, 'test');
    expect((await preferenceVersions(store)).map(({ version, serves }) => [version, serves])).toEqual([[1, true]]);
    await expect(withdrawPreferences(store, 9, true, 'test')).rejects.toMatchObject({ code: 'not_found' });
    await store.db.raw(`UPDATE preference_models SET artefact = convert_to(replace(convert_from(artefact, 'UTF8'), '"halfLifeDays":', '"halfLifeDays":1'), 'UTF8')`);
    await expect(loadPreferences(store, 1, PREFERENCE_CHECKS)).rejects.toMatchObject({ code: 'artefact_invalid' });
  });
});
