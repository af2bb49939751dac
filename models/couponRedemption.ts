/** Coupon redemption 用券: one row per customer and campaign on the day it starts; will the customer redeem one of its coupons before it ends? */
import { defineModel } from '../src/training/define.ts';

/** A few hundred redemptions in a handful of campaigns: on later ones the mean of a line and a forest was nearer to what came than the line, and needs no more rows than it (docs/adr/averages.md). */
const MEMBERS = [
  { estimator: 'logistic_regression' },
  // Leaves of 20 rows hold a few redemptions each. Twice the trees took twice the time and room for the same answers.
  { estimator: 'random_forest', params: { trees: 150, minRows: 20 } },
];

export const couponRedemption = defineModel({
  name: 'coupon_redemption',
  label: { zh: '用券预测', en: 'Coupon redemption' },
  description: { zh: '客户在活动期内核销该活动优惠券的概率', en: 'Probability that the customer redeems a coupon of the campaign before it ends' },
  target: { kind: 'event', event: 'coupon_redeemed', sameSubject: true },
  horizons: [60],
  observations: {
    at: 'event', event: 'campaign', subject: 'campaign',
    properties: [{ property: 'campaign_type', levels: ['Type A', 'Type B', 'Type C'] }],
    until: 'campaign_end',
    // Coupons of type A are picked for each household from a large pool, so bought products say more about them.
    subjectProducts: { beside: ['campaign_type_is_type_a'] },
  },
  population: [],
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'past_redemptions', rung: 'rule', estimator: 'column_rule', params: { column: 'coupons_redeemed_total' } },
  candidates: [
    { name: 'logistic', rung: 'linear', estimator: 'logistic_regression' },
    { name: 'logistic_and_forest', rung: 'linear', estimator: 'averaged', params: { members: MEMBERS } },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
  ],
  cutoffs: { everyDays: 28, most: 10 },
  minimum: { rows: 200, positives: 30 },
});
