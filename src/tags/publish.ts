/**
 * Makes a run's staged tags visible in one transaction, guarded by the fence and by (business day, fence) order; refusals of the last minute are honoured,
 * and tags that this run did not find any more end with it.
 */
import type { Knex } from 'knex';
import { selectRows } from '../store/repositories/bulk.ts';
import { publishStages } from '../store/repositories/lifecycleChanges.ts';
import { publishTags } from '../store/repositories/tagPublish.ts';
import type { PublishResult } from '../store/repositories/tagPublish.ts';
import type { RunRef } from '../store/repositories/runs.ts';
import { LIFECYCLE_TAG } from './catalogue/lifecycle.ts';
import { BUILT_TAGS } from './build/buildTags.ts';
import { UPLIFT_GROUP_KEY } from './catalogue/uplift.ts';

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
  /** Cut-off of the business day, epoch ms. */
  readonly cutoff: number;
  /** Version of the rules that made the stages. */
  readonly rulesVersion: number;
}

export interface RunPublished extends PublishResult {
  /** Tags that ended because the run did not find them any more. */
  readonly ended: number;
  /** Changes of stage that were told (src/store/repositories/lifecycleChanges.ts). */
  readonly stageChanges: number;
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

interface Ended {
  readonly tags: number;
  /** Customers who lost their stage with it. */
  readonly stages: readonly number[];
}

/** Published tags of an earlier day (or take) that this run did not stage for a customer it covered. */
async function endMissing(trx: Knex.Transaction, run: RunRef, { asOf, below }: PublishRun): Promise<Ended> {
  const rows = await selectRows<{ n: number; stages: number[] | null }>(
    trx,
    `WITH gone AS (
       DELETE FROM customer_tags o
       WHERE o.customer_id < ? AND (o.as_of, o.fence, o.run_id) < (?::date, ?::int, ?::bigint)
         AND NOT EXISTS (SELECT FROM staged_tags s WHERE s.run_id = ? AND s.customer_id = o.customer_id AND s.tag_key = o.tag_key)
       RETURNING customer_id, tag_key
     )
     SELECT count(*) AS n, array_agg(customer_id ORDER BY customer_id) FILTER (WHERE tag_key = ?) AS stages FROM gone`,
    [below, asOf, run.fence, run.runId, run.runId, LIFECYCLE_TAG.key],
  );
  return { tags: rows[0]?.n ?? 0, stages: rows[0]?.stages ?? [] };
}

/** Tags whose changes are worth keeping: everything that is no number, and the one number that a trend is read from. */
export function historyKeys(churnKey: string): string[] {
  return [...BUILT_TAGS.filter(({ valueType }) => valueType === 'text').map(({ key }) => key), UPLIFT_GROUP_KEY, churnKey];
}

/** @throws AppError `run_fenced` when the run is not ours any more; then nothing is published. */
export async function publishRun(db: Knex, run: RunRef, publish: PublishRun): Promise<RunPublished> {
  let ended: Ended = { tags: 0, stages: [] };
  let stageChanges = 0;
  const result = await publishTags(db, run, {
    at: publish.at,
    ...(publish.details === undefined ? {} : { details: publish.details }),
    historyKeys: historyKeys(publish.churnKey),
    before: async (trx) => {
      await honourRefusals(trx, run);
      ended = await endMissing(trx, run, publish);
    },
    after: async (trx) => {
      stageChanges = await publishStages(trx, run, { tagKey: LIFECYCLE_TAG.key, asOf: publish.asOf, cutoff: publish.cutoff, rulesVersion: publish.rulesVersion, ended: ended.stages, at: publish.at });
    },
  });
  return { ...result, ended: ended.tags, stageChanges };
}
