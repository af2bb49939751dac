/** Second purchase 首购后复购: a second order within 60 days, among customers who have ordered once. */
import { defineModel } from '../src/training/define.ts';

export const secondPurchase = defineModel({
  name: 'second_purchase',
  label: { zh: '首购后复购', en: 'Second purchase' },
  description: { zh: '只下过一单的客户在未来60天内再次下单的概率', en: 'Probability of a second order in the next 60 days, for customers with exactly one' },
  target: { kind: 'order' },
  horizons: [60],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1, atMost: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  optional: true,
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'recency_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_order' } },
  candidates: [{ name: 'logistic', rung: 'linear', estimator: 'logistic_regression' }],
  cutoffs: { everyDays: 28, most: 6 },
  minimum: { rows: 100, positives: 20 },
});
