/** Next order value 预计下单金额: the amount of the next order, given that there is one within 90 days. */
import { defineModel } from '../src/training/define.ts';

export const nextOrderValue = defineModel({
  name: 'next_order_value',
  label: { zh: '预计下单金额', en: 'Next order value' },
  description: { zh: '如果下单，下一单的金额（退款前），附80%区间', en: 'Amount of the next order (before refunds), given that the customer orders, with an 80 % interval' },
  target: { kind: 'order_value' },
  horizons: [90],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'shrunk_mean', rung: 'rule', estimator: 'shrunk_mean' },
  candidates: [
    { name: 'own_mean', rung: 'rule', estimator: 'rate_baseline', params: { column: 'avg_order_value', factor: 1 }, labelFree: true },
    { name: 'last_order', rung: 'rule', estimator: 'rate_baseline', params: { column: 'last_order_value', factor: 1 }, labelFree: true },
    { name: 'gamma_regression', rung: 'linear', estimator: 'gamma_regression' },
    { name: 'tweedie_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'tweedie' } },
  ],
  cutoffs: { everyDays: 28, most: 8 },
  minimum: { rows: 200, positives: 30 },
});
