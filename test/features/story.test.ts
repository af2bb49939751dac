/** Every feature of the catalogue with a value computed by hand, in a small shop of named people. The shop lives in Shanghai time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../features/index.ts';
import { startOfDay } from '../../src/base/time.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { featurePlan } from '../../src/features/plan.ts';
import type { Columns } from '../../src/store/columns/columns.ts';
import type { FeatureMatrix } from '../../src/features/matrix.ts';
import { shopColumns } from './shop.ts';
import type { Shop, ShopEvent } from './shop.ts';

const ZONE = 'Asia/Shanghai';
const plan = featurePlan(FEATURES, { timeZone: ZONE });
/** The cut-off is Wednesday 2026-07-01, 00:00. */
const asOf = startOfDay('2026-07-01', ZONE);
/** `days` before the cut-off, at an hour of that local day. */
const ago = (days: number, hour = 12): number => asOf - days * 86_400_000 + hour * 3_600_000;
/** Ola, the third customer, has no events. */
const [MEI, LIN] = [0, 1];

/**
 * Mei orders on four days: 400 days ago (100.00), 300 (60.00), 100 (80.00 in two lines, 20.00 saved), 20 (40.00 and, in the evening, 120.00 more).
 * 10.00 of the fourth order come back 10 days ago, and 5.00 without a word which order they belong to 95 days ago.
 * Lin only looks around. Ola has an account and nothing else.
 */
const meiOrders: ShopEvent[] = [
  { customer: MEI, at: ago(400), kind: 'order', amount: '100', quantity: '2', orderRef: 'M1', product: 'tea', category: 'drinks', channel: 'store' },
  { customer: MEI, at: ago(300), kind: 'order', amount: '60', quantity: '1', orderRef: 'M2', product: 'tea', category: 'drinks', channel: 'web' },
  { customer: MEI, at: ago(100), kind: 'order', amount: '50', quantity: '1', orderRef: 'M3', product: 'cup', category: 'home', channel: 'web', discount: '20' },
  { customer: MEI, at: ago(100), kind: 'order', amount: '30', quantity: '3', orderRef: 'M3', product: 'tea', category: 'drinks', channel: 'web' },
  { customer: MEI, at: ago(20), kind: 'order', amount: '40', quantity: '1', orderRef: 'M4', product: 'tea', category: 'drinks', channel: 'web' },
  { customer: MEI, at: ago(20, 19), kind: 'order', amount: '120', quantity: '4', orderRef: 'M5', product: 'pot', category: 'home', channel: 'app' },
  { customer: MEI, at: ago(10), kind: 'refund', amount: '-10', orderRef: 'M4' },
  { customer: MEI, at: ago(95), kind: 'refund', amount: '-5' },
];
const touch = (customer: number, kind: string, days: number, more: Partial<ShopEvent> = {}): ShopEvent => ({ customer, at: ago(days), kind, ...more });
const shop: Shop = {
  customers: [{ createdAt: ago(380) }, { createdAt: ago(60) }, { createdAt: ago(7, 0) }],
  events: [
    ...meiOrders,
    ...['message_sent', 'message_sent', 'message_sent', 'message_sent'].map((kind, i) => touch(MEI, kind, 5 + 20 * i)), touch(MEI, 'message_open', 5), touch(MEI, 'message_click', 6), touch(MEI, 'message_open', 100),
    touch(MEI, 'complaint', 15), touch(MEI, 'complaint', 200), touch(MEI, 'inquiry', 25), touch(MEI, 'service', 89), touch(MEI, 'unsubscribe', 1), touch(MEI, 'campaign', 30), touch(MEI, 'campaign', 91),
    touch(MEI, 'coupon_redeemed', 100), touch(MEI, 'coupon_redeemed', 300), touch(MEI, 'referral', 3), touch(MEI, 'cart', 20), touch(MEI, 'cart', 21), touch(MEI, 'visit', 20), touch(MEI, 'visit', 60), touch(MEI, 'visit', 80), touch(MEI, 'visit', 90),
    touch(LIN, 'visit', 2, { session: 's1' }), touch(LIN, 'view', 2, { product: 'tea', session: 's1' }), touch(LIN, 'view', 2, { product: 'tea', session: 's1' }), touch(LIN, 'view', 14, { product: 'cup', session: 's2' }),
    touch(LIN, 'view', 45, { product: 'pot' }), touch(LIN, 'cart', 1), touch(LIN, 'search', 9), touch(LIN, 'favourite', 50),
  ],
};

const half = (days: number, halfLife: number): number => 2 ** (-days / halfLife);
/** Ages of Mei's orders in days: noon is half a day short of the full count, 19:00 five hours more. */
const AGES = [399.5, 299.5, 99.5, 19.5, 20 - 19 / 24];
const GROSS = [100, 60, 80, 40, 120];
const spread = (values: number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
};
const NONE = Number.NaN;
/** 1 July is day 181 of 365 after New Year. */
const ANGLE = (2 * Math.PI * 181) / 365;

