/** Data quality over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());

const scientist = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.data_scientist, method, ...(body === undefined ? {} : { body }) });
const rule = { label: { zh: '有邮编', en: 'Postcode is there' }, check: { field: { attribute: 'postcode' }, test: { present: true } }, mostBad: 0.1 };

test('a rule is made, checked, told with its alert, and deleted; examples of customers are not for data scientists', async () => {
  expect((await scientist('/v1/quality/rules/postcode_there', 'PUT', { expectedVersion: 0, rule })).json()).toMatchObject({ key: 'postcode_there', dimension: 'completeness', version: 1, owner: 'shop', history: [], builtIn: false });
  expect((await scientist('/v1/quality/rules/postcode_there', 'PUT', { expectedVersion: 0, rule })).status).toBe(409);
  expect((await scientist('/v1/quality/check', 'POST', { rules: ['postcode_there'] })).json()).toMatchObject({ results: [{ rule: 'postcode_there', checked: 11, bad: 11, state: 'bad' }], opened: ['postcode_there'], holds: [] });
  expect((await scientist('/v1/quality')).json()).toMatchObject({ results: [{ rule: 'postcode_there' }], alerts: [{ rule: 'postcode_there', closedOn: null, worst: 1 }] });
  expect((await scientist('/v1/quality/rules/postcode_there')).json()).toMatchObject({ examples: null, history: [{ bad: 11 }] });
  expect((await running.call('/v1/quality/rules/postcode_there', { key: running.keys.marketer })).json().examples).toHaveLength(10);
  expect((await scientist('/v1/quality/rules/postcode_there', 'DELETE')).json()).toEqual({ deleted: 'postcode_there' });
  expect((await scientist('/v1/quality/check', 'POST', {})).json()).toMatchObject({ closed: ['postcode_there'] });
  expect((await scientist('/v1/quality?all=true')).json().alerts.some((one: { rule: string; closedOn: string | null }) => one.rule === 'postcode_there' && one.closedOn !== null)).toBe(true);
  expect((await scientist('/v1/quality/rules')).json().rules.map(({ key }: { key: string }) => key)).toContain('orders_fresh');
  expect(running.logged()).not.toContain('C1001');
});

test('what is wrong is refused with the place', async () => {
  const wrong = await scientist('/v1/quality/rules/x', 'PUT', { expectedVersion: 0, rule: { ...rule, check: { field: { attribute: 'a' }, test: { format: '(a+)+$' } } } });
  expect([wrong.status, wrong.json().error.code]).toEqual([400, 'invalid_input']);
  expect((await scientist('/v1/quality/rules/order_fresh')).json().error).toMatchObject({ code: 'not_found', details: { suggestions: expect.arrayContaining(['orders_fresh']) as string[] } });
});
