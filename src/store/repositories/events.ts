/** The append-only events: in, with duplicates recognised, and out again, one customer's newest first. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import type { NewEvent } from '../events.ts';
import { instantText } from '../types.ts';
import { selectRows, unnestRows } from './bulk.ts';
import type { Columns } from './bulk.ts';
import { createMissing } from './customers.ts';
import { dedupeKey } from './dedupe.ts';

export interface AppendContext {
  /** Names the origin; ids of events are unique within it. */
  readonly source: string;
  readonly importId?: number;
  /** Epoch ms: becomes `ingested_at`. */
  readonly at: number;
}

export interface AppendResult {
  readonly inserted: number;
  /** Events that were there already, or twice in the batch. */
  readonly duplicates: number;
  readonly newCustomers: number;
}

const COLUMNS = {
  customer: 'text', occurredAt: 'timestamptz', kind: 'text', amount: 'numeric', quantity: 'numeric', discount: 'numeric', product: 'text', category: 'text',
  channel: 'text', campaign: 'text', session: 'text', orderRef: 'text', properties: 'jsonb', dedupe_key: 'uuid',
} as const satisfies Columns;
const LABELS = 'occurred_at, kind, amount, quantity, discount, product, category, channel, campaign, session, order_ref, properties, dedupe_key';

/** Largest batch of one call: bounded memory, and no statement that blocks the embedded store for long. */
export const MAX_APPEND = 20_000;

/**
 * Appends events in one transaction (5,000–20,000 at a time is fastest), creating their customers. Events are of the schema's shape: `newEventSchema` was applied at the edge.
 * @throws AppError `bad_data` for text that cannot be stored; then nothing of the batch is.
 */
export async function appendEvents(db: Knex, events: readonly NewEvent[], context: AppendContext): Promise<AppendResult> {
  if (events.length === 0) return { inserted: 0, duplicates: 0, newCustomers: 0 };
  if (events.length > MAX_APPEND) throw new AppError('payload_too_large', `A batch of ${events.length} events is larger than ${MAX_APPEND}.`, { hint: 'Send smaller batches, or use `tagcast import`.' });
  const rows = events.map((event) => ({ ...event, dedupe_key: dedupeKey(context.source, event) }));
  const relation = unnestRows(COLUMNS, rows);
  const names = [...new Set(events.map((event) => event.customer))].sort();
  const who = unnestRows({ customer: 'text' }, names.map((customer) => ({ customer })));
  return db.transaction(async (trx) => {
    const newCustomers = await createMissing(trx, names, context.at);
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      // The lock keeps a customer from being erased between here and our commit.
      `WITH known AS MATERIALIZED (
         SELECT c.customer_id, c.external_id FROM customers c JOIN ${who.sql} AS w (external_id) USING (external_id) FOR KEY SHARE OF c
       )
       INSERT INTO events (customer_id, ${LABELS}, import_id, ingested_at)
       SELECT c.customer_id, ${LABELS}, ?::bigint, ?::timestamptz
       FROM ROWS FROM (${relation.sql}) WITH ORDINALITY AS n (external_id, ${LABELS}, position)
       JOIN known c USING (external_id)
       ORDER BY position
       ON CONFLICT (dedupe_key) DO NOTHING`,
      [...who.bindings, context.importId ?? null, instantText(context.at), ...relation.bindings] as Knex.RawBinding[],
    );
    return { inserted: rowCount, duplicates: events.length - rowCount, newCustomers };
  });
}

export interface StoredEvent {
  readonly eventId: number;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly kind: string;
  /** Decimals with four digits after the point, as text; null where the event has none. */
  readonly amount: string | null;
  readonly quantity: string | null;
  readonly discount: string | null;
  readonly product: string | null;
  readonly category: string | null;
  readonly channel: string | null;
  readonly campaign: string | null;
  readonly session: string | null;
  readonly orderRef: string | null;
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly ingestedAt: number;
}

export interface TimelinePage {
  readonly events: readonly StoredEvent[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

function withoutCursor(row: StoredEvent & { micros: number }): StoredEvent {
  const { micros, ...event } = row;
  void micros;
  return event;
}

/** One customer's events, newest first (later event id first within one instant). */
export async function timeline(db: Knex, customerId: number, page: { readonly after?: string; readonly limit: number }): Promise<TimelinePage> {
  const cursor = page.after === undefined ? undefined : /^(\d{1,16})\.(\d{1,16})$/.exec(page.after);
  if (cursor === null) throw new AppError('invalid_input', 'The cursor of the timeline is not one that was handed out.', { hint: 'Start again without it.' });
  const where = cursor === undefined ? '' : `AND (occurred_at, event_id) < (timestamptz 'epoch' + ?::bigint * interval '1 microsecond', ?::bigint)`;
  const rows = await selectRows<StoredEvent & { micros: number }>(
    db,
    `SELECT event_id AS "eventId", occurred_at AS "occurredAt", kind, amount, quantity, discount, product, category, channel, campaign, session,
       order_ref AS "orderRef", properties, ingested_at AS "ingestedAt", (extract(epoch FROM occurred_at) * 1000000)::bigint AS micros
     FROM events WHERE customer_id = ? ${where} ORDER BY occurred_at DESC, event_id DESC LIMIT ?`,
    [customerId, ...(cursor === undefined ? [] : [cursor[1] ?? '', cursor[2] ?? '']), page.limit + 1],
  );
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const events = shown.map(withoutCursor);
  return rows.length > page.limit && last !== undefined ? { events, next: `${last.micros}.${last.eventId}` } : { events };
}

export async function countEvents(db: Knex): Promise<number> {
  return (await selectRows<{ n: number }>(db, 'SELECT count(*) AS n FROM events'))[0]?.n ?? 0;
}

/** Latest event time in epoch ms; undefined without events. */
export async function lastEventAt(db: Knex): Promise<number | undefined> {
  const [row] = await selectRows<{ at: number | null }>(db, 'SELECT max(occurred_at) AS at FROM events');
  return row?.at ?? undefined;
}
