/** Product preference on real purchases: a seventh of the customers of Online Retail. The whole comparison is `npm run bench -- preference`. */
import { describe, expect, test } from 'vitest';
import { productData } from '../../src/training/preference/items.ts';
import { chooseProducts } from '../../src/training/preference/protocol.ts';
import { ONLINE_RETAIL, onlineRetail } from '../support/preferenceData.ts';
import { needs, sharedData } from '../support/sharedData.ts';

describe.skipIf(sharedData(ONLINE_RETAIL) === undefined)(needs(ONLINE_RETAIL, 'products of Online Retail'), () => {
  test('the method chosen on validation beats what is most popular on the last month', async () => {
    const { rows, endDay } = await onlineRetail(0.14);
    const { report, method } = chooseProducts(productData(rows), { endDay, horizonDays: 28, seed: 1, cutoffs: [5, 10] });
    expect(report.customers.test).toBeGreaterThan(100);
    expect(['combined', 'combined_als']).toContain(method);
    const [popular, before] = report.against;
    expect([popular.baseline, before.baseline]).toEqual(['popular', 'bought_before']);
    expect(popular.recall[0].low).toBeGreaterThan(0);
    expect(popular.ndcg[0].low).toBeGreaterThan(0);
    // So few customers cannot tell it from the stronger baseline; all of them can.
    expect(before.ndcg[0].high).toBeGreaterThan(0);
  }, 60_000);
});
