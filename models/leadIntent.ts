/** Lead intent 线索意向: a first order within 30 days, among people who have looked around within 90 days and never ordered. */
import { defineModel } from '../src/training/define.ts';

export const leadIntent = defineModel({
  name: 'lead_intent',
  label: { zh: '线索意向', en: 'Lead intent' },
  description: { zh: '近90天活跃但从未下单的线索在未来30天内首次下单的概率', en: 'Probability of a first order in the next 30 days, for leads who were active in the last 90 days and never ordered' },
  target: { kind: 'order' },
  horizons: [30],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atMost: 0 }, { feature: 'days_since_last_visit', atMost: 90 }],
  optional: true,
  withoutFeatures: ['season_sin', 'season_cos'],
  baseline: { name: 'recency_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_visit' } },
  candidates: [{ name: 'logistic', rung: 'linear', estimator: 'logistic_regression' }],
  cutoffs: { everyDays: 28, most: 6 },
  minimum: { rows: 100, positives: 20 },
});
