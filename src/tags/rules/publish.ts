/** Makes staged rule tags visible in the caller's transaction, with the history of who entered and who left. */
import type { Knex } from 'knex';
import { selectRows, storableJson } from '../../store/repositories/bulk.ts';
import { instantText } from '../../store/types.ts';

export interface RulePublication {
  readonly runId: number;
  readonly cause: 'nightly' | 'events' | 'manual';
  /** Business day as of which the rules were evaluated. */
  readonly asOf: string;
  /** Business day that changes are dated with. */
  readonly changedOn: string;
  /** Version by number of each rule that was evaluated. */
  readonly versions: Readonly<Record<number, number>>;
  /** Customers who were looked at. */
  readonly customers: number;
  /** Everybody was looked at: the tags are good for their time to live from this day on. */
  readonly full: boolean;
  /** Epoch ms. */
  readonly at: number;
}

export interface RulesPublished {
  readonly ruleRun: number;
  /** Customers for whom a rule tag came or went. */
  readonly changed: number;
  readonly entered: number;
  readonly left: number;
}

const difference = (a: string, b: string): string => `array(SELECT x.id FROM unnest(${a}) AS x (id) WHERE x.id <> ALL (coalesce(${b}, '{}')) ORDER BY x.id)`;

export async function publishRules(trx: Knex.Transaction, publication: RulePublication): Promise<RulesPublished> {
  const { runId, asOf, changedOn } = publication;
  // Refusals of the last minute: whoever refuses after this waits for the transaction and then finds the new rows.
  await trx.raw('LOCK TABLE consents IN SHARE MODE');
  await trx.raw(
    `UPDATE staged_rules s SET tag_ids = '{}' WHERE s.run_id = ? AND EXISTS (SELECT FROM consents k WHERE k.customer_id = s.customer_id AND k.purpose = 'scoring' AND k.state = 'refused')`, [runId]);
  await trx.raw('DELETE FROM staged_rules s WHERE s.run_id = ? AND NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = s.customer_id)', [runId]);
  const [run] = await selectRows<{ id: number }>(
    trx, 'INSERT INTO rule_runs (cause, as_of, versions, customers, changed, published_at) VALUES (?, ?::date, ?::jsonb, ?, 0, ?) RETURNING rule_run_id AS id',
    [publication.cause, asOf, storableJson(publication.versions), publication.customers, instantText(publication.at)]);
  const ruleRun = run?.id ?? 0;
  const [counts] = await selectRows<{ changed: number; entered: number; left: number }>(
    trx,
    `WITH kept AS (
       INSERT INTO rule_changes (customer_id, rule_run_id, changed_on, entered, "left")
       SELECT s.customer_id, ?, ?::date, ${difference('s.tag_ids', 'o.tag_ids')}, ${difference('o.tag_ids', 's.tag_ids')}
       FROM staged_rules s LEFT JOIN customer_rules o ON o.customer_id = s.customer_id WHERE s.run_id = ? AND s.tag_ids <> coalesce(o.tag_ids, '{}')
       RETURNING entered, "left"
     )
     SELECT count(*) AS changed, coalesce(sum(cardinality(entered)), 0)::int8 AS entered, coalesce(sum(cardinality("left")), 0)::int8 AS "left" FROM kept`,
    [ruleRun, changedOn, runId],
  );
  await trx.raw(
    `INSERT INTO customer_rules (customer_id, tag_ids, since)
     SELECT s.customer_id, s.tag_ids, array(SELECT coalesce(b.since, ?::date) FROM unnest(s.tag_ids) WITH ORDINALITY AS n (id, place) LEFT JOIN unnest(o.tag_ids, o.since) AS b (id, since) ON b.id = n.id ORDER BY n.place)
     FROM staged_rules s LEFT JOIN customer_rules o ON o.customer_id = s.customer_id WHERE s.run_id = ? AND s.tag_ids <> '{}'
     ON CONFLICT (customer_id) DO UPDATE SET tag_ids = excluded.tag_ids, since = excluded.since`,
    [changedOn, runId],
  );
  await trx.raw(`DELETE FROM customer_rules o USING staged_rules s WHERE s.run_id = ? AND o.customer_id = s.customer_id AND s.tag_ids = '{}'`, [runId]);
  await trx.raw('DELETE FROM staged_rules WHERE run_id = ?', [runId]);
  await trx.raw('UPDATE rule_runs SET changed = ? WHERE rule_run_id = ?', [counts?.changed ?? 0, ruleRun]);
  if (publication.full) {
    await trx.raw(
      `UPDATE tag_definitions d SET evaluated_on = ?::date, evaluated_version = v.version FROM (SELECT key::int AS id, value::int AS version FROM jsonb_each_text(?::jsonb)) v WHERE d.tag_id = v.id`,
      [asOf, storableJson(publication.versions)],
    );
  }
  return { ruleRun, changed: counts?.changed ?? 0, entered: counts?.entered ?? 0, left: counts?.left ?? 0 };
}
