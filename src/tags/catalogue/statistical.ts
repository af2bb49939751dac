/** Statistical tags 统计类: plain facts of the history, no model involved. */
import type { TagDefinition } from './definition.ts';

const daily = { kind: 'statistical', ttlDays: 2 } as const;

export const STATISTICAL_TAGS: readonly TagDefinition[] = [
  { ...daily, key: 'orders_total', category: 'activity', valueType: 'number', unit: 'orders', label: { zh: '累计订单数', en: 'Orders so far' }, description: { zh: '历史订单总数', en: 'Number of orders so far' } },
  { ...daily, key: 'orders_365d', category: 'activity', valueType: 'number', unit: 'orders', label: { zh: '近一年订单数', en: 'Orders in 365 days' }, description: { zh: '最近365天的订单数', en: 'Number of orders in the last 365 days' } },
  { ...daily, key: 'days_since_last_order', category: 'activity', valueType: 'number', unit: 'days', label: { zh: '距上次下单天数', en: 'Days since last order' }, description: { zh: '距最近一次下单的天数', en: 'Days since the most recent order' } },
  { ...daily, key: 'avg_order_value', category: 'value', valueType: 'number', unit: 'currency', label: { zh: '平均客单价', en: 'Average order value' }, description: { zh: '扣除退款后的平均每单金额', en: 'Average amount per order, net of refunds' } },
  { ...daily, key: 'clv_historic', category: 'value', valueType: 'number', unit: 'currency', label: { zh: '历史价值', en: 'Historic value' }, description: { zh: '历史消费总额，已扣除退款', en: 'Everything the customer has paid, net of refunds' } },
  { ...daily, key: 'refund_share', category: 'behaviour', valueType: 'number', unit: 'share', label: { zh: '退款占比', en: 'Refund share' }, description: { zh: '退款金额占消费金额的比例', en: 'Refunded amount as a share of the amount ordered' } },
  { ...daily, key: 'discount_share', category: 'behaviour', valueType: 'number', unit: 'share', label: { zh: '优惠占比', en: 'Discount share' }, description: { zh: '优惠金额占原价的比例', en: 'Discounts as a share of the full price' } },
  { ...daily, key: 'overdue_ratio', category: 'cycle', valueType: 'number', unit: 'ratio', label: { zh: '沉默倍数', en: 'Silence ratio' }, description: { zh: '距上次下单天数 ÷ 个人复购周期', en: 'Days since the last order ÷ the personal repurchase cycle' } },
];
