/** A shop as large as asked for, made inside PostgreSQL: customers with attributes, tags and stages, and events in the order of their time, as a real store has them. */
import type { Store } from '../../src/store/connection.ts';

export const ZONE = 'Asia/Shanghai';
export const TODAY = '2026-03-01';
const HISTORY_DAYS = 730;

/** Shares of events by kind; most of a real shop's events are views. */
const KINDS = `CASE WHEN k < 0.58 THEN 'view' WHEN k < 0.70 THEN 'order' WHEN k < 0.80 THEN 'cart' WHEN k < 0.88 THEN 'search' WHEN k < 0.94 THEN 'visit' WHEN k < 0.97 THEN 'message_open' WHEN k < 0.985 THEN 'favourite' WHEN k < 0.995 THEN 'refund' ELSE 'complaint' END`;

export async function makeShop({ db }: Store, customers: number, events: number, say: (line: string) => void): Promise<void> {
  await db.raw('SELECT setseed(0.42)');
  say(`${customers.toLocaleString('en')} customers …`);
  await db.raw(
    `INSERT INTO customers (external_id, attributes, created_at, updated_at)
     SELECT 'C' || i, jsonb_build_object('city', (ARRAY['北京','上海','广州','深圳','成都','杭州'])[1 + i % 6], 'gender', (ARRAY['female','male'])[1 + (i / 7) % 2], 'level', (ARRAY['basic','silver','gold'])[1 + (i / 11) % 3], 'age', 18 + i % 50),
       '2024-01-01Z', '2024-01-01Z' FROM generate_series(1, ?::int) AS i`, [customers]);
  say(`${events.toLocaleString('en')} events …`);
  // The copies that this key keeps out cannot occur here, and its index would take longer than everything else.
  await db.raw('ALTER TABLE events DROP CONSTRAINT events_dedupe_key_key');
  await db.raw('DROP INDEX events_customer_time');
  const step = 2_000_000;
  for (let from = 0; from < events; from += step) {
    const to = Math.min(events, from + step);
    await db.raw(
      `INSERT INTO events (customer_id, occurred_at, kind, amount, product, category, channel, order_ref, properties, dedupe_key, ingested_at)
       SELECT 1 + floor(power(u, 1.5) * ?)::int, t, kind, CASE WHEN kind IN ('order', 'refund') THEN (10 + 190 * r)::numeric(18,4) END, 'P' || floor(r * 500)::int, (ARRAY['shoes','toys','food','home','beauty','books'])[1 + floor(r * 6)::int],
         (ARRAY['app','web','wechat','store'])[1 + floor(u * 4)::int], CASE WHEN kind = 'order' THEN 'O' || i END, NULL, gen_random_uuid(), t
       FROM (SELECT i, u, r, ${KINDS} AS kind, timestamptz '2026-03-01 00:00+08' - make_interval(secs => (1 - (i::float8 / ?)) * ${HISTORY_DAYS * 86_400}) AS t
             FROM (SELECT i, random() AS u, random() AS r, random() AS k FROM generate_series(?::int, ?::int) AS i) AS a) AS b`,
      [customers, events, from + 1, to]);
    say(`  ${to.toLocaleString('en')}`);
  }
  await db.raw('CREATE INDEX events_customer_time ON events (customer_id, occurred_at)');
  say('tags and stages …');
  await db.raw(`INSERT INTO runs (job, as_of, fence, owner, lease_expires_at, state, started_at) VALUES ('bench', '${TODAY}', 1, 'bench', now(), 'done', now())`);
  await db.raw(
    `INSERT INTO customer_tags (customer_id, tag_key, kind, status, value_text, band, probability, percentile, value_number, as_of, valid_from, expires_at, source_name, source_version, run_id, fence)
     SELECT c.customer_id, t.key, 'predictive', 'ok', CASE WHEN t.key = 'churn_prob_90d' THEN NULL ELSE b.band END, CASE WHEN t.key = 'churn_prob_90d' THEN NULL ELSE b.band END, CASE WHEN t.key = 'churn_prob_90d' THEN r.r END, 1 + floor(r.r * 99)::int,
       CASE WHEN t.key = 'churn_prob_90d' THEN r.r END, '${TODAY}', '${TODAY}', '2026-03-08', 'churn', 1, 1, 1
     FROM customers c CROSS JOIN (VALUES ('churn_risk_band'), ('churn_prob_90d'), ('clv_tier')) AS t (key) CROSS JOIN LATERAL (SELECT random() + 0 * c.customer_id AS r) AS r
     CROSS JOIN LATERAL (SELECT CASE t.key WHEN 'clv_tier' THEN (ARRAY['low','middle','high','top'])[1 + floor(r.r * 4)::int] ELSE (ARRAY['safe','watch','at_risk','critical'])[1 + floor(r.r * 4)::int] END AS band) AS b`);
  await db.raw(`INSERT INTO lifecycle_history (customer_id, entered_on, stage, run_id) SELECT customer_id, '2026-02-01', (ARRAY['new','growing','loyal','slipping','dormant'])[1 + customer_id % 5], 1 FROM customers`);
  await db.raw('ANALYZE');
}
