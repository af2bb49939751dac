/** Repurchase cycle 复购周期: days until the next order given the silence so far, with windows; customers who stay away longer are still waiting. */
import { defineModel } from '../src/training/define.ts';

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
  ],
  cutoffs: { everyDays: 28, most: 6 },
  minimum: { rows: 100, positives: 30 },
});
