/** Tags of contracts 续费: whether the customer goes on paying, and how long the paid time lasts. They are there as long as a version of the renewal model serves (docs/contracts.md). */
import { band } from './definition.ts';
import type { TagDefinition } from './definition.ts';

export const RENEWAL_MODEL = 'renewal';

export const RENEWAL_BANDS = [band('at_risk', '需挽留', 'At risk'), band('usual', '一般', 'As usual'), band('safe', '稳定', 'Safe')] as const;

export const RENEWAL_TAGS: readonly TagDefinition[] = [
  {
    key: 'renewal_prob', kind: 'predictive', category: 'churn', ttlDays: 3, valueType: 'number', unit: 'probability', bands: RENEWAL_BANDS, model: RENEWAL_MODEL, label: { zh: '续费概率', en: 'Renewal probability' },
    description: {
      zh: '合同即将到期的客户在到期后的宽限期内开始新一期付费的概率（已校准），分档相对同类客户的平均水平；没有即将到期合同的客户不适用，到期后标签失效',
      en: 'Calibrated probability of a further paid period before the grace days are over, for customers whose contract is about to end; bands are relative to the average of such customers; not for others, and stale once the contract has ended',
    },
  },
  {
    key: 'contract_days_left', kind: 'statistical', category: 'cycle', ttlDays: 2, valueType: 'number', unit: 'days', label: { zh: '合同剩余天数', en: 'Days to the end of the contract' },
    description: { zh: '到已付费时间最后一天的天数，0 为当天到期；没有在期合同的客户不适用', en: 'Days to the last paid day, 0 ends on the day; not for customers without a running contract' },
  },
];

/** None where no version of the renewal model serves. */
export function renewalDefinitions(served: boolean): readonly TagDefinition[] {
  return served ? RENEWAL_TAGS : [];
}
