/** Purchase intent 购买意向: an order in the next 7, 14 or 30 days, for everyone who has ordered or shown up within a year. */
import { defineModel } from '../src/training/define.ts';

export const purchaseIntent = defineModel({
  name: 'purchase_intent',
  label: { zh: '购买意向', en: 'Purchase intent' },
  description: { zh: '未来7/14/30天内下单的概率', en: 'Probability of an order in the next 7, 14 or 30 days' },
  target: { kind: 'order' },
  horizons: [30, 14, 7],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'recency_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_order' } },
  candidates: [
    { name: 'bg_nbd', rung: 'customer_base', estimator: 'bg_nbd', params: { output: 'order' } },
    { name: 'pareto_nbd', rung: 'customer_base', estimator: 'pareto_nbd', params: { output: 'order' } },
    { name: 'mbg_cnbd_k', rung: 'customer_base', estimator: 'mbg_cnbd_k', params: { output: 'order' } },
    { name: 'logistic', rung: 'linear', estimator: 'logistic_regression' },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
    { name: 'neural_sequence', rung: 'neural', estimator: 'neural_sequence' },
  ],
  cutoffs: { everyDays: 28, most: 10 },
  minimum: { rows: 200, positives: 30 },
});
