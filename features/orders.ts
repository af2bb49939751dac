/** How often: orders in total, in windows, against earlier windows, faded by age, and in the same season of last year. */
import { orderDays, orders, ratio, subtract } from '../src/features/define.ts';
import { declareIn, WINDOW_DAYS } from './words.ts';

const declare = declareIn('orders');
const before = (from: number, to: number) => orders.between(from, to).count();

export const ORDERS = [
  declare('orders_total', 'orders', ['累计订单数', 'Orders, all time'], ['截止日前的全部订单数', 'All orders before the cut-off.'], orders.count(), 0),
  ...WINDOW_DAYS.map((days) => declare(`orders_${days}d`, 'orders', [`近 ${days} 天订单数`, `Orders, last ${days} days`],
    [`最近 ${days} 天的订单数`, `Orders in the ${days} days before the cut-off.`], orders.last(days).count(), 0)),
  declare('order_days_365d', 'order_days', ['近 365 天下单日数', 'Order days, last 365 days'],
    ['最近 365 天里有下单的天数', 'Different days with an order in the last 365 days.'], orderDays.last(365).count(), 0),
  declare('orders_change_30d', 'orders', ['近 30 天订单变化', 'Change in orders, 30 days'],
    ['最近 30 天比再前 30 天多出的订单数', 'Orders of the last 30 days minus those of the 30 days before.'], subtract(orders.last(30).count(), before(60, 30)), 0),
  declare('orders_change_90d', 'orders', ['近 90 天订单变化', 'Change in orders, 90 days'],
    ['最近 90 天比再前 90 天多出的订单数', 'Orders of the last 90 days minus those of the 90 days before.'], subtract(orders.last(90).count(), before(180, 90)), 0),
  declare('orders_30d_to_90d', 'share', ['近 30 天占近 90 天订单', 'Last 30 of last 90 days, orders'],
    ['近 90 天订单里有多少在最近 30 天', 'Share of the last 90 days’ orders that fell into the last 30.'], ratio(orders.last(30).count(), orders.last(90).count()), 'missing'),
  declare('orders_90d_to_365d', 'share', ['近 90 天占近 365 天订单', 'Last 90 of last 365 days, orders'],
    ['近 365 天订单里有多少在最近 90 天', 'Share of the last 365 days’ orders that fell into the last 90.'], ratio(orders.last(90).count(), orders.last(365).count()), 'missing'),
  ...[30, 90, 365].map((halfLife) => declare(`orders_decayed_${halfLife}d`, 'score', [`衰减订单数（半衰期 ${halfLife} 天）`, `Faded orders (half-life ${halfLife} days)`],
    [`订单数，每过 ${halfLife} 天权重减半`, `Orders, each counting half after every ${halfLife} days.`], orders.decayed(halfLife), 0)),
  ...[30, 90].map((days) => declare(`orders_same_season_last_year_${days}d`, 'orders', [`去年同期 ${days} 天订单数`, `Orders, same ${days} days last year`],
    [`去年此日起 ${days} 天内的订单数`, `Orders in the ${days} days that followed this day a year (365 days) ago.`], before(365, 365 - days), 0)),
];
