import { beforeEach, describe, expect, test } from 'vitest';
import { hitsOf, stageAccuracy } from '../../../src/tags/lifecycle/accuracy.ts';
import { insertRows } from '../../../src/store/repositories/bulk.ts';
import { customerIds } from '../../../src/store/repositories/customers.ts';
import { forget, ordered, publishNight } from '../../support/lifecycleNights.ts';
import { describeOnEachStore } from '../../support/stores.ts';

describe('hits', () => {
  test('are shares of customers, by each of the three rules', () => {
    const rows = [
      { stage: 'growing', predicted: 'slipping', outcome: 'slipping', customers: 6 }, { stage: 'growing', predicted: 'growing', outcome: 'growing', customers: 3 }, { stage: 'growing', predicted: 'growing', outcome: 'loyal', customers: 1 },
    ];
    expect(hitsOf('growing', rows, new Map([['growing', 'loyal']]))).toEqual({ stage: 'growing', customers: 10, predicted: 0.9, stays: 0.3, matrix: 0.1 });
    expect(hitsOf('growing', rows, undefined).matrix).toBeNull();
    expect(hitsOf('lead', [], undefined)).toMatchObject({ customers: 0, predicted: 0 });
  });
});

describeOnEachStore('how often the next stage came true', (getStore) => {
  beforeEach(async () => { await forget(getStore()); });

  /** What the night would have published as the next stage: without a purchase model there is none. */
  async function predict(night: string, stages: Readonly<Record<string, string>>): Promise<void> {
    const { db } = getStore();
    const ids = await customerIds(db, Object.keys(stages));
    const run = await db('runs').where({ as_of: night }).first<{ run_id: number }>();
    await insertRows(db, 'tag_history', { customer_id: 'int8', tag_key: 'text', changed_on: 'date', to_status: 'text', to_band: 'text', source_version: 'int4', run_id: 'int8' },
      Object.entries(stages).map(([name, band]) => ({ customer_id: ids.get(name), tag_key: 'lifecycle_next_stage', changed_on: night, to_status: 'ok', to_band: band, source_version: 1, run_id: run.run_id })));
  }

  test('is counted over what was published then, and what came of it', async () => {
    const { db } = getStore();
    await expect(stageAccuracy(db, 10)).rejects.toMatchObject({ code: 'insufficient_data', hint: expect.stringContaining('nightly') as string });
    // A orders again and becomes loyal; B stays silent, C falls silent as B did before; D becomes a customer.
    const people = [{ name: 'A', orders: ordered(0, 6, 12, 18, 24), cycleDays: 6 }, { name: 'B', orders: ordered(0, 4), cycleDays: 6 }, { name: 'C', orders: ordered(8, 14), cycleDays: 6 }, { name: 'D', orders: ordered(21), cycleDays: 20 }];
    for (const night of [5, 15]) await publishNight(getStore(), night, people);
    await expect(stageAccuracy(db, 10)).rejects.toMatchObject({ code: 'insufficient_data', details: { first: '2026-01-06', last: '2026-01-16', horizonDays: 10 } });
    await predict('2026-01-16', { A: 'loyal', B: 'dormant', C: 'growing', D: 'lead' });
    await publishNight(getStore(), 25, people);
    expect(await stageAccuracy(db, 10)).toEqual({
      day: '2026-01-16', later: '2026-01-26', wins: true,
      all: { stage: 'all', customers: 4, predicted: 0.5, stays: 0, matrix: 0.25 },
      byStage: [
        { stage: 'lead', customers: 1, predicted: 0, stays: 0, matrix: 0 }, { stage: 'growing', customers: 2, predicted: 0.5, stays: 0, matrix: 0.5 }, { stage: 'slipping', customers: 1, predicted: 1, stays: 0, matrix: 0 },
      ],
    });
  });
});
