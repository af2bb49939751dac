/** Batches of customers, identities and consents. Each says which of its rows changed something. */
import type { Knex } from 'knex';
import { selectRows, unnestRows } from '../repositories/bulk.ts';
import { createMissing, customerIds } from '../repositories/customers.ts';
import { attributeStandards, standardised, writeOriginals } from '../repositories/standards.ts';
import type { Standardised } from '../repositories/standards.ts';
import { instantText } from '../types.ts';
import type { TakenConsent, TakenCustomer, TakenIdentity } from './rows.ts';

export interface WrittenProfiles {
  readonly customersCreated: number;
  /** For each row: whether it changed the store, changed nothing, or may not be taken. */
  readonly outcomes: readonly ('taken' | 'duplicate' | 'identity_taken')[];
}

async function existing(trx: Knex, externalIds: readonly string[], at: number): Promise<{ created: number; known: ReadonlySet<string> }> {
  const ids = [...new Set(externalIds)];
  const known = new Set((await customerIds(trx, ids)).keys());
  return { created: await createMissing(trx, ids, at), known };
}

/** Attributes are merged key by key in file order and say the standard where they have one; what was written is kept beside it. A row that repeats what is known is a duplicate. */
export async function writeCustomers(trx: Knex, rows: readonly TakenCustomer[], at: number): Promise<WrittenProfiles> {
  const { created, known } = await existing(trx, rows.map((row) => row.customer), at);
  const merged = new Map<string, Readonly<Record<string, unknown>>>();
  const originals = new Map<string, Standardised['originals']>();
  const standards = await attributeStandards(trx);
  for (const row of rows) {
    const said = standardised(row.attributes, standards);
    merged.set(row.customer, { ...merged.get(row.customer), ...said.attributes });
    if (standards.size > 0) originals.set(row.customer, { ...originals.get(row.customer), ...said.originals });
  }
  const relation = unnestRows({ externalId: 'text', attributes: 'jsonb' }, [...merged].map(([externalId, attributes]) => ({ externalId, attributes })));
  const changed = await selectRows<{ externalId: string }>(
    trx,
    `UPDATE customers c SET attributes = c.attributes || n.attributes, updated_at = ?::timestamptz
     FROM ${relation.sql} AS n (external_id, attributes)
     WHERE c.external_id = n.external_id AND c.attributes IS DISTINCT FROM c.attributes || n.attributes
     RETURNING c.external_id AS "externalId"`,
    [instantText(at), ...relation.bindings],
  );
  await writeOriginals(trx, [...originals].map(([externalId, own]) => ({ externalId, originals: own })));
  const touched = new Set(changed.map((row) => row.externalId));
  const seen = new Set<string>();
  const outcomes = rows.map((row) => {
    const text = JSON.stringify([row.customer, row.attributes]);
    if (seen.has(text)) return 'duplicate';
    seen.add(text);
    return touched.has(row.customer) || !known.has(row.customer) ? 'taken' : 'duplicate';
  });
  return { customersCreated: created, outcomes };
}

/** A name belongs to the customer who has it first, in the store or in the file. */
export async function writeIdentities(trx: Knex, rows: readonly TakenIdentity[], at: number): Promise<WrittenProfiles> {
  const { created } = await existing(trx, rows.map((row) => row.customer), at);
  const ids = await customerIds(trx, [...new Set(rows.map((row) => row.customer))]);
  const nameOf = (row: { namespace: string; value: string }): string => JSON.stringify([row.namespace, row.value]);
  const first = new Map<string, TakenIdentity>();
  for (const row of rows) if (!first.has(nameOf(row))) first.set(nameOf(row), row);
  const wanted = [...first.values()].map((row) => ({ namespace: row.namespace, value: row.value, customer: ids.get(row.customer) }));
  const relation = unnestRows({ namespace: 'text', value: 'text', customer: 'int8' }, wanted);
  const made = await selectRows<{ namespace: string; value: string }>(
    trx,
    `INSERT INTO identities (namespace, value, customer_id) SELECT * FROM ${relation.sql} AS n (namespace, value, customer_id) ON CONFLICT (namespace, value) DO NOTHING RETURNING namespace, value`,
    relation.bindings,
  );
  const owners = await selectRows<{ namespace: string; value: string; customerId: number }>(
    trx,
    `SELECT i.namespace, i.value, i.customer_id AS "customerId" FROM identities i JOIN ${relation.sql} AS n (namespace, value, customer_id) USING (namespace, value)`,
    relation.bindings,
  );
  const fresh = new Set(made.map(nameOf));
  const ownerOf = new Map(owners.map((row) => [nameOf(row), row.customerId]));
  const outcomes = rows.map((row) => {
    const name = nameOf(row);
    if (ownerOf.get(name) !== ids.get(row.customer)) return 'identity_taken';
    return fresh.delete(name) ? 'taken' : 'duplicate';
  });
  return { customersCreated: created, outcomes };
}

/** The later statement counts; at the same time a refusal does. Without times in the file a grant never replaces a refusal. */
function stronger(a: TakenConsent, b: TakenConsent): TakenConsent {
  if (a.recordedAt !== b.recordedAt) return a.recordedAt > b.recordedAt ? a : b;
  return b.state === 'refused' ? b : a;
}

/** `dated`: the file says when each consent was given. */
export async function writeConsents(trx: Knex, rows: readonly TakenConsent[], source: string, dated: boolean, at: number): Promise<WrittenProfiles> {
  const { created } = await existing(trx, rows.map((row) => row.customer), at);
  const ids = await customerIds(trx, [...new Set(rows.map((row) => row.customer))]);
  const keyOf = (row: TakenConsent): string => `${row.purpose} ${ids.get(row.customer)}`;
  const last = new Map<string, TakenConsent>();
  for (const row of rows) {
    const before = last.get(keyOf(row));
    last.set(keyOf(row), before === undefined ? row : stronger(before, row));
  }
  const kept = [...last.values()];
  const relation = unnestRows({ customer: 'int8', purpose: 'text', state: 'text', recordedAt: 'timestamptz' }, kept.map((row) => ({ ...row, customer: ids.get(row.customer) })));
  const rule = dated
    ? `EXCLUDED.recorded_at > o.recorded_at OR (EXCLUDED.recorded_at = o.recorded_at AND EXCLUDED.state = 'refused' AND o.state = 'granted')`
    : `EXCLUDED.state = 'refused' AND o.state = 'granted' AND EXCLUDED.recorded_at >= o.recorded_at`;
  const changed = await selectRows<{ customerId: number; purpose: string }>(
    trx,
    `INSERT INTO consents AS o (customer_id, purpose, state, recorded_at, source)
     SELECT n.customer_id, n.purpose, n.state, n.recorded_at, ?::text FROM ${relation.sql} AS n (customer_id, purpose, state, recorded_at)
     ON CONFLICT (customer_id, purpose) DO UPDATE SET state = EXCLUDED.state, recorded_at = EXCLUDED.recorded_at, source = EXCLUDED.source WHERE ${rule}
     RETURNING o.customer_id AS "customerId", o.purpose`,
    [source, ...relation.bindings],
  );
  const touched = new Set(changed.map((row) => `${row.purpose} ${row.customerId}`));
  return { customersCreated: created, outcomes: rows.map((row) => (last.get(keyOf(row)) === row && touched.has(keyOf(row)) ? 'taken' : 'duplicate')) };
}
