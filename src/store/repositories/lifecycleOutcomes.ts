/** What was predicted for the stages some days later, beside what came of it: counts, in one statement over the histories. */
import type { Knex } from 'knex';
import { selectRows } from './bulk.ts';

export interface StageOutcome {
  /** Stage on the day, the stage that the tag named, and the stage on the later day. */
  readonly stage: string;
  readonly predicted: string;
  readonly outcome: string;
  readonly customers: number;
}

/** The last published night on or before a day. */
export async function nightUpTo(db: Knex, day: string): Promise<string | undefined> {
  return (await selectRows<{ day: string | null }>(db, 'SELECT max(as_of) AS day FROM lifecycle_runs WHERE as_of <= ?::date', [day]))[0]?.day ?? undefined;
}

const stageOn = 'SELECT DISTINCT ON (customer_id) customer_id, stage FROM lifecycle_history WHERE entered_on <= ?::date ORDER BY customer_id, entered_on DESC';

/** Customers who had a value of the tag on `day` and a stage on both days. */
export async function stageOutcomes(db: Knex, tagKey: string, day: string, later: string): Promise<StageOutcome[]> {
  return selectRows<StageOutcome>(
    db,
    `WITH was AS (${stageOn}), came AS (${stageOn}),
       named AS (SELECT DISTINCT ON (customer_id) customer_id, CASE WHEN to_status = 'ok' THEN to_band END AS stage FROM tag_history WHERE tag_key = ? AND changed_on <= ?::date ORDER BY customer_id, changed_on DESC, id DESC)
     SELECT was.stage, named.stage AS predicted, came.stage AS outcome, count(*) AS customers
     FROM was JOIN came USING (customer_id) JOIN named USING (customer_id)
     WHERE was.stage IS NOT NULL AND came.stage IS NOT NULL AND named.stage IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [day, later, tagKey, day],
  );
}

/** How customers went from stage to stage between two days: what a transition matrix is made of. */
export async function stagePairs(db: Knex, day: string, later: string): Promise<Omit<StageOutcome, 'predicted'>[]> {
  return selectRows(
    db,
    `WITH was AS (${stageOn}), came AS (${stageOn})
     SELECT was.stage, came.stage AS outcome, count(*) AS customers FROM was JOIN came USING (customer_id) WHERE was.stage IS NOT NULL AND came.stage IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
    [day, later],
  );
}
