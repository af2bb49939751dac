/** The feed of stage changes: written with the tags of a night in one transaction, read in the order of a cursor. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows } from './bulk.ts';
import type { RunRef } from './runs.ts';

export interface PublishStages {
  /** Key of the tag that carries the stage. */
  readonly tagKey: string;
  /** Business day and its cut-off in epoch ms. */
  readonly asOf: string;
  readonly cutoff: number;
  readonly rulesVersion: number;
  /** Customers whose tag ended because the night did not find them any more. */
  readonly ended: readonly number[];
  readonly at: number;
}

/**
 * What the published tags of the run change in the history, and a line of the feed for each change. The history of a day is what its last publication says; the feed says it once more
 * where that differs from what it said before. A tag without data changes nothing: nothing is known is no stage. Returns how many changes were told.
 */
export async function publishStages(trx: Knex.Transaction, run: RunRef, { tagKey, asOf, cutoff, rulesVersion, ended, at }: PublishStages): Promise<number> {
  // Two nights at once take turns, so that numbers of the feed become visible in ascending order and a reader misses none.
  await trx.raw('LOCK TABLE lifecycle_changes IN EXCLUSIVE MODE');
  const bindings = {
    run: run.runId, key: tagKey, asOf, cutoff, version: rulesVersion, ended: arrayLiteral('int8', ended), at: instantText(at),
  };
  const told = await trx.raw<{ rowCount: number | null }>(
    `WITH touched AS (
       SELECT customer_id FROM tag_history WHERE run_id = :run AND tag_key = :key
       UNION SELECT unnest(cast(:ended AS bigint[]))
     ), now AS (
       SELECT c.customer_id, CASE WHEN t.status = 'ok' THEN t.band END AS stage
       FROM touched JOIN customers c USING (customer_id) LEFT JOIN customer_tags t ON t.customer_id = c.customer_id AND t.tag_key = :key
       WHERE (t.customer_id IS NULL OR (t.run_id = :run AND t.status IN ('ok', 'opted_out')))
         AND NOT EXISTS (SELECT FROM lifecycle_history l WHERE l.customer_id = c.customer_id AND l.entered_on > cast(:asOf AS date))
     ), compared AS (
       SELECT n.customer_id, n.stage, b.stage AS before, d.customer_id IS NOT NULL AS again, CASE WHEN d.customer_id IS NULL THEN b.stage ELSE d.stage END AS told,
         (f.facts ->> 'orders')::float8::integer AS orders, floor(cast(:cutoff AS float8) - (f.facts ->> 'silenceDays')::float8 * 86400000 + 0.5)::bigint AS last_order_ms
       FROM now n
       LEFT JOIN LATERAL (SELECT stage FROM lifecycle_history h WHERE h.customer_id = n.customer_id AND h.entered_on < cast(:asOf AS date) ORDER BY h.entered_on DESC LIMIT 1) AS b ON true
       LEFT JOIN lifecycle_history d ON d.customer_id = n.customer_id AND d.entered_on = cast(:asOf AS date)
       LEFT JOIN run_facts f ON f.run_id = :run AND f.customer_id = n.customer_id
     ), removed AS (
       DELETE FROM lifecycle_history h USING compared c WHERE c.again AND c.stage IS NOT DISTINCT FROM c.before AND h.customer_id = c.customer_id AND h.entered_on = cast(:asOf AS date)
     ), written AS (
       INSERT INTO lifecycle_history (customer_id, entered_on, stage, previous_stage, run_id, orders, last_order_ms, rules_version)
       SELECT customer_id, cast(:asOf AS date), stage, before, cast(:run AS bigint), CASE WHEN stage IS NOT NULL THEN orders END, CASE WHEN stage IS NOT NULL THEN last_order_ms END, cast(:version AS integer)
       FROM compared WHERE stage IS DISTINCT FROM before
       ON CONFLICT (customer_id, entered_on) DO UPDATE SET stage = excluded.stage, previous_stage = excluded.previous_stage, run_id = excluded.run_id, orders = excluded.orders,
         last_order_ms = excluded.last_order_ms, rules_version = excluded.rules_version
     )
     INSERT INTO lifecycle_changes (customer_id, changed_on, from_stage, to_stage, run_id, rules_version)
     SELECT customer_id, cast(:asOf AS date), told, stage, cast(:run AS bigint), cast(:version AS integer) FROM compared WHERE stage IS DISTINCT FROM told ORDER BY customer_id`,
    bindings,
  );
  await trx.raw(
    `INSERT INTO lifecycle_runs (as_of, run_id, rules_version, published_at)
     SELECT cast(:asOf AS date), cast(:run AS bigint), cast(:version AS integer), cast(:at AS timestamptz) WHERE EXISTS (SELECT FROM customer_tags WHERE tag_key = :key AND run_id = :run)
     ON CONFLICT (as_of) DO UPDATE SET run_id = excluded.run_id, rules_version = excluded.rules_version, published_at = excluded.published_at`,
    bindings,
  );
  return told.rowCount ?? 0;
}

export interface StageChange {
  /** Ascending in the order of publication, with gaps: the cursor of the feed. */
  readonly id: number;
  readonly customerId: number;
  /** The shop's own id. */
  readonly externalId: string;
  /** null: had no stage, because the customer is new in the store or had refused. */
  readonly from: string | null;
  /** null: has no stage any more, because the customer refused or is not found in the data. */
  readonly to: string | null;
  /** Business day. */
  readonly day: string;
  readonly runId: number;
  readonly rulesVersion: number | null;
  /** false where the customer refused marketing: to be counted, not to be written to. */
  readonly contactable: boolean;
}

export interface ChangesQuery {
  /** Changes behind this one. */
  readonly after: number;
  readonly limit: number;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Changes behind a cursor, oldest first. Of customers who refused scoring only their leaving is told, so that other systems let go of them; erased customers are gone.
 * `next` is where to go on from: it moves past changes that are not told, and stays where there is nothing new.
 */
export async function stageChanges(db: Knex, { after, limit, from, to }: ChangesQuery): Promise<{ readonly changes: StageChange[]; readonly next: number; readonly more: boolean }> {
  const rows = await selectRows<StageChange>(
    db,
    `SELECT h.change_id AS id, h.customer_id AS "customerId", c.external_id AS "externalId", h.from_stage AS "from", h.to_stage AS "to", h.changed_on AS day, h.run_id AS "runId", h.rules_version AS "rulesVersion",
       NOT EXISTS (SELECT FROM consents k WHERE k.customer_id = h.customer_id AND k.purpose IN ('marketing', 'scoring') AND k.state = 'refused') AS contactable
     FROM lifecycle_changes h JOIN customers c USING (customer_id)
     WHERE h.change_id > ? AND (?::text IS NULL OR h.from_stage = ?) AND (?::text IS NULL OR h.to_stage = ?)
       AND (h.to_stage IS NULL OR NOT EXISTS (SELECT FROM consents k WHERE k.customer_id = h.customer_id AND k.purpose = 'scoring' AND k.state = 'refused'))
     ORDER BY h.change_id LIMIT ?`,
    [after, from ?? null, from ?? null, to ?? null, to ?? null, limit + 1] as Knex.RawBinding[],
  );
  const changes = rows.slice(0, limit);
  return { changes, next: changes.at(-1)?.id ?? after, more: rows.length > limit };
}
