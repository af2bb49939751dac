/** One batch of events in one statement; the keys are given, because equal lines of a file may be events of their own. */
import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import type { NewEvent } from '../events.ts';
import { unnestRows, type Columns } from '../repositories/bulk.ts';
import { createMissing } from '../repositories/customers.ts';
import { instantText } from '../types.ts';

export interface KeyedEvent extends NewEvent {
  /** A uuid: src/store/repositories/dedupe.ts, and `occurrenceKey`. */
  readonly dedupe_key: string;
}

export interface WrittenEvents {
  readonly customersCreated: number;
  readonly kinds: readonly { readonly kind: string; readonly taken: number; readonly first: number; readonly last: number }[];
}

/** Key of the n-th equal line of a file; the first one has the key of its content alone. */
export function occurrenceKey(key: string, occurrence: number): string {
  if (occurrence === 1) return key;
  const hex = createHash('sha256').update(`${key}#${occurrence}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const COLUMNS = {
  customer: 'text', occurredAt: 'timestamptz', kind: 'text', amount: 'numeric', quantity: 'numeric', discount: 'numeric', product: 'text', category: 'text',
  channel: 'text', campaign: 'text', session: 'text', orderRef: 'text', properties: 'jsonb', dedupe_key: 'uuid',
} as const satisfies Columns;
const LABELS = 'occurred_at, kind, amount, quantity, discount, product, category, channel, campaign, session, order_ref, properties, dedupe_key';

/** Events in the order given; those whose key is there already are left out. */
export async function writeEvents(trx: Knex, events: readonly KeyedEvent[], importId: number, at: number): Promise<WrittenEvents> {
  if (events.length === 0) return { customersCreated: 0, kinds: [] };
  const customersCreated = await createMissing(trx, [...new Set(events.map((event) => event.customer))], at);
  const relation = unnestRows(COLUMNS, events);
  const { rows } = await trx.raw<{ rows: WrittenEvents['kinds'] }>(
    `WITH written AS (
       INSERT INTO events (customer_id, ${LABELS}, import_id, ingested_at)
       SELECT c.customer_id, ${LABELS}, ?::bigint, ?::timestamptz
       FROM ROWS FROM (${relation.sql}) WITH ORDINALITY AS n (external_id, ${LABELS}, position)
       JOIN customers c USING (external_id)
       ORDER BY position
       ON CONFLICT (dedupe_key) DO NOTHING
       RETURNING kind, occurred_at
     )
     SELECT kind, count(*) AS taken, min(occurred_at) AS first, max(occurred_at) AS last FROM written GROUP BY kind ORDER BY kind`,
    [importId, instantText(at), ...relation.bindings],
  );
  return { customersCreated, kinds: rows };
}
