/** The visit under way and what came before it, of one customer, from the store. */
import { createHash } from 'node:crypto';
import type { Store } from '../../store/connection.ts';
import { NO_HISTORY } from './kinds.ts';
import type { VisitEvent, VisitHistory } from './kinds.ts';
import { HISTORY_OF_ONE, VISIT_KINDS_SQL, visitsSql } from './statements.ts';

const MS = `CAST(floor(date_part('epoch', occurred_at) * 1000 + 0.0005) AS INT8)`;

/** A stored event as a visit needs it; orders among them. */
export interface RecentEvent extends VisitEvent {
  readonly orderRef: string | null;
  /** Recognises the event when it is handed in once more. */
  readonly dedupeKey: string;
}

interface RecentRow {
  readonly at: number | string;
  readonly kind: string;
  readonly product: string | null;
  readonly category: string | null;
  readonly channel: string | null;
  readonly device: string | null;
  readonly quantity: number | string | null;
  readonly order_ref: string | null;
  readonly dedupe_key: string;
}

const RECENT_SQL = `SELECT ${MS} AS at, kind, product, category, channel, properties ->> 'device' AS device, CAST(quantity AS FLOAT8) AS quantity, order_ref, dedupe_key::text AS dedupe_key `
  + `FROM events WHERE customer_id = $1::int8 AND kind IN ${VISIT_KINDS_SQL} AND occurred_at < $2::timestamptz ORDER BY occurred_at DESC, event_id DESC LIMIT $3::int8`;
const named = (what: string, sql: string): string => `${what}_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
const RECENT_NAME = named('visit_recent', RECENT_SQL);

/** The newest `limit` events up to and with the moment (epoch ms), newest first. */
export async function recentEvents(store: Store, customerId: number, moment: number, limit: number): Promise<RecentEvent[]> {
  const rows = await store.prepared<RecentRow>(RECENT_NAME, RECENT_SQL, [customerId, new Date(moment + 1).toISOString(), limit]);
  return rows.map(({ at, quantity, order_ref: orderRef, dedupe_key: dedupeKey, ...row }) => ({ ...row, at: Number(at), quantity: quantity === null ? null : Number(quantity), orderRef, dedupeKey }));
}

interface HistoryRow {
  readonly visits: number | string;
  readonly converted: number | string;
  readonly orders: number | string;
  readonly last_order_ms: number | string | null;
  readonly last_visit_ms: number | string | null;
}

/** What the store knows of the customer strictly before `start` (epoch ms). */
export async function visitHistory(store: Store, customerId: number, start: number, silenceMs: number): Promise<VisitHistory> {
  const events = `SELECT customer_id, ${MS} AS occurred_ms, kind, CASE WHEN kind = 'order' THEN coalesce(order_ref, CAST(event_id AS VARCHAR)) END AS order_key FROM events `
    + `WHERE customer_id = $1::int8 AND kind IN ${VISIT_KINDS_SQL} AND occurred_at < $2::timestamptz`;
  const sql = visitsSql(events, silenceMs) + HISTORY_OF_ONE;
  const [row] = await store.prepared<HistoryRow>(named('visit_history', sql), sql, [customerId, new Date(start).toISOString()]);
  if (row === undefined) return NO_HISTORY;
  const instant = (value: number | string | null): number => (value === null ? Number.NaN : Number(value));
  return { visits: Number(row.visits), converted: Number(row.converted), orders: Number(row.orders), lastOrderMs: instant(row.last_order_ms), lastVisitMs: instant(row.last_visit_ms) };
}