/** Expected values of Mei, Lin and Ola. */
const EXPECTED: Readonly<Record<string, readonly [number, number, number]>> = {
  // Mei was known before her record: by her first order.
  account_age_days: [399.5, 59.5, 7],
  days_since_last_order: [20 - 19 / 24, NONE, NONE], days_since_first_order: [399.5, NONE, NONE], days_since_last_event: [0.5, 0.5, NONE], days_since_last_visit: [19.5, 0.5, NONE],
  days_since_last_cart: [19.5, 0.5, NONE], days_since_last_refund: [9.5, NONE, NONE],
  orders_total: [5, 0, 0], orders_7d: [0, 0, 0], orders_30d: [2, 0, 0], orders_90d: [2, 0, 0], orders_180d: [3, 0, 0], orders_365d: [4, 0, 0], order_days_365d: [3, 0, 0],
  orders_change_30d: [2, 0, 0], orders_change_90d: [1, 0, 0], orders_30d_to_90d: [1, NONE, NONE], orders_90d_to_365d: [0.5, NONE, NONE],
  orders_decayed_30d: [AGES.reduce((sum, age) => sum + half(age, 30), 0), 0, 0], orders_decayed_90d: [AGES.reduce((sum, age) => sum + half(age, 90), 0), 0, 0], orders_decayed_365d: [AGES.reduce((sum, age) => sum + half(age, 365), 0), 0, 0],
  // 365 to 335 days ago: none; 365 to 275 days ago: the order of 300 days ago.
  orders_same_season_last_year_30d: [0, 0, 0], orders_same_season_last_year_90d: [1, 0, 0],
  net_spend_total: [385, 0, 0], net_spend_30d: [150, 0, 0], net_spend_90d: [150, 0, 0], net_spend_180d: [225, 0, 0], net_spend_365d: [285, 0, 0], net_spend_change_90d: [75, 0, 0], net_spend_90d_to_365d: [150 / 285, NONE, NONE],
  gross_spend_total: [400, 0, 0], gross_spend_decayed_90d: [AGES.reduce((sum, age, i) => sum + GROSS[i] * half(age, 90), 0), 0, 0], avg_order_value: [80, NONE, NONE], avg_order_value_365d: [75, NONE, NONE],
  median_order_value: [80, NONE, NONE], max_order_value: [120, NONE, NONE], last_order_value: [120, NONE, NONE], last_order_to_average: [1.5, NONE, NONE], order_value_cv: [spread(GROSS) / 80, NONE, NONE],
  items_per_order: [12 / 5, NONE, NONE], lines_per_order: [6 / 5, NONE, NONE], refunds_total: [2, 0, 0], refunds_90d: [1, 0, 0], refund_share: [15 / 400, NONE, NONE], refunded_orders_share: [0.2, NONE, NONE],
  // Order days 400, 300, 100 and 20 days ago: gaps 100, 200, 80, the newest last.
  gap_count: [3, 0, 0], gap_mean_days: [380 / 3, NONE, NONE], gap_median_days: [100, NONE, NONE], gap_p90_days: [180, NONE, NONE], gap_std_days: [spread([100, 200, 80]), NONE, NONE], gap_cv: [spread([100, 200, 80]) / (380 / 3), NONE, NONE],
  gap_ewm_days: [(80 + 0.7 * 200 + 0.49 * 100) / (1 + 0.7 + 0.49), NONE, NONE], gap_last_days: [80, NONE, NONE], gap_max_days: [200, NONE, NONE], gap_last_to_mean: [80 / (380 / 3), NONE, NONE],
  overdue_ratio: [(20 - 19 / 24) / (380 / 3), NONE, NONE], overdue_to_longest: [(20 - 19 / 24) / 200, NONE, NONE],
  // Net of the repeat days: 60, 80, 40 − 10 + 120; the refund without an order reduces none of them.
  btyd_frequency: [3, 0, 0], btyd_recency_days: [380, NONE, NONE], btyd_age_days: [400, NONE, NONE], btyd_monetary: [290 / 3, NONE, NONE],
  visits_7d: [0, 1, 0], visits_30d: [1, 1, 0], visits_90d: [4, 1, 0], views_7d: [0, 2, 0], views_30d: [0, 3, 0], views_90d: [0, 4, 0], carts_7d: [0, 1, 0], carts_30d: [2, 1, 0], carts_90d: [2, 1, 0],
  searches_30d: [0, 1, 0], favourites_90d: [0, 1, 0], active_days_30d: [2, 4, 0], sessions_30d: [0, 2, 0], viewed_products_30d: [0, 2, 0], top_viewed_product_views_30d: [0, 2, 0], views_change_30d: [0, 2, 0],
  views_decayed_14d: [0, 2 * half(1.5, 14) + half(13.5, 14) + half(44.5, 14), 0], orders_per_cart_90d: [1, 0, NONE], orders_per_visit_90d: [0.5, 0, NONE],
  messages_sent_30d: [2, 0, 0], messages_sent_90d: [4, 0, 0], message_opens_90d: [1, 0, 0], message_open_rate_90d: [0.25, NONE, NONE], message_click_rate_90d: [0.25, NONE, NONE], days_since_last_open: [4.5, NONE, NONE],
  unsubscribes_total: [1, 0, 0], campaigns_90d: [1, 0, 0], coupons_redeemed_total: [2, 0, 0], coupons_redeemed_180d: [1, 0, 0], referrals_total: [1, 0, 0],
  complaints_90d: [1, 0, 0], complaints_365d: [2, 0, 0], days_since_last_complaint: [14.5, NONE, NONE], inquiries_30d: [1, 0, 0], service_contacts_90d: [3, 0, 0],
  distinct_categories_365d: [2, 0, 0], distinct_products_365d: [3, 0, 0], distinct_channels_365d: [2, 0, 0], top_category_share: [4 / 6, NONE, NONE], top_channel_share: [4 / 6, NONE, NONE], top_product_share: [4 / 6, NONE, NONE],
  repeat_product_share_365d: [2 / 5, NONE, NONE], discount_share: [20 / 420, NONE, NONE], discounted_orders_share: [0.2, NONE, NONE], discounted_orders_share_180d: [1 / 3, NONE, NONE],
  // The order days are Tue 2025-05-27, Thu 2025-09-04, Mon 2026-03-23, Thu 2026-06-11.
  season_sin: [Math.sin(ANGLE), Math.sin(ANGLE), Math.sin(ANGLE)], season_cos: [Math.cos(ANGLE), Math.cos(ANGLE), Math.cos(ANGLE)], weekend_order_share: [0, NONE, NONE], evening_order_share: [0.2, NONE, NONE], same_season_share: [0.25, NONE, NONE],
};

