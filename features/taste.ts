/** What and where: categories, products, channels and discounts of the order lines. */
import { add, events, orders, ratio, subtract } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('taste');
const lines = events.ofKind('order');
const year = lines.last(365);
const saved = orders.sum('discount');

export const TASTE = [
  declare('distinct_categories_365d', 'categories', ['近 365 天购买品类数', 'Categories, last 365 days'], ['最近 365 天买过的不同品类数', 'Different categories bought in the last 365 days.'], year.countDistinct('category'), 0),
  declare('distinct_products_365d', 'products', ['近 365 天购买商品种数', 'Products, last 365 days'], ['最近 365 天买过的不同商品数', 'Different products bought in the last 365 days.'], year.countDistinct('product'), 0),
  declare('distinct_channels_365d', 'channels', ['近 365 天购买渠道数', 'Channels, last 365 days'], ['最近 365 天下单用过的不同渠道数', 'Different channels of orders in the last 365 days.'], year.countDistinct('channel'), 0),
  declare('top_category_share', 'share', ['首选品类占比', 'Top category share'], ['最常买的品类占订单行的比例', 'Share of order lines in the category bought most often.'], ratio(lines.topCount('category'), lines.countKnown('category')), 'missing'),
  declare('top_channel_share', 'share', ['首选渠道占比', 'Top channel share'], ['最常用的渠道占订单行的比例', 'Share of order lines in the channel used most often.'], ratio(lines.topCount('channel'), lines.countKnown('channel')), 'missing'),
  declare('top_product_share', 'share', ['最常购商品占比', 'Top product share'], ['最常买的商品占订单行的比例', 'Share of order lines with the product bought most often.'], ratio(lines.topCount('product'), lines.countKnown('product')), 'missing'),
  declare('repeat_product_share_365d', 'share', ['近 365 天重复购买占比', 'Repeat purchases, last 365 days'], ['最近 365 天订单行中重复购买同一商品的比例', 'Share of order lines of the last 365 days that repeat a product of the same period.'],
    ratio(subtract(year.countKnown('product'), year.countDistinct('product')), year.countKnown('product')), 'missing'),
  declare('discount_share', 'share', ['优惠占比', 'Discount share'], ['优惠金额占优惠前金额的比例', 'Discounts ÷ amount before discounts.'], ratio(saved, add(orders.sum('gross'), saved)), 'missing'),
  declare('discounted_orders_share', 'share', ['优惠订单占比', 'Orders with a discount'], ['有优惠的订单占全部订单的比例', 'Share of orders that had a discount.'], ratio(orders.whereAbove('discount', 0).count(), orders.count()), 'missing'),
  declare('discounted_orders_share_180d', 'share', ['近 180 天优惠订单占比', 'Orders with a discount, last 180 days'], ['最近 180 天有优惠的订单比例', 'Share of the last 180 days’ orders that had a discount.'], ratio(orders.last(180).whereAbove('discount', 0).count(), orders.last(180).count()), 'missing'),
];
