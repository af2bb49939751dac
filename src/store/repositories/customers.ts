/** Customers and the names they go by. */
import type { Knex } from 'knex';
import { insertRows, selectRows, storableText, unnestRows } from './bulk.ts';

export interface Customer {
  readonly customerId: number;
  /** The shop's own id. */
  readonly externalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CustomerInput {
  readonly externalId: string;
  /** Merged key by key into what is known; a key that is absent stays. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const COLUMNS = 'c.customer_id AS "customerId", c.external_id AS "externalId", c.attributes, c.created_at AS "createdAt", c.updated_at AS "updatedAt"';

/**
 * Creates the customers among `externalIds` (distinct) that do not exist. One who once refused and was erased comes back refused.
 * Sorted, so that two writers at once wait for each other instead of deadlocking.
 */
export async function createMissing(db: Knex, externalIds: readonly string[], at: number): Promise<number> {
  const rows = externalIds.toSorted().map((externalId) => ({ externalId }));
  const relation = unnestRows({ externalId: 'text' }, rows);
  const when = new Date(at).toISOString();
  const result = await selectRows<{ created: number }>(
    db,
    `WITH made AS (
       INSERT INTO customers (external_id, created_at, updated_at)
       SELECT n.external_id, ?::timestamptz, ?::timestamptz FROM ${relation.sql} AS n (external_id)
       WHERE NOT EXISTS (SELECT FROM customers c WHERE c.external_id = n.external_id)
       ORDER BY n.external_id
       ON CONFLICT (external_id) DO NOTHING
       RETURNING customer_id, external_id
     ), refused AS (
       INSERT INTO consents (customer_id, purpose, state, recorded_at, source)
       SELECT m.customer_id, s.purpose, 'refused', s.recorded_at, 'suppression'
       FROM made m JOIN suppressions s ON s.external_id_sha256 = sha256(convert_to(m.external_id, 'UTF8'))
       WHERE EXISTS (SELECT FROM suppressions)
     )
     SELECT count(*) AS created FROM made`,
    [when, when, ...relation.bindings],
  );
  return result[0]?.created ?? 0;
}

/** Creates or updates customers; several inputs for one customer are merged in order. Returns external id → customer id. */
export async function upsertCustomers(db: Knex, inputs: readonly CustomerInput[], at: number): Promise<Map<string, number>> {
  const merged = new Map<string, Record<string, unknown>>();
  for (const { externalId, attributes } of inputs) merged.set(externalId, { ...merged.get(externalId), ...attributes });
  if (merged.size === 0) return new Map();
  return db.transaction(async (trx) => {
    await createMissing(trx, [...merged.keys()], at);
    const rows = [...merged].filter(([, attributes]) => Object.keys(attributes).length > 0).map(([externalId, attributes]) => ({ externalId, attributes }));
    if (rows.length > 0) {
      const relation = unnestRows({ externalId: 'text', attributes: 'jsonb' }, rows);
      await trx.raw(
        `UPDATE customers c SET attributes = c.attributes || n.attributes, updated_at = ?::timestamptz
         FROM ${relation.sql} AS n (external_id, attributes)
         WHERE c.external_id = n.external_id AND c.attributes IS DISTINCT FROM c.attributes || n.attributes`,
        [new Date(at).toISOString(), ...relation.bindings],
      );
    }
    return customerIds(trx, [...merged.keys()]);
  });
}

/** External id → customer id, for those that exist. */
export async function customerIds(db: Knex, externalIds: readonly string[]): Promise<Map<string, number>> {
  const relation = unnestRows({ externalId: 'text' }, externalIds.map((externalId) => ({ externalId })));
  const rows = await selectRows<{ externalId: string; customerId: number }>(
    db,
    `SELECT c.external_id AS "externalId", c.customer_id AS "customerId" FROM customers c JOIN ${relation.sql} AS n (external_id) ON n.external_id = c.external_id`,
    relation.bindings,
  );
  return new Map(rows.map((row) => [row.externalId, row.customerId]));
}

export async function customerById(db: Knex, customerId: number): Promise<Customer | undefined> {
  return (await selectRows<Customer>(db, `SELECT ${COLUMNS} FROM customers c WHERE c.customer_id = ?`, [customerId]))[0];
}

export async function customerByExternalId(db: Knex, externalId: string): Promise<Customer | undefined> {
  return (await selectRows<Customer>(db, `SELECT ${COLUMNS} FROM customers c WHERE c.external_id = ?`, [storableText(externalId)]))[0];
}

export async function customerByIdentity(db: Knex, namespace: string, value: string): Promise<Customer | undefined> {
  const bindings = [storableText(namespace), storableText(value)];
  return (await selectRows<Customer>(db, `SELECT ${COLUMNS} FROM identities i JOIN customers c USING (customer_id) WHERE i.namespace = ? AND i.value = ?`, bindings))[0];
}

/** Customers in the order of their id, those after `after`. */
export async function pageCustomers(db: Knex, page: { readonly after?: number; readonly limit: number }): Promise<Customer[]> {
  return selectRows<Customer>(db, `SELECT ${COLUMNS} FROM customers c WHERE c.customer_id > ? ORDER BY c.customer_id LIMIT ?`, [page.after ?? 0, page.limit]);
}

export async function countCustomers(db: Knex): Promise<number> {
  return (await selectRows<{ n: number }>(db, 'SELECT count(*) AS n FROM customers'))[0]?.n ?? 0;
}

export interface Identity {
  readonly namespace: string;
  readonly value: string;
  readonly customerId: number;
}

/** Gives customers further names. A name that is already somebody's stays theirs. Returns how many were new. */
export async function linkIdentities(db: Knex, identities: readonly Identity[]): Promise<number> {
  const rows = identities.map(({ namespace, value, customerId }) => ({ namespace, value, customer_id: customerId }));
  return insertRows(db, 'identities', { namespace: 'text', value: 'text', customer_id: 'int8' }, rows, 'ON CONFLICT (namespace, value) DO NOTHING');
}

export async function identitiesOf(db: Knex, customerId: number): Promise<Identity[]> {
  return selectRows<Identity>(db, 'SELECT namespace, value, customer_id AS "customerId" FROM identities WHERE customer_id = ? ORDER BY namespace, value', [customerId]);
}
