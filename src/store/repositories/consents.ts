/** What a customer allowed: the newest word per purpose, and refusals that outlive the customer's rows. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, unnestRows } from './bulk.ts';

export const PURPOSES = ['scoring', 'marketing', 'training'] as const;
export type Purpose = (typeof PURPOSES)[number];
export type ConsentState = 'granted' | 'refused';

export interface ConsentInput {
  readonly customerId: number;
  readonly purpose: Purpose;
  readonly state: ConsentState;
  /** Epoch ms at which the customer said so. */
  readonly recordedAt: number;
  /** Where it comes from, for example `api` or the name of an import. */
  readonly source: string;
}

/**
 * Records consents in one transaction. The newest word wins, whatever the order of arrival; at one instant a refusal wins.
 * A refusal keeps a hash of the external id (it survives deletion and re-import); a refusal of scoring removes the customer's predictive and rule tags at once.
 */
export async function recordConsents(db: Knex, consents: readonly ConsentInput[]): Promise<void> {
  if (consents.length === 0) return;
  const newest = new Map<string, ConsentInput>();
  for (const consent of consents) {
    const key = `${consent.customerId} ${consent.purpose}`;
    const known = newest.get(key);
    if (known === undefined || consent.recordedAt > known.recordedAt || (consent.recordedAt === known.recordedAt && consent.state === 'refused')) newest.set(key, consent);
  }
  const relation = unnestRows({ customerId: 'int8', purpose: 'text', state: 'text', recordedAt: 'timestamptz', source: 'text' }, [...newest.values()]);
  const ids = [...new Set(consents.map((consent) => consent.customerId))];
  const who = unnestRows({ customerId: 'int8' }, ids.map((customerId) => ({ customerId })));
  await db.transaction(async (trx) => {
    await trx.raw(
      `INSERT INTO consents AS old (customer_id, purpose, state, recorded_at, source)
       SELECT * FROM ${relation.sql} AS n (customer_id, purpose, state, recorded_at, source) ORDER BY 1, 2
       ON CONFLICT (customer_id, purpose) DO UPDATE SET state = excluded.state, recorded_at = excluded.recorded_at, source = excluded.source
       WHERE old.recorded_at < excluded.recorded_at OR (old.recorded_at = excluded.recorded_at AND excluded.state = 'refused')`,
      relation.bindings,
    );
    await trx.raw(
      `INSERT INTO suppressions AS old (external_id_sha256, purpose, recorded_at, source)
       SELECT sha256(convert_to(c.external_id, 'UTF8')), k.purpose, k.recorded_at, k.source
       FROM consents k JOIN customers c USING (customer_id) JOIN ${who.sql} AS n (customer_id) USING (customer_id)
       WHERE k.state = 'refused' ORDER BY 1, 2
       ON CONFLICT (external_id_sha256, purpose) DO UPDATE SET recorded_at = excluded.recorded_at, source = excluded.source`,
      who.bindings,
    );
    await trx.raw(
      `DELETE FROM suppressions s USING consents k, customers c, ${who.sql} AS n (customer_id)
       WHERE k.customer_id = n.customer_id AND c.customer_id = n.customer_id AND k.state = 'granted' AND s.purpose = k.purpose
         AND s.external_id_sha256 = sha256(convert_to(c.external_id, 'UTF8'))`,
      who.bindings,
    );
    await trx.raw(
      `DELETE FROM customer_tags t USING consents k, ${who.sql} AS n (customer_id)
       WHERE t.customer_id = n.customer_id AND k.customer_id = n.customer_id AND k.purpose = 'scoring' AND k.state = 'refused' AND t.kind IN ('predictive', 'value') AND t.status <> 'opted_out'`,
      who.bindings,
    );
    await trx.raw(
      `DELETE FROM customer_rules t USING consents k, ${who.sql} AS n (customer_id)
       WHERE t.customer_id = n.customer_id AND k.customer_id = n.customer_id AND k.purpose = 'scoring' AND k.state = 'refused'`,
      who.bindings,
    );
  });
}

export async function consentsOf(db: Knex, customerId: number): Promise<ConsentInput[]> {
  return selectRows<ConsentInput>(db, `SELECT customer_id AS "customerId", purpose, state, recorded_at AS "recordedAt", source FROM consents WHERE customer_id = ? ORDER BY purpose`, [customerId]);
}

/** Ids of the customers who refused this purpose, in order, those after `after`. */
export async function refusedCustomers(db: Knex, purpose: Purpose, page: { readonly after?: number; readonly limit: number }): Promise<number[]> {
  const rows = await selectRows<{ id: number }>(
    db,
    `SELECT customer_id AS id FROM consents WHERE purpose = ? AND state = 'refused' AND customer_id > ? ORDER BY customer_id LIMIT ?`,
    [purpose, page.after ?? 0, page.limit],
  );
  return rows.map((row) => row.id);
}

/** Whether somebody with this external id once refused the purpose, customer row or not. */
export async function isSuppressed(db: Knex, externalId: string, purpose: Purpose): Promise<boolean> {
  const rows = await selectRows(db, `SELECT FROM suppressions WHERE external_id_sha256 = sha256(convert_to(?::text, 'UTF8')) AND purpose = ?`, [externalId, purpose]);
  return rows.length > 0;
}

/** When the store last heard about consents; changes whenever one does. */
export async function lastConsentAt(db: Knex): Promise<string | undefined> {
  const rows = await selectRows<{ at: number | null }>(db, 'SELECT max(recorded_at) AS at FROM consents');
  const at = rows[0]?.at;
  return at === null || at === undefined ? undefined : instantText(at);
}
