/** Standards of values over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());

const marketer = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, method, ...(body === undefined ? {} : { body }) });

test('are saved and applied, told with their history, and taken away again', async () => {
  const entries = [{ standard: 'Beijing', aliases: ['北京', 'Peking'] }];
  expect((await marketer('/v1/standards/attribute.city', 'PUT', { expectedVersion: 0, entries })).json()).toEqual({ applied: [{ field: 'attribute.city', changed: 11, spellings: 0 }] });
  expect((await marketer('/v1/customers/C1001')).json().attributes.city).toBe('Beijing');
  expect((await marketer('/v1/segments/count', 'POST', { condition: 'attr.city = "北京"' })).json()).toMatchObject({ matching: 11 });
  expect((await marketer('/v1/standards')).json()).toEqual({ fields: [{ field: 'attribute.city', version: 1, entries }] });
  expect((await marketer('/v1/standards/attribute.city/suggestions')).json()).toEqual({ suggestions: [] });
  expect((await marketer('/v1/standards/attribute.city', 'PUT', { expectedVersion: 0, entries })).status).toBe(409);
  expect((await marketer('/v1/standards/attribute.city', 'PUT', { expectedVersion: 1, entries: [...entries, { standard: 'Capital', aliases: ['peking'] }] })).json().error).toMatchObject({ code: 'conflict', details: { standards: ['Beijing', 'Capital'] } });
  expect((await marketer('/v1/standards/attribute.city', 'DELETE')).json()).toMatchObject({ applied: [{ changed: 11 }] });
  expect((await marketer('/v1/customers/C1001')).json().attributes.city).toBe('北京');
  expect((await marketer('/v1/standards/attribute.city')).status).toBe(404);
  expect((await marketer('/v1/standards/event.amount', 'PUT', { expectedVersion: 0, entries })).json().error).toMatchObject({ code: 'invalid_input' });
});

test('are applied on demand, and how far they are can be looked at', async () => {
  await marketer('/v1/standards/attribute.city', 'PUT', { expectedVersion: 0, entries: [{ standard: 'Beijing', aliases: ['北京'] }] });
  expect((await marketer('/v1/standards/apply', 'POST', { fields: ['attribute.city'] })).json()).toEqual({ applied: [{ field: 'attribute.city', changed: 0, spellings: 0 }] });
  const { fields } = (await marketer('/v1/standards/apply')).json();
  expect(fields).toEqual([{ field: 'attribute.city', version: expect.any(Number) as number, applied: expect.any(Number) as number, state: 'applied', done: 1, total: 1, changed: 0 }]);
  expect((await marketer('/v1/standards/apply', 'POST', { fields: ['attribute.cty'] })).json().error).toMatchObject({ code: 'not_found', details: { suggestions: ['attribute.city'] } });
  expect((await marketer('/v1/standards/apply', 'POST', {})).json().applied).toHaveLength(1);
});
