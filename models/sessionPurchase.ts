/** Purchase in this visit 本次访问购买: whether an order comes before the visit that is under way ends. Asked on demand only; no night scores it. */
import { defineModel } from '../src/training/define.ts';

export const sessionPurchase = defineModel({
  name: 'session_purchase',
  label: { zh: '本次访问购买', en: 'Purchase in this visit' },
  description: { zh: '正在进行的访问结束前下单的概率', en: 'Probability of an order before the visit that is under way ends' },
  target: { kind: 'order_in_visit' },
  // Within the day: a visit ends with its silence, not after days.
  horizons: [1],
  observations: { at: 'visit' },
  population: [],
  optional: true,
  baseline: { name: 'cart_and_views', rung: 'rule', estimator: 'column_rule', params: { column: 'visit_cart_rule', direction: 'increasing' }, columns: ['visit_cart_rule'] },
  candidates: [
    { name: 'own_rate', rung: 'rule', estimator: 'column_rule', params: { column: 'visit_own_rate', direction: 'increasing' }, columns: ['visit_own_rate'] },
    { name: 'logistic', rung: 'linear', estimator: 'logistic_regression' },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
  ],
  cutoffs: { everyDays: 28, most: 8 },
  minimum: { rows: 200, positives: 30 },
});
