/**
 * Makes a run's staged tags visible in one transaction, guarded by the fence and by (business day, fence) order; refusals of the last minute are honoured,
 * and tags that this run did not find any more end with it.
 */
import type { Knex } from 'knex';
import { selectRows } from '../store/repositories/bulk.ts';
import { publishTags } from '../store/repositories/tagPublish.ts';
import type { PublishResult } from '../store/repositories/tagPublish.ts';
import type { RunRef } from '../store/repositories/runs.ts';
import { LIFECYCLE_TAG } from './catalogue/lifecycle.ts';
import { BUILT_TAGS } from './build/buildTags.ts';

export interface PublishRun {
  /** Business day. */
  readonly asOf: string;
  /** Customers with an id below this one took part in the run. */
  readonly below: number;
  /** Epoch ms. */
  readonly at: number;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Primary churn probability tag: its changes are kept for the trend. */
  readonly churnKey: string;
}

export interface RunPublished extends PublishResult {
  /** Tags that ended because the run did not find them any more. */
  readonly ended: number;
}

/** Names of a closed list; the stage of a refusal keeps the row and its status, and nothing else. */
const BLANK = ['value_number', 'value_text', 'value_date', 'value_list', 'band', 'probability', 'percentile', 'lift', 'interval_low', 'interval_high', 'interval_level', 'horizon_days', 'confidence'];

async function honourRefusals(trx: Knex.Transaction, run: RunRef): Promise<void> {
  // Refusals wait until the new tags are visible, and then find them; a refusal that came first is seen here.
  await trx.raw('LOCK TABLE consents IN SHARE MODE');
  const refused = `EXISTS (SELECT FROM consents k WHERE k.customer_id = s.customer_id AND k.purpose = 'scoring' AND k.state = 'refused')`;
  await trx.raw(
    `UPDATE staged_tags s SET status = 'opted_out', ${BLANK.map((column) => `${column} = NULL`).join(', ')}, reasons = '[]'
     WHERE s.run_id = ? AND s.kind <> 'statistical' AND s.status <> 'opted_out' AND ${refused}`,
    [run.runId],
  );
}

/** Published tags of an earlier day (or take) that this run did not stage for a customer it covered. */
async function endMissing(trx: Knex.Transaction, run: RunRef, { asOf, below }: PublishRun): Promise<number> {
  const rows = await selectRows<{ n: number }>(
    trx,
    `WITH gone AS (
       DELETE FROM customer_tags o
       WHERE o.customer_id < ? AND (o.as_of, o.fence, o.run_id) < (?::date, ?::int, ?::bigint)
         AND NOT EXISTS (SELECT FROM staged_tags s WHERE s.run_id = ? AND s.customer_id = o.customer_id AND s.tag_key = o.tag_key)
       RETURNING 1
     )
     SELECT count(*) AS n FROM gone`,
    [below, asOf, run.fence, run.runId, run.runId],
  );
  return rows[0]?.n ?? 0;
}

/** Stages that the published change says were entered; the stage before the day stays what the first publication of the day wrote. */
async function enterStages(trx: Knex.Transaction, run: RunRef): Promise<void> {
  await trx.raw(
    `INSERT INTO lifecycle_history (customer_id, entered_on, stage, previous_stage, run_id)
     SELECT DISTINCT ON (customer_id) customer_id, changed_on, to_band, from_band, run_id FROM tag_history
     WHERE run_id = ? AND tag_key = ? AND to_status = 'ok' ORDER BY customer_id, id DESC
     ON CONFLICT (customer_id, entered_on) DO UPDATE SET stage = excluded.stage, run_id = excluded.run_id`,
    [run.runId, LIFECYCLE_TAG.key],
  );
}

/** Tags whose changes are worth keeping: everything that is no number, and the one number that a trend is read from. */
export function historyKeys(churnKey: string): string[] {
  return [...BUILT_TAGS.filter(({ valueType }) => valueType === 'text').map(({ key }) => key), churnKey];
}

/** @throws AppError `run_fenced` when the run is not ours any more; then nothing is published. */
export async function publishRun(db: Knex, run: RunRef, publish: PublishRun): Promise<RunPublished> {
  let ended = 0;
  const result = await publishTags(db, run, {
    at: publish.at,
    ...(publish.details === undefined ? {} : { details: publish.details }),
    historyKeys: historyKeys(publish.churnKey),
    before: async (trx) => {
      await honourRefusals(trx, run);
      ended = await endMissing(trx, run, publish);
    },
    after: (trx) => enterStages(trx, run),
  });
  return { ...result, ended };
}
