/** Versions of the preferences over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedPreferences, start } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
beforeAll(async () => { running = await start(); });
afterAll(() => running.stop());

test('versions come newest first with the figures of their test; who may not read them is turned away', async () => {
  const call = (role: 'marketer' | 'data_scientist' | 'service') => running.call('/v1/preferences', { key: running.keys[role] });
  expect((await call('marketer')).json()).toEqual({ versions: [] });
  for (let i = 0; i < 2; i++) await seedPreferences(running.store);
  const { versions } = (await call('data_scientist')).json() as { versions: unknown[] };
  expect(versions).toMatchObject([{ version: 2, serves: true, createdAt: '2026-03-01T18:00:00.000Z', products: 7, category: null, product: { customers: 7, chosen: 'popular', methods: [{ method: 'popular', recall: [{ estimate: 0.2 }] }], gains: [] }, responses: { days: 7, channels: [{ slug: 'email', outcomes: [{ outcome: 'open', chosen: 'beta_binomial', messages: 310, methods: [{ auc: null }, { method: 'beta_binomial' }], gains: [{ baseline: 'shop_rate' }] }] }, { slug: 'sms', seen: false, outcomes: [] }] } }, { version: 1, serves: false }]);
  expect((await call('service')).status).toBe(403);
  const state = async (withdrawn: boolean): Promise<unknown> => (await running.call('/v1/preferences/2', { key: running.keys.data_scientist, method: 'PUT', body: { withdrawn } })).json();
  expect(await state(true)).toEqual({ version: 2, withdrawn: true, serves: 1 });
  expect(await state(false)).toEqual({ version: 2, withdrawn: false, serves: 2 });
  expect((await running.call('/v1/preferences/3', { key: running.keys.data_scientist, method: 'PUT', body: { withdrawn: true } })).status).toBe(404);
});
