/** Data-quality rules on both stores: counts against a naive reading of the same rows, alerts over days, and texts that would be SQL. */
import { beforeAll, describe, expect, test } from 'vitest';
import { addDays, startOfDay } from '../../src/base/time.ts';
import type { Condition } from '../../src/conditions/schema.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { importDefinitions } from '../../src/jobs/definitions.ts';
import { checkBeforeNight, checkQuality, previewQuality } from '../../src/jobs/quality.ts';
import { CLOSES_AFTER, stepAlert } from '../../src/quality/alerts.ts';
import type { Alert } from '../../src/quality/alerts.ts';
import { DEFAULT_RULES } from '../../src/quality/defaults.ts';
import { exportQualityRules } from '../../src/quality/exchange.ts';
import type { QualityResult } from '../../src/quality/evaluate.ts';
import { usualGapDays } from '../../src/quality/freshness.ts';
import { deleteQualityRule, loadQualityRules, saveQualityRule } from '../../src/quality/rules.ts';
import type { Check } from '../../src/quality/schema.ts';
import { linkIdentities, upsertCustomers } from '../../src/store/repositories/customers.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { listAlerts, qualityExamples, qualityHistory } from '../../src/store/repositories/quality.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { describeOnEachStore } from '../support/stores.ts';

const timeZone = 'Asia/Shanghai';
const TODAY = '2026-03-01';
const label = { zh: '测试', en: 'Test' };
const GONE: Condition = { segment: 'gone', op: 'in' };
const at = (day: string, hour = 12): number => startOfDay(day, timeZone) + hour * 3_600_000;

/** Attribute values with what each format should say of them. */
const TEXTS = ['ann@example.com', 'a@b', 'a b@c.d', '13812345678', '+86 13812345678', '12812345678', '+1 (555) 010-9999', '100080', '007', '2026-02-28', '2026-13-01', ' 42 ', '-3.5', '1e5', '', "x'; drop table customers; --", '%_?$1', '测试'] as const;
const GOOD: Readonly<Record<string, (text: string) => boolean>> = {
  email: (text) => text === 'ann@example.com',
  phone_cn: (text) => ['13812345678', '+86 13812345678'].includes(text),
  phone: (text) => ['13812345678', '+86 13812345678', '12812345678', '+1 (555) 010-9999', '100080', '2026-02-28', '2026-13-01'].includes(text),
  digits: (text) => /^\d+$/.test(text),
  date: (text) => text === '2026-02-28',
  postcode_cn: (text) => text === '100080',
};

describe('alerts', () => {
  const bad = { state: 'bad', checked: 100, bad: 20 } as const;
  const good = { state: 'good', checked: 100, bad: 1 } as const;
  /** Days of one rule that may have ten bad in a hundred, as opened and closed alerts. */
  const live = (days: readonly (typeof bad | typeof good | { state: 'good' | 'nothing_to_check'; checked: number; bad: number })[]): string[] => {
    let open: Alert | undefined;
    const said: string[] = [];
    for (const [i, found] of days.entries()) {
      const day = addDays(TODAY, i);
      const step = stepAlert(open, found, 0.1, day);
      if (step.do === 'open') {
        open = { id: 1, key: 'k', openedOn: day, lastBadOn: day, lastDay: day, worst: step.worst, goodDays: 0, closedOn: null };
        said.push(`open ${i}`);
      } else if (step.do === 'update') {
        open = step.alert.closedOn === null ? step.alert : undefined;
        if (open === undefined) said.push(`close ${i}`);
      }
    }
    return said;
  };

  test('one for a whole spell, closed after two good days in a row', () => {
    expect(CLOSES_AFTER).toBe(2);
    expect(live([bad, bad, bad, good, good, good, bad])).toEqual(['open 0', 'close 4', 'open 6']);
    expect(live([bad, good, bad, good, bad, good])).toEqual(['open 0']);
  });

  test('a share that swings around the limit leaves it open, and a day with nothing to check changes nothing', () => {
    const near = { state: 'good', checked: 100, bad: 10 } as const;
    expect(live([bad, near, near, near, near])).toEqual(['open 0']);
    expect(live([bad, good, { state: 'nothing_to_check', checked: 0, bad: 0 }, good])).toEqual(['open 0', 'close 3']);
  });

  test('the same day twice counts once, an older day not at all', () => {
    const open: Alert = { id: 1, key: 'k', openedOn: TODAY, lastBadOn: TODAY, lastDay: addDays(TODAY, 1), worst: 0.2, goodDays: 1, closedOn: null };
    expect(stepAlert(open, good, 0.1, addDays(TODAY, 1))).toMatchObject({ do: 'update', alert: { goodDays: 1, closedOn: null } });
    expect(stepAlert(open, bad, 0.1, TODAY)).toEqual({ do: 'nothing' });
  });
});

