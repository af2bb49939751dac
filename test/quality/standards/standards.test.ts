/** One spelling for what means the same: the normal form, conflicts, what is stored, and conditions that find all spellings in the store and in memory. */
import * as fc from '../../support/properties.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { startOfDay } from '../../../src/base/time.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { matches } from '../../../src/conditions/evaluate.ts';
import type { CustomerFacts } from '../../../src/conditions/facts.ts';
import { normalForm, resolver, withSpellings } from '../../../src/conditions/spellings.ts';
import type { Condition } from '../../../src/conditions/schema.ts';
import { startRun } from '../../../src/jobs/runs.ts';
import { applyStandards, standardsJob, suggestionsFor } from '../../../src/jobs/standards.ts';
import type { AppliedStandards, ApplyOptions, StandardsDeps } from '../../../src/jobs/standards.ts';
import { standardsStates } from '../../../src/jobs/standardsState.ts';
import { readStandardsCsv, writeStandardsCsv } from '../../../src/quality/standards/csv.ts';
import { checkField, checkStandards, loadStandards, saveStandards } from '../../../src/quality/standards/edit.ts';
import { suggestStandards } from '../../../src/quality/standards/suggest.ts';
import { writeCustomers } from '../../../src/store/import/writeProfiles.ts';
import { selectRows } from '../../../src/store/repositories/bulk.ts';
import { customerIds } from '../../../src/store/repositories/customers.ts';
import { appendEvents } from '../../../src/store/repositories/events.ts';
import { standardised } from '../../../src/store/repositories/standards.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const CMO = [{ standard: 'CMO', aliases: ['首席营销官', '市场负责人'] }];

describe('the normal form', () => {
  test('case, width and spaces make no difference', () => {
    for (const text of ['CMO', 'cmo', ' Ｃ Ｍ Ｏ　', 'c\tmo']) expect(normalForm(text)).toBe('cmo');
    expect(resolver(CMO)('首席 营销官 ')).toBe('CMO');
    expect(resolver(CMO)('CFO')).toBeUndefined();
  });

  test('of a normal form is itself, and a standard resolves to itself', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
      expect(normalForm(normalForm(text))).toBe(normalForm(text));
      const resolve = resolver([{ standard: text, aliases: [`${text}x`] }]);
      expect([resolve(text), resolve(resolve(` ${text}X`) ?? '')]).toEqual([text, text]);
    }), { seed: 3, numRuns: 500 });
  });
});

describe('a vocabulary', () => {
  test('has one meaning for each spelling: conflicts, chains and circles are refused', () => {
    const a = { standard: 'a', aliases: ['x'] };
    for (const entries of [[a, { standard: 'b', aliases: [' Ｘ'] }], [a, { standard: 'x', aliases: [] }], [{ standard: 'a', aliases: ['b'] }, { standard: 'b', aliases: ['a'] }], [a, { standard: 'A', aliases: [] }]]) {
      expect(() => checkStandards(entries)).toThrow(expect.objectContaining({ code: 'conflict' }) as Error);
    }
    for (const entries of [[], [{ standard: ' ', aliases: [] }], [{ standard: 'a', aliases: [''] }], 'a', [{ standard: 'a' }]]) expect(() => checkStandards(entries)).toThrow(expect.objectContaining({ code: 'invalid_input' }) as Error);
    expect(checkStandards([{ standard: 'CMO', aliases: ['cmo', 'chief', 'CHIEF '] }])).toEqual([{ standard: 'CMO', aliases: ['chief'] }]);
    for (const field of ['title', 'event.amount', 'event.order_ref', 'attribute.', 'events.channel']) expect(() => checkField(field)).toThrow('a field is');
    for (const field of ['attribute.职位', 'property.a.b', 'event.channel']) expect(checkField(field)).toBe(field);
  });

  test('goes out and in as CSV, with quotes, commas and lines in it', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z,"\n测 =+'@-]{1,6}$/).map((text) => text.trim()).filter((text) => text !== ''), { minLength: 1, maxLength: 6, selector: normalForm }), (words) => {
      const entries = [{ standard: words[0], aliases: words.slice(1) }];
      expect(readStandardsCsv(writeStandardsCsv([{ field: 'attribute.a', entries }]))).toEqual(new Map([['attribute.a', entries]]));
    }), { seed: 4, numRuns: 100 });
    expect(writeStandardsCsv([{ field: 'attribute.a', entries: [{ standard: '=cmd()', aliases: ['+1'] }] }])).toContain("attribute.a,'=cmd(),'+1");
    for (const separator of [';', '\t']) expect(readStandardsCsv(`\uFEFF${['field', 'standard', 'alias'].join(separator)}\r\n${['attribute.a', 'x,y', 'z'].join(separator)}\r\n`)).toEqual(new Map([['attribute.a', [{ standard: 'x,y', aliases: ['z'] }]]]));
    expect(() => readStandardsCsv('field,standard\na,b')).toThrow('columns field, standard and alias');
    expect(() => readStandardsCsv('field,standard,alias\nattribute.a,,x')).toThrow('Line 2');
    expect(() => readStandardsCsv('field,standard,alias\nattribute.a,"b,x')).toThrow('does not end');
  });

  test('is suggested from values that differ in case, width, spaces or a letter or two, and not from short or numbered words', () => {
    const observed = (values: Readonly<Record<string, number>>) => Object.entries(values).map(([value, rows]) => ({ value, rows }));
    expect(suggestStandards(observed({ Shanghai: 90, 'Shang hai': 5, Shanghia: 3, Beijing: 2, cat: 2, car: 1, store10: 1, store11: 1 }), [])).toEqual([
      { standard: 'Shanghai', aliases: [{ value: 'Shang hai', rows: 5, why: 'same_letters' }, { value: 'Shanghia', rows: 3, why: 'few_edits' }] },
    ]);
    expect(suggestStandards(observed({ ＣＭＯ: 4, 首席营销管: 2 }), CMO)).toEqual([]);
    expect(suggestStandards(observed({ Directr: 2 }), [{ standard: 'Director', aliases: [] }])).toMatchObject([{ standard: 'Director', aliases: [{ value: 'Directr' }] }]);
  });
});

