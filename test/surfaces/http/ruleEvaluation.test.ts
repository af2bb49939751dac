/** Rule tags tried and evaluated over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { seedDefinitions, start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
  await seedDefinitions(running.store, running.clock.now());
});
afterAll(() => running.stop());

const as = (role: 'marketer' | 'data_scientist', path: string, body?: unknown): Promise<Reply> => running.call(path, { key: running.keys[role], method: 'POST', ...(body === undefined ? {} : { body }) });

test('a condition is tried: count, customers without those who refused, and the line in the log; no customers for a data scientist', async () => {
  const condition = 'orders last 60 days >= 3';
  const tried = (await as('marketer', '/v1/tag-preview', { condition })).json();
  expect(tried).toMatchObject({ asOf: '2026-03-01', text: condition, words: { en: 'number of orders in the last 60 days ≥ 3' }, matching: 9, customers: 11, estimate: null });
  expect(tried.examples).toHaveLength(8);
  expect(tried.examples).not.toContain('C1010');
  expect((await listAudit(running.store.db, { limit: 1 }))[0]).toMatchObject({ action: 'tag.preview', actor: running.keyIds.marketer, details: { customers: 8 } });
  expect((await as('data_scientist', '/v1/tag-preview', { condition })).json()).toMatchObject({ matching: 9, examples: null });
  expect((await as('marketer', '/v1/tag-preview', { condition: 'tag.nothing.band = yes' })).json().error).toMatchObject({ code: 'unknown_name' });
});

test('a rule tag is evaluated at once; one of the product cannot be', async () => {
  expect((await as('marketer', '/v1/tags/frequent_buyer/evaluate')).json()).toEqual({ asOf: '2026-03-01', customers: 11, changed: 9, entered: 9, left: 0 });
  expect((await as('marketer', '/v1/tags/frequent_buyer/evaluate')).json()).toMatchObject({ changed: 0 });
  expect((await as('marketer', '/v1/tags/lifecycle_stage/evaluate')).json().error).toMatchObject({ code: 'invalid_input' });
  expect((await as('marketer', '/v1/tags/nothing/evaluate')).status).toBe(404);
});

test('several at once, every enabled one, or what new events touch; a name that is not there is suggested', async () => {
  const all = '/v1/tag-evaluation';
  expect((await as('marketer', all, { tags: ['frequent_buyer'] })).json()).toMatchObject({ asOf: '2026-03-01', rules: 1, customers: 11 });
  expect((await as('marketer', all, {})).json()).toMatchObject({ rules: 1, customers: 11 });
  expect((await as('marketer', all, { newEvents: true })).json()).toMatchObject({ rules: 0, changed: 0 });
  expect((await as('marketer', all, { newEvents: true, tags: ['frequent_buyer'] })).status).toBe(400);
  expect((await as('marketer', all, { tags: ['frequent_buyr'] })).json().error).toMatchObject({ code: 'not_found', details: { suggestions: ['frequent_buyer'] } });
});
