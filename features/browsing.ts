/** Interest without an order: visits, views, searches, favourites and carts, and how much of it turns into orders. */
import { events, orders, ratio, subtract } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('browsing');

/** Kinds that show the customer looking around. */
export const BROWSING_KINDS = ['visit', 'view', 'search', 'favourite', 'cart'] as const;

const visits = events.ofKind('visit');
const views = events.ofKind('view');
const carts = events.ofKind('cart');
const browsing = events.ofKind(...BROWSING_KINDS);

export const BROWSING = [
  ...[7, 30, 90].map((days) => declare(`visits_${days}d`, 'visits', [`近 ${days} 天到访`, `Visits, last ${days} days`], [`最近 ${days} 天的到访次数`, `Visits in the last ${days} days.`], visits.last(days).count(), 0)),
  ...[7, 30, 90].map((days) => declare(`views_${days}d`, 'views', [`近 ${days} 天浏览`, `Views, last ${days} days`], [`最近 ${days} 天的商品浏览次数`, `Product views in the last ${days} days.`], views.last(days).count(), 0)),
  ...[7, 30, 90].map((days) => declare(`carts_${days}d`, 'times', [`近 ${days} 天加购`, `Carts, last ${days} days`], [`最近 ${days} 天的加购次数`, `Times something was put into the cart in the last ${days} days.`], carts.last(days).count(), 0)),
  declare('searches_30d', 'times', ['近 30 天搜索', 'Searches, last 30 days'], ['最近 30 天的搜索次数', 'Searches in the last 30 days.'], events.ofKind('search').last(30).count(), 0),
  declare('favourites_90d', 'times', ['近 90 天收藏', 'Favourites, last 90 days'], ['最近 90 天的收藏次数', 'Products marked as favourite in the last 90 days.'], events.ofKind('favourite').last(90).count(), 0),
  declare('active_days_30d', 'days', ['近 30 天活跃天数', 'Active days, last 30 days'], ['最近 30 天里有到访、浏览、搜索、收藏或加购的天数', 'Different days with any browsing in the last 30 days.'], browsing.last(30).countDistinct('local_day'), 0),
  declare('sessions_30d', 'visits', ['近 30 天会话数', 'Sessions, last 30 days'], ['最近 30 天不同的会话数', 'Different sessions in the last 30 days.'], browsing.last(30).countDistinct('session'), 0),
  declare('viewed_products_30d', 'products', ['近 30 天浏览商品种数', 'Products viewed, last 30 days'], ['最近 30 天浏览过的不同商品数', 'Different products viewed in the last 30 days.'], views.last(30).countDistinct('product'), 0),
  declare('top_viewed_product_views_30d', 'views', ['近 30 天同一商品最多浏览', 'Most views of one product, last 30 days'], ['最近 30 天同一商品被浏览的最多次数', 'Views of the product that was viewed most in the last 30 days.'], views.last(30).topCount('product'), 0),
  declare('views_change_30d', 'views', ['近 30 天浏览变化', 'Change in views, 30 days'], ['最近 30 天比再前 30 天多出的浏览次数', 'Views of the last 30 days minus those of the 30 days before.'], subtract(views.last(30).count(), views.between(60, 30).count()), 0),
  declare('views_decayed_14d', 'score', ['衰减浏览（半衰期 14 天）', 'Faded views (half-life 14 days)'], ['浏览次数，每过 14 天权重减半', 'Views, each counting half after every 14 days.'], views.decayed(14), 0),
  declare('orders_per_cart_90d', 'multiple', ['近 90 天加购成交', 'Orders per cart, last 90 days'], ['最近 90 天订单数与加购次数之比', 'Orders ÷ carts in the last 90 days.'], ratio(orders.last(90).count(), carts.last(90).count()), 'missing'),
  declare('orders_per_visit_90d', 'multiple', ['近 90 天到访成交', 'Orders per visit, last 90 days'], ['最近 90 天订单数与到访次数之比', 'Orders ÷ visits in the last 90 days.'], ratio(orders.last(90).count(), visits.last(90).count()), 'missing'),
];
