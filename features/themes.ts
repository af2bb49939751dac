/**
 * What a reason is about. Features of one theme say one thing together: what they do to a prediction is added up, and one of them speaks for it, the first of `told` that pulls the
 * same way, else the strongest. A short usual gap alone is no reason to leave; the silence that it makes long is. Windows of one measure are a theme of their own where none is named here.
 */
export interface Theme {
  readonly name: string;
  /** Features that say it in plain words, best first. */
  readonly told: readonly string[];
  readonly besides: readonly string[];
}

const windows = (name: string, days: readonly number[]): string[] => days.map((day) => `${name}_${day}d`);

export const THEMES: readonly Theme[] = [
  { name: 'silence', told: ['overdue_ratio', 'days_since_last_order'], besides: ['overdue_to_longest', 'gap_mean_days', 'gap_median_days', 'gap_p90_days', 'gap_ewm_days', 'gap_last_days', 'gap_max_days'] },
  { name: 'regularity', told: ['gap_cv', 'gap_last_to_mean'], besides: ['gap_std_days'] },
  { name: 'tenure', told: ['days_since_first_order', 'account_age_days'], besides: ['btyd_age_days', 'btyd_recency_days'] },
  {
    name: 'orders', told: ['orders_90d', 'orders_365d', 'orders_total'],
    besides: [...windows('orders', [7, 30, 180]), 'order_days_365d', ...windows('orders_decayed', [30, 90, 365]), 'gap_count', 'btyd_frequency'],
  },
  { name: 'order trend', told: ['orders_change_90d', 'orders_change_30d'], besides: ['orders_30d_to_90d', 'orders_90d_to_365d', 'net_spend_change_90d', 'net_spend_90d_to_365d'] },
  { name: 'season', told: ['orders_same_season_last_year_90d', 'orders_same_season_last_year_30d'], besides: ['same_season_share', 'season_sin', 'season_cos'] },
  { name: 'spend', told: ['net_spend_365d', 'net_spend_total'], besides: [...windows('net_spend', [30, 90, 180]), 'gross_spend_total', 'gross_spend_decayed_90d'] },
  {
    name: 'order value', told: ['avg_order_value', 'last_order_value'],
    besides: ['avg_order_value_365d', 'median_order_value', 'max_order_value', 'last_order_to_average', 'order_value_cv', 'btyd_monetary'],
  },
  { name: 'basket', told: ['items_per_order'], besides: ['lines_per_order'] },
  { name: 'refunds', told: ['refunds_total', 'refund_share'], besides: ['refunds_90d', 'refunded_orders_share', 'days_since_last_refund'] },
  {
    name: 'interest', told: ['days_since_last_visit', 'visits_30d', 'views_30d'],
    besides: ['days_since_last_event', ...windows('visits', [7, 90]), ...windows('views', [7, 90]), 'views_change_30d', 'views_decayed_14d', 'active_days_30d', 'sessions_30d', 'searches_30d', 'viewed_products_30d', 'top_viewed_product_views_30d', 'favourites_90d'],
  },
  { name: 'carts', told: ['carts_30d', 'carts_90d'], besides: ['carts_7d', 'days_since_last_cart'] },
  { name: 'conversion', told: ['orders_per_visit_90d'], besides: ['orders_per_cart_90d'] },
  { name: 'messages', told: ['message_open_rate_90d', 'days_since_last_open'], besides: [...windows('messages_sent', [30, 90]), 'message_opens_90d', 'message_click_rate_90d', 'unsubscribes_total'] },
  { name: 'coupons', told: ['coupons_redeemed_180d'], besides: ['coupons_redeemed_total'] },
  { name: 'service', told: ['complaints_90d', 'complaints_365d'], besides: ['days_since_last_complaint', 'inquiries_30d', 'service_contacts_90d'] },
  { name: 'discounts', told: ['discounted_orders_share', 'discount_share'], besides: ['discounted_orders_share_180d'] },
  { name: 'variety', told: ['distinct_products_365d', 'distinct_categories_365d'], besides: ['distinct_channels_365d', 'top_category_share', 'top_channel_share', 'top_product_share', 'repeat_product_share_365d'] },
  { name: 'contract end', told: ['contract_days_left', 'contract_days_past_usual'], besides: ['contract_lead_days'] },
  { name: 'contract history', told: ['contract_renewals', 'contract_tenure_days'], besides: ['contract_periods', 'contract_lapses', 'contract_known_days'] },
  { name: 'contract cancelled', told: ['contract_cancelled', 'contract_cancellations'], besides: ['contract_days_since_cancelled'] },
  { name: 'contract price', told: ['contract_price_change', 'contract_amount'], besides: [] },
  { name: 'contract kind', told: ['contract_term_days'], besides: ['contract_plans'] },
  { name: 'contract use', told: ['contract_usage_change', 'contract_days_since_visit'], besides: [] },
];
