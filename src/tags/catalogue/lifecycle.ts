/** The eight lifecycle stages 生命周期 and their tag. */
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
