/** Experiments in the store: recorded, assigned, and refused where arms would not compare. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, startOfDay } from '../../src/base/time.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { assignFromHoldout, importAssignments } from '../../src/experiments/assign.ts';
import type { ListedCustomer } from '../../src/experiments/assign.ts';
import { refuseBrokenAssignment, refuseTooFew, refuseUnevenArms, sampleRatioP } from '../../src/experiments/checks.ts';
import { covariatesOf } from '../../src/experiments/covariates.ts';
import { createExperiment, dropExperiment } from '../../src/experiments/edit.ts';
import type { ExperimentInput } from '../../src/experiments/edit.ts';
import { experimentDetail, experimentList } from '../../src/experiments/read.ts';
import { buildSegment } from '../../src/segments/build.ts';
import { createSegment, editSegment } from '../../src/segments/edit.ts';
import { inHoldout } from '../../src/segments/holdout.ts';
import type { Store } from '../../src/store/connection.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { contactFacts, experimentRows } from '../../src/store/repositories/experimentRows.ts';
import { covariatesBetween, findExperiment } from '../../src/store/repositories/experiments.ts';
import type { StoredExperiment } from '../../src/store/repositories/experiments.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { describeOnEachStore } from '../support/stores.ts';

const ZONE = 'Asia/Shanghai';
const START = '2026-02-01';
const startsAt = startOfDay(START, ZONE);
const words = { zh: '春季', en: 'Spring' };
const base: ExperimentInput = {
  key: 'spring', label: words, description: words, owner: 'ann', campaign: 'spring', channel: 'sms', startsOn: START, endsOn: '2026-02-03', responseDays: 7, outcome: { kind: 'order' }, segment: null, treatmentProbability: 0.5,
};
const about = { startsAt, timeZone: ZONE, actor: 'test' };
const list = (n: number, treated: (i: number) => boolean, from = 0): ListedCustomer[] => Array.from({ length: n }, (_, i) => ({ customer: `C${from + i}`, treated: treated(from + i) }));
const even = (i: number): boolean => i % 2 === 0;

describeOnEachStore('experiments', (getStore) => {
  let names: Awaited<ReturnType<typeof loadCatalogue>>['names'];
  const create = (more: Partial<ExperimentInput> = {}): Promise<StoredExperiment> => createExperiment(getStore(), { ...base, ...more }, names, 'test');
  beforeAll(async () => {
    const store = getStore();
    await upsertCustomers(store.db, list(200, even).map(({ customer }) => ({ externalId: customer })), startsAt - 30 * DAY_MS);
    names = (await loadCatalogue(store.db)).names;
  });

  test('are recorded once, listed, shown and deleted, and the catalogue has their tags as long as they are there', async () => {
    const store = getStore();
    expect(await create()).toMatchObject({ key: 'spring', treatmentProbability: 0.5, covariates: [], outcome: { kind: 'order' }, startsOn: START });
    await expect(create()).rejects.toMatchObject({ code: 'conflict' });
    expect(await experimentList(store)).toMatchObject([{ key: 'spring', arms: { treated: 0, heldOut: 0 }, evaluation: null }]);
    expect((await loadCatalogue(store.db)).tags.map(({ key }) => key)).toEqual(expect.arrayContaining(['uplift_spring', 'uplift_group']));
    await expect(experimentDetail(store, 'sprig')).rejects.toMatchObject({ code: 'not_found', details: { suggestions: ['spring'] } });
    await importAssignments(store, 'spring', list(200, even), about);
    expect(await experimentDetail(store, 'spring')).toMatchObject({ arms: { treated: 100, heldOut: 100, firstAt: startsAt }, report: null });
    await dropExperiment(store, 'spring', 'test');
    expect(await experimentList(store)).toEqual([]);
    expect(await selectRows(store.db, 'SELECT 1 FROM experiment_assignments')).toEqual([]);
    expect((await loadCatalogue(store.db)).tags.some(({ key }) => key.startsWith('uplift'))).toBe(false);
    expect((await listAudit(store.db, { limit: 3 })).map(({ action }) => action)).toEqual(['experiment.deleted', 'experiment.assigned', 'experiment.created']);
  });

  test.each([
    ['the key of the group tag', { key: 'group' }, 'invalid_input'], ['a long key', { key: 'x'.repeat(57) }, 'invalid_input'], ['no probability', { treatmentProbability: 1 }, 'invalid_input'], ['no owner', { owner: ' ' }, 'invalid_input'],
    ['days in the wrong order', { endsOn: '2026-01-31' }, 'invalid_input'], ['a window of no days', { responseDays: 0 }, 'invalid_input'], ['no Chinese name', { label: { zh: '', en: 'x' } }, 'invalid_input'],
    ['opens of no campaign', { outcome: { kind: 'event', event: 'message_open', ownCampaign: true }, campaign: null }, 'invalid_input'], ['a segment that is not there', { segment: 'nobody' }, 'not_found'],
    ['an outcome from before the assignment', { outcome: { kind: 'condition', condition: readCondition('orders last 30 days >= 1') } }, 'invalid_input'],
    ['an outcome with no history', { outcome: { kind: 'condition', condition: readCondition('attr.city = "上海"') } }, 'invalid_input'],
  ] as const)('%s: refused', async (_, more, code) => {
    await expect(create({ key: 'wrong', ...more })).rejects.toMatchObject({ code });
  });

  describe('an imported assignment', () => {
    const fresh = async (key: string, more: Partial<ExperimentInput> = {}): Promise<Store> => {
      await create({ key, ...more });
      return getStore();
    };
    const outcomeRows = async (key: string, until = startsAt + 60 * DAY_MS, more: Partial<StoredExperiment> = {}) => {
      const rows = [];
      for await (const page of experimentRows(getStore().db, { ...(await findExperiment(getStore().db, key) as StoredExperiment), ...more }, until)) rows.push(...page);
      return rows;
    };

    test('takes every customer once; those unknown are counted; a second time adds nothing', async () => {
      const store = await fresh('once');
      const lines = [...list(200, even), { customer: 'nobody', treated: true }, { customer: 'C0', treated: true }];
      expect(await importAssignments(store, 'once', lines, about)).toMatchObject({ added: 200, known: 0, unknown: 1, arms: { treated: 100, heldOut: 100 } });
      expect(await importAssignments(store, 'once', lines, about)).toMatchObject({ added: 0, known: 200 });
    });

    test('of customers in both arms is refused, within one list and over two, and nothing is taken', async () => {
      const store = await fresh('both');
      await expect(importAssignments(store, 'both', [...list(100, even), { customer: 'C0', treated: false }], about)).rejects.toMatchObject({ code: 'bad_data', details: { customers: 1 } });
      await importAssignments(store, 'both', list(100, even), about);
      await expect(importAssignments(store, 'both', [...list(100, even, 100), { customer: 'C3', treated: true }], about)).rejects.toMatchObject({ code: 'bad_data', message: expect.stringContaining('both arms') as string });
      expect((await experimentDetail(store, 'both')).arms).toMatchObject({ treated: 50, heldOut: 50 });
    });

    test('with other shares than declared is refused, as are times outside of its days', async () => {
      const store = await fresh('shares');
      await expect(importAssignments(store, 'shares', list(200, (i) => i % 3 === 0), about)).rejects.toMatchObject({ code: 'bad_data', details: { treated: 67, heldOut: 133, declared: 0.5 } });
      await expect(importAssignments(store, 'shares', [{ customer: 'C0', treated: true, assignedAt: startsAt - 1 }], about)).rejects.toMatchObject({ message: expect.stringContaining('outside of its days') as string });
      await expect(importAssignments(store, 'shares', [{ customer: 'C0', treated: true, assignedAt: Date.parse('2027-01-01') }], about)).rejects.toMatchObject({ message: expect.stringContaining('future') as string });
      await expect(importAssignments(store, 'shares', [{ customer: 'elsewhere', treated: true }], about)).rejects.toMatchObject({ code: 'bad_data' });
      await expect(assignFromHoldout(store, 'shares', { timeZone: ZONE, actor: 'test' })).rejects.toMatchObject({ code: 'conflict' });
    });

    test('brings what was known before; the attribute of today stands before it when customers are scored', async () => {
      const store = await fresh('known');
      const lines = list(100, even).map((line, i) => ({ ...line, covariates: { visits: String(i), city: i % 2 === 0 ? '上海' : '' } }));
      expect(await importAssignments(store, 'known', lines, about)).toMatchObject({ covariates: [{ name: 'city', kind: 'category' }, { name: 'visits', kind: 'quantity' }] });
      await expect(importAssignments(store, 'known', list(50, even, 100).map((line) => ({ ...line, covariates: { visits: 'many' } })), about)).rejects.toMatchObject({ code: 'bad_data', message: expect.stringContaining('differ') as string });
      const ids = await upsertCustomers(store.db, [{ externalId: 'C0', attributes: { city: '北京' } }, { externalId: 'C2' }, { externalId: 'C150' }], startsAt);
      const found = (await covariatesBetween(store.db, [{ key: 'known', names: ['city', 'visits'] }], { from: 0, to: 10_000 })).get('known');
      expect([found?.get(ids.get('C0') ?? 0), found?.get(ids.get('C2') ?? 0), found?.get(ids.get('C150') ?? 0)]).toEqual([{ city: '北京', visits: 0 }, { city: '上海', visits: 2 }, undefined]);
    });

    test('has outcomes of the window alone, and leaves out customers who refused or whose window is not over', async () => {
      const store = await fresh('window', { campaign: 'wave' });
      await importAssignments(store, 'window', list(100, even), about);
      const ids = await upsertCustomers(store.db, ['C10', 'C11', 'C12', 'C13', 'C14'].map((externalId) => ({ externalId })), startsAt);
      const id = (name: string): number => ids.get(name) ?? 0;
      await recordConsents(store.db, [{ customerId: id('C14'), purpose: 'training', state: 'refused', recordedAt: startsAt, source: 'test' }]);
      const event = (customer: string, days: number, more: object) => ({ customer, occurredAt: startsAt + days * DAY_MS, kind: 'order', amount: '10.00', eventId: `${customer} ${days}`, ...more });
      await appendEvents(store.db, [event('C10', -1, {}), event('C11', 0, {}), event('C12', 6.99, {}), event('C13', 7, {}), event('C11', 1, { kind: 'refund', amount: '-4.00' }), event('C20', 2, { kind: 'message_sent', campaign: 'wave' }), event('C21', 2, { kind: 'message_sent', campaign: 'wave' }), event('C22', -2, { kind: 'message_sent', campaign: 'wave' })], { source: 'test', at: startsAt });
      const rows = await outcomeRows('window');
      expect(rows).toHaveLength(99);
      expect(rows.filter(({ outcome }) => outcome === 1).map(({ customerId }) => customerId)).toEqual([id('C11'), id('C12')]);
      expect(await outcomeRows('window', startsAt + 7 * DAY_MS - 1)).toEqual([]);
      const experiment = await findExperiment(store.db, 'window') as StoredExperiment;
      expect((await outcomeRows('window', startsAt + 60 * DAY_MS, { outcome: { kind: 'revenue' } })).find(({ customerId }) => customerId === id('C11'))?.outcome).toBe(6);
      const facts = await contactFacts(store.db, experiment, startsAt + 60 * DAY_MS);
      expect(facts).toMatchObject({ before: 1, heldOutContacted: 1, treatedContacted: 1, waiting: 0, firstOverAt: null });
      expect(await contactFacts(store.db, experiment, startsAt)).toMatchObject({ waiting: 100, firstOverAt: startsAt + 7 * DAY_MS });
      await store.db.raw('DELETE FROM customers WHERE external_id = ?', ['C13']);
      expect(await outcomeRows('window')).toHaveLength(98);
      await upsertCustomers(store.db, [{ externalId: 'C13' }], startsAt);
    });
  });

  test('of a hold-out: arms are recorded at the contact, without those who refused; a share that changed is refused', async () => {
    const store = getStore();
    const segment = await createSegment(store, { key: 'everybody', label: words, description: words, owner: 'ann', condition: parseCondition(readCondition('orders >= 0')), status: 'enabled', schedule: 'manual', holdoutShare: 0.25 }, names, 'test');
    const more = { key: 'held', segment: 'everybody', startsOn: '2026-03-01', endsOn: '2026-03-02' };
    const { treatmentProbability: _declared, ...undeclared } = base;
    await createExperiment(store, { ...undeclared, ...more }, names, 'test');
    await expect(assignFromHoldout(store, 'held', { timeZone: ZONE, actor: 'test' })).rejects.toMatchObject({ code: 'conflict' });
    await buildSegment(store, segment, { asOf: '2026-03-01', timeZone: ZONE, names });
    const [one] = await selectRows<{ id: number }>(store.db, `SELECT customer_id AS id FROM customers WHERE external_id = 'C50'`);
    await recordConsents(store.db, [{ customerId: one.id, purpose: 'marketing', state: 'refused', recordedAt: startsAt, source: 'test' }]);
    const assigned = await assignFromHoldout(store, 'held', { timeZone: ZONE, actor: 'test' });
    expect(assigned.arms.treated + assigned.arms.heldOut).toBe(199);
    const rows = await selectRows<{ id: number; treated: boolean }>(store.db, `SELECT customer_id AS id, treated FROM experiment_assignments WHERE experiment_key = 'held'`);
    expect(rows.every(({ id, treated }) => treated === !inHoldout('everybody', id, 0.25))).toBe(true);
    expect(await assignFromHoldout(store, 'held', { timeZone: ZONE, actor: 'test' })).toMatchObject({ added: 0, known: 199 });
    await editSegment(store, 'everybody', { holdoutShare: 0.5 }, names, 'test');
    await expect(assignFromHoldout(store, 'held', { timeZone: ZONE, actor: 'test' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('0.25') as string });
    await expect(importAssignments(store, 'held', list(10, even), about)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('checks', () => {
  test('the probability of arms so uneven is that of the binomial', () => {
    // 2·Φ(−z), z = (5300 − 5000)/50 = 6; and exactly even arms.
    expect(sampleRatioP({ treated: 5300, heldOut: 4700 }, 0.5)).toBeCloseTo(1.973e-9, 11);
    expect(sampleRatioP({ treated: 9000, heldOut: 1000 }, 0.9)).toBe(1);
    expect(() => { refuseUnevenArms({ key: 'a', treatmentProbability: 0.5 }, { treated: 5100, heldOut: 4900 }); }).not.toThrow();
    expect(() => { refuseUnevenArms({ key: 'a', treatmentProbability: 0.5 }, { treated: 5300, heldOut: 4700 }); }).toThrow(/do not compare/);
  });
  test('a campaign that came first, a hold-out that was contacted, and too few customers are refused', () => {
    const contacts = { before: 0, heldOutContacted: 0, treatedContacted: 0, waiting: 0, firstOverAt: null };
    const broken = (more: Partial<typeof contacts>): (() => void) => () => { refuseBrokenAssignment({ key: 'a', campaign: 'x' }, { ...contacts, ...more }, { heldOut: 100 }); };
    expect(broken({ heldOutContacted: 5 })).not.toThrow();
    expect(broken({ heldOutContacted: 6 })).toThrow(/all the same/);
    expect(broken({ before: 1 })).toThrow(/before their assignment/);
    const few = (treated: number, heldOut: number, positive: number) => () => { refuseTooFew({ key: 'a' }, { treated, heldOut, positive }, { customers: 40, overOn: '2026-03-09' }); };
    expect(few(100, 100, 20)).not.toThrow();
    for (const [treated, heldOut, positive] of [[99, 100, 20], [100, 99, 20], [100, 100, 19]]) expect(few(treated, heldOut, positive)).toThrow(/2026-03-09/);
  });
  test('columns of a list are numbers where every value is one', () => {
    expect(covariatesOf([{ a: '1', b: 'x', c: ' ' }, { a: '-2.5e1', b: '3', c: '' }])).toEqual({ columns: [{ name: 'a', kind: 'quantity' }, { name: 'b', kind: 'category' }, { name: 'c', kind: 'quantity' }], rows: [{ a: 1, b: 'x' }, { a: -25, b: '3' }] });
    expect(() => covariatesOf(Array.from({ length: 300 }, (_, i) => ({ name: `n${i}` })))).toThrow(/groups/);
  });
});
