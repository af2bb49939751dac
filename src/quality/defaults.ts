/** Rules that make sense for any shop: they hold where the data are right, and have nothing to check where a shop has no such field. */
import type { QualityRule } from './schema.ts';

const rule = (key: string, zh: string, en: string, check: QualityRule['check'], mostBad: number, more: Partial<QualityRule> = {}): QualityRule =>
  ({ key, label: { zh, en }, check, mostBad, days: 30, status: 'enabled', holdsNight: false, owner: 'product', ...more });

export const DEFAULT_RULES: readonly QualityRule[] = [
  rule('order_amount_present', '订单有金额', 'Orders have an amount', { field: { events: 'order', column: 'amount' }, test: { present: true } }, 0.01),
  rule('order_amount_not_negative', '订单金额不为负', 'Order amounts are not negative', { field: { events: 'order', column: 'amount' }, test: { range: { min: 0 } } }, 0.001),
  rule('order_quantity_positive', '订单数量大于零', 'Order quantities are above zero', { field: { events: 'order', column: 'quantity' }, test: { range: { min: 0.0001 } } }, 0.001),
  rule('order_discount_not_negative', '优惠金额不为负', 'Discounts are not negative', { field: { events: 'order', column: 'discount' }, test: { range: { min: 0 } } }, 0.001),
  rule('refund_amount_not_positive', '退款金额不为正', 'Refund amounts are not positive', { field: { events: 'refund', column: 'amount' }, test: { range: { max: 0 } } }, 0.001),
  rule('refunds_within_order', '退款不超过订单金额', 'Refunds are not above their order', { refunds: 'within_order' }, 0.01),
  rule('refunds_after_order', '退款不早于订单', 'Refunds do not come before their order', { refunds: 'after_order' }, 0.01),
  rule('events_not_in_future', '事件时间不在未来', 'Events are not in the future', { notInFuture: true }, 0),
  rule('phone_format', '电话号码格式正确', 'Phone numbers look like one', { field: { identity: 'phone' }, test: { format: 'phone' } }, 0.02),
  rule('email_format', '邮箱格式正确', 'E-mail addresses look like one', { field: { identity: 'email' }, test: { format: 'email' } }, 0.02),
  rule('orders_fresh', '订单按时到达', 'Orders keep arriving', { fresh: 'order', gaps: 3 }, 0),
];
