/** Usefulness reports over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PII, start, TODAY } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());

const read = async (path: string): Promise<any> => (await running.call(path, { key: running.keys.marketer })).json(); // oxlint-disable-line typescript/no-explicit-any -- answers are checked by their schemas, tests pick fields

test('one tag is reported on the spot, in words and without customers; an unknown one is suggested', async () => {
  const reply = await running.call('/v1/tags/lifecycle_stage/report', { key: running.keys.marketer });
  expect(reply.json()).toMatchObject({ key: 'lifecycle_stage', customers: 11, statuses: [{ status: 'ok', customers: 11 }], values: { top: [{ value: 'loyal', share: 1 }] }, verdict: null, problems: ['one_value', 'unused'], problemWords: [{ zh: expect.any(String) as string }, {}] });
  for (const text of [PII.phone, PII.name, 'C1001']) expect(reply.text).not.toContain(text);
  expect(await read('/v1/tags/lifecycle_stag/report')).toMatchObject({ error: { code: 'not_found', details: { suggestions: ['lifecycle_stage'] } } });
});

test('the overview is empty until reports were made, and comes in pages and orders', async () => {
  expect(await read('/v1/tag-reports')).toEqual({ day: null, total: 0, tags: [] });
  const made = (await running.call('/v1/tag-reports', { key: running.keys.marketer, method: 'POST' })).json();
  const all = await read('/v1/tag-reports?sort=key&limit=1000');
  expect([all.day, all.tags.length, made]).toEqual([TODAY, all.total, { day: TODAY, tags: all.total }]);
  const page = await read('/v1/tag-reports?sort=key&offset=3&limit=2');
  expect(page.tags).toEqual(all.tags.slice(3, 5));
  expect((await running.call('/v1/tag-reports?sort=nothing', { key: running.keys.marketer })).status).toBe(400);
});