test('only comparisons with whole values are widened, and what has no standard stays as it is', () => {
  const spellings = (field: string, value: string): readonly string[] | undefined => (field === 'attribute.a' && value === 'x' ? ['x', 'y'] : undefined);
  const widen = (condition: Condition): Condition => withSpellings(condition, spellings);
  expect(widen({ attribute: 'a', op: '=', value: 'x' })).toEqual({ attribute: 'a', op: 'in', values: ['x', 'y'] });
  expect(widen({ not: { attribute: 'a', op: 'not_in', values: ['x', 'z'] } })).toEqual({ not: { attribute: 'a', op: 'not_in', values: ['x', 'y', 'z'] } });
  for (const condition of [{ attribute: 'a', op: '=', value: 'z' }, { attribute: 'b', op: '=', value: 'x' }, { attribute: 'a', op: 'contains', value: 'x' }, { attribute: 'a', op: '=', value: 1 }, { attribute: 'a', op: 'exists' }] as const) expect(widen(condition)).toEqual(condition);
});

test('an attribute that is no text stays as it is, and has no original', () => {
  const standards = new Map([['a', resolver(CMO)], ['b', resolver(CMO)], ['c', resolver(CMO)]]);
  expect(standardised({ a: 'cmo', b: ['cmo'], other: 'cmo' }, standards)).toEqual({ attributes: { a: 'CMO', b: ['cmo'], other: 'cmo' }, originals: { a: 'cmo', b: null } });
});

