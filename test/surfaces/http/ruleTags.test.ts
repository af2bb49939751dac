/** Rule tags over HTTP: found, written, enabled, edited under the eyes of another editor, deleted, and who did it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());
beforeEach(async () => {
  await running.store.db.raw('DELETE FROM segments');
  await running.store.db.raw('DELETE FROM tag_definitions');
  await running.store.db.raw('DELETE FROM tag_definition_versions');
});

const frequent = { expectedVersion: 0, label: { zh: '高频买家', en: 'Frequent buyer' }, owner: 'ann', condition: 'orders last 90 days >= 3' };
const marketer = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, method, ...(body === undefined ? {} : { body }) });
const save = (key: string, body: object): Promise<Reply> => marketer(`/v1/tags/${key}`, 'PUT', body);
const keysOf = async (query: string): Promise<string[]> => (await marketer(`/v1/tags?${query}`)).json().tags.map(({ key }: { key: string }) => key);

test('a rule tag is a draft with defaults, its condition is told in every form, and it is found by kind, category, owner and words', async () => {
  const saved = (await save('frequent_buyer', frequent)).json();
  expect(saved).toMatchObject({
    key: 'frequent_buyer', kind: 'rule', category: { code: 'behaviour' }, ttlDays: 2, bands: [{ code: 'yes' }], description: { zh: saved.rule.words.zh }, users: [],
    rule: { owner: 'ann', status: 'draft', version: 1, origin: 'api', text: 'orders last 90 days >= 3', words: { en: 'number of orders in the last 90 days ≥ 3' }, evaluatedOn: null, condition: { events: { aggregate: 'distinct', op: '>=', value: 3 } } },
  });
  expect((await save('same', { ...frequent, condition: saved.rule.condition, owner: 'bo', category: 'value', ttlDays: null, band: { code: 'often', label: { zh: '常买', en: 'Often' } } })).json()).toMatchObject({
    category: { code: 'value' }, ttlDays: null, bands: [{ code: 'often' }], rule: { text: saved.rule.text },
  });
  expect(await keysOf('kind=rule')).toEqual(['frequent_buyer', 'same']);
  expect(await keysOf('owner=bo')).toEqual(['same']);
  expect(await keysOf('kind=rule&category=value')).toEqual(['same']);
  expect(await keysOf('search=FREQUENT_B%2090')).toEqual(['frequent_buyer']);
  expect(await keysOf('search=nothing%20like%20this')).toEqual([]);
  expect((await marketer('/v1/tags?kind=rule')).json().tags[0]).toMatchObject({ rule: { owner: 'ann', status: 'draft', version: 1 }, published: null });
  for (const query of ['kind=other', 'owner=', 'status=gone']) expect((await marketer(`/v1/tags?${query}`)).status).toBe(400);
});

test('an editor who saw an older version changes nothing; an edit leaves the status; every version is kept with who made it', async () => {
  await save('frequent_buyer', frequent);
  expect((await marketer('/v1/tags/frequent_buyer/status', 'PUT', { status: 'enabled' })).json()).toMatchObject({ rule: { status: 'enabled', version: 2 } });
  expect((await marketer('/v1/tags/frequent_buyer/status', 'PUT', { status: 'enabled' })).json()).toMatchObject({ rule: { version: 2 } });
  const late = await save('frequent_buyer', { ...frequent, expectedVersion: 1, condition: 'orders >= 2' });
  expect([late.status, late.json().error]).toMatchObject([409, { code: 'conflict', details: { expectedVersion: 1 } }]);
  expect((await save('frequent_buyer', frequent)).status).toBe(409);
  expect((await save('frequent_buyer', { ...frequent, expectedVersion: 2, condition: 'orders >= 2' })).json()).toMatchObject({ rule: { status: 'enabled', version: 3, text: 'orders >= 2' } });
  const { versions } = (await marketer('/v1/tags/frequent_buyer/versions')).json();
  expect(versions.map((one: { version: number; change: string; actor: string }) => [one.version, one.change, one.actor])).toEqual([[3, 'edited'], [2, 'enabled'], [1, 'created']].map((one) => [...one, running.keyIds.marketer]));
  expect(versions[2].definition).toMatchObject({ status: 'draft', owner: 'ann', condition: { events: { value: 3 } } });
  for (const body of [{ status: 'gone' }, {}, { status: 'draft', more: 1 }]) expect((await marketer('/v1/tags/frequent_buyer/status', 'PUT', body)).status).toBe(400);
});

test('what is wrong, unknown, built by the product or a circle is refused', async () => {
  await save('frequent_buyer', frequent);
  expect((await save('x', { ...frequent, condition: 'tag.frequent_byer.band = yes' })).json().error).toMatchObject({ code: 'unknown_name' });
  for (const body of [{ ...frequent, condition: 'orders >=' }, { ...frequent, ttlDays: 0 }, { ...frequent, label: { zh: '', en: 'x' } }, { ...frequent, band: { code: 'Not A Code', label: frequent.label } }, { ...frequent, status: 'enabled' }]) expect((await save('x', body)).status).toBe(400);
  for (const expectedVersion of [0, 1]) expect((await save('churn_risk_band', { ...frequent, expectedVersion })).json().error).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('product') as string });
  await save('other', { ...frequent, condition: 'tag.frequent_buyer.band = yes' });
  expect((await save('frequent_buyer', { ...frequent, expectedVersion: 1, condition: 'tag.other.band = yes' })).json().error).toMatchObject({ code: 'conflict', details: { circle: expect.arrayContaining(['other']) as string[] } });
  for (const path of ['/v1/tags/frequent_byer', '/v1/tags/frequent_byer/versions']) expect((await marketer(path)).json().error).toMatchObject({ code: 'not_found', details: { suggestions: ['frequent_buyer'] } });
  expect((await marketer('/v1/tags/frequent_byer/status', 'PUT', { status: 'paused' })).status).toBe(404);
  expect((await marketer('/v1/tags/churn_risk_band')).json()).toMatchObject({ kind: 'predictive', model: 'churn', rule: null, users: [] });
  expect((await marketer('/v1/tags/churn_risk_band/versions')).json()).toEqual({ versions: [] });
});

test('is deleted when nothing looks at it; its history stays; every change is in the audit log with the key', async () => {
  await save('frequent_buyer', frequent);
  await marketer('/v1/segments/thanks', 'PUT', { ...frequent, condition: 'tag.frequent_buyer.band = yes' });
  const users = [{ kind: 'segment', key: 'thanks' }];
  expect((await marketer('/v1/tags/frequent_buyer')).json().users).toEqual(users);
  expect((await marketer('/v1/tags/frequent_buyer', 'DELETE')).json().error).toMatchObject({ code: 'conflict', details: { users } });
  await marketer('/v1/segments/thanks', 'DELETE');
  expect((await marketer('/v1/tags/frequent_buyer', 'DELETE')).json()).toEqual({ deleted: 'frequent_buyer' });
  expect((await marketer('/v1/tags/frequent_buyer')).status).toBe(404);
  expect((await marketer('/v1/tags/frequent_buyer/versions')).json().versions).toMatchObject([{ change: 'deleted' }, { change: 'created' }]);
  const audit = await listAudit(running.store.db, { limit: 4 });
  expect(audit.map(({ action, object }) => `${action} ${object}`)).toEqual(['tag.deleted frequent_buyer', 'segment.deleted thanks', 'segment.created thanks', 'tag.created frequent_buyer']);
  expect(new Set(audit.map(({ actor }) => actor))).toEqual(new Set([running.keyIds.marketer]));
});
