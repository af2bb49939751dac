/** Experiments and their assignments as rows. What they mean is the business of src/experiments. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, batches, selectRows, storableJson, storableText, unnestRows } from './bulk.ts';
import type { IdRange } from './scores.ts';
import type { DefinitionWords } from './tagDefinitions.ts';

/** What counts as the outcome, from the moment of assignment until the response window is over. */
export type ExperimentOutcome =
  /** 1 where the customer ordered. */
  | { readonly kind: 'order' }
  /** Net amount of orders and refunds. */
  | { readonly kind: 'revenue' }
  /** 1 where an event of this kind happened; with `ownCampaign` only events of the experiment's campaign count. */
  | { readonly kind: 'event'; readonly event: string; readonly ownCampaign?: boolean }
  /** 1 where the condition holds at the end of the window. */
  | { readonly kind: 'condition'; readonly condition: unknown };

/** A column that came with the assignment list: something known of a customer before the assignment. */
export interface Covariate {
  readonly name: string;
  readonly kind: 'quantity' | 'category';
}

export interface ExperimentDefinition {
  readonly key: string;
  readonly label: DefinitionWords;
  readonly description: DefinitionWords;
  readonly owner: string;
  readonly campaign: string | null;
  readonly channel: string | null;
  /** Business days. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly responseDays: number;
  readonly outcome: ExperimentOutcome;
  /** Segment whose hold-out decides; null: the assignment is imported. */
  readonly segment: string | null;
  /** Declared chance of being treated. */
  readonly treatmentProbability: number;
}

export interface StoredExperiment extends ExperimentDefinition {
  readonly covariates: readonly Covariate[];
  /** Epoch ms. */
  readonly createdAt: number;
}

const COLUMNS = `key, label, description, owner, campaign, channel, starts_on AS "startsOn", ends_on AS "endsOn", response_days AS "responseDays", outcome, segment_key AS segment,
  treatment_probability AS "treatmentProbability", covariates, created_at AS "createdAt"`;

/** Those that began last first. */
export async function listExperiments(db: Knex): Promise<StoredExperiment[]> {
  return selectRows<StoredExperiment>(db, `SELECT ${COLUMNS} FROM experiments ORDER BY starts_on DESC, key`);
}

export async function findExperiment(db: Knex, key: string): Promise<StoredExperiment | undefined> {
  return (await selectRows<StoredExperiment>(db, `SELECT ${COLUMNS} FROM experiments WHERE key = ?`, [storableText(key)]))[0];
}

/** Returns nothing where the key is taken. */
export async function insertExperiment(db: Knex, one: ExperimentDefinition, at: number): Promise<StoredExperiment | undefined> {
  const text = (value: string | null): string | null => (value === null ? null : storableText(value));
  return (await selectRows<StoredExperiment>(
    db,
    `INSERT INTO experiments (key, label, description, owner, campaign, channel, starts_on, ends_on, response_days, outcome, segment_key, treatment_probability, created_at)
     VALUES (?, ?::jsonb, ?::jsonb, ?, ?, ?, ?::date, ?::date, ?, ?::jsonb, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING ${COLUMNS}`,
    [
      storableText(one.key), storableJson(one.label), storableJson(one.description), storableText(one.owner), text(one.campaign), text(one.channel), one.startsOn, one.endsOn, one.responseDays, storableJson(one.outcome),
      text(one.segment), one.treatmentProbability, instantText(at),
    ] as Knex.RawBinding[],
  ))[0];
}

/** With its assignments. Returns whether it was there. */
export async function deleteExperiment(db: Knex, key: string): Promise<boolean> {
  return (await selectRows(db, 'DELETE FROM experiments WHERE key = ? RETURNING 1', [storableText(key)])).length > 0;
}

export async function setCovariates(db: Knex, key: string, covariates: readonly Covariate[]): Promise<void> {
  await db.raw('UPDATE experiments SET covariates = ?::jsonb WHERE key = ?', [storableJson(covariates), storableText(key)]);
}

export interface Assignment {
  readonly customerId: number;
  readonly treated: boolean;
  /** Epoch ms. */
  readonly assignedAt: number;
  readonly covariates?: Readonly<Record<string, number | string>>;
}

