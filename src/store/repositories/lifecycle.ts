/** When a customer entered which stage, the nights that were published, and the rules that they were made by. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson } from './bulk.ts';
import type { IdRange } from './scores.ts';

export interface StageEntry {
  readonly customerId: number;
  /** Business day, YYYY-MM-DD. */
  readonly enteredOn: string;
  /** null: without a stage from that day on. */
  readonly stage: string | null;
  readonly previousStage: string | null;
  readonly runId: number;
  /** Version of the rules; null for what was written before versions were kept. */
  readonly rulesVersion: number | null;
}

const COLUMNS = 'customer_id AS "customerId", entered_on AS "enteredOn", stage, previous_stage AS "previousStage", run_id AS "runId", rules_version AS "rulesVersion"';

export interface StageBefore {
  readonly customerId: number;
  readonly enteredOn: string;
  readonly stage: string | null;
  /** Orders, and epoch ms of the last one, as they were known when the stage was entered; null where they were not written down. */
  readonly orders: number | null;
  readonly lastOrderMs: number | null;
}

/** The stage each customer of a range was in before the business day `before`; customers who never had one are absent. */
export async function stagesBefore(db: Knex, before: string, { from, to }: IdRange): Promise<StageBefore[]> {
  return selectRows<StageBefore>(
    db,
    `SELECT DISTINCT ON (customer_id) customer_id AS "customerId", entered_on AS "enteredOn", stage, orders, last_order_ms AS "lastOrderMs"
     FROM lifecycle_history WHERE customer_id >= ? AND customer_id < ? AND entered_on < ?::date ORDER BY customer_id, entered_on DESC`,
    [from, to, before],
  );
}

/** One customer's stages, newest first. */
export async function stagesOf(db: Knex, customerId: number, limit = 100): Promise<StageEntry[]> {
  return selectRows<StageEntry>(db, `SELECT ${COLUMNS} FROM lifecycle_history WHERE customer_id = ? ORDER BY entered_on DESC LIMIT ?`, [customerId, limit]);
}

/** The number under which rules are known; new rules get the next one. */
export async function rulesVersionOf(db: Knex, hash: string, rules: unknown, at: number): Promise<number> {
  const known = await findRulesVersion(db, hash);
  if (known !== undefined) return known;
  await db.raw('INSERT INTO lifecycle_rules (hash, rules, made_at) VALUES (?, ?::jsonb, ?) ON CONFLICT (hash) DO NOTHING', [hash, storableJson(rules), instantText(at)]);
  return (await findRulesVersion(db, hash)) ?? 0;
}

/** Undefined for rules that no night has used yet. */
export async function findRulesVersion(db: Knex, hash: string): Promise<number | undefined> {
  return (await selectRows<{ version: number }>(db, 'SELECT version FROM lifecycle_rules WHERE hash = ?', [hash]))[0]?.version;
}

export interface RulesVersion {
  readonly version: number;
  readonly hash: string;
  readonly rules: unknown;
  readonly madeAt: number;
  /** First and last business day that was published with them; null for none. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
}

/** Every version of the rules with the days that they made, newest first. */
export async function listRulesVersions(db: Knex): Promise<RulesVersion[]> {
  return selectRows<RulesVersion>(
    db,
    `SELECT v.version, v.hash, v.rules, v.made_at AS "madeAt", min(r.as_of) AS "firstDay", max(r.as_of) AS "lastDay"
     FROM lifecycle_rules v LEFT JOIN lifecycle_runs r ON r.rules_version = v.version GROUP BY v.version ORDER BY v.version DESC`,
  );
}

export interface LifecycleRun {
  readonly asOf: string;
  readonly runId: number;
  readonly rulesVersion: number;
}

/** The last night before a business day whose stages were published. */
export async function lifecycleRunBefore(db: Knex, before: string): Promise<LifecycleRun | undefined> {
  return (await selectRows<LifecycleRun>(db, 'SELECT as_of AS "asOf", run_id AS "runId", rules_version AS "rulesVersion" FROM lifecycle_runs WHERE as_of < ?::date ORDER BY as_of DESC LIMIT 1', [before]))[0];
}
