/** Churn 流失: no order in the next H days, among customers who ordered within a year and so are not lost already. */
import { defineModel } from '../src/training/define.ts';

export const churn = defineModel({
  name: 'churn',
  label: { zh: '流失预测', en: 'Churn' },
  description: { zh: '未来H天内不下单的概率，仅针对近一年下过单的客户', en: 'Probability of no order in the next H days, for customers with an order in the last 365 days' },
  target: { kind: 'no_order' },
  horizons: [90, 30, 60, 180],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  // Where in the year a cut-off lies cannot be learned from one or two years; the season's level is carried over from the year before instead.
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'recency_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_order' } },
  candidates: [
    { name: 'overdue_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'overdue_ratio' } },
    { name: 'bg_nbd', rung: 'customer_base', estimator: 'bg_nbd', params: { output: 'no_order' } },
    { name: 'pareto_nbd', rung: 'customer_base', estimator: 'pareto_nbd', params: { output: 'no_order' } },
    { name: 'mbg_cnbd_k', rung: 'customer_base', estimator: 'mbg_cnbd_k', params: { output: 'no_order' } },
    { name: 'logistic', rung: 'linear', estimator: 'logistic_regression' },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
  ],
  cutoffs: { everyDays: 28, most: 10 },
  minimum: { rows: 200, positives: 30 },
});
