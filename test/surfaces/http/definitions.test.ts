/** Definitions as documents over HTTP: exported, edited, compared, imported. On both stores. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { definitionVersions } from '../../../src/store/repositories/tagDefinitions.ts';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { describeOnEachStore } from '../../support/stores.ts';
import { NOW, seed, seedDefinitions, start } from './support.ts';
import type { Reply, Running } from './support.ts';

describeOnEachStore('definitions as documents', (getStore, about) => {
  let running: Running;
  beforeAll(async () => {
    about().clock.set(NOW);
    await seed(getStore(), about().clock.now());
    running = await start({}, { store: getStore(), clock: about().clock });
  });
  afterAll(() => running.stop());
  beforeEach(() => seedDefinitions(getStore(), about().clock.now()));
  const marketer = (path: string, body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, ...(body === undefined ? {} : { body }) });

  test('rule tags: the document that is read is what is sent back, and a change is a version of the key', async () => {
    const document = (await marketer('/v1/definitions/tags')).json();
    expect((await marketer('/v1/definitions/tags')).text).toBe(`${JSON.stringify(document, null, 2)}\n`);
    expect(document).toMatchObject({ format: 'tagcast-rule-tags', categories: [{ code: 'churn_action' }], tags: [{ key: 'frequent_buyer' }] });
    expect((await marketer('/v1/definitions/tags/diff', document)).json()).toMatchObject({ entries: [{ state: 'same' }, { state: 'same' }], problems: [] });
    document.tags[0].owner = 'bo';
    document.tags.push({ ...document.tags[0], key: 'second', condition: 'tag.frequent_buyer.band = yes' });
    const { state, entries } = (await marketer('/v1/definitions/tags/diff', document)).json();
    expect(entries[1]).toMatchObject({ key: 'frequent_buyer', state: 'changed', version: 1, changes: [{ field: 'owner', before: 'ann', after: 'bo' }] });
    expect((await marketer('/v1/definitions/tags/import?dryRun=true', document)).json()).toMatchObject({ dryRun: true, created: ['second'], edited: ['frequent_buyer'] });
    expect((await marketer(`/v1/definitions/tags/import?expectedState=${state as string}`, document)).json()).toMatchObject({ dryRun: false, created: ['second'], edited: ['frequent_buyer'], same: ['category churn_action'] });
    const repeated = await marketer(`/v1/definitions/tags/import?expectedState=${state as string}`, document);
    expect([repeated.status, repeated.json().error.details.expectedState]).toEqual([409, state]);
    expect((await definitionVersions(getStore().db, 'frequent_buyer'))[0]).toMatchObject({ version: 2, actor: running.keyIds.marketer });
    expect((await listAudit(getStore().db, { limit: 1 }))[0]).toMatchObject({ action: 'definitions.imported', actor: running.keyIds.marketer });
  });

  test('what is wrong is told of every entry with its field, and nothing is imported', async () => {
    const document = (await marketer('/v1/definitions/tags')).json();
    const [tag] = document.tags;
    const reply = await marketer('/v1/definitions/tags/import', { ...document, tags: [{ ...tag, owner: '' }, { ...tag, key: 'other', condition: 'tag.frequent_buyr.band = yes' }, { ...tag, key: 'fine' }] });
    expect(reply.status).toBe(400);
    expect(reply.json().error.details).toMatchObject({ count: 2, problems: [{ key: 'frequent_buyer', field: 'owner' }, { key: 'other', field: 'condition', message: expect.stringContaining('did you mean frequent_buyer') as string }] });
    expect((await marketer('/v1/definitions/tags')).json()).toEqual(document);
    expect((await marketer('/v1/definitions/tags/diff', { format: 'other' })).json().error.code).toBe('invalid_input');
    expect((await marketer('/v1/definitions/tags/diff', [document])).status).toBe(400);
    expect((await marketer('/v1/definitions/tags/import?expectedState=x', document)).status).toBe(400);
  });

  test('segments and quality rules', async () => {
    const segments = (await marketer('/v1/definitions/segments')).json();
    expect(segments.segments.map(({ key, condition }: { key: string; condition: unknown }) => [key, condition === null])).toEqual([['invited', true], ['likely_to_leave', false]]);
    segments.segments[1].holdoutShare = 0.2;
    expect((await marketer('/v1/definitions/segments/import', segments)).json()).toMatchObject({ edited: ['likely_to_leave'], same: ['invited'], entries: [{ changes: [{ field: 'holdoutShare', before: 0.4, after: 0.2 }] }] });
    const scientist = (path: string, body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.data_scientist, ...(body === undefined ? {} : { body }) });
    const quality = (await scientist('/v1/definitions/quality')).json();
    quality.rules.find(({ key }: { key: string }) => key === 'level_allowed').mostBad = 0.5;
    expect((await scientist('/v1/definitions/quality/diff', quality)).json().entries.filter(({ state }: { state: string }) => state === 'changed')).toMatchObject([{ key: 'level_allowed', changes: [{ field: 'mostBad', before: 0.01, after: 0.5 }] }]);
    expect((await scientist('/v1/definitions/quality/import', quality)).json()).toMatchObject({ edited: ['level_allowed'] });
  });

  test('standards: as JSON, and as a CSV that a spreadsheet may have had; they are applied', async () => {
    const json = (await marketer('/v1/definitions/standards')).json();
    expect(json.fields).toMatchObject([{ field: 'attribute.title' }]);
    const csv = await marketer('/v1/definitions/standards.csv?bom=true');
    expect([csv.headers['content-type'], csv.text]).toEqual(['text/csv; charset=utf-8', '\uFEFFfield,standard,alias\r\nattribute.title,CMO,首席营销官\r\n']);
    const sent = (path: string, raw: string): Promise<Reply> => running.call(path, { key: running.keys.marketer, raw, headers: { 'content-type': 'text/csv' } });
    const edited = `${csv.text}attribute.city,Beijing,北京\r\nattribute.city,"'=1+1",\r\n`;
    expect((await sent('/v1/definitions/standards/diff', edited)).json()).toMatchObject({ entries: [{ key: 'attribute.title', state: 'same' }, { key: 'attribute.city', state: 'new', changes: [{ field: 'Beijing', after: ['北京'] }, { field: '=1+1' }] }] });
    expect((await sent('/v1/definitions/standards/import', edited)).json()).toMatchObject({ created: ['attribute.city'], applied: expect.arrayContaining([{ field: 'attribute.city', changed: 11, spellings: 0 }]) as object[] });
    expect((await marketer('/v1/definitions/standards.csv')).text).toContain("attribute.city,'=1+1,\r\n");
    expect((await sent('/v1/definitions/standards/diff', 'field,standard\r\na,b')).json().error).toMatchObject({ code: 'bad_data' });
    expect((await running.call('/v1/definitions/tags/diff', { key: running.keys.marketer, raw: 'a,b', headers: { 'content-type': 'text/csv' } })).json().error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('application/json') as string });
  });

  test('a document may be larger than other bodies, and has a limit of its own', async () => {
    const of = (bytes: number): unknown => ({ format: 'tagcast-segments', version: 1, segments: [], note: 'x'.repeat(bytes) });
    expect((await marketer('/v1/definitions/segments/diff', of(2_000_000))).json().error).toMatchObject({ code: 'invalid_input' });
    expect((await marketer('/v1/definitions/segments/diff', of(4_300_000))).status).toBe(413);
  });

  test('rule tags of files: how they stand, and taking them over', async () => {
    expect((await marketer('/v1/definitions/tags/files')).json()).toEqual({ tags: [{ key: 'frequent_buyer', state: 'store_only' }] });
    expect((await marketer('/v1/definitions/tags/files/take', {})).json()).toEqual({ written: [] });
    expect((await running.call('/v1/definitions/tags/files/take', { key: running.keys.marketer, method: 'POST' })).json()).toEqual({ written: [] });
  });
});
