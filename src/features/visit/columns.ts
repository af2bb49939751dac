/** The columns of a visit at a moment, with their words. They are no features of a customer on a day, so the feature plan does not know them. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/json.ts';
import type { Bilingual } from '../../base/text.ts';
import type { Unit } from '../units.ts';
import { MOST_LEVELS } from './kinds.ts';
import type { VisitLevels } from './kinds.ts';

export interface VisitColumn {
  readonly name: string;
  readonly label: Bilingual;
  readonly unit: Unit;
  readonly group: string;
  readonly missing: 'missing' | number;
}

const column = (name: string, group: string, unit: Unit, zh: string, en: string, missing: VisitColumn['missing'] = 0): VisitColumn => ({ name, group, unit, label: { zh, en }, missing });

/** Every moment has these, in this order. */
const ALWAYS: readonly VisitColumn[] = [
  column('visit_events', 'visit_length', 'events', '本次访问的动作数', 'Events of this visit'),
  column('visit_views', 'visit_views', 'views', '本次浏览数', 'Views in this visit'),
  column('visit_products', 'visit_products', 'products', '本次看过的商品数', 'Products in this visit'),
  column('visit_categories', 'visit_categories', 'categories', '本次看过的品类数', 'Categories in this visit'),
  column('visit_repeated_views', 'visit_repeated', 'views', '同一商品最多浏览', 'Most views of one product'),
  column('visit_searches', 'visit_searches', 'times', '本次搜索', 'Searches in this visit'),
  column('visit_favourites', 'visit_favourites', 'times', '本次收藏', 'Favourites in this visit'),
  column('visit_inquiries', 'visit_inquiries', 'times', '本次咨询或询价', 'Inquiries in this visit'),
  column('visit_cart_adds', 'visit_cart', 'times', '本次加购', 'Put into the cart'),
  column('visit_cart_removes', 'visit_cart_removes', 'times', '本次移出购物车', 'Taken out of the cart'),
  column('visit_in_cart', 'visit_cart', 'times', '购物车里还有（本次加购减移出）', 'In the cart: put in less taken out'),
  column('visit_checkouts', 'visit_checkouts', 'times', '本次进入结算', 'Checkouts begun'),
  column('visit_minutes', 'visit_length', 'minutes', '访问已进行', 'The visit has lasted'),
  column('visit_silence_seconds', 'visit_silence', 'seconds', '距上一个动作', 'Since the last event'),
  column('visit_seconds_per_event', 'visit_pace', 'seconds', '动作的平均间隔', 'Between two events', 'missing'),
  column('visit_hour', 'visit_hour', 'score', '现在几点（0–23）', 'Hour of the day (0–23)'),
  column('visit_weekday', 'visit_weekday', 'score', '星期几（1 = 周一）', 'Day of the week (1 = Monday)'),
  column('visits_before', 'visits_before', 'visits', '以前的访问', 'Visits before'),
  column('visits_order_share', 'visits_order_share', 'share', '以前的访问中下单的比例', 'Share of earlier visits with an order', 'missing'),
  column('orders_before', 'orders_before', 'orders', '以前的订单', 'Orders before'),
  column('days_since_order_before', 'days_since_order', 'days', '距上次下单', 'Days since the last order', 'missing'),
  column('days_since_visit_before', 'days_since_visit', 'days', '距上次访问', 'Days since the visit before', 'missing'),
];

/** What the two rules look at, and nothing else: see src/features/visit/values.ts. */
export const OWN_RATE_COLUMN = 'visit_own_rate';
export const CART_RULE_COLUMN = 'visit_cart_rule';
export const RULE_COLUMNS: readonly VisitColumn[] = [
  column(OWN_RATE_COLUMN, 'visit_rules', 'share', '以前的访问中下单的比例（半单半次修正）', 'Share of earlier visits with an order, half an order added', 'missing'),
  column(CART_RULE_COLUMN, 'visit_rules', 'views', '浏览数（购物车里有商品时加 100）', 'Views, with 100 more for something in the cart'),
];

const slots = (what: 'channel' | 'device', names: readonly string[], zh: string, en: string): VisitColumn[] =>
  names.map((name, i) => column(`visit_${what}_${i + 1}`, `visit_${what}`, 'flag', `${zh}：${name}`, `${en} ${name}`));

/** The columns of a shop with these channels and devices, in the order of `visitValues`. */
export function visitColumns({ channels, devices }: VisitLevels): readonly VisitColumn[] {
  return [...ALWAYS, ...slots('channel', channels, '本次渠道', 'Came through'), ...slots('device', devices, '本次设备', 'On the device'), ...RULE_COLUMNS];
}

/** Every column that any shop can have: what the registry compares a model's columns with. */
export const VISIT_COLUMNS: readonly VisitColumn[] = visitColumns({
  channels: Array.from({ length: MOST_LEVELS.channels }, (_, i) => String(i + 1)), devices: Array.from({ length: MOST_LEVELS.devices }, (_, i) => String(i + 1)),
});

/** sha256 (hex) over names, units and missing rules. */
export function visitColumnsHash(levels: VisitLevels): string {
  return createHash('sha256').update(canonicalJson(visitColumns(levels).map(({ name, unit, missing }) => ({ name, unit, missing })))).digest('hex');
}
