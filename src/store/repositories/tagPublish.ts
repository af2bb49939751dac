/** Tags go on a stage first, chunk by chunk; one transaction then makes all of them visible, or none. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { arrayLiteral, insertRows, selectRows } from './bulk.ts';
import { finishRun, lockRun } from './runs.ts';
import type { RunRef } from './runs.ts';
import { STATE_COLUMNS, TAG_COLUMNS, toColumns } from './tagRow.ts';
import type { CustomerTag } from './tagRow.ts';

const PAYLOAD = Object.keys(TAG_COLUMNS).filter((column) => column !== 'customer_id' && column !== 'tag_key' && column !== 'fence' && column !== 'valid_from');
const state = (alias: string): string => `(${STATE_COLUMNS.map((column) => `${alias}.${column}`).join(', ')})`;
const valueOf = (alias: string): string => `coalesce(to_jsonb(${alias}.value_number), to_jsonb(${alias}.value_text), to_jsonb(${alias}.value_date), ${alias}.value_list)`;
/** Later business day first, then later take of the run; two runs of one day are told apart by their number, so that the order is total. */
const rank = (alias: string, fence = `${alias}.fence`): string => `(${alias}.as_of, ${fence}, ${alias}.run_id)`;

/** Puts tags of the run on the stage; the same customer and tag again replaces what is there. Call it in the chunk's transaction, beside `recordChunk`. @throws AppError `run_fenced` */
export async function stageTags(trx: Knex.Transaction, run: RunRef, tags: readonly CustomerTag[]): Promise<void> {
  const { asOf } = await lockRun(trx, run, 'write');
  if (tags.some(({ tag }) => tag.asOf !== asOf)) throw new AppError('internal', `A tag of another business day was staged in the run of ${asOf}.`);
  const unique = new Map(tags.map((tag) => [`${tag.customerId} ${tag.tag.key}`, tag]));
  const updates = Object.keys(TAG_COLUMNS).map((column) => `${column} = excluded.${column}`);
  await insertRows(trx, 'staged_tags', TAG_COLUMNS, [...unique.values()].map((tag) => toColumns(tag, run)), `ON CONFLICT (run_id, customer_id, tag_key) DO UPDATE SET ${updates.join(', ')}`);
}

export interface PublishResult {
  /** Tags on the stage that were allowed to go out. */
  readonly staged: number;
  /** Tags written: newer than what was there. */
  readonly published: number;
  /** Among them, those whose status, band or value is new; each has a row in tag_history. */
  readonly changed: number;
  /** Tags dropped because the customer refused scoring since they were staged. */
  readonly refused: number;
}

export interface PublishOptions {
  readonly at: number;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Tags whose changes are kept in tag_history; absent: all. Numbers change every night and would fill it. */
  readonly historyKeys?: readonly string[];
  /** More of the same transaction: before the stage is read, and after everything is written. */
  readonly before?: (trx: Knex.Transaction) => Promise<void>;
  readonly after?: (trx: Knex.Transaction) => Promise<void>;
}

/**
 * Publishes the run's stage and sets the run `done`, in one transaction. A tag is only replaced by one of a later business day or a later take of the
 * same day, so late and repeated runs change nothing. `validFrom` stays while status, band and value stay.
 * @throws AppError `run_fenced` when the run is not ours any more; then nothing is published.
 */
export async function publishTags(db: Knex, run: RunRef, finish: PublishOptions): Promise<PublishResult> {
  return db.transaction(async (trx) => {
    await lockRun(trx, run, 'publish');
    await finish.before?.(trx);
    const refused = await count(
      trx,
      `DELETE FROM staged_tags s USING consents k
       WHERE s.run_id = ? AND k.customer_id = s.customer_id AND k.purpose = 'scoring' AND k.state = 'refused' AND s.kind IN ('predictive', 'value') AND s.status <> 'opted_out'`,
      [run.runId],
    );
    // A customer who was deleted since then takes the staged tags along.
    await trx.raw('DELETE FROM staged_tags s WHERE s.run_id = ? AND NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = s.customer_id)', [run.runId]);
    const kept = finish.historyKeys === undefined ? null : arrayLiteral('text', finish.historyKeys);
    const changed = await count(
      trx,
      `INSERT INTO tag_history (customer_id, tag_key, changed_on, from_status, from_band, from_value, to_status, to_band, to_value, source_version, run_id)
       SELECT s.customer_id, s.tag_key, s.as_of, o.status, o.band, ${valueOf('o')}, s.status, s.band, ${valueOf('s')}, s.source_version, s.run_id
       FROM staged_tags s LEFT JOIN customer_tags o ON o.customer_id = s.customer_id AND o.tag_key = s.tag_key
       WHERE s.run_id = ? AND (?::text[] IS NULL OR s.tag_key = ANY (?::text[])) AND (o.customer_id IS NULL OR (${rank('o')} < ${rank('s', '?::int')} AND ${state('o')} IS DISTINCT FROM ${state('s')}))
       ORDER BY s.customer_id, s.tag_key`,
      [run.runId, kept, kept, run.fence] as Knex.RawBinding[],
    );
    const published = await count(
      trx,
      `INSERT INTO customer_tags AS o (customer_id, tag_key, fence, valid_from, ${PAYLOAD.join(', ')})
       SELECT customer_id, tag_key, ?::int, valid_from, ${PAYLOAD.join(', ')} FROM staged_tags WHERE run_id = ? ORDER BY customer_id, tag_key
       ON CONFLICT (customer_id, tag_key) DO UPDATE SET fence = excluded.fence, ${PAYLOAD.map((column) => `${column} = excluded.${column}`).join(', ')},
         valid_from = CASE WHEN ${state('o')} IS DISTINCT FROM ${state('excluded')} THEN excluded.valid_from ELSE o.valid_from END
       WHERE ${rank('o')} < ${rank('excluded')}`,
      [run.fence, run.runId],
    );
    const staged = await count(trx, 'DELETE FROM staged_tags WHERE run_id = ?', [run.runId]);
    await finish.after?.(trx);
    const result = { staged, published, changed, refused };
    await finishRun(trx, run, { state: 'done', at: finish.at, details: { ...finish.details, publish: result } });
    return result;
  });
}

async function count(trx: Knex.Transaction, sql: string, bindings: Knex.RawBinding[]): Promise<number> {
  return (await trx.raw<{ rowCount: number | null }>(sql, bindings)).rowCount ?? 0;
}

/** What is on the stage, per tag: for the checks before publishing. `flips` counts customers whose published band or status would change. */
export async function stageSummary(db: Knex, runId: number): Promise<{ key: string; customers: number; ok: number; flips: number; compared: number }[]> {
  return selectRows(
    db,
    `SELECT s.tag_key AS key, count(*) AS customers, count(*) FILTER (WHERE s.status = 'ok') AS ok,
       count(*) FILTER (WHERE o.customer_id IS NOT NULL AND (o.status, o.band) IS DISTINCT FROM (s.status, s.band)) AS flips, count(o.customer_id) AS compared
     FROM staged_tags s LEFT JOIN customer_tags o ON o.customer_id = s.customer_id AND o.tag_key = s.tag_key
     WHERE s.run_id = ? GROUP BY s.tag_key ORDER BY s.tag_key`,
    [runId],
  );
}

/** Empties the stage of a run, for example one that failed for good. */
export async function clearStage(db: Knex, runId: number): Promise<number> {
  return (await db.raw<{ rowCount: number | null }>('DELETE FROM staged_tags WHERE run_id = ?', [runId])).rowCount ?? 0;
}
