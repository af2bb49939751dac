/** Visits of customers from their events: one text of SQL for both engines; only where the events come from differs. Everything is a whole number, so both give equal answers. */
import { BROWSING_KINDS } from './kinds.ts';

/** Kinds that are read: browsing, and the orders that end the question. */
export const VISIT_KINDS_SQL = `(${[...BROWSING_KINDS, 'order'].map((kind) => `'${kind}'`).join(', ')})`;

/**
 * Common table expressions: `v` (customer_id, start_ms, last_ms, order_ms) and `o` (customer_id, ms), every order once. Events belong together while less than the silence lies between them, orders among them;
 * a visit begins with the first browsing event of such a chain, `last_ms` is its last one, `order_ms` its first order from the start on. Events of one instant have no order: windows take them together.
 * @param events SQL of rows with customer_id, occurred_ms, kind, order_key (orders: what their lines share)
 */
export function visitsSql(events: string, silenceMs: number): string {
  return `WITH e AS (SELECT customer_id, occurred_ms, kind, order_key FROM (${events}) AS s), `
    + `g AS (SELECT customer_id, occurred_ms, kind, CASE WHEN occurred_ms - lag(occurred_ms) OVER (PARTITION BY customer_id ORDER BY occurred_ms) < ${silenceMs} THEN 0 ELSE 1 END AS opens FROM e), `
    + `c AS (SELECT customer_id, occurred_ms, kind, sum(opens) OVER (PARTITION BY customer_id ORDER BY occurred_ms) AS chain FROM g), `
    + `f AS (SELECT customer_id, occurred_ms, kind, chain, min(CASE WHEN kind <> 'order' THEN occurred_ms END) OVER (PARTITION BY customer_id, chain) AS start_ms FROM c), `
    + `v AS (SELECT customer_id, start_ms, max(CASE WHEN kind <> 'order' THEN occurred_ms END) AS last_ms, min(CASE WHEN kind = 'order' AND occurred_ms >= start_ms THEN occurred_ms END) AS order_ms `
    + `FROM f WHERE start_ms IS NOT NULL GROUP BY customer_id, chain, start_ms), `
    + `o AS (SELECT customer_id, min(occurred_ms) AS ms FROM e WHERE kind = 'order' GROUP BY customer_id, order_key)`;
}

/** Visits with what was known before each: appended to {@link visitsSql}; ends with `b`, visits and orders in one line per row (`is_order`). */
export const WITH_HISTORY = `, m AS (SELECT customer_id, start_ms AS ms, last_ms, order_ms, 0 AS is_order FROM v UNION ALL SELECT customer_id, ms, NULL, NULL, 1 FROM o), `
  + `b AS (SELECT customer_id, ms AS start_ms, last_ms, order_ms, is_order, coalesce(sum(1 - is_order) OVER w, 0) AS visits, coalesce(sum(CASE WHEN order_ms IS NOT NULL THEN 1 ELSE 0 END) OVER w, 0) AS converted, `
  + `coalesce(sum(is_order) OVER w, 0) AS orders, max(CASE WHEN is_order = 1 THEN ms END) OVER w AS last_order_ms, max(last_ms) OVER w AS last_visit_ms FROM m `
  + `WINDOW w AS (PARTITION BY customer_id ORDER BY ms RANGE BETWEEN UNBOUNDED PRECEDING AND CAST(1 AS INT8) PRECEDING))`;

/** The history of one customer whose events all lie before the visit: appended to {@link visitsSql}; one row. */
export const HISTORY_OF_ONE = ` SELECT (SELECT count(*) FROM v) AS visits, (SELECT count(order_ms) FROM v) AS converted, (SELECT count(*) FROM o) AS orders, (SELECT max(ms) FROM o) AS last_order_ms, (SELECT max(last_ms) FROM v) AS last_visit_ms`;
