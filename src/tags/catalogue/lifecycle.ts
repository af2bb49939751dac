/** The eight lifecycle stages 生命周期, and the tags of the stage now and next. */
import { band } from './definition.ts';
import type { TagDefinition } from './definition.ts';

export const STAGES = [
  band('lead', '潜客', 'Lead'), band('new', '新客', 'New'), band('growing', '成长', 'Growing'), band('loyal', '成熟', 'Loyal'),
  band('slipping', '衰退', 'Slipping'), band('dormant', '沉睡', 'Dormant'), band('churned', '流失', 'Churned'), band('reactivated', '回流', 'Reactivated'),
] as const;

export const LIFECYCLE_TAG: TagDefinition = {
  key: 'lifecycle_stage', kind: 'lifecycle', category: 'lifecycle', valueType: 'text', bands: STAGES, ttlDays: 7,
  label: { zh: '生命周期阶段', en: 'Lifecycle stage' },
  description: { zh: '按个人复购周期判断的所处阶段', en: 'The stage, judged by the customer\'s own repurchase cycle' },
};

export const NEXT_STAGE_TAG: TagDefinition = {
  key: 'lifecycle_next_stage', kind: 'lifecycle', category: 'lifecycle', valueType: 'text', bands: STAGES, ttlDays: 3, model: 'purchase_intent',
  label: { zh: '预测下一阶段', en: 'Predicted next stage' },
  description: { zh: '到期限末（默认30天）最可能所处的阶段及其概率，由购买概率和沉默规则得出', en: 'The most likely stage at the end of the horizon (30 days by default) with its probability, from the purchase probability and the rules of silence' },
};

export const LIFECYCLE_TAGS: readonly TagDefinition[] = [LIFECYCLE_TAG, NEXT_STAGE_TAG];
