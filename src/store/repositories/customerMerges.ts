/** Makes one customer of two, in one transaction. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';
import { recordAudit } from './audit.ts';
import { PURPOSES, consentsOf, recordConsents } from './consents.ts';
import { customerById, identitiesOf } from './customers.ts';
import type { Customer } from './customers.ts';

export interface Merged {
  readonly mergeId: number;
  /** Store id of the customer who stays. */
  readonly customerId: number;
  readonly events: number;
  readonly identities: number;
  /** Attributes that the customer who stays did not have. */
  readonly attributes: number;
  /** Purposes that the one who stays refuses now and did not before. */
  readonly refused: readonly string[];
}

/** A refusal of either counts, whenever it was said; otherwise the newest word does. Refusals of the one who is gone also stay under the hash of the old id. */
async function mergeConsents(trx: Knex.Transaction, from: number, into: number): Promise<string[]> {
  const [gone, kept] = [await consentsOf(trx, from), await consentsOf(trx, into)];
  const words = PURPOSES.flatMap((purpose) => {
    const said = [...gone, ...kept].filter((consent) => consent.purpose === purpose);
    const refused = said.some(({ state }) => state === 'refused');
    return said.length === 0 ? [] : [{ customerId: into, purpose, state: refused ? 'refused' : 'granted', recordedAt: Math.max(...said.map(({ recordedAt }) => recordedAt)), source: 'merge' } as const];
  });
  await recordConsents(trx, words);
  return words.filter(({ purpose, state }) => state === 'refused' && !kept.some((one) => one.purpose === purpose && one.state === 'refused')).map(({ purpose }) => purpose);
}

/**
 * Events get the number of the transaction that moves them: the snapshot then reads everything again, and what is evaluated when events arrive looks at the customer who stays. When they happened
 * and when they came in stays as it was.
 */
async function moveEvents(trx: Knex.Transaction, from: number, into: number): Promise<number[]> {
  const moved = await selectRows<{ id: number }>(trx, 'UPDATE events SET customer_id = ?, ingest_xid = pg_current_xact_id() WHERE customer_id = ? RETURNING event_id AS id', [into, from]);
  return moved.map(({ id }) => id).sort((a, b) => a - b);
}

async function mergeAttributes(trx: Knex.Transaction, gone: Customer, into: number, at: number): Promise<number> {
  const [row] = await selectRows<{ added: number }>(
    trx,
    `WITH kept AS (SELECT customer_id, attributes FROM customers WHERE customer_id = ?), changed AS (
       UPDATE customers c SET attributes = ?::jsonb || c.attributes, created_at = least(c.created_at, ?::timestamptz), updated_at = ? FROM kept k WHERE c.customer_id = k.customer_id
     ) SELECT count(*) AS added FROM kept, jsonb_object_keys(?::jsonb) AS key WHERE NOT jsonb_exists(kept.attributes, key)`,
    [into, storableJson(gone.attributes), instantText(gone.createdAt), instantText(at), storableJson(gone.attributes)]);
  return row?.added ?? 0;
}

/** Who was assigned under one id keeps the assignment. Who was treated under one id and held out under the other says nothing about either and is out of the experiment. */
async function mergeAssignments(trx: Knex.Transaction, from: number, into: number): Promise<void> {
  await trx.raw(
    `WITH torn AS (SELECT a.experiment_key FROM experiment_assignments a JOIN experiment_assignments b USING (experiment_key) WHERE a.customer_id = ? AND b.customer_id = ? AND a.treated <> b.treated)
     DELETE FROM experiment_assignments WHERE customer_id IN (?, ?) AND experiment_key IN (SELECT experiment_key FROM torn)`, [from, into, from, into]);
  await trx.raw('UPDATE experiment_assignments SET customer_id = ? WHERE customer_id = ? AND experiment_key NOT IN (SELECT experiment_key FROM experiment_assignments WHERE customer_id = ?)', [into, from, into]);
}

/**
 * Events, identities, consents and missing attributes of `from` become those of `into`; `from` is gone with its tags, scores, stages and memberships, and tags and segments of `into` follow with the next night. What was
 * moved is kept beside the customer who stays. Undefined where one of the two is not there (any more).
 */
export async function mergeCustomers(db: Knex, from: number, into: number, actor: string, at: number): Promise<Merged | undefined> {
  return db.transaction(async (trx) => {
    const here = await selectRows(trx, 'SELECT FROM customers WHERE customer_id IN (?, ?) ORDER BY customer_id FOR UPDATE', [from, into]);
    const gone = await customerById(trx, from);
    if (here.length !== 2 || gone === undefined) return undefined;
    const identities = await identitiesOf(trx, from);
    const undo = {
      customerId: from, attributes: gone.attributes, createdAt: gone.createdAt, updatedAt: gone.updatedAt, identities: identities.map(({ namespace, value }) => ({ namespace, value })),
      consents: (await consentsOf(trx, from)).map(({ purpose, state, recordedAt, source }) => ({ purpose, state, recordedAt, source })),
    };
    const refused = await mergeConsents(trx, from, into);
    const events = await moveEvents(trx, from, into);
    // What a source wrote goes along with the attribute that stands for it.
    await trx.raw('UPDATE attribute_originals o SET customer_id = ? WHERE o.customer_id = ? AND NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = ? AND jsonb_exists(c.attributes, o.key))', [into, from, into]);
    const attributes = await mergeAttributes(trx, gone, into, at);
    await trx.raw('UPDATE identities SET customer_id = ? WHERE customer_id = ?', [into, from]);
    await mergeAssignments(trx, from, into);
    await trx.raw('UPDATE customer_merges SET into_customer_id = ? WHERE into_customer_id = ?', [into, from]);
    const [merge] = await selectRows<{ mergeId: number }>(
      trx, 'INSERT INTO customer_merges (into_customer_id, from_external_id, undo, moved_events, actor, merged_at) VALUES (?, ?, ?::jsonb, ?::bigint[], ?, ?) RETURNING merge_id AS "mergeId"',
      [into, storableText(gone.externalId), storableJson(undo), `{${events.join(',')}}`, storableText(actor), instantText(at)]);
    // These know customers by number alone; everything else goes with the row.
    for (const table of ['scores', 'staged_tags', 'staged_rules', 'segment_members', 'segment_changes']) await trx.raw(`DELETE FROM ${table} WHERE customer_id = ?`, [from]);
    await trx.raw('DELETE FROM customers WHERE customer_id = ?', [from]);
    const merged: Merged = { mergeId: merge?.mergeId ?? 0, customerId: into, events: events.length, identities: identities.length, attributes, refused };
    await recordAudit(trx, { at, actor, action: 'customer.merged', object: String(into), details: { ...merged, from } });
    return merged;
  });
}

/** Old ids that have come back as customers of their own, with who they belong to: a source that still uses an old id makes one. */
export async function returnedCustomers(db: Knex): Promise<{ readonly from: number; readonly into: number }[]> {
  return selectRows(db, `SELECT DISTINCT ON (c.customer_id) c.customer_id AS "from", m.into_customer_id AS "into" FROM customer_merges m JOIN customers c ON c.external_id = m.from_external_id WHERE c.customer_id <> m.into_customer_id ORDER BY c.customer_id, m.merge_id DESC`);
}