describe('the story of Mei, Lin and Ola', () => {
  let columns: Columns;
  let built: FeatureMatrix;
  beforeAll(async () => {
    columns = await shopColumns(shop);
    built = await buildFeatures(columns, plan, { asOf });
  });
  afterAll(() => columns.close());

  test('tells every feature of the catalogue', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...plan.names]);
  });

  test.each(plan.names)('%s', (name) => {
    const values = built.matrix.columns.find((column) => column.name === name)?.values ?? new Float64Array();
    const expected = EXPECTED[name];
    expect(values.length).toBe(3);
    const wrong = expected.filter((wanted, row) => !(Number.isNaN(wanted) ? Number.isNaN(values[row]) : Math.abs(values[row] - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted))));
    expect(wrong, `got ${values.join(', ')}`).toEqual([]);
  });

  test('what happens at or after the cut-off changes nothing', async () => {
    const later: ShopEvent[] = shop.events.flatMap((event, i) => [{ ...event, at: asOf + i * 3_600_000, amount: '9999' }, { ...event, at: asOf, kind: 'refund', amount: '-9999' }]);
    const leaky = await shopColumns({ ...shop, events: [...shop.events, ...later] });
    expect(await buildFeatures(leaky, plan, { asOf })).toEqual(built);
    leaky.close();
    const before = await buildFeatures(columns, plan, { asOf: ago(150, 0) });
    const past = await shopColumns({ ...shop, events: shop.events.filter(({ at }) => at < ago(150, 0)) });
    expect(await buildFeatures(past, plan, { asOf: ago(150, 0) })).toEqual(before);
    past.close();
    expect([...before.customerIds]).toEqual([1]);
  });

  test('ranges and subsets give the same numbers', async () => {
    const names = ['gap_cv', 'net_spend_90d'];
    const parts = [await buildFeatures(columns, plan, { asOf, names, customers: { from: 1, to: 3 } }), await buildFeatures(columns, plan, { asOf, names, customers: { from: 3, to: 99 } })];
    expect(parts.map(({ customerIds }) => [...customerIds])).toEqual([[1, 2], [3]]);
    for (const [index, name] of names.entries()) {
      expect(parts[0].matrix.columns[index].name).toBe(name);
      expect(parts.flatMap(({ matrix }) => [...matrix.columns[index].values])).toEqual([...(built.matrix.columns.find((column) => column.name === name)?.values ?? [])]);
    }
    await expect(buildFeatures(columns, plan, { asOf, names: ['nonsense'] })).rejects.toMatchObject({ code: 'unknown_name' });
    await expect(buildFeatures(columns, plan, { asOf, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
