/** What a snapshot reads from the store: pages by key, and the transaction numbers that say which events are complete. */
import type { Store } from '../connection.ts';
import type { Cell } from './parquetWriter.ts';

/**
 * Transactions are numbered in the order they start, and may commit in another: an event is safe to take when its number is below that
 * of the oldest transaction still running in this database, because nothing below can appear any more. Numbers are decimal texts (xid8).
 */
export interface Horizon {
  /** Events of transactions below are complete. */
  readonly complete: string;
  /** No transaction has this number yet. Events at or above it were copied from another database, which counted further. */
  readonly unassigned: string;
}

/**
 * A server's snapshot counts the transactions of all its databases, and a long one in a neighbour would hold our events back for hours. Only those of
 * this database can write here, so where every one of them may be seen, the oldest of them decides. The order of the two statements matters: whatever was
 * below `unassigned` and is not running any more by the second one has ended, and statements after it see what it wrote.
 */
export async function horizonOf(store: Store): Promise<Horizon> {
  const { rows } = await store.db.raw<{ rows: Horizon[] }>(
    `SELECT pg_snapshot_xmin(s)::text AS complete, pg_snapshot_xmax(s)::text AS unassigned FROM pg_current_snapshot() AS s`,
  );
  const { complete, unassigned } = rows[0];
  if (store.dialect === 'pglite' || complete === unassigned) return { complete, unassigned };
  // Running transactions are shown with the low 32 bits of their number; the distance to `unassigned` brings back the rest.
  const running = await store.db.raw<{ rows: { hidden: boolean; distance: string | null }[] }>(
    `SELECT coalesce(bool_or(state IS NULL AND backend_type = 'client backend'), false) AS hidden,
            max(d) FILTER (WHERE d BETWEEN 1 AND 2147483647)::text AS distance
       FROM (SELECT state, backend_type, (?::bigint - backend_xid::text::bigint) & 4294967295 AS d FROM pg_stat_activity WHERE datname = current_database()
             UNION ALL SELECT 'prepared', 'prepared', (?::bigint - transaction::text::bigint) & 4294967295 FROM pg_prepared_xacts WHERE database = current_database()) AS a`,
    [unassigned, unassigned],
  );
  const { hidden, distance } = running.rows[0];
  if (hidden) return { complete, unassigned };
  return { complete: distance === null ? unassigned : String(BigInt(unassigned) - BigInt(distance)), unassigned };
}

/** Same expression as the index events_ingest. */
const XID = '(ingest_xid::text::bigint)';

/** Which events a refresh takes: transactions in [from, horizon.complete), and with `restored` those that no transaction of this database wrote. */
export interface EventRange {
  readonly from: string;
  readonly horizon: Horizon;
  readonly restored: boolean;
}

function rangeSql({ from, horizon, restored }: EventRange): { sql: string; bindings: string[] } {
  return restored
    ? { sql: `(${XID} >= ? AND ${XID} < ? OR ${XID} >= ?)`, bindings: [from, horizon.complete, horizon.unassigned] }
    : { sql: `${XID} >= ? AND ${XID} < ?`, bindings: [from, horizon.complete] };
}

export async function countEvents(store: Store, range: EventRange): Promise<{ count: number; firstId: number | null }> {
  const { sql, bindings } = rangeSql(range);
  const { rows } = await store.db.raw<{ rows: { count: number; first_id: number | null }[] }>(`SELECT count(*) AS count, min(event_id) AS first_id FROM events WHERE ${sql}`, bindings);
  return { count: rows[0].count, firstId: rows[0].first_id };
}

/** Whether events came from another database whose transaction numbers were ahead of ours: a restored export. */
export async function hasRestoredEvents(store: Store, horizon: Horizon): Promise<boolean> {
  const { rows } = await store.db.raw<{ rows: { found: boolean }[] }>(`SELECT EXISTS (SELECT 1 FROM events WHERE ${XID} >= ?) AS found`, [horizon.unassigned]);
  return rows[0].found;
}

const PAGE_ROWS = 20_000;

/** Rows in the order of EVENT_COLUMNS, ascending by event id. */
export async function* eventPages(store: Store, range: EventRange, firstId: number): AsyncGenerator<readonly (readonly Cell[])[]> {
  const { sql, bindings } = rangeSql(range);
  let after = firstId - 1;
  for (;;) {
    const { rows } = await store.db.raw<{ rows: Record<string, Cell>[] }>(
      `SELECT event_id, customer_id, occurred_at, kind, amount, quantity, discount, product, category, channel, campaign, session, order_ref, properties::text AS properties, ingested_at
         FROM events WHERE event_id > ? AND ${sql} ORDER BY event_id LIMIT ${PAGE_ROWS}`,
      [after, ...bindings],
    );
    if (rows.length === 0) return;
    after = Number(rows[rows.length - 1].event_id);
    yield rows.map((r) => [r.event_id, r.customer_id, r.occurred_at, r.kind, r.amount, r.quantity, r.discount, r.product, r.category, r.channel, r.campaign, r.session, r.order_ref, r.properties, r.ingested_at]);
    if (rows.length < PAGE_ROWS) return;
  }
}

/** Rows in the order of CUSTOMER_COLUMNS, ascending by customer id. */
export async function* customerPages(store: Store): AsyncGenerator<readonly (readonly Cell[])[]> {
  const consent = (purpose: string): string => `(SELECT state FROM consents AS s WHERE s.customer_id = c.customer_id AND s.purpose = '${purpose}') AS ${purpose}`;
  let after = 0;
  for (;;) {
    const { rows } = await store.db.raw<{ rows: Record<string, Cell>[] }>(
      `SELECT customer_id, created_at, attributes::text AS attributes, ${['scoring', 'marketing', 'training'].map(consent).join(', ')}
         FROM customers AS c WHERE customer_id > ? ORDER BY customer_id LIMIT ${PAGE_ROWS}`,
      [after],
    );
    if (rows.length === 0) return;
    after = Number(rows[rows.length - 1].customer_id);
    yield rows.map((r) => [r.customer_id, r.created_at, r.attributes, r.scoring, r.marketing, r.training]);
    if (rows.length < PAGE_ROWS) return;
  }
}
