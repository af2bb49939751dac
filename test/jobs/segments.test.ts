/** The life of saved segments on both stores: built and swapped, entered and left, in order, resumed, edited, deleted. */
import { beforeEach, expect, test } from 'vitest';
import { readCondition } from '../../src/conditions/text/read.ts';
import { buildSegmentNow, buildSegments } from '../../src/jobs/segments.ts';
import { buildSegment } from '../../src/segments/build.ts';
import { changeList } from '../../src/segments/lists.ts';
import { createSegment, editSegment, removeSegment, segmentNamed } from '../../src/segments/edit.ts';
import { segmentChanges } from '../../src/segments/members.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { segmentBuilds, segmentsOf } from '../../src/store/repositories/segments.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { describeOnEachStore } from '../support/stores.ts';

const asOf = '2026-03-10';
const timeZone = 'Asia/Shanghai';

describeOnEachStore('saved segments', (getStore) => {
  let ids: ReadonlyMap<string, number>;
  const deps = () => ({ store: getStore(), timeZone });
  const names = async () => (await loadCatalogue(getStore().db)).names;
  const save = async (key: string, text: string, more: { schedule?: 'nightly' | 'manual'; status?: 'draft' | 'enabled' } = {}): Promise<void> => {
    const words = { zh: key, en: key };
    await createSegment(getStore(), { key, label: words, description: words, owner: 'ann', condition: readCondition(text), status: 'enabled', schedule: 'nightly', holdoutShare: 0, ...more }, await names(), 'ann');
  };
  const membersOf = async (key: string): Promise<string[]> => {
    const found: string[] = [];
    for (const [name, id] of ids) if ((await segmentsOf(getStore().db, id)).some((segment) => segment.key === key)) found.push(name);
    return found.sort();
  };
  const people = (cities: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, number>> => upsertCustomers(getStore().db, Object.entries(cities).map(([externalId, city]) => ({ externalId, attributes: { city } })), 0);

  beforeEach(async () => {
    await getStore().db.raw('TRUNCATE customers, segments, suppressions RESTART IDENTITY CASCADE');
    ids = await people({ li: '北京', wang: '上海', zhao: '北京', chen: '广州' });
  });

  test('are built under a new version, and tell who entered and who left', async () => {
    await save('beijing', 'attr.city = "北京"');
    expect(await membersOf('beijing')).toEqual([]);
    expect(await buildSegments(deps(), { asOf })).toEqual([{ key: 'beijing', version: 1, members: 2, entered: 2, left: 0 }]);
    await people({ li: '上海', chen: '北京' });
    expect(await membersOf('beijing'), 'members are those of the last build').toEqual(['li', 'zhao']);
    expect(await buildSegments(deps(), { asOf })).toEqual([{ key: 'beijing', version: 2, members: 2, entered: 1, left: 1 }]);
    expect(await membersOf('beijing')).toEqual(['chen', 'zhao']);
    expect((await segmentChanges(getStore(), 'beijing', 'left', { limit: 9 })).rows.map(({ externalId }) => externalId)).toEqual(['li']);
    expect((await segmentBuilds(getStore().db, 'beijing', 9)).map(({ version, state, members }) => [version, state, members])).toEqual([[2, 'live', 2], [1, 'retired', 2]]);
  });

  test('that look at others come after them, circles are refused, and what is used is not deleted', async () => {
    await save('beijing', 'attr.city = "北京"');
    await save('a_rest', 'outside segment.beijing');
    expect((await buildSegments(deps(), { asOf })).map(({ key }) => key)).toEqual(['beijing', 'a_rest']);
    expect(await membersOf('a_rest')).toEqual(['chen', 'wang']);
    await expect(editSegment(getStore(), 'beijing', { condition: readCondition('segment.a_rest') }, await names(), 'bo')).rejects.toMatchObject({ code: 'conflict', details: { circle: ['beijing', 'a_rest', 'beijing'] } });
    await expect(removeSegment(getStore(), 'beijing', 'bo')).rejects.toMatchObject({ code: 'conflict', details: { users: ['segment a_rest'] } });
    await removeSegment(getStore(), 'a_rest', 'bo');
    await removeSegment(getStore(), 'beijing', 'bo');
    for (const table of ['segment_members', 'segment_changes', 'segment_versions']) expect(await getStore().db(table).select('*')).toEqual([]);
  });

  test('a list stays a list, and a condition a condition', async () => {
    await changeList(getStore(), { key: 'guests', change: 'replace', ids: [['li', 'chen']], asOf, actor: 'ann' });
    await expect(editSegment(getStore(), 'guests', { condition: readCondition('attr.city = "北京"') }, await names(), 'bo')).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'condition' }, hint: expect.stringContaining('segment.guests') as string });
    expect([await membersOf('guests'), (await segmentNamed(getStore(), 'guests')).condition]).toEqual([['chen', 'li'], null]);
    await save('beijing', 'attr.city = "北京"');
    await expect(editSegment(getStore(), 'beijing', { condition: null }, await names(), 'bo')).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'condition' } });
  });

  test('one is built when asked, whatever its status; a caller who hung up stops it, and the next one goes on with the same build', async () => {
    await save('beijing', 'attr.city = "北京"', { status: 'draft' });
    await expect(buildSegmentNow({ ...deps(), signal: AbortSignal.abort() }, 'beijing', asOf)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await membersOf('beijing')).toEqual([]);
    expect(await buildSegmentNow(deps(), 'beijing', asOf)).toEqual({ key: 'beijing', version: 1, members: 2, entered: 2, left: 0 });
    await expect(buildSegmentNow(deps(), 'beijin', asOf)).rejects.toMatchObject({ code: 'not_found', details: { suggestions: ['beijing'] } });
  });

  test('keep their members until a stopped build has gone on to its end', async () => {
    await save('known', 'attr.city exists');
    const segment = await segmentNamed(getStore(), 'known');
    const stop = new AbortController();
    const options = { asOf, timeZone, names: await names(), window: 1 };
    await expect(buildSegment(getStore(), segment, { ...options, signal: stop.signal, onRange: (upTo) => { if (upTo === 2) stop.abort(); } })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await membersOf('known')).toEqual([]);
    const ranges: number[] = [];
    expect(await buildSegment(getStore(), segment, { ...options, onRange: (upTo) => ranges.push(upTo) })).toMatchObject({ version: 1, members: 4 });
    expect(ranges).toEqual([3, 4]);
  });

  test('leave out who refused personalisation, follow edits, and are not built as drafts or against their schedule', async () => {
    await recordConsents(getStore().db, [{ customerId: ids.get('li') ?? 0, purpose: 'scoring', state: 'refused', recordedAt: 1, source: 'test' }]);
    await save('beijing', 'attr.city = "北京"');
    await save('idea', 'attr.city exists', { status: 'draft' });
    await save('by_hand', 'attr.city exists', { schedule: 'manual' });
    expect((await buildSegments(deps(), { asOf })).map(({ key }) => key)).toEqual(['beijing']);
    expect(await membersOf('beijing')).toEqual(['zhao']);
    await editSegment(getStore(), 'beijing', { condition: readCondition('attr.city in ("北京", "广州")') }, await names(), 'bo', 1);
    await expect(editSegment(getStore(), 'beijing', { owner: 'cy' }, await names(), 'cy', 1)).rejects.toMatchObject({ code: 'conflict' });
    expect(await buildSegments(deps(), { asOf, keys: ['beijing', 'by_hand'] })).toMatchObject([{ key: 'beijing', members: 2 }, { key: 'by_hand', members: 3 }]);
    await expect(buildSegments(deps(), { asOf, keys: ['bejing'] })).rejects.toMatchObject({ code: 'not_found', details: { suggestions: ['beijing'] } });
    await expect(save('x', 'segment.bejing')).rejects.toMatchObject({ code: 'unknown_name' });
  });

  test('one that cannot be built says why, and the others are built', async () => {
    await save('fine', 'attr.city exists');
    await save('broken', 'attr.city exists');
    await getStore().db('segments').where({ key: 'broken' }).update({ condition: JSON.stringify({ tag: 'gone', field: 'value', op: '=', value: 1 }) });
    expect(await buildSegments(deps(), { asOf })).toMatchObject([{ key: 'broken', failure: { code: 'unknown_name' } }, { key: 'fine', members: 4 }]);
  });
});
