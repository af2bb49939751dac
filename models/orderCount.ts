/** Orders to come 预计订单数: how many orders in the next 90 days, an expected count and no probability. */
import { defineModel } from '../src/training/define.ts';

export const orderCount = defineModel({
  name: 'order_count',
  label: { zh: '订单数预测', en: 'Orders to come' },
  description: { zh: '未来90天内的预计订单数，附80%区间', en: 'Expected number of orders in the next 90 days, with an 80 % interval' },
  target: { kind: 'orders' },
  horizons: [90],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'last_year_rate', rung: 'rule', estimator: 'rate_baseline', params: (days) => ({ column: 'orders_365d', factor: days / 365 }), labelFree: true },
  candidates: [
    { name: 'bg_nbd', rung: 'customer_base', estimator: 'bg_nbd', params: (days) => ({ output: 'orders', horizonDays: days }) },
    { name: 'poisson_regression', rung: 'linear', estimator: 'poisson_regression' },
  ],
  cutoffs: { everyDays: 28, most: 6 },
  minimum: { rows: 200, positives: 30 },
});
