/** Data-quality rules, results by day, examples and alerts, as rows. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows, storableJson, storableText } from './bulk.ts';

export interface QualityRuleVersion {
  readonly key: string;
  readonly version: number;
  /** Null: deleted, or a rule of the product that is not wanted. */
  readonly rule: unknown;
  readonly actor: string;
  readonly changedAt: number;
}

const RULE = 'key, version, rule, actor, changed_at AS "changedAt"';

/** The newest version of each rule that the shop ever changed. */
export async function latestQualityRules(db: Knex): Promise<QualityRuleVersion[]> {
  return selectRows<QualityRuleVersion>(db, `SELECT DISTINCT ON (key) ${RULE} FROM quality_rules ORDER BY key, version DESC`);
}

/** Newest first. */
export async function qualityRuleVersions(db: Knex, key: string): Promise<QualityRuleVersion[]> {
  return selectRows<QualityRuleVersion>(db, `SELECT ${RULE} FROM quality_rules WHERE key = ? ORDER BY version DESC`, [storableText(key)]);
}

/** Returns false where somebody else has written this version already. */
export async function addQualityRuleVersion(db: Knex, { key, version, rule, actor, changedAt }: QualityRuleVersion): Promise<boolean> {
  const rows = await selectRows(
    db, 'INSERT INTO quality_rules (key, version, rule, actor, changed_at) VALUES (?, ?, ?::jsonb, ?, ?) ON CONFLICT (key, version) DO NOTHING RETURNING version',
    [key, version, rule === null ? null : storableJson(rule), storableText(actor), instantText(changedAt)] as Knex.RawBinding[]);
  return rows.length === 1;
}

export interface QualityResultRow {
  readonly key: string;
  readonly day: string;
  readonly checked: number;
  readonly bad: number;
  readonly state: 'good' | 'bad' | 'nothing_to_check';
  readonly details: { readonly ageHours?: number; readonly limitHours?: number; readonly unknown?: readonly string[] };
}

/** Replaces the results of the same rules and day, and the examples of the rules. Inside a transaction. */
export async function saveQualityResults(trx: Knex, results: readonly (QualityResultRow & { readonly examples: readonly number[] })[], at: number): Promise<void> {
  for (const { key, day, checked, bad, state, details, examples } of results) {
    await trx.raw(
      `INSERT INTO quality_results (rule_key, day, checked, bad, state, details, made_at) VALUES (?, ?::date, ?, ?, ?, ?::jsonb, ?)
       ON CONFLICT (rule_key, day) DO UPDATE SET checked = excluded.checked, bad = excluded.bad, state = excluded.state, details = excluded.details, made_at = excluded.made_at`,
      [key, day, checked, bad, state, storableJson(details), instantText(at)]);
    await trx.raw('DELETE FROM quality_examples WHERE rule_key = ?', [key]);
    if (examples.length > 0) await trx.raw('INSERT INTO quality_examples (rule_key, customer_id) SELECT ?, c.customer_id FROM customers c WHERE c.customer_id = ANY (?::int8[])', [key, arrayLiteral('int8', examples)]);
  }
}

const RESULT = 'rule_key AS key, day, checked, bad, state, details';

/** The newest result of each rule. */
export async function latestQualityResults(db: Knex): Promise<QualityResultRow[]> {
  return selectRows<QualityResultRow>(db, `SELECT DISTINCT ON (rule_key) ${RESULT} FROM quality_results ORDER BY rule_key, day DESC`);
}

/** Results of one rule, newest first. */
export async function qualityHistory(db: Knex, key: string, limit: number): Promise<QualityResultRow[]> {
  return selectRows<QualityResultRow>(db, `SELECT ${RESULT} FROM quality_results WHERE rule_key = ? ORDER BY day DESC LIMIT ?`, [storableText(key), limit]);
}

/** The shop's own ids of customers with a bad row in the newest result. */
export async function qualityExamples(db: Knex, key: string): Promise<string[]> {
  const rows = await selectRows<{ id: string }>(db, 'SELECT c.external_id AS id FROM quality_examples x JOIN customers c USING (customer_id) WHERE x.rule_key = ? ORDER BY c.customer_id', [storableText(key)]);
  return rows.map(({ id }) => id);
}

export interface AlertRow {
  readonly id: number;
  readonly key: string;
  readonly openedOn: string;
  readonly lastBadOn: string;
  readonly worst: number;
  readonly goodDays: number;
  readonly lastDay: string;
  readonly closedOn: string | null;
}

const ALERT = 'alert_id AS id, rule_key AS key, opened_on AS "openedOn", last_bad_on AS "lastBadOn", worst, good_days AS "goodDays", last_day AS "lastDay", closed_on AS "closedOn"';

/** Open ones first, then the newest. */
export async function listAlerts(db: Knex, options: { readonly open?: boolean; readonly limit: number }): Promise<AlertRow[]> {
  return selectRows<AlertRow>(db, `SELECT ${ALERT} FROM quality_alerts WHERE (? OR closed_on IS NULL) ORDER BY closed_on IS NOT NULL, opened_on DESC, rule_key LIMIT ?`, [options.open !== true, options.limit]);
}

/** The unique index leaves room for one open alert per rule. */
export async function openAlert(trx: Knex, key: string, day: string, worst: number): Promise<void> {
  await trx.raw('INSERT INTO quality_alerts (rule_key, opened_on, last_bad_on, worst, last_day) VALUES (?, ?::date, ?::date, ?, ?::date) ON CONFLICT (rule_key) WHERE closed_on IS NULL DO NOTHING', [key, day, day, worst, day]);
}

export async function updateAlert(trx: Knex, { id, lastBadOn, worst, goodDays, lastDay, closedOn }: AlertRow): Promise<void> {
  await trx.raw('UPDATE quality_alerts SET last_bad_on = ?::date, worst = ?, good_days = ?, last_day = ?::date, closed_on = ?::date WHERE alert_id = ?', [lastBadOn, worst, goodDays, lastDay, closedOn, id] as Knex.RawBinding[]);
}
