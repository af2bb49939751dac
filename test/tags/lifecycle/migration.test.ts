/** A store from before the feed: its history becomes the beginning of the feed, and who had refused has no stage. */
import { expect, test } from 'vitest';
import { up } from '../../../src/store/migrations/lifecycle.ts';
import { upsertCustomers } from '../../../src/store/repositories/customers.ts';
import { takeRun } from '../../../src/store/repositories/runs.ts';
import { history, told } from '../../support/lifecycleNights.ts';
import { describeOnEachStore } from '../../support/stores.ts';

describeOnEachStore('an older store', (getStore) => {
  test('keeps its stages, and tells them in order', async () => {
    const { db } = getStore();
    await db.raw(`DROP TABLE lifecycle_changes, lifecycle_runs, lifecycle_rules;
      ALTER TABLE lifecycle_history DROP COLUMN orders, DROP COLUMN last_order_ms, DROP COLUMN rules_version, ALTER COLUMN stage SET NOT NULL`);
    const ids = await upsertCustomers(db, ['A', 'B'].map((externalId) => ({ externalId })), 0);
    const run = await takeRun(db, { job: 'score', asOf: '2026-01-09', owner: 'test', leaseMs: 60_000, at: 0 });
    if (!run.ok) throw new Error(run.detail);
    const { runId } = run.value;
    for (const [name, day, stage, before] of [['B', '2026-01-02', 'new', null], ['A', '2026-01-01', 'new', null], ['A', '2026-01-05', 'growing', 'new']] as const) {
      await db.raw('INSERT INTO lifecycle_history (customer_id, entered_on, stage, previous_stage, run_id) VALUES (?, ?, ?, ?, ?)', [ids.get(name) ?? 0, day, stage, before as never, runId]);
    }
    await db.raw(
      `INSERT INTO customer_tags (customer_id, tag_key, kind, status, as_of, valid_from, source_name, source_version, run_id, fence) VALUES (?, 'lifecycle_stage', 'lifecycle', 'opted_out', '2026-01-09', '2026-01-07', 'facts', 1, ?, 1)`,
      [ids.get('B') ?? 0, runId]);
    await up(db);
    expect(await told(getStore())).toEqual(['2026-01-01 A –→new', '2026-01-02 B –→new', '2026-01-05 A new→growing', '2026-01-07 B new→–']);
    expect(await history(getStore())).toMatchObject([{ stage: 'new' }, { stage: 'growing', orders: null, rules_version: null }, { stage: 'new' }, { entered_on: '2026-01-07', stage: null, previous_stage: 'new' }]);
  });
});
