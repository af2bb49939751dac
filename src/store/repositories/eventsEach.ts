/** Appends a small batch and says of each event whether it was new. Imports of files use `appendEvents`, which only counts. */
import type { Knex } from 'knex';
import type { NewEvent } from '../events.ts';
import { selectRows, unnestRows } from './bulk.ts';
import { dedupeKey } from './dedupe.ts';
import { appendEvents } from './events.ts';
import type { AppendContext } from './events.ts';

export interface AppendedEach {
  /** In the order of the events; the second of two equal events of one batch is not new. */
  readonly added: readonly boolean[];
  readonly newCustomers: number;
}

/** In one transaction: what it wrote is told apart from what was there by the transaction's own id, so a writer beside it cannot blur the answer. */
export async function appendEventsEach(db: Knex, events: readonly NewEvent[], context: AppendContext): Promise<AppendedEach> {
  if (events.length === 0) return { added: [], newCustomers: 0 };
  const keys = events.map((event) => dedupeKey(context.source, event));
  return db.transaction(async (trx) => {
    const { newCustomers } = await appendEvents(trx, events, context);
    const relation = unnestRows({ dedupeKey: 'uuid' }, keys.map((key) => ({ dedupeKey: key })));
    const rows = await selectRows<{ key: string }>(
      trx,
      `SELECT DISTINCT e.dedupe_key::text AS key FROM events e JOIN ${relation.sql} AS n (dedupe_key) USING (dedupe_key) WHERE e.ingest_xid = pg_current_xact_id()`,
      relation.bindings,
    );
    const fresh = new Set(rows.map(({ key }) => key));
    return { added: keys.map((key) => fresh.delete(key)), newCustomers };
  });
}
