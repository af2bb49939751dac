/**
 * A fifth model from one short file: coupon redemption on The Complete Journey, one row per household and campaign on the day the campaign starts. Test:
 * campaigns that start from 2017-10-01; training: those that were over by then and start 90 days after the first event. The label is any redemption of that
 * campaign that the files know (they end with 2017; three campaigns end later, and count with what is known, as in the reference).
 * Floors: ../shared/reference/supervised.md, AUC .8206 and log loss .292 by logistic regression.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { couponRedemption } from '../../models/couponRedemption.ts';
import { needs, sharedData } from '../support/sharedData.ts';
import { completeJourney, metric, only, show, train } from './modelKit.ts';
import type { Shop } from './modelKit.ts';

const FILE = 'completejourney/coupon_redemptions.csv.gz';

describe.skipIf(sharedData(FILE) === undefined)(needs(FILE, 'coupon redemption on The Complete Journey'), () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await completeJourney();
  });
  afterAll(() => {
    shop.columns.close();
  });

  test('ranks and calibrates like the reference, on the same 2,421 rows', { timeout: 240_000 }, async () => {
    const { heads: [head], columns } = await train(shop, only(couponRedemption, ['logistic'], [60]), '2018-03-01', { testFrom: '2017-10-01' });
    show(`coupon redemption, campaigns from ${head.split.test}, ${head.candidate}`, head.evaluation);
    show('its baseline', head.baseline.evaluation);
    expect(head.split.test).toBe('2017-10-04');
    expect(head.split.train.at(0)).toBe('2017-03-03');
    // The campaigns that started in September were still running on 2017-10-04.
    expect(head.split.train.at(-1)).toBe('2017-08-08');
    expect(head.evaluation.rows).toBe(2421);
    expect(head.evaluation.targetMean).toBeCloseTo(0.1227, 4);
    expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['campaign_type_is_type_a', 'subject_lines', 'subject_line_share', 'subject_lines_if_campaign_type_is_type_a']));
    expect(head.beatsBaseline).toBe(true);
    expect(metric(head.evaluation, 'roc_auc')).toBeGreaterThanOrEqual(0.8206 - 0.005);
    expect(metric(head.evaluation, 'log_loss')).toBeLessThanOrEqual(0.292);
  });
});