describeOnEachStore('standards', (getStore) => {
  const write = (rows: Readonly<Record<string, Readonly<Record<string, string | number>>>>): ReturnType<typeof writeCustomers> =>
    getStore().db.transaction((trx) => writeCustomers(trx, Object.entries(rows).map(([customer, attributes]) => ({ target: 'customers', customer, attributes })), getStore().clock.now()));
  const deps = (): StandardsDeps => ({ store: getStore(), clock: getStore().clock, owner: 'test' });
  const apply = (fields?: readonly string[], more: Partial<ApplyOptions> = {}): Promise<AppliedStandards[]> => applyStandards(deps(), { asOf: '2026-03-01', ...(fields === undefined ? {} : { fields }), ...more });
  const titles = async (): Promise<Record<string, unknown>> => Object.fromEntries((await selectRows<{ id: string; title: unknown }>(getStore().db, `SELECT external_id AS id, attributes -> 'title' AS title FROM customers ORDER BY 1`)).map(({ id, title }) => [id, title]));
  const originals = async (): Promise<Record<string, string>> => Object.fromEntries((await selectRows<{ id: string; original: string }>(getStore().db, 'SELECT c.external_id AS id, o.original FROM attribute_originals o JOIN customers c USING (customer_id) ORDER BY 1')).map(({ id, original }) => [id, original]));
  beforeAll(async () => {
    await write({ a: { title: 'cmo' }, b: { title: '首席营销官' }, c: { title: 'CFO' }, d: { title: 7 }, e: {} });
  });

  test('stored attributes say the standard, imports too, originals are kept, and a changed alias is applied to what was written', async () => {
    const store = getStore();
    await saveStandards(store, 'attribute.title', CMO, 'ann', 0);
    expect(await apply()).toMatchObject([{ field: 'attribute.title', changed: 2 }]);
    expect(await titles()).toEqual({ a: 'CMO', b: 'CMO', c: 'CFO', d: 7, e: null });
    expect(await originals()).toEqual({ a: 'cmo', b: '首席营销官' });
    expect(await apply()).toMatchObject([{ changed: 0 }]);
    // The same file again changes nothing; a new value is resolved as it comes, and a value without a standard takes its original along.
    expect((await write({ a: { title: 'cmo' }, b: { title: '首席营销官' } })).outcomes).toEqual(['duplicate', 'duplicate']);
    await write({ b: { title: 'Boss' }, c: { title: '市场 负责人' }, f: { title: 'CMO' } });
    expect([await titles(), await originals()]).toEqual([{ a: 'CMO', b: 'Boss', c: 'CMO', d: 7, e: null, f: 'CMO' }, { a: 'cmo', c: '市场 负责人' }]);
    await saveStandards(store, 'attribute.title', [{ standard: '首席', aliases: ['CMO'] }], 'ann');
    await apply(['attribute.title']);
    expect([await titles(), await originals()]).toEqual([{ a: '首席', b: 'Boss', c: '市场 负责人', d: 7, e: null, f: '首席' }, { a: 'cmo', f: 'CMO' }]);
    await saveStandards(store, 'attribute.title', null, 'ann');
    await apply();
    expect([await titles(), await originals()]).toEqual([{ a: 'cmo', b: 'Boss', c: '市场 负责人', d: 7, e: null, f: 'CMO' }, {}]);
    await expect(saveStandards(store, 'attribute.title', CMO, 'bo', 2)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a condition on any spelling finds all, in the store and in memory alike, also in events, which stay as they were', async () => {
    const store = getStore();
    const at = startOfDay('2026-02-01', 'Asia/Shanghai');
    const channels = ['wechat', 'WeChat ', '微信', 'wx', 'mail'];
    await appendEvents(store.db, channels.map((channel, i) => ({ customer: `e${i}`, occurredAt: at, kind: 'order', channel, properties: { via: channel }, eventId: String(i) })), { source: 'test', at });
    const entries = [{ standard: 'wechat', aliases: ['微信', 'wx'] }];
    for (const field of ['event.channel', 'property.via']) await saveStandards(store, field, entries, 'ann');
    expect(await apply(['event.channel', 'property.via'])).toEqual([{ field: 'event.channel', changed: 0, spellings: 1 }, { field: 'property.via', changed: 0, spellings: 1 }]);
    const { names } = await loadCatalogue(store.db);
    const context = { asOf: startOfDay('2026-03-01', 'Asia/Shanghai'), timeZone: 'Asia/Shanghai', names };
    const ids = await customerIds(store.db, channels.map((_, i) => `e${i}`));
    const people = channels.map((channel, i): CustomerFacts => ({ attributes: {}, identities: new Set(), consents: {}, events: [{ eventId: i, occurredAt: at, kind: 'order', channel, properties: { via: channel } }], tags: new Map(), segments: new Map(), stages: [] }));
    const one = (where: object): Condition => ({ events: { aggregate: 'count', kinds: ['order'], where: [where], window: 'all', op: '>=', value: 1 } }) as Condition;
    const conditions: readonly Condition[] = [
      ...['wechat', 'WX', '微 信'].flatMap((value) => [one({ column: 'channel', op: '=', value }), one({ property: 'via', op: 'in', values: [value] })]),
      { events: { aggregate: 'last', of: 'channel', window: 'all', op: '=', value: '微信' } },
      { sequence: { first: { kinds: ['order'], where: [{ column: 'channel', op: '=', value: 'wx' }], window: 'all' }, followedBy: [{ kinds: ['visit'], within: { days: 3 }, absent: true }] } },
    ];
    for (const condition of conditions) {
      const { sql, bindings } = compileCondition(condition, context);
      const found = new Set((await selectRows<{ customer_id: number }>(store.db, sql, [...bindings])).map(({ customer_id: id }) => id));
      const [stored, inMemory] = [channels.filter((_, i) => found.has(ids.get(`e${i}`) ?? -1)), channels.filter((_, i) => matches(condition, people[i], context))];
      expect([stored, inMemory]).toEqual([channels.slice(0, 4), channels.slice(0, 4)]);
    }
    expect((await selectRows<{ channel: string }>(store.db, 'SELECT channel FROM events ORDER BY event_id')).map(({ channel }) => channel)).toEqual(channels);
    expect(await suggestionsFor(store, 'event.channel')).toEqual([]);
    expect((await loadStandards(store)).map(({ field }) => field)).toEqual(['event.channel', 'property.via']);
  });

  test('applying is looked at, stopped and goes on where it stopped; a version that is saved meanwhile follows; one field is applied by one process at a time', async () => {
    const store = getStore();
    const city = Array.from({ length: 7 }, (_, i) => [`p${i}`, { city: i % 2 === 0 ? '北京' : 'Peking' }] as const);
    await write(Object.fromEntries(city));
    const cities = async (): Promise<string[]> => (await selectRows<{ city: string }>(store.db, `SELECT attributes ->> 'city' AS city FROM customers WHERE attributes ->> 'city' IS NOT NULL ORDER BY external_id`)).map((row) => row.city);
    await saveStandards(store, 'attribute.city', [{ standard: 'Beijing', aliases: ['北京', 'Peking'] }], 'ann');
    const options = { asOf: '2026-03-01', fields: ['attribute.city'], limits: { chunkCustomers: 3 } } as const;
    const state = async () => (await standardsStates(store)).find(({ field }) => field === 'attribute.city');
    expect(await state()).toMatchObject({ state: 'waiting', applied: null, version: 1 });
    const stop = new AbortController();
    const stopAt = (done: number): void => { if (done === 4) stop.abort(); };
    await expect(applyStandards({ ...deps(), signal: stop.signal, progress: ({ done }) => { stopAt(done); } }, options)).rejects.toMatchObject({ code: 'cancelled' });
    const stopped = await state();
    expect(stopped).toMatchObject({ state: 'stopped', done: 4, applied: 1 });
    expect(stopped?.total).toBeGreaterThan(4);
    const before = new Set(await cities());
    expect(before.has('Beijing') && before.size > 1).toBe(true);
    expect(await applyStandards(deps(), options)).toEqual([{ field: 'attribute.city', changed: 7, spellings: 0 }]);
    expect(new Set(await cities())).toEqual(new Set(['Beijing']));
    expect(await state()).toMatchObject({ state: 'applied', done: stopped?.total, changed: 7 });
    // While this version is applied, somebody saves the next one.
    let saved: Promise<unknown> | undefined;
    const save = (): void => { saved ??= saveStandards(store, 'attribute.city', [{ standard: '首都', aliases: ['北京', 'Peking'] }], 'bo'); };
    await saveStandards(store, 'attribute.city', [{ standard: 'BJ', aliases: ['北京', 'Peking'] }], 'ann');
    await applyStandards({ ...deps(), progress: save }, options);
    await saved;
    expect(new Set(await cities())).toEqual(new Set(['首都']));
    expect(await state()).toMatchObject({ state: 'applied', version: 3, applied: 3 });
    const other = await startRun({ ...deps(), owner: 'other' }, { job: standardsJob('attribute.city'), asOf: '2026-03-01', leaseMs: 60_000, again: true });
    expect(other.taken).toBe(true);
    expect(await state()).toMatchObject({ state: 'applying' });
    const mine = { ...deps(), owner: 'other' };
    await expect(applyStandards(mine, options)).rejects.toMatchObject({ code: 'conflict' });
    expect(await applyStandards(mine, { ...options, leaveBusy: true })).toEqual([]);
    await expect(apply(['attribute.cty'])).rejects.toMatchObject({ code: 'not_found', details: { suggestions: expect.arrayContaining(['attribute.city']) as string[] } });
  });
});
