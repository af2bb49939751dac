/** Previews: exact where there is time, otherwise of a sample whose interval says how far off it may be. */
import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { parseCondition } from '../../src/conditions/parse.ts';
import { previewSegment, countSegment } from '../../src/segments/count.ts';
import { estimate, sampleIds } from '../../src/segments/sample.ts';
import { seededRandom } from '../../src/base/random.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { describeOnEachStore } from '../support/stores.ts';

test("the interval is Wilson's (numbers: the formula in Python with statistics.NormalDist)", () => {
  expect(estimate(10, 100, 1_000_000)).toEqual({ sampled: 100, low: 55_229, high: 174_366 });
  expect(estimate(0, 100, 1_000)).toEqual({ sampled: 100, low: 0, high: 37 });
  expect(estimate(0, 0, 1_000)).toEqual({ sampled: 0, low: 0, high: 1_000 });
});

test('it holds the true number in about 95 of 100 samples', () => {
  const random = seededRandom(3);
  let held = 0;
  for (let draw = 0; draw < 2_000; draw++) {
    let matching = 0;
    for (let i = 0; i < 400; i++) if (random.next() < 0.07) matching++;
    const { low, high } = estimate(matching, 400, 100_000);
    if (low <= 7_000 && high >= 7_000) held++;
  }
  // Five standard errors around the nominal share; Wilson's interval is known to stay close to it.
  expect(held / 2_000).toBeGreaterThan(0.925);
  expect(held / 2_000).toBeLessThan(0.975);
});

test('a sample is the same for the same store, ascending, without repetition, and everybody where there are few', () => {
  fc.assert(fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 3_000_000 }), (low, width) => {
    const ids = sampleIds(low, low + width - 1, 500);
    expect(ids).toHaveLength(Math.min(500, width));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id, i) => id >= low && id < low + width && (i === 0 || id > ids[i - 1]))).toBe(true);
    expect(sampleIds(low, low + width - 1, 500)).toEqual(ids);
  }), { seed: 1, numRuns: 40 });
});

describeOnEachStore('a preview', (getStore) => {
  const context = { asOf: Date.parse('2026-03-10T16:00:00Z'), timeZone: 'Asia/Shanghai', names: { tags: [], stages: [] } };
  test('is exact in time; without time it is an estimate that holds the truth', async () => {
    const { db } = getStore();
    await db.raw(`INSERT INTO customers (external_id, attributes, created_at, updated_at) SELECT 'c' || i, jsonb_build_object('n', i % 10), 'epoch', 'epoch' FROM generate_series(1, 30000) AS i`);
    await recordConsents(db, [1, 2, 11, 12, 13].map((customerId) => ({ customerId, purpose: 'marketing' as const, state: 'refused' as const, recordedAt: 1, source: 'test' })));
    const condition = parseCondition({ attribute: 'n', op: 'in', values: [1, 2] });
    const exact = await countSegment(getStore(), condition, context);
    expect(exact).toMatchObject({ customers: 30_000, matching: 6_000, optedOut: 4, listable: 5_996 });
    expect(exact).not.toHaveProperty('estimate');
    expect(await previewSegment(getStore(), condition, context, { budgetMs: 60_000 })).toMatchObject({ matching: 6_000, optedOut: 4 });
    const hurried = await previewSegment(getStore(), condition, context, { budgetMs: 0 });
    expect(hurried.customers).toBe(30_000);
    expect(hurried.estimate).toMatchObject({ sampled: 10_000 });
    const { low = 0, high = 0 } = hurried.estimate ?? {};
    expect([low <= 6_000, high >= 6_000, hurried.matching >= low && hurried.matching <= high, high - low < 600]).toEqual([true, true, true, true]);
    expect(await previewSegment(getStore(), condition, context, { budgetMs: 0 })).toMatchObject({ matching: hurried.matching });
  });
});
