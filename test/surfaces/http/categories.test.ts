/** The tree of categories and the values of tags over HTTP. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { seedDefinitions, start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());
beforeEach(() => seedDefinitions(running.store, running.clock.now()));

const marketer = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, method, ...(body === undefined ? {} : { body }) });
const label = { zh: '挽留行动', en: 'Win-back' };

test('a category is made, moved, told with its history, and deleted when it is empty', async () => {
  expect((await marketer('/v1/tag-categories/action', 'PUT', { expectedVersion: 0, label, parent: 'churn' })).json()).toMatchObject({ code: 'action', parent: 'churn', level: 2, version: 1, tags: 0 });
  expect((await marketer('/v1/tag-categories/action', 'PUT', { expectedVersion: 0, label, parent: null })).status).toBe(409);
  expect((await marketer('/v1/tags/lifecycle_stage/category', 'PUT', { category: 'action' })).json()).toMatchObject({ category: { code: 'action', label } });
  expect((await marketer('/v1/tags?category=churn&kind=lifecycle')).json()).toMatchObject({ total: 1, suggestions: [], tags: [{ key: 'lifecycle_stage' }] });
  expect((await marketer('/v1/tag-categories/action', 'DELETE')).json().error).toMatchObject({ code: 'conflict', details: { users: [{ kind: 'tag', key: 'lifecycle_stage' }] } });
  expect((await marketer('/v1/tags/lifecycle_stage/category', 'PUT', { category: null })).json()).toMatchObject({ category: { code: 'lifecycle' } });
  expect((await marketer('/v1/tags/lifecycle_stage/category/versions')).json().versions).toMatchObject([{ version: 2, category: null, actor: running.keyIds.marketer }, { version: 1, category: 'action' }]);
  expect((await marketer('/v1/tag-categories/action', 'DELETE')).json()).toEqual({ deleted: 'action' });
  expect((await marketer('/v1/tag-categories/action/versions')).json().versions).toMatchObject([{ version: 2, deleted: true, actor: running.keyIds.marketer }, { version: 1, deleted: false }]);
  expect((await marketer('/v1/tag-categories/chrun/versions')).json().error).toMatchObject({ code: 'not_found', details: { suggestions: ['churn'] } });
  expect((await marketer('/v1/tag-categories')).json().categories).toMatchObject([{ code: 'activity', builtIn: true, level: 1 }, {}, {}, { code: 'churn_action', parent: 'churn' }, {}, {}, {}, {}, {}, {}]);
  expect((await listAudit(running.store.db, { limit: 1 }))[0]).toMatchObject({ action: 'category.deleted', actor: running.keyIds.marketer });
});

test('a list comes in pages, and says what may have been meant', async () => {
  const all = (await marketer('/v1/tags')).json();
  expect(all.total).toBe(all.tags.length);
  expect((await marketer('/v1/tags?offset=2&limit=3')).json()).toMatchObject({ total: all.total, tags: all.tags.slice(2, 5) });
  expect((await marketer(`/v1/tags?search=${encodeURIComponent('生命周期介段')}`)).json()).toMatchObject({ total: 0, tags: [], suggestions: expect.arrayContaining(['lifecycle_stage']) as string[] });
});

test('values are the bands in their order with their counts, found by name and in pages; a number has none', async () => {
  const { total, values } = (await marketer('/v1/tags/lifecycle_stage/values')).json();
  expect([total, values[0], values[3]]).toEqual([8, { value: 'lead', label: { zh: '潜客', en: 'Lead' }, customers: 0, declared: true }, { value: 'loyal', label: { zh: '成熟', en: 'Loyal' }, customers: 11, declared: true }]);
  expect((await marketer('/v1/tags/lifecycle_stage/values?search=LOY')).json()).toMatchObject({ total: 1, values: [{ value: 'loyal' }] });
  expect((await marketer('/v1/tags/lifecycle_stage/values?offset=6&limit=5')).json().values.map(({ value }: { value: string }) => value)).toEqual(['churned', 'reactivated']);
  expect((await marketer('/v1/tags/churn_prob_90d/values')).json()).toEqual({ key: 'churn_prob_90d', total: 0, values: [] });
  expect((await marketer('/v1/tags/frequent_buyer/values')).json()).toMatchObject({ total: 1, values: [{ value: 'yes', customers: 0 }] });
});
