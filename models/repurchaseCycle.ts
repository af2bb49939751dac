/** Repurchase cycle 复购周期: days until the next order given the silence so far, with windows; customers who stay away longer are still waiting. */
import { defineModel } from '../src/training/define.ts';

/**
 * What a rhythm is read from: hazards are asked for every customer and every bin of waiting time, so they see what tells of it and nothing else. Ages and totals
 * are left out: they grow with the shop's records, and a split on them learned in the first year means something else in the second.
 */
const RHYTHM = [
  'days_since_last_order', 'gap_count', 'gap_mean_days', 'gap_median_days', 'gap_p90_days', 'gap_std_days', 'gap_cv', 'gap_ewm_days', 'gap_last_days', 'gap_max_days', 'gap_last_to_mean',
  'overdue_ratio', 'overdue_to_longest', 'orders_30d', 'orders_90d', 'orders_180d', 'orders_decayed_30d', 'orders_decayed_90d', 'days_since_last_visit', 'days_since_last_event',
];

export const repurchaseCycle = defineModel({
  name: 'repurchase_cycle',
  label: { zh: '复购周期', en: 'Repurchase cycle' },
  description: { zh: '个人复购周期、预计下次下单日及其窗口', en: 'Personal cycle, next order date and its window' },
  target: { kind: 'next_order' },
  horizons: [180],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }, { feature: 'days_since_last_order', atMost: 365 }],
  baseline: { name: 'global_gap', rung: 'rule', estimator: 'global_gap' },
  candidates: [
    { name: 'personal_mean_gap', rung: 'rule', estimator: 'personal_mean_gap' },
    { name: 'personal_cycle', rung: 'customer_base', estimator: 'repurchase_cycle' },
    { name: 'hazard_trees', rung: 'boosting', estimator: 'hazard_trees', columns: RHYTHM },
  ],
  cutoffs: { everyDays: 28, most: 6 },
  minimum: { rows: 100, positives: 30 },
});
