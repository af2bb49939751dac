/** Lifetime value 生命周期价值: net spend in the next 90, 180 or 365 days, with an interval. */
import { defineModel } from '../src/training/define.ts';

/** What the stack may blend; a member that adds nothing gets no weight and costs nothing when scoring. */
const MEMBERS = [
  { estimator: 'btyd_value' },
  { estimator: 'tweedie_regression' },
  { estimator: 'boosted_trees', params: { objective: 'tweedie' } },
  { estimator: 'zero_inflated_lognormal', params: { model: 'boosted' } },
];

export const clv = defineModel({
  name: 'clv',
  label: { zh: '未来价值', en: 'Future value' },
  description: { zh: '未来90/180/365天的净消费（扣除退款），附80%区间', en: 'Net spend (after refunds) in the next 90, 180 or 365 days, with an 80 % interval' },
  target: { kind: 'spend' },
  horizons: [365, 90, 180],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'last_year_rate', rung: 'rule', estimator: 'rate_baseline', params: (days) => ({ column: 'net_spend_365d', factor: days / 365 }), labelFree: true },
  candidates: [
    { name: 'btyd_value', rung: 'customer_base', estimator: 'btyd_value', labelFree: true },
    { name: 'pareto_value', rung: 'customer_base', estimator: 'btyd_value', params: { orders: 'pareto_nbd' }, labelFree: true },
    { name: 'tweedie_regression', rung: 'linear', estimator: 'tweedie_regression' },
    { name: 'tweedie_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'tweedie' } },
    { name: 'lognormal_trees', rung: 'boosting', estimator: 'zero_inflated_lognormal', params: { model: 'boosted' } },
    { name: 'stacked', rung: 'boosting', estimator: 'stacked', params: (days) => ({ members: MEMBERS, horizonDays: days }) },
    { name: 'neural_value', rung: 'neural', estimator: 'neural_value' },
  ],
  cutoffs: { everyDays: 28, most: 10 },
  minimum: { rows: 200, positives: 30 },
});