test('the usual gap is one that nine of ten gaps do not exceed', () => {
  expect(usualGapDays([])).toBe(1);
  expect(usualGapDays(Array.from({ length: 9 }, (_, week) => [0, 1].map((i) => addDays(TODAY, week * 7 + i))).flat())).toBe(6);
  expect(usualGapDays([...Array.from({ length: 30 }, (_, i) => addDays(TODAY, i)), addDays(TODAY, 45)])).toBe(1);
});

describeOnEachStore('data quality', (getStore, about) => {
  const deps = (): { store: ReturnType<typeof getStore>; timeZone: string } => ({ store: getStore(), timeZone });
  const find = async (check: Check, mostBad = 0, more: object = {}): Promise<QualityResult> =>
    (await previewQuality(deps(), TODAY, [{ key: 'x', label, check, mostBad, days: 30, status: 'enabled', holdsNight: false, owner: 'ann', ...more }]))[0];

  beforeAll(async () => {
    const store = getStore();
    about().clock.set(new Date(at(TODAY)).toISOString());
    const ids = await upsertCustomers(store.db, TEXTS.map((text, i) => ({ externalId: `c${i}`, attributes: { text, start: i % 2 === 0 ? '2026-01-05' : '2026-03-05', end: '2026-02-01' } })), about().clock.now());
    await linkIdentities(store.db, [{ namespace: 'phone', value: '13812345678', customerId: ids.get('c0') ?? 0 }, { namespace: 'phone', value: 'none', customerId: ids.get('c1') ?? 0 }]);
    const event = (customer: string, kind: string, day: string, more: object): object & { customer: string; kind: string; occurredAt: number } => ({ customer, kind, occurredAt: at(day), ...more });
    await appendEvents(store.db, [
      event('c0', 'order', '2026-02-20', { amount: '100', quantity: '1', discount: '10', orderRef: 'a' }),
      event('c0', 'refund', '2026-02-22', { amount: '-100', orderRef: 'a' }),
      event('c1', 'order', '2026-02-20', { amount: '50', quantity: '0', discount: '60', orderRef: 'b' }),
      event('c1', 'refund', '2026-02-19', { amount: '-60', orderRef: 'b' }),
      event('c2', 'order', '2026-02-25', { properties: { channel_code: 'wx' } }),
      event('c2', 'refund', '2026-02-26', { amount: '5' }),
      event('c3', 'order', '2025-12-01', { amount: '-1', quantity: '-1' }),
      event('c4', 'visit', '2026-03-04', {}),
    ], { source: 'test', at: about().clock.now() });
  });

  test.each(Object.keys(GOOD))('the format %s', async (format) => {
    const present = TEXTS.map((text) => text.trim()).filter((text) => text !== '');
    const found = await find({ field: { attribute: 'text' }, test: { format: format as 'email' } });
    expect([found.checked, found.bad]).toEqual([present.length, present.filter((text) => !GOOD[format](text)).length]);
  });

  test('presence, range, length and lists of an attribute; what is missing is bad only where presence is asked for', async () => {
    const field = { attribute: 'text' };
    expect(await find({ field, test: { present: true } })).toMatchObject({ checked: TEXTS.length, bad: 1, state: 'bad' });
    expect(await find({ field: { attribute: 'nothing' }, test: { range: { min: 0 } } })).toMatchObject({ checked: 0, bad: 0, state: 'nothing_to_check' });
    // 42, 007 and 100080 are numbers of the range; -3.5 is below, phone numbers are above, texts are none.
    expect(await find({ field, test: { range: { min: 0, max: 200_000 } } })).toMatchObject({ checked: TEXTS.length - 1, bad: TEXTS.length - 1 - 3 });
    expect(await find({ field, test: { length: { max: 3 } } })).toMatchObject({ bad: TEXTS.map((text) => text.trim()).filter((text) => text.length > 3).length });
    expect(await find({ field, test: { in: ['42', "x'; drop table customers; --", '%_?$1'] } })).toMatchObject({ bad: TEXTS.length - 1 - 3 });
    expect(await find({ field: { attribute: "text' or '1'='1" }, test: { present: true } })).toMatchObject({ checked: TEXTS.length, bad: TEXTS.length });
  });

  test('identities, columns and properties of events, and how far back', async () => {
    expect(await find({ field: { identity: 'phone' }, test: { format: 'phone_cn' } })).toMatchObject({ checked: 2, bad: 1 });
    expect(await find({ field: { events: 'order', column: 'amount' }, test: { present: true } })).toMatchObject({ checked: 3, bad: 1 });
    expect(await find({ field: { events: 'order', column: 'quantity' }, test: { range: { min: 0.0001 } } })).toMatchObject({ checked: 2, bad: 1 });
    expect(await find({ field: { events: 'order', column: 'quantity' }, test: { range: { min: 0.0001 } } }, 0, { days: 365 })).toMatchObject({ checked: 3, bad: 2 });
    expect(await find({ field: { events: 'order', property: 'channel_code' }, test: { in: ['wx'] } })).toMatchObject({ checked: 1, bad: 0, state: 'good' });
  });

  test('two fields agree, refunds fit their orders, nothing is in the future, one condition goes with another', async () => {
    expect(await find({ compare: [{ attribute: 'start' }, '<=', { attribute: 'end' }], as: 'date' })).toMatchObject({ checked: TEXTS.length, bad: TEXTS.length / 2 });
    expect(await find({ compare: [{ events: 'order', column: 'discount' }, '<=', { events: 'order', column: 'amount' }], as: 'number' })).toMatchObject({ checked: 2, bad: 1 });
    expect(await find({ refunds: 'within_order' })).toMatchObject({ checked: 2, bad: 1 });
    expect(await find({ refunds: 'after_order' })).toMatchObject({ checked: 2, bad: 1 });
    expect(await find({ notInFuture: true })).toMatchObject({ checked: 7, bad: 1, state: 'bad' });
    const found = await find({ of: readCondition('orders >= 1'), good: readCondition('identity.phone exists') });
    expect([found.checked, found.bad, found.examples.length]).toEqual([4, 2, 2]);
    expect(await find({ of: GONE, good: readCondition('orders >= 1') })).toMatchObject({ state: 'nothing_to_check', details: { unknown: ['segment gone'] } });
  });

  test('arrival by hours and by the own rhythm', async () => {
    expect(await find({ fresh: 'order', hours: 95 })).toMatchObject({ state: 'bad', details: { ageHours: 96 } });
    expect(await find({ fresh: 'order', hours: 97 })).toMatchObject({ state: 'good' });
    // Orders on 1 December, 20 and 25 February: only the last gap lies within the 90 days that are looked at.
    expect(await find({ fresh: 'order', gaps: 1 })).toMatchObject({ state: 'good', details: { limitHours: 81 * 24 } });
    expect(await find({ fresh: 'search', hours: 1 })).toMatchObject({ state: 'nothing_to_check' });
  });

  test('results and examples are kept by day, one alert stays open over bad days, an erased customer is gone from the examples', async () => {
    const store = getStore();
    const first = await checkQuality(deps(), TODAY);
    expect(first.results).toHaveLength(DEFAULT_RULES.length);
    expect(first.opened).toEqual(expect.arrayContaining(['refunds_within_order', 'events_not_in_future']) as string[]);
    about().clock.set(new Date(at('2026-03-02')).toISOString());
    expect((await checkQuality(deps(), '2026-03-02')).opened).toEqual([]);
    expect(await qualityHistory(store.db, 'refunds_within_order', 5)).toMatchObject([{ day: '2026-03-02', checked: 2, bad: 1 }, { day: TODAY, bad: 1 }]);
    expect(await qualityExamples(store.db, 'refunds_within_order')).toEqual(['c1']);
    await store.db.raw(`DELETE FROM customers WHERE external_id = 'c1'`);
    await store.db.raw('DELETE FROM events WHERE NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = events.customer_id)');
    expect(await qualityExamples(store.db, 'refunds_within_order')).toEqual([]);
    for (const day of ['2026-03-03', '2026-03-04']) {
      about().clock.set(new Date(at(day)).toISOString());
      const { closed } = await checkQuality(deps(), day);
      expect(closed.includes('refunds_within_order')).toBe(day === '2026-03-04');
    }
    expect((await listAlerts(store.db, { limit: 50 })).filter(({ key }) => key === 'refunds_within_order')).toMatchObject([{ openedOn: TODAY, closedOn: '2026-03-04' }]);
  });

  test('the night goes on unless a broken rule was declared to hold it', async () => {
    const store = getStore();
    const { names } = await loadCatalogue(store.db);
    await saveQualityRule(store, { key: 'never', label, check: { field: { attribute: 'nothing' }, test: { present: true } }, mostBad: 0.1 }, names, 'ann');
    expect(await checkBeforeNight(deps(), '2026-03-04', false)).toMatchObject({ opened: ['never'], holds: [] });
    await saveQualityRule(store, { key: 'never', label, check: { field: { attribute: 'nothing' }, test: { present: true } }, mostBad: 0.1, holdsNight: true }, names, 'ann');
    await expect(checkBeforeNight(deps(), '2026-03-04', false)).rejects.toMatchObject({ code: 'run_held', details: { rules: ['never'] } });
    expect(await checkBeforeNight(deps(), '2026-03-04', true)).toMatchObject({ holds: ['never'] });
    await deleteQualityRule(store, 'never', 'ann');
    expect(await checkBeforeNight(deps(), '2026-03-04', false)).toMatchObject({ closed: ['never'], holds: [] });
  });

  test('rules are versioned over those of the product, travel as a document, and are refused where they are wrong', async () => {
    const store = getStore();
    const { names } = await loadCatalogue(store.db);
    const phone = DEFAULT_RULES.find(({ key }) => key === 'phone_format') as object;
    expect(await saveQualityRule(store, { ...phone, mostBad: 0.5 }, names, 'ann', 0)).toMatchObject({ version: 1, builtIn: true });
    await expect(saveQualityRule(store, { ...phone, mostBad: 0.4 }, names, 'bo', 0)).rejects.toMatchObject({ code: 'conflict' });
    const document = JSON.parse(JSON.stringify(await exportQualityRules(store))) as { rules: object[] };
    await deleteQualityRule(store, 'phone_format', 'ann');
    expect((await loadQualityRules(store)).some(({ key }) => key === 'phone_format')).toBe(false);
    expect(await importDefinitions(store, 'quality', document, { actor: 'ann' })).toMatchObject({ created: ['phone_format'], edited: [] });
    expect(await importDefinitions(store, 'quality', document, { actor: 'ann' })).toMatchObject({ created: [], edited: [] });
    const wrong: object[] = [
      { check: { field: { attribute: 'a' }, test: { matches: '(a+)+$' } } }, { check: { field: { events: 'order', column: 'dedupe_key' }, test: { present: true } } }, { mostBad: 2 }, { key: 'Bad Key' },
      { check: { compare: [{ attribute: 'a' }, '<=', { events: 'order', column: 'amount' }], as: 'number' } }, { check: { field: { identity: 'phone' }, test: { present: true } } }, { label: { zh: '', en: 'x' } },
    ];
    for (const part of wrong) await expect(saveQualityRule(store, { key: 'wrong', label, check: { notInFuture: true }, mostBad: 0, ...part }, names, 'ann')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(saveQualityRule(store, { key: 'wrong', label, check: { of: GONE, good: readCondition('orders >= 1') }, mostBad: 0 }, names, 'ann')).rejects.toMatchObject({ code: 'unknown_name' });
  });
});
