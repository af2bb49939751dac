/** The rules of the stages in words, for people who set them and people who ask. */
import type { Bilingual } from '../../base/text.ts';
import type { LifecycleRules } from './rules.ts';

export const RULE_LABELS = {
  slippingAfterCycles: { zh: '衰退：沉默超过几个个人周期', en: 'Slipping after so many personal cycles of silence' },
  dormantAfterCycles: { zh: '沉睡：沉默超过几个个人周期', en: 'Dormant after so many' },
  churnedAfterCycles: { zh: '流失：沉默超过几个个人周期', en: 'Churned after so many' },
  loyalFromOrders: { zh: '成熟：订单数不少于', en: 'Loyal from so many orders' },
  shortestCycleDays: { zh: '个人周期下限（天）', en: 'Shortest personal cycle, days' },
  longestCycleDays: { zh: '个人周期上限（天）', en: 'Longest personal cycle, days' },
  forecastDays: { zh: '预测下一阶段的期限（天）', en: 'Horizon of the predicted next stage, days' },
} as const satisfies Readonly<Record<Exclude<keyof LifecycleRules, 'minimumStayDays'>, Bilingual>>;

export const STAY_LABEL: Bilingual = { zh: '最短停留（天）：仅因沉默的变化要等满，下单立即生效', en: 'Minimum stay, days: changes by silence alone wait for it, an order does not' };
