/**
 * How much. Net spend is the cash view: order lines plus every refund, at the time each happened, so a refund that names no order counts too.
 * Values per order belong to orders: a refund reduces the order it names.
 */
import { constant, events, orders, ratio, subtract } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('spend');
const cash = events.ofKind('order', 'refund');
const refunds = events.ofKind('refund');
const refunded = subtract(constant(0), refunds.sum('amount'));

export const SPEND = [
  declare('net_spend_total', 'money', ['累计净消费', 'Net spend, all time'], ['全部订单金额减去全部退款', 'All order amounts minus all refunds.'], cash.sum('amount'), 0),
  ...[30, 90, 180, 365].map((days) => declare(`net_spend_${days}d`, 'money', [`近 ${days} 天净消费`, `Net spend, last ${days} days`],
    [`最近 ${days} 天订单金额减去同期退款`, `Order amounts minus refunds of the last ${days} days.`], cash.last(days).sum('amount'), 0)),
  declare('net_spend_change_90d', 'money', ['近 90 天净消费变化', 'Change in net spend, 90 days'],
    ['最近 90 天比再前 90 天多花的金额', 'Net spend of the last 90 days minus that of the 90 days before.'], subtract(cash.last(90).sum('amount'), cash.between(180, 90).sum('amount')), 0),
  declare('net_spend_90d_to_365d', 'share', ['近 90 天占近 365 天净消费', 'Last 90 of last 365 days, net spend'],
    ['近 365 天净消费里最近 90 天的占比', 'Share of the last 365 days’ net spend that fell into the last 90.'], ratio(cash.last(90).sum('amount'), cash.last(365).sum('amount')), 'missing'),
  declare('gross_spend_total', 'money', ['累计订单金额', 'Gross spend, all time'], ['退款前的全部订单金额', 'All order amounts before refunds.'], orders.sum('gross'), 0),
  declare('gross_spend_decayed_90d', 'money', ['衰减消费（半衰期 90 天）', 'Faded spend (half-life 90 days)'],
    ['订单金额，每过 90 天权重减半', 'Order amounts, each counting half after every 90 days.'], orders.decayed(90, 'gross'), 0),
  declare('avg_order_value', 'money', ['平均客单价', 'Average order value'], ['每单金额的平均值（退款前）', 'Average amount of an order, before refunds.'], orders.avg('gross'), 'missing'),
  declare('avg_order_value_365d', 'money', ['近 365 天客单价', 'Average order value, last 365 days'], ['最近 365 天每单金额的平均值', 'Average amount of an order in the last 365 days.'], orders.last(365).avg('gross'), 'missing'),
  declare('median_order_value', 'money', ['客单价中位数', 'Median order value'], ['每单金额的中位数', 'Half of the orders were at most this large.'], orders.median('gross'), 'missing'),
  declare('max_order_value', 'money', ['最大单金额', 'Largest order'], ['金额最大的一单', 'Amount of the largest order.'], orders.max('gross'), 'missing'),
  declare('last_order_value', 'money', ['上次订单金额', 'Last order value'], ['最近一单的金额', 'Amount of the latest order.'], orders.lastValue('gross'), 'missing'),
  declare('last_order_to_average', 'multiple', ['上次订单与均值之比', 'Last order to average'], ['最近一单是平均客单价的几倍', 'Latest order amount ÷ average order amount.'], ratio(orders.lastValue('gross'), orders.avg('gross')), 'missing'),
  declare('order_value_cv', 'multiple', ['客单价波动', 'Spread of order values'], ['每单金额的标准差除以均值', 'Standard deviation of order amounts ÷ their mean.'], ratio(orders.stddev('gross'), orders.avg('gross')), 'missing'),
  declare('items_per_order', 'items', ['每单件数', 'Items per order'], ['平均每单的商品件数', 'Average quantity in an order.'], orders.avg('quantity'), 'missing'),
  declare('lines_per_order', 'lines', ['每单行数', 'Lines per order'], ['平均每单的商品行数', 'Average number of lines in an order.'], orders.avg('lines'), 'missing'),
  declare('refunds_total', 'times', ['累计退款次数', 'Refunds, all time'], ['全部退款次数', 'All refunds.'], refunds.count(), 0),
  declare('refunds_90d', 'times', ['近 90 天退款次数', 'Refunds, last 90 days'], ['最近 90 天的退款次数', 'Refunds in the last 90 days.'], refunds.last(90).count(), 0),
  declare('refund_share', 'share', ['退款占比', 'Refund share'], ['退款金额占订单金额的比例', 'Refunded amount ÷ order amount.'], ratio(refunded, orders.sum('gross')), 'missing'),
  declare('refunded_orders_share', 'share', ['退款订单占比', 'Orders with a refund'], ['有过退款的订单占全部订单的比例', 'Share of orders that have a refund of their own.'], ratio(orders.whereBetween('refunded', -1e14, -0.0001).count(), orders.count()), 'missing'),
];
