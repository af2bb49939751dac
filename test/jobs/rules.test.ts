/** The life of rule tags, told day by day on both stores: entering, staying, leaving, events that arrive, edits, pauses, refusals, kills. */
import { beforeEach, expect, test } from 'vitest';
import { startOfDay } from '../../src/base/time.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { evaluateRules } from '../../src/jobs/rules.ts';
import type { RulesDeps } from '../../src/jobs/rules.ts';
import { evaluateNewEvents, evaluateToday } from '../../src/jobs/rulesOnEvents.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { createRule, deleteRule, editRule, setRuleStatus } from '../../src/tags/catalogue/edit.ts';
import { compareFiles, takeFiles } from '../../src/tags/catalogue/files.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { asSeenOn } from '../../src/tags/age.ts';
import { ruleHistory, ruleTagsOf } from '../../src/tags/rules/read.ts';
import { RULE_TAGS } from '../../tags/index.ts';
import { describeOnEachStore } from '../support/stores.ts';

const timeZone = 'Asia/Shanghai';
const TABLES = 'customers, events, runs, tag_definitions, tag_definition_versions, rule_runs, staged_rules, watermarks, segments, suppressions';

describeOnEachStore('rule tags', (getStore, about) => {
  let ids: ReadonlyMap<string, number>;
  let sent = 0;
  const deps = (more: Partial<RulesDeps> = {}): RulesDeps => ({ store: getStore(), clock: about().clock, owner: 'test', ruleTags: [], timeZone, limits: { chunkCustomers: 2 }, ...more });
  const at = (day: string, hour = 12): number => startOfDay(day, timeZone) + hour * 3_600_000;
  const happens = async (customer: string, kind: string, day: string, hour = 12): Promise<void> => {
    await appendEvents(getStore().db, [{ customer, occurredAt: at(day, hour), kind, amount: '10.00', eventId: `e${++sent}` }], { source: 'test', at: at(day, hour) });
  };
  const rule = async (key: string, text: string, more: { ttlDays?: number | null; status?: 'draft' | 'enabled' } = {}): Promise<void> => {
    const words = { zh: key, en: key };
    const catalogue = await loadCatalogue(getStore().db);
    await createRule(getStore(), catalogue, { key, category: 'behaviour', label: words, description: words, owner: 'ann', condition: readCondition(text), band: { code: 'yes', label: { zh: '是', en: 'Yes' } }, ttlDays: more.ttlDays === undefined ? 2 : more.ttlDays }, more.status ?? 'enabled', { actor: 'ann' });
  };
  /** Who carries the tag, as seen on a day. */
  const carriers = async (key: string, today: string): Promise<string[]> => {
    const { rules } = await loadCatalogue(getStore().db);
    const found = await ruleTagsOf(getStore().db, rules, [...ids.values()]);
    return [...ids].filter(([, id]) => found.get(id)?.some((tag) => tag.key === key && asSeenOn(tag, today).status === 'ok') === true).map(([name]) => name).sort();
  };
  const night = (asOf: string, more: Partial<RulesDeps> = {}) => evaluateRules(deps(more), { asOf });

  beforeEach(async () => {
    await getStore().db.raw(`TRUNCATE ${TABLES} RESTART IDENTITY CASCADE`);
    ids = await upsertCustomers(getStore().db, ['li', 'wang', 'zhao', 'chen', 'liu'].map((externalId) => ({ externalId, attributes: { city: externalId === 'li' ? '北京' : '上海' } })), at('2026-01-01'));
  });

  test('are entered, stay with the day they began, are left, and keep a history of who decided', async () => {
    await rule('buyer', 'orders last 3 days >= 1');
    await happens('li', 'order', '2026-03-01');
    expect(await night('2026-03-02')).toMatchObject({ state: 'done', published: { changed: 1, entered: 1, left: 0 } });
    expect(await night('2026-03-03')).toMatchObject({ published: { changed: 0 } });
    expect(await carriers('buyer', '2026-03-03')).toEqual(['li']);
    const { rules } = await loadCatalogue(getStore().db);
    const [tag] = (await ruleTagsOf(getStore().db, rules, [ids.get('li') ?? 0])).get(ids.get('li') ?? 0) ?? [];
    expect(tag).toMatchObject({ status: 'ok', value: 'yes', asOf: '2026-03-03', validFrom: '2026-03-02', expiresAt: '2026-03-05', source: { name: 'rule', version: 1 } });
    expect(await night('2026-03-05')).toMatchObject({ published: { changed: 1, entered: 0, left: 1 } });
    expect(await carriers('buyer', '2026-03-05')).toEqual([]);
    expect((await ruleHistory(getStore().db, ids.get('li') ?? 0, 9)).map(({ changedOn, change, version, cause }) => [changedOn, change, version, cause])).toEqual([['2026-03-05', 'left', 1, 'nightly'], ['2026-03-02', 'entered', 1, 'nightly']]);
  });

  test('turn stale when no night comes, and match no condition then', async () => {
    await rule('buyer', 'orders >= 1', { ttlDays: 2 });
    await rule('for_ever', 'orders >= 1', { ttlDays: null });
    await happens('li', 'order', '2026-03-01');
    await night('2026-03-02');
    await rule('looks_at_it', 'tag.buyer.band = yes and tag.for_ever.value = yes');
    expect([await carriers('buyer', '2026-03-03'), await carriers('buyer', '2026-03-04'), await carriers('for_ever', '2027-01-01')]).toEqual([['li'], [], ['li']]);
    await evaluateRules(deps(), { asOf: '2026-03-03', only: ['looks_at_it'] });
    expect(await carriers('looks_at_it', '2026-03-03')).toEqual(['li']);
    await evaluateRules(deps(), { asOf: '2026-03-04', only: ['looks_at_it'] });
    expect(await carriers('looks_at_it', '2026-03-04')).toEqual([]);
  });

  test('of other rule tags see the same night, in order, and circles are refused', async () => {
    await rule('buyer', 'orders >= 1');
    await rule('northern_buyer', 'tag.buyer.band = yes and attr.city = "北京"');
    await rule('elsewhere', 'tag.buyer.band = yes and not tag.northern_buyer.status in (ok)');
    await Promise.all([happens('li', 'order', '2026-03-01'), happens('wang', 'order', '2026-03-01')]);
    await night('2026-03-02');
    expect([await carriers('northern_buyer', '2026-03-02'), await carriers('elsewhere', '2026-03-02')]).toEqual([['li'], ['wang']]);
    const catalogue = await loadCatalogue(getStore().db);
    await expect(editRule(getStore(), catalogue, 'buyer', { condition: readCondition('tag.elsewhere.band = yes') }, { actor: 'ann' })).rejects.toMatchObject({ code: 'conflict', details: { circle: ['buyer', 'elsewhere', 'buyer'] } });
    await expect(deleteRule(getStore(), catalogue, 'buyer', { actor: 'ann' })).rejects.toMatchObject({ code: 'conflict', details: { users: [{ kind: 'tag', key: 'elsewhere' }, { kind: 'tag', key: 'northern_buyer' }] } });
  });

  test('follow events as they arrive, late ones included, and only where an event can matter', async () => {
    await rule('buyer', 'orders last 3 days >= 1');
    await rule('buyer_in_beijing', 'tag.buyer.band = yes and attr.city = "北京"');
    await rule('viewer', 'count(view) >= 2');
    await night('2026-03-02');
    expect(await evaluateNewEvents(deps(), '2026-03-02')).toMatchObject({ customers: 0 });
    await happens('li', 'order', '2026-03-02', 9);
    await happens('wang', 'view', '2026-02-20');
    expect(await evaluateNewEvents(deps(), '2026-03-02')).toEqual({ customers: 2, rules: 3, changed: 1, entered: 2, left: 0 });
    expect([await carriers('buyer', '2026-03-02'), await carriers('buyer_in_beijing', '2026-03-02'), await carriers('viewer', '2026-03-02')]).toEqual([['li'], ['li'], []]);
    await happens('wang', 'view', '2026-02-25');
    expect(await evaluateNewEvents(deps(), '2026-03-02')).toMatchObject({ customers: 1, rules: 1, entered: 1 });
    expect(await carriers('viewer', '2026-03-02')).toEqual(['wang']);
    expect(await evaluateNewEvents(deps(), '2026-03-02')).toMatchObject({ customers: 0 });
    await happens('liu', 'complaint', '2026-03-02');
    expect(await evaluateNewEvents(deps(), '2026-03-02'), 'no rule looks at complaints').toMatchObject({ customers: 0 });
    expect((await ruleHistory(getStore().db, ids.get('li') ?? 0, 9)).map(({ changedOn, cause }) => [changedOn, cause])).toEqual([['2026-03-02', 'events'], ['2026-03-02', 'events']]);
  });

  test('of the morning survive a night that knows nothing of it', async () => {
    await rule('buyer', 'orders last 3 days >= 1');
    await evaluateNewEvents(deps(), '2026-03-02');
    await happens('li', 'order', '2026-03-02', 1);
    await evaluateNewEvents(deps(), '2026-03-02');
    expect(await night('2026-03-02')).toMatchObject({ published: { left: 1 } });
    expect(await evaluateToday(deps(), '2026-03-02')).toMatchObject({ customers: 1, entered: 1 });
    expect(await carriers('buyer', '2026-03-02')).toEqual(['li']);
    expect(await night('2026-03-03'), 'the next night finds what the day found').toMatchObject({ published: { changed: 0 } });
  });

  test('that are paused stay until their time is over; drafts are never carried; edits count from the next night', async () => {
    await rule('buyer', 'orders >= 1');
    await rule('idea', 'orders >= 1', { status: 'draft' });
    await happens('li', 'order', '2026-03-01');
    await night('2026-03-02');
    expect(await carriers('idea', '2026-03-02')).toEqual([]);
    await setRuleStatus(getStore(), await loadCatalogue(getStore().db), 'buyer', 'paused', { actor: 'ann' });
    await night('2026-03-03');
    expect([await carriers('buyer', '2026-03-03'), await carriers('buyer', '2026-03-04')]).toEqual([['li'], []]);
    await setRuleStatus(getStore(), await loadCatalogue(getStore().db), 'buyer', 'enabled', { actor: 'ann' });
    await editRule(getStore(), await loadCatalogue(getStore().db), 'buyer', { condition: readCondition('orders = 0') }, { actor: 'bo' });
    await night('2026-03-04');
    expect(await carriers('buyer', '2026-03-04')).toEqual(['chen', 'liu', 'wang', 'zhao']);
    expect((await ruleHistory(getStore().db, ids.get('li') ?? 0, 1))[0]).toMatchObject({ change: 'left', version: 4 });
  });

  test('of a deleted definition leave the customers with the next night', async () => {
    await rule('buyer', 'orders >= 1');
    await rule('other', 'orders >= 5');
    await happens('li', 'order', '2026-03-01');
    await night('2026-03-02');
    await deleteRule(getStore(), await loadCatalogue(getStore().db), 'buyer', { actor: 'ann' });
    expect(await carriers('buyer', '2026-03-02')).toEqual([]);
    expect(await night('2026-03-03')).toMatchObject({ published: { left: 1 } });
    expect((await getStore().db('customer_rules').select('*'))).toEqual([]);
  });

  test('of files are taken over until somebody edits or deletes them in the store', async () => {
    const file = (text: string) => ({ ...RULE_TAGS[0], key: 'from_file', condition: readCondition(text) });
    await happens('li', 'order', '2026-03-01');
    await night('2026-03-02', { ruleTags: [file('orders >= 1')] });
    expect(await carriers('from_file', '2026-03-02')).toEqual(['li']);
    await night('2026-03-03', { ruleTags: [file('orders >= 2')] });
    expect(await carriers('from_file', '2026-03-03'), 'the file changed, and nobody else did').toEqual([]);
    await editRule(getStore(), await loadCatalogue(getStore().db), 'from_file', { condition: readCondition('orders = 1') }, { actor: 'ann' });
    await night('2026-03-04', { ruleTags: [file('orders >= 3')] });
    expect(await carriers('from_file', '2026-03-04'), 'the edit counts').toEqual(['li']);
    expect(compareFiles([file('orders >= 3')], await loadCatalogue(getStore().db), new Set())).toEqual([{ key: 'from_file', state: 'diverged' }]);
    await deleteRule(getStore(), await loadCatalogue(getStore().db), 'from_file', { actor: 'ann' });
    expect(await night('2026-03-05', { ruleTags: [file('orders >= 1')] })).toMatchObject({ rules: 0 });
    expect(await carriers('from_file', '2026-03-05')).toEqual([]);
    expect(await takeFiles(getStore(), [file('orders >= 1')], { overwrite: true })).toEqual(['from_file']);
  });

  test('end at once for who refuses personalisation, and do not come back', async () => {
    await rule('buyer', 'orders >= 1');
    await Promise.all([happens('li', 'order', '2026-03-01'), happens('wang', 'order', '2026-03-01')]);
    await night('2026-03-02');
    await recordConsents(getStore().db, [{ customerId: ids.get('li') ?? 0, purpose: 'scoring', state: 'refused', recordedAt: at('2026-03-02'), source: 'test' }]);
    expect(await carriers('buyer', '2026-03-02')).toEqual(['wang']);
    await evaluateNewEvents(deps(), '2026-03-02');
    await happens('li', 'order', '2026-03-02');
    await evaluateNewEvents(deps(), '2026-03-02');
    await night('2026-03-03');
    expect(await carriers('buyer', '2026-03-03')).toEqual(['wang']);
  });

  test('resume from the ledger, are published once, and an older day never covers a newer one', async () => {
    await rule('buyer', 'orders >= 1');
    await Promise.all(['li', 'wang', 'zhao', 'chen', 'liu'].map((name) => happens(name, 'order', '2026-03-01')));
    const stop = new AbortController();
    await expect(night('2026-03-02', { signal: stop.signal, progress: () => { stop.abort(); } })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await carriers('buyer', '2026-03-02')).toEqual([]);
    let chunks = 0;
    expect(await night('2026-03-02', { progress: () => { chunks++; } })).toMatchObject({ state: 'done', published: { entered: 5 } });
    expect(chunks).toBeLessThan(3);
    expect(await night('2026-03-02')).toMatchObject({ state: 'already_done' });
    await expect(night('2026-03-01')).rejects.toMatchObject({ code: 'conflict' });
    expect((await getStore().db('staged_rules').select('*'))).toEqual([]);
  });

  test('of a customer who is deleted go with the customer', async () => {
    await rule('buyer', 'orders >= 1');
    await happens('li', 'order', '2026-03-01');
    await night('2026-03-02');
    await getStore().db('customers').where({ customer_id: ids.get('li') }).delete();
    for (const table of ['customer_rules', 'rule_changes']) expect(await getStore().db(table).select('*')).toEqual([]);
  });
});
