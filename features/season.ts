/** The calendar: where in the year the cut-off lies, and on which days and hours the customer buys. */
import { calendar, orderDays, orders, ratio } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('season');

export const SEASON = [
  declare('season_sin', 'score', ['年内时点（正弦）', 'Time of year (sine)'], ['截止日在一年中的位置，圆上的正弦', 'Where the cut-off lies in the year, as the sine on a circle.'], calendar('year_sin'), 'missing'),
  declare('season_cos', 'score', ['年内时点（余弦）', 'Time of year (cosine)'], ['截止日在一年中的位置，圆上的余弦', 'Where the cut-off lies in the year, as the cosine on a circle.'], calendar('year_cos'), 'missing'),
  declare('weekend_order_share', 'share', ['周末下单占比', 'Weekend share'], ['周六周日的下单日占全部下单日的比例', 'Share of order days that were a Saturday or Sunday.'], ratio(orderDays.whereBetween('weekday', 5, 6).count(), orderDays.count()), 'missing'),
  declare('evening_order_share', 'share', ['晚间下单占比', 'Evening share'], ['18 点及以后的订单占比', 'Share of orders placed at 18:00 or later.'], ratio(orders.whereBetween('hour', 18, 23).count(), orders.count()), 'missing'),
  declare('same_season_share', 'share', ['同季订单占比', 'Same-season share'], ['近 365 天订单中落在去年同期 90 天的比例', 'Share of the last 365 days’ orders that fell into the 90 days that followed this day a year ago.'], ratio(orders.between(365, 275).count(), orders.last(365).count()), 'missing'),
];