/** The first assignment of a customer stands. Returns how many were new. */
export async function insertAssignments(db: Knex, key: string, rows: readonly Assignment[]): Promise<number> {
  let added = 0;
  for (const batch of batches(rows)) {
    const relation = unnestRows({ customer_id: 'int8', treated: 'bool', assigned_at: 'timestamptz', covariates: 'jsonb' }, batch.map(({ customerId, treated, assignedAt, covariates }) => ({ customer_id: customerId, treated, assigned_at: assignedAt, covariates })));
    const result = await db.raw<{ rowCount: number | null }>(
      `INSERT INTO experiment_assignments (experiment_key, ${relation.names}) SELECT ?, * FROM ${relation.sql} ON CONFLICT (experiment_key, customer_id) DO NOTHING`, [storableText(key), ...relation.bindings]);
    added += result.rowCount ?? 0;
  }
  return added;
}

/** Customers among `rows` who stand in the other arm already. */
export async function inOtherArm(db: Knex, key: string, rows: readonly Pick<Assignment, 'customerId' | 'treated'>[]): Promise<number> {
  let found = 0;
  for (const batch of batches(rows)) {
    const relation = unnestRows({ customer_id: 'int8', treated: 'bool' }, batch.map(({ customerId, treated }) => ({ customer_id: customerId, treated })));
    const [row] = await selectRows<{ n: number }>(
      db, `SELECT count(*) AS n FROM experiment_assignments a JOIN ${relation.sql} AS n (customer_id, treated) ON n.customer_id = a.customer_id AND n.treated <> a.treated WHERE a.experiment_key = ?`, [...relation.bindings, storableText(key)]);
    found += row?.n ?? 0;
  }
  return found;
}

export interface ArmCounts {
  readonly treated: number;
  readonly heldOut: number;
  /** Epoch ms of the first and the last assignment; null without any. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

const NOBODY: ArmCounts = { treated: 0, heldOut: 0, firstAt: null, lastAt: null };

/** By key; experiments without assignments are left out. */
export async function armCounts(db: Knex): Promise<ReadonlyMap<string, ArmCounts>> {
  const rows = await selectRows<ArmCounts & { key: string }>(
    db, `SELECT experiment_key AS key, count(*) FILTER (WHERE treated) AS treated, count(*) FILTER (WHERE NOT treated) AS "heldOut", min(assigned_at) AS "firstAt", max(assigned_at) AS "lastAt" FROM experiment_assignments GROUP BY experiment_key`);
  return new Map(rows.map(({ key, ...counts }) => [key, counts]));
}

export async function armsOf(db: Knex, key: string): Promise<ArmCounts> {
  return (await selectRows<ArmCounts>(
    db, `SELECT count(*) FILTER (WHERE treated) AS treated, count(*) FILTER (WHERE NOT treated) AS "heldOut", min(assigned_at) AS "firstAt", max(assigned_at) AS "lastAt" FROM experiment_assignments WHERE experiment_key = ?`, [storableText(key)]))[0] ?? NOBODY;
}

/** What was known of customers before assignments, by experiment and customer: an attribute of the same name now, else what came with the assignment. */
export async function covariatesBetween(db: Knex, experiments: readonly { readonly key: string; readonly names: readonly string[] }[], range: IdRange): Promise<ReadonlyMap<string, ReadonlyMap<number, Readonly<Record<string, unknown>>>>> {
  const found = new Map<string, Map<number, Readonly<Record<string, unknown>>>>();
  for (const { key, names } of experiments) {
    if (names.length === 0) continue;
    const rows = await selectRows<{ id: number; known: Record<string, unknown> }>(
      db,
      `SELECT c.customer_id AS id, jsonb_object_agg(n.name, coalesce(c.attributes -> n.name, a.covariates -> n.name)) AS known
       FROM customers c LEFT JOIN experiment_assignments a ON a.customer_id = c.customer_id AND a.experiment_key = ? CROSS JOIN unnest(?::text[]) AS n (name)
       WHERE c.customer_id >= ? AND c.customer_id < ? AND coalesce(c.attributes -> n.name, a.covariates -> n.name) IS NOT NULL GROUP BY c.customer_id`,
      [key, arrayLiteral('text', names), range.from, range.to],
    );
    found.set(key, new Map(rows.map(({ id, known }) => [id, known])));
  }
  return found;
}
