/** Signs that a customer is about to buy, read from the newest events: carts, questions and repeated views that no order followed. One text of SQL for both engines. */
import { createHash } from 'node:crypto';
import { numbersOf, textsOf } from '../../store/columns/columns.ts';
import type { Columns } from '../../store/columns/columns.ts';
import type { Store } from '../../store/connection.ts';
import { cutoffAt } from '../cutoff.ts';
import type { FeaturePlan } from '../plan.ts';
import type { CustomerRange } from '../sql/duckdb.ts';

/** Days in which a signal counts. */
export const SIGNAL_DAYS = 7;
/** Views of one product in these days from which they are a signal. */
export const LEAST_VIEWS = 3;
/** Days in which somebody must have been seen at all for the absence of signals to mean something. */
export const SEEN_DAYS = 90;

export const SIGNAL_KINDS = ['cart_not_ordered', 'repeated_views', 'inquiry', 'price_check'] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

export interface Signal {
  readonly kind: SignalKind;
  /** Null where the events name none. */
  readonly product: string | null;
  /** Events. */
  readonly n: number;
  /** Of the newest event, epoch ms. */
  readonly lastMs: number;
}

/** What is known of one customer; rows are in no order. A customer who was not seen within {@link SEEN_DAYS} has no entry. */
export type Signals = readonly Signal[];

/** An inquiry about the price is a price check; a shop may also have a kind of its own. */
const SIGNAL_OF = `CASE WHEN kind = 'cart' THEN 'cart_not_ordered' WHEN kind = 'price_check' OR topic = 'price' THEN 'price_check' ELSE 'inquiry' END`;
const SEEN = `('visit', 'view', 'search', 'favourite', 'cart', 'inquiry', 'price_check')`;

/** @param events rows with customer_id, occurred_ms, kind, product and topic (of inquiries) of the last {@link SEEN_DAYS} days @param since first instant (epoch ms) of the days in which signals count */
export function signalsSql(events: string, since: string): string {
  return `WITH e AS (SELECT customer_id, occurred_ms, kind, product, topic FROM (${events}) AS s), `
    + `seen AS (SELECT DISTINCT customer_id FROM e WHERE kind IN ${SEEN}), recent AS (SELECT * FROM e WHERE occurred_ms >= ${since}), `
    + `ordered AS (SELECT customer_id, max(occurred_ms) AS at FROM recent WHERE kind = 'order' GROUP BY customer_id), `
    + `bought AS (SELECT DISTINCT customer_id, product FROM recent WHERE kind = 'order' AND product IS NOT NULL), found AS (`
    + `SELECT r.customer_id, ${SIGNAL_OF} AS signal, r.product, count(*) AS n, max(occurred_ms) AS last_ms FROM recent AS r LEFT JOIN ordered AS o ON o.customer_id = r.customer_id `
    + `WHERE kind IN ('cart', 'inquiry', 'price_check') AND (o.at IS NULL OR occurred_ms > o.at) GROUP BY 1, 2, 3 UNION ALL `
    + `SELECT r.customer_id, 'repeated_views', r.product, count(*), max(occurred_ms) FROM recent AS r LEFT JOIN bought AS b ON b.customer_id = r.customer_id AND b.product = r.product `
    + `WHERE kind = 'view' AND r.product IS NOT NULL AND b.product IS NULL GROUP BY 1, 2, 3 HAVING count(*) >= ${LEAST_VIEWS}) `
    + `SELECT CAST(seen.customer_id AS FLOAT8) AS customer_id, signal, found.product, CAST(n AS FLOAT8) AS n, CAST(last_ms AS FLOAT8) AS last_ms FROM seen LEFT JOIN found ON found.customer_id = seen.customer_id`;
}

const KINDS = `('order', 'visit', 'view', 'search', 'favourite', 'cart', 'inquiry', 'price_check')`;

function add(found: Map<number, Signal[]>, id: number, kind: string | null, product: string | null, n: number, lastMs: number): void {
  let own = found.get(id);
  if (own === undefined) found.set(id, (own = []));
  // Somebody who was seen and gave no signal has one row without any.
  const known = SIGNAL_KINDS.find((one) => one === kind);
  if (known !== undefined) own.push({ kind: known, product, n, lastMs });
}

/** Signals of everyone of the range before the cut-off (epoch ms). @throws AppError `cancelled`. */
export async function signalsBetween(columns: Columns, plan: Pick<FeaturePlan, 'timeZone'>, options: { readonly asOf: number; readonly customers: CustomerRange; readonly signal?: AbortSignal }): Promise<Map<number, Signals>> {
  const cutoff = cutoffAt(options.asOf, plan.timeZone);
  const events = `SELECT customer_id, occurred_ms, kind, product, CASE WHEN kind = 'inquiry' THEN json_extract_string(properties, '$.topic') END AS topic FROM events WHERE kind IN ${KINDS} `
    + `AND occurred_ms >= ${cutoff.startOf(SEEN_DAYS)} AND occurred_ms < ${options.asOf} AND customer_id >= ${options.customers.from} AND customer_id < ${options.customers.to}`;
  const answer = await columns.query(signalsSql(events, String(cutoff.startOf(SIGNAL_DAYS))), [], options.signal === undefined ? {} : { signal: options.signal });
  const [ids, n, last] = [numbersOf(answer, 'customer_id'), numbersOf(answer, 'n'), numbersOf(answer, 'last_ms')];
  const [kinds, products] = [textsOf(answer, 'signal'), textsOf(answer, 'product')];
  const found = new Map<number, Signal[]>();
  for (let row = 0; row < answer.rows; row++) add(found, ids[row], kinds[row], products[row], n[row], last[row]);
  return found;
}

const STORE_SQL = signalsSql(
  `SELECT customer_id, CAST(floor(date_part('epoch', occurred_at) * 1000 + 0.0005) AS INT8) AS occurred_ms, kind, product, CASE WHEN kind = 'inquiry' THEN properties ->> 'topic' END AS topic FROM events `
  + `WHERE customer_id = $1::int8 AND kind IN ${KINDS} AND occurred_at < $2::timestamptz AND occurred_at >= $3::timestamptz`, '$4::int8',
);
const STORE_NAME = `signals_${createHash('sha256').update(STORE_SQL).digest('hex').slice(0, 24)}`;

interface StoredRow {
  readonly signal: string | null;
  readonly product: string | null;
  readonly n: number | string | null;
  readonly last_ms: number | string | null;
}

/** Signals of one customer before the cut-off (epoch ms): the same as {@link signalsBetween} has for the customer. */
export async function signalsOf(store: Store, plan: Pick<FeaturePlan, 'timeZone'>, customerId: number, asOf: number): Promise<Signals | undefined> {
  const cutoff = cutoffAt(asOf, plan.timeZone);
  const rows = await store.prepared<StoredRow>(STORE_NAME, STORE_SQL, [customerId, new Date(asOf).toISOString(), new Date(cutoff.startOf(SEEN_DAYS)).toISOString(), cutoff.startOf(SIGNAL_DAYS)]);
  const found = new Map<number, Signal[]>();
  for (const { signal, product, n, last_ms: last } of rows) add(found, customerId, signal, product, Number(n), Number(last));
  return found.get(customerId);
}
