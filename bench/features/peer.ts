/**
 * The peer: the same aggregates as one query that a person would write for DuckDB by hand: one pass over the events with filters,
 * one over orders, one over order days, and a grouping for each "most common" column. Windows are literals of the benchmark's cut-off.
 */
const D = 86_400_000;

export function peerSql(asOf: number): string {
  const t = (days: number): number => asOf - days * D;
  const count = (kind: string, days: number, name: string): string => `count(*) FILTER (WHERE kind = '${kind}' AND occurred_ms >= ${t(days)}) AS ${name}`;
  const fade = (days: number, time: string): string => `exp((${time} - ${asOf}) * ${Math.LN2 / (days * D)})`;
  const asOfDay = Math.floor((asOf + 8 * 3_600_000) / D);
  return `WITH ev AS (SELECT * FROM events WHERE occurred_ms < ${asOf}),
  e AS (SELECT customer_id, min(occurred_ms) AS first_ms, max(occurred_ms) AS last_ms,
    ${[7, 30, 90].map((d) => `${count('visit', d, `visits_${d}`)}, ${count('view', d, `views_${d}`)}, ${count('cart', d, `carts_${d}`)}`).join(', ')},
    ${count('search', 30, 'searches')}, ${count('favourite', 90, 'favourites')}, ${count('message_sent', 30, 'sent_30')}, ${count('message_sent', 90, 'sent_90')}, ${count('message_open', 90, 'opens')},
    ${count('message_click', 90, 'clicks')}, ${count('campaign', 90, 'campaigns')}, ${count('coupon_redeemed', 180, 'coupons_180')}, ${count('complaint', 90, 'complaints_90')}, ${count('complaint', 365, 'complaints_365')},
    ${count('inquiry', 30, 'inquiries')}, ${count('refund', 90, 'refunds_90')},
    count(*) FILTER (WHERE kind IN ('inquiry', 'complaint', 'service') AND occurred_ms >= ${t(90)}) AS contacts,
    count(*) FILTER (WHERE kind = 'view' AND occurred_ms >= ${t(60)} AND occurred_ms < ${t(30)}) AS views_before, count(*) FILTER (WHERE kind = 'unsubscribe') AS unsubscribes,
    count(*) FILTER (WHERE kind = 'referral') AS referrals, count(*) FILTER (WHERE kind = 'coupon_redeemed') AS coupons, count(*) FILTER (WHERE kind = 'refund') AS refunds,
    max(occurred_ms) FILTER (WHERE kind IN ('visit', 'view', 'search', 'favourite', 'cart')) AS last_visit, max(occurred_ms) FILTER (WHERE kind = 'cart') AS last_cart,
    max(occurred_ms) FILTER (WHERE kind = 'refund') AS last_refund, max(occurred_ms) FILTER (WHERE kind = 'complaint') AS last_complaint, max(occurred_ms) FILTER (WHERE kind IN ('message_open', 'message_click')) AS last_open,
    sum(${fade(14, 'occurred_ms')}) FILTER (WHERE kind = 'view') AS views_faded, sum(amount) FILTER (WHERE kind = 'refund') AS refunded,
    sum(amount) FILTER (WHERE kind IN ('order', 'refund')) AS net, ${[30, 90, 180, 365].map((d) => `sum(amount) FILTER (WHERE kind IN ('order', 'refund') AND occurred_ms >= ${t(d)}) AS net_${d}`).join(', ')},
    sum(amount) FILTER (WHERE kind IN ('order', 'refund') AND occurred_ms >= ${t(180)} AND occurred_ms < ${t(90)}) AS net_before,
    count(category) FILTER (WHERE kind = 'order') AS with_category, count(channel) FILTER (WHERE kind = 'order') AS with_channel, count(product) FILTER (WHERE kind = 'order') AS with_product,
    count(product) FILTER (WHERE kind = 'order' AND occurred_ms >= ${t(365)}) AS with_product_365 FROM ev GROUP BY customer_id),
  d1 AS (SELECT customer_id, count(DISTINCT category) AS categories, count(DISTINCT product) AS products, count(DISTINCT channel) AS channels FROM ev WHERE kind = 'order' AND occurred_ms >= ${t(365)} GROUP BY customer_id),
  d2 AS (SELECT customer_id, count(DISTINCT session) AS sessions, count(DISTINCT (occurred_ms + 28800000) // ${D}) AS active_days FROM ev WHERE kind IN ('visit', 'view', 'search', 'favourite', 'cart') AND occurred_ms >= ${t(30)} GROUP BY customer_id),
  d3 AS (SELECT customer_id, count(DISTINCT product) AS viewed FROM ev WHERE kind = 'view' AND occurred_ms >= ${t(30)} GROUP BY customer_id),
  ${['category', 'channel', 'product'].map((c) => `top_${c} AS (SELECT customer_id, max(n) AS n FROM (SELECT customer_id, count(*) AS n FROM ev WHERE kind = 'order' AND ${c} IS NOT NULL GROUP BY customer_id, ${c}) GROUP BY customer_id)`).join(', ')},
  top_viewed AS (SELECT customer_id, max(n) AS n FROM (SELECT customer_id, count(*) AS n FROM ev WHERE kind = 'view' AND product IS NOT NULL AND occurred_ms >= ${t(30)} GROUP BY customer_id, product) GROUP BY customer_id),
  o AS (SELECT customer_id, min(occurred_ms) FILTER (WHERE kind = 'order') AS ordered_ms, sum(amount) AS net, sum(amount) FILTER (WHERE kind = 'order') AS gross, sum(amount) FILTER (WHERE kind = 'refund') AS refunded,
    sum(quantity) FILTER (WHERE kind = 'order') AS quantity, sum(discount) FILTER (WHERE kind = 'order') AS discount, count(*) FILTER (WHERE kind = 'order') AS lines
    FROM ev WHERE kind IN ('order', 'refund') GROUP BY customer_id, order_ref HAVING count(*) FILTER (WHERE kind = 'order') > 0),
  oa AS (SELECT customer_id, count(*) AS orders, ${[7, 30, 90, 180, 365].map((d) => `count(*) FILTER (WHERE ordered_ms >= ${t(d)}) AS orders_${d}`).join(', ')},
    count(*) FILTER (WHERE ordered_ms >= ${t(60)} AND ordered_ms < ${t(30)}) AS before_30, count(*) FILTER (WHERE ordered_ms >= ${t(180)} AND ordered_ms < ${t(90)}) AS before_90,
    count(*) FILTER (WHERE ordered_ms >= ${t(365)} AND ordered_ms < ${t(335)}) AS season_30, count(*) FILTER (WHERE ordered_ms >= ${t(365)} AND ordered_ms < ${t(275)}) AS season_90,
    ${[30, 90, 365].map((d) => `sum(${fade(d, 'ordered_ms')}) AS faded_${d}`).join(', ')}, sum(gross::DOUBLE * ${fade(90, 'ordered_ms')}) AS spend_faded,
    sum(gross) AS gross, sum(gross) FILTER (WHERE ordered_ms >= ${t(365)}) AS gross_365, median(gross::DOUBLE) AS median_value, max(gross) AS max_value, arg_max(gross, ordered_ms) AS last_value,
    stddev_samp(gross::DOUBLE) AS value_sd, sum(quantity) AS quantity, sum(lines) AS lines, sum(discount) AS discount, count(*) FILTER (WHERE discount > 0) AS discounted,
    count(*) FILTER (WHERE discount > 0 AND ordered_ms >= ${t(180)}) AS discounted_180, count(*) FILTER (WHERE refunded < 0) AS with_refund,
    count(*) FILTER (WHERE (ordered_ms + 28800000) // 3600000 % 24 >= 18) AS evening, min(ordered_ms) AS first_order, max(ordered_ms) AS last_order FROM o GROUP BY customer_id),
  days AS (SELECT customer_id, (ordered_ms + 28800000) // ${D} AS day, sum(net) AS net FROM o GROUP BY ALL),
  g AS (SELECT customer_id, day, net, day - lead(day) OVER w AS gap, row_number() OVER w - 1 AS rank FROM days WINDOW w AS (PARTITION BY customer_id ORDER BY day DESC)),
  ga AS (SELECT customer_id, count(*) AS order_days, count(gap) AS gaps, avg(gap) AS gap_mean, median(gap) AS gap_median, quantile_cont(gap, 0.9) AS gap_p90, stddev_samp(gap) AS gap_sd, max(gap) AS gap_max,
    arg_max(gap, day) AS gap_last, sum(gap * pow(0.7, rank)) FILTER (WHERE gap IS NOT NULL) / sum(pow(0.7, rank)) FILTER (WHERE gap IS NOT NULL) AS gap_ewm, min(day) AS first_day, max(day) AS last_day,
    sum(net) FILTER (WHERE gap IS NOT NULL) AS repeat_net, count(*) FILTER (WHERE day >= ${asOfDay - 365}) AS days_365, count(*) FILTER (WHERE (day + 3) % 7 >= 5) AS weekend FROM g GROUP BY customer_id)
  SELECT c.customer_id, least(c.created_ms, e.first_ms) AS known, e.* EXCLUDE (customer_id), oa.* EXCLUDE (customer_id), ga.* EXCLUDE (customer_id), d1.* EXCLUDE (customer_id), d2.* EXCLUDE (customer_id), d3.* EXCLUDE (customer_id),
    top_category.n AS top_category, top_channel.n AS top_channel, top_product.n AS top_product, top_viewed.n AS top_viewed
  FROM customers AS c LEFT JOIN e USING (customer_id) LEFT JOIN oa USING (customer_id) LEFT JOIN ga USING (customer_id) LEFT JOIN d1 USING (customer_id) LEFT JOIN d2 USING (customer_id) LEFT JOIN d3 USING (customer_id)
    LEFT JOIN top_category USING (customer_id) LEFT JOIN top_channel USING (customer_id) LEFT JOIN top_product USING (customer_id) LEFT JOIN top_viewed USING (customer_id)
  WHERE c.created_ms < ${asOf} OR e.first_ms IS NOT NULL ORDER BY c.customer_id`;
}
