/** Versions of the preferences over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertPreferences } from '../../../src/store/repositories/preferenceModels.ts';
import { PREFERENCE_EXAMPLES } from '../../../src/surfaces/http/examplePreferences.ts';
import { start } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
beforeAll(async () => { running = await start(); });
afterAll(() => running.stop());

test('versions come newest first with the figures of their test; who may not read them is turned away', async () => {
  const call = (role: 'marketer' | 'data_scientist' | 'service') => running.call('/v1/preferences', { key: running.keys[role] });
  expect((await call('marketer')).json()).toEqual({ versions: [] });
  const interval = { estimate: 0.2, low: 0.1, high: 0.3 };
  const report = {
    end: '2026-03-01', seed: 1, customers: 40, sampled: 40, categories: 0, products: 7, category: null,
    product: {
      horizonDays: 28, cutoffs: [5], days: { weigh: 1, validation: 2, test: 3, end: 4 }, customers: { weigh: 9, validation: 8, test: 7 }, popularDays: 28, halfLifeDays: 91, validation: [], chosen: 'popular',
      test: [{ method: 'popular', coverage: 0.1, recall: [interval], ndcg: [interval] }], against: [], durableItems: 0,
    },
  };
  for (let i = 0; i < 2; i++) await insertPreferences(running.store.db, report, Date.parse('2026-03-01T18:00:00Z'), (version) => ({ bytes: Buffer.from('{}'), sha256: String(version) }));
  const { versions } = (await call('data_scientist')).json() as { versions: unknown[] };
  expect(versions).toMatchObject([{ version: 2, serves: true, createdAt: '2026-03-01T18:00:00.000Z', products: 7, category: null, product: { customers: 7, chosen: 'popular', methods: [{ method: 'popular', recall: [interval] }], gains: [] } }, { version: 1, serves: false }]);
  expect((await call('service')).status).toBe(403);
  expect(Object.keys(PREFERENCE_EXAMPLES)).toEqual(['listPreferences']);
});
