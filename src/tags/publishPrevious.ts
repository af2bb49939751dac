/** How tags stood before a business day: read from what is published, and from the history where the same day was published before. */
import type { Knex } from 'knex';
import { addDays } from '../base/time.ts';
import { arrayLiteral, selectRows } from '../store/repositories/bulk.ts';
import { stagesBefore } from '../store/repositories/lifecycle.ts';
import type { IdRange } from '../store/repositories/scores.ts';
import type { PreviousTag } from './build/context.ts';
import { NEEDS_PREVIOUS } from './build/context.ts';
import { TREND_DAYS } from './build/churn.ts';
import { STAGE_CODES } from './lifecycle/rules.ts';
import type { StageState } from './lifecycle/stage.ts';
import type { TagStatus } from './tag.ts';

interface PreviousRow {
  readonly customerId: number;
  readonly key: string;
  readonly status: TagStatus;
  readonly band: string | null;
  readonly value: number | string | null;
}

/**
 * The tags of {@link NEEDS_PREVIOUS} as they were before `asOf`. A tag that this very day has already published counts as it was before that:
 * a repeated run must come to the same answer as the first one. A tag of a later day says nothing about an earlier one.
 */
export async function previousTags(db: Knex, runId: number, asOf: string, range: IdRange): Promise<Map<number, Map<string, PreviousTag>>> {
  const rows = await selectRows<PreviousRow>(
    db,
    `SELECT t.customer_id AS "customerId", t.tag_key AS key,
       CASE WHEN h.id IS NULL THEN t.status ELSE h.from_status END AS status,
       CASE WHEN h.id IS NULL THEN t.band ELSE h.from_band END AS band,
       CASE WHEN h.id IS NULL THEN coalesce(to_jsonb(t.value_number), to_jsonb(t.value_text)) ELSE h.from_value END AS value
     FROM customer_tags t
     LEFT JOIN LATERAL (
       SELECT id, from_status, from_band, from_value FROM tag_history
       WHERE run_id = ? AND customer_id = t.customer_id AND tag_key = t.tag_key AND t.as_of = ?::date ORDER BY id LIMIT 1
     ) AS h ON true
     WHERE t.customer_id >= ? AND t.customer_id < ? AND t.tag_key = ANY (?::text[]) AND t.as_of <= ?::date`,
    [runId, asOf, range.from, range.to, arrayLiteral('text', NEEDS_PREVIOUS), asOf],
  );
  const byCustomer = new Map<number, Map<string, PreviousTag>>();
  for (const { customerId, key, status, band, value } of rows) {
    // A first change has nothing in front of it.
    if (status === null) continue;
    let tags = byCustomer.get(customerId);
    if (tags === undefined) byCustomer.set(customerId, (tags = new Map()));
    tags.set(key, { status, band, value });
  }
  return byCustomer;
}

/** How long changes of the churn probability are kept for {@link churnBefore}. */
export const CHURN_HISTORY_DAYS = 3 * TREND_DAYS;

/** The churn probability seven days before `asOf` by customer: the last change until then, or the present value where it has held since. */
export async function churnBefore(db: Knex, key: string, asOf: string, range: IdRange): Promise<Map<number, number>> {
  const day = addDays(asOf, -TREND_DAYS);
  const held = await selectRows<{ id: number; value: number }>(
    db,
    `SELECT customer_id AS id, value_number AS value FROM customer_tags WHERE customer_id >= ? AND customer_id < ? AND tag_key = ? AND status = 'ok' AND valid_from <= ?::date AND value_number IS NOT NULL`,
    [range.from, range.to, key, day],
  );
  const changed = await selectRows<{ id: number; value: number | null }>(
    db,
    `SELECT DISTINCT ON (customer_id) customer_id AS id, CASE WHEN to_status = 'ok' THEN to_value::float8 END AS value
     FROM tag_history WHERE customer_id >= ? AND customer_id < ? AND tag_key = ? AND changed_on <= ?::date ORDER BY customer_id, changed_on DESC, id DESC`,
    [range.from, range.to, key, day],
  );
  const found = new Map(held.map(({ id, value }) => [id, value]));
  for (const { id, value } of changed) if (value !== null) found.set(id, value);
  return found;
}

/** The stages that customers of a range were in before `asOf`, whatever that day itself has published; customers without one are absent. */
export async function stageStates(db: Knex, asOf: string, range: IdRange): Promise<Map<number, StageState>> {
  const found = new Map<number, StageState>();
  for (const { customerId, stage: code, ...rest } of await stagesBefore(db, asOf, range)) {
    const stage = STAGE_CODES.find((one) => one === code);
    if (stage !== undefined) found.set(customerId, { ...rest, stage });
  }
  return found;
}
