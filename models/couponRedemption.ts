/** Coupon redemption 用券: one row per customer and campaign on the day it starts; will the customer redeem one of its coupons before it ends? */
import { defineModel } from '../src/training/define.ts';

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
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
  ],
  cutoffs: { everyDays: 28, most: 10 },
  minimum: { rows: 200, positives: 30 },
});
