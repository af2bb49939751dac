import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFeatures } from '../../src/features/build.ts';
import { nightly } from '../../src/jobs/nightly.ts';
import type { NightlyReport } from '../../src/jobs/nightly.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import { scheduleNightly } from '../../src/surfaces/schedule/nightlySchedule.ts';
import { END, day, fillShop, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import { testClock } from '../support/stores.ts';

describe('nightly', () => {
  const folder = scratchFolder();
  const clock = testClock(`${END}T05:00:00Z`);
  let store: Store;
  beforeAll(async () => {
    store = await openStore({ memory: true }, { clock });
    await fillShop(store, { customers: 40, days: 200 });
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  test('refreshes, scores and publishes; a done night is not read again', async () => {
    const first = await nightly(shopDeps(store, folder.path), { asOf: END });
    expect(first).toMatchObject({ snapshot: { rebuilt: true }, score: { state: 'done', customers: 40 } });
    expect([...first.score.paused].sort()).toEqual(['churn', 'clv', 'next_order_value', 'order_count', 'purchase_intent', 'repurchase_cycle']);
    const again = await nightly(shopDeps(store, folder.path), { asOf: END });
    expect(again.snapshot).toBeUndefined();
    expect(again.score.state).toBe('already_done');
  });

  test('the schedule asks the planner: one run per night however often it ticks, and a pause after a failure', async () => {
    const done: [string, NightlyReport['score']['state']][] = [];
    const failed: unknown[] = [];
    let broken = true;
    const deps = shopDeps(store, folder.path, { buildFeatures: (...args) => (broken ? Promise.reject(new Error('engine away')) : buildFeatures(...args)) });
    const schedule = scheduleNightly(deps, { at: '02:30' }, { onDone: (asOf, report) => { done.push([asOf, report.score.state]); }, onError: (_day, error) => { failed.push(error); } });
    try {
      await schedule.tick();
      expect([done, failed]).toEqual([[], []]);
      clock.set(`${day(1)}T05:00:00Z`);
      await Promise.all([schedule.tick(), schedule.tick()]);
      expect(failed).toHaveLength(1);
      broken = false;
      await schedule.tick();
      expect(done).toEqual([]);
      clock.advance(61_000);
      await schedule.tick();
      await schedule.tick();
      expect(done).toEqual([[day(1), 'done']]);
    } finally {
      await schedule.stop();
    }
  });
});
