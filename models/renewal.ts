/**
 * Renewal 续费: a further paid period before the grace days are over, among customers whose paid time ends within the horizon. For contract businesses; `contracts` in the shop's
 * configuration turns it on (docs/contracts.md).
 */
import type { ContractSettings } from '../src/training/contractSettings.ts';
import { defineModel } from '../src/training/define.ts';
import type { ModelDefinition } from '../src/training/define.ts';

export function renewalModel({ horizonsDays, graceDays }: ContractSettings): ModelDefinition {
  return defineModel({
    name: 'renewal',
    label: { zh: '续费预测', en: 'Renewal' },
    description: { zh: `合同在H天内到期的客户，在到期后${graceDays}天内开始新一期付费的概率`, en: `Probability of a further paid period within ${graceDays} days after the end, for customers whose contract ends in the next H days` },
    target: { kind: 'renewal', graceDays },
    horizons: [...horizonsDays].sort((a, b) => a - b),
    observations: { at: 'cutoffs' },
    population: [{ feature: 'contract_days_left', atLeast: 0, belowHorizon: true }],
    optional: true,
    withoutFeatures: ['season_sin', 'season_cos'],
    withGroups: ['contracts'],
    // Where contracts must be cancelled months ahead, the cancellation is the answer.
    deciding: ['contract_cancelled', 'contract_days_since_cancelled', 'contract_cancellations'],
    baseline: { name: 'own_rate', rung: 'rule', estimator: 'base_rate' },
    candidates: [
      { name: 'renewals_rule', rung: 'rule', estimator: 'column_rule', params: { column: 'contract_renewals' } },
      // One renewal ahead, counted in renewals: a month or a year, the contract says.
      { name: 'shifted_beta_geometric', rung: 'customer_base', estimator: 'shifted_beta_geometric', params: { output: 'renew', tenure: 'contract_renewals', tenureDays: 1, periodDays: 1, horizonDays: 1 } },
      { name: 'logistic', rung: 'linear', estimator: 'logistic_regression' },
      { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } },
    ],
    cutoffs: { everyDays: 28, most: 10 },
    minimum: { rows: 200, positives: 30 },
  });
}
