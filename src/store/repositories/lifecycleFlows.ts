/** Counts of stages and of moves between them by week, in one pass over the history. */
import type { Knex } from 'knex';
import { selectRows } from './bulk.ts';

export interface WeekMove {
  /** Monday; everything before the first week is in the week before it. */
  readonly week: string;
  /** Stage at the end of the last week in which it changed, null without one. */
  readonly from: string | null;
  /** Stage at the end of this week. */
  readonly to: string | null;
  readonly customers: number;
}

/** Weeks are counted from this Monday, so that the one pass compares whole numbers. */
const MONDAY = "date '1970-01-05'";

/**
 * How many customers ended a week in another stage than the week before. A stage counts as it is at the end of the week, or on `until` where that comes first: what was entered and left within the week is
 * not seen. Weeks before `first` (a Monday) are counted together, which gives the stock to begin from.
 */
export async function weekMoves(db: Knex, first: string, until: string): Promise<WeekMove[]> {
  return selectRows<WeekMove>(
    db,
    `WITH entries AS (
       SELECT customer_id, entered_on, stage, (entered_on - ${MONDAY}) / 7 AS week, lead((entered_on - ${MONDAY}) / 7) OVER (PARTITION BY customer_id ORDER BY entered_on) AS next_week
       FROM lifecycle_history WHERE entered_on <= ?::date
     ), ends AS (
       SELECT week, stage, lag(stage) OVER (PARTITION BY customer_id ORDER BY entered_on) AS before FROM entries WHERE next_week IS NULL OR next_week > week
     ), moves AS (
       SELECT greatest(week, (?::date - ${MONDAY}) / 7 - 1) AS week, before, stage, count(*) AS customers FROM ends WHERE before IS DISTINCT FROM stage GROUP BY 1, 2, 3
     )
     SELECT ${MONDAY} + 7 * week AS week, before AS "from", stage AS "to", customers FROM moves ORDER BY 1, 2, 3`,
    [until, first],
  );
}

/** The first and the last business day whose stages were published; undefined before the first night. */
export async function lifecycleDays(db: Knex): Promise<{ readonly first: string; readonly last: string } | undefined> {
  const [row] = await selectRows<{ first: string | null; last: string | null }>(db, 'SELECT (SELECT min(entered_on) FROM lifecycle_history) AS first, greatest((SELECT max(as_of) FROM lifecycle_runs), (SELECT max(entered_on) FROM lifecycle_history)) AS last');
  return row === undefined || row.first === null || row.last === null ? undefined : { first: row.first, last: row.last };
}
