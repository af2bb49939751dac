/** The public surface as a notebook uses it: nothing here is imported from anywhere else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tagcast from '../src/index.ts';

const END = '2026-04-01';

describe('a notebook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-notebook-'));
  const plan = tagcast.featurePlan(tagcast.FEATURES, { timeZone: tagcast.DEFAULT_TIME_ZONE });
  let columns: tagcast.Columns;
  let snapshot: tagcast.SnapshotInfo;

  beforeAll(async () => {
    const store = await tagcast.openStore({ memory: true }, { clock: tagcast.fixedClock('2026-04-01T00:00:00Z') });
    try {
      await tagcast.loadDemoShop({ store, progress: tagcast.silentProgress }, tagcast.simulateShop({ seed: 3, customers: 250, days: 400, endDate: END, futureDays: 0 }));
      snapshot = await tagcast.refreshSnapshot(store, folder);
    } finally {
      await store.close();
    }
    // One thread, as the jobs read it: sums of doubles then come out the same to the last bit.
    columns = await tagcast.openColumns(folder, { threads: 1 });
  });
  afterAll(() => {
    columns.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('reports of a version are to be had', () => {
    expect([typeof tagcast.diagnose, typeof tagcast.readReport, typeof tagcast.reportPage, typeof tagcast.compareReports]).toEqual(['function', 'function', 'function', 'function']);
  });

  test('builds a feature of its own', async () => {
    const own = tagcast.featurePlan([tagcast.feature({
      name: 'tea_orders', group: 'own', label: { zh: '订单', en: 'Orders' }, meaning: { zh: '订单数', en: 'Orders so far.' }, unit: 'orders', missing: 0, value: tagcast.orders.count(),
    })], { timeZone: tagcast.DEFAULT_TIME_ZONE });
    const { matrix } = await tagcast.buildFeatures(columns, own, { asOf: tagcast.startOfDay(END, tagcast.DEFAULT_TIME_ZONE) });
    const counted = await columns.query(`SELECT count(DISTINCT order_ref)::DOUBLE AS orders FROM events WHERE kind = 'order'`);
    expect(tagcast.columnOf(matrix, 'tea_orders')?.reduce((sum, value) => sum + value, 0)).toBe(tagcast.numbersOf(counted, 'orders')[0]);
  });

  test('trains a model of its own, byte for byte the same however long the fits take', async () => {
    const definition = tagcast.defineModel({
      name: 'next_month', label: { zh: '下月下单', en: 'Next month' }, description: { zh: '下月下单概率', en: 'An order in the next 30 days' }, target: { kind: 'order' }, horizons: [30],
      observations: { at: 'cutoffs' }, population: [{ feature: 'orders_total', atLeast: 1 }],
      baseline: { name: 'recency_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_order' } },
      candidates: [{ name: 'logistic', rung: 'linear', estimator: 'logistic_regression' }], cutoffs: { everyDays: 28, most: 3 }, minimum: { rows: 50, positives: 10 },
    });
    const train = async (pace: number): Promise<tagcast.TrainedModel> => {
      let instant = 0;
      return tagcast.trainModel({
        definition, source: tagcast.columnSource(columns, plan), estimators: tagcast.ESTIMATORS,
        plan: { columns: tagcast.planColumns(plan), hash: plan.hash, timeZone: plan.timeZone },
        facts: await tagcast.readinessFacts(columns, { end: END, timeZone: plan.timeZone }),
        snapshot: { hash: snapshot.contentHash, events: snapshot.rows, customers: snapshot.customers }, currency: 'CNY', seed: 1, now: () => (instant += pace),
      });
    };
    const [quick, slow] = [await train(1000), await train(7000)];
    const [head] = quick.heads;
    expect(head.leaderboard.map(({ candidate }) => candidate).toSorted()).toEqual(['logistic', 'recency_rule']);
    expect(head.evaluation.metrics.roc_auc.value).toBeGreaterThan(0.6);
    expect(slow.heads[0].leaderboard[0].seconds).not.toBe(head.leaderboard[0].seconds);
    const checks = tagcast.modelChecks(tagcast.ESTIMATORS);
    const bytes = (content: tagcast.TrainedModel): string => tagcast.sealModel(content.model, 1, tagcast.withoutTimings(content), checks).sha256;
    expect(bytes(slow)).toBe(bytes(quick));
  });
});
