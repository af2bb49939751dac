/** When a customer entered which stage. */
import type { Knex } from 'knex';
import { insertRows, selectRows } from './bulk.ts';

export interface StageEntry {
  readonly customerId: number;
  /** Business day, YYYY-MM-DD. */
  readonly enteredOn: string;
  readonly stage: string;
  readonly previousStage: string | null;
  readonly runId: number;
}

const COLUMNS = `customer_id AS "customerId", entered_on AS "enteredOn", stage, previous_stage AS "previousStage", run_id AS "runId"`;

/** Writes entries; a second entry of one customer on one day replaces the first. Write changes only, in the transaction that publishes the run. */
export async function enterStages(db: Knex, entries: readonly StageEntry[]): Promise<void> {
  const rows = entries.map((entry) => ({ customer_id: entry.customerId, entered_on: entry.enteredOn, stage: entry.stage, previous_stage: entry.previousStage, run_id: entry.runId }));
  await insertRows(
    db,
    'lifecycle_history',
    { customer_id: 'int8', entered_on: 'date', stage: 'text', previous_stage: 'text', run_id: 'int8' },
    rows,
    'ON CONFLICT (customer_id, entered_on) DO UPDATE SET stage = excluded.stage, previous_stage = excluded.previous_stage, run_id = excluded.run_id',
  );
}

/** The stage each customer with an id in (after, upTo] was in before the business day `before`. */
export async function stagesBefore(db: Knex, before: string, range: { readonly after: number; readonly upTo: number }): Promise<StageEntry[]> {
  return selectRows<StageEntry>(
    db,
    `SELECT DISTINCT ON (customer_id) ${COLUMNS} FROM lifecycle_history WHERE customer_id > ? AND customer_id <= ? AND entered_on < ?::date ORDER BY customer_id, entered_on DESC`,
    [range.after, range.upTo, before],
  );
}

/** One customer's stages, newest first. */
export async function stagesOf(db: Knex, customerId: number, limit = 100): Promise<StageEntry[]> {
  return selectRows<StageEntry>(db, `SELECT ${COLUMNS} FROM lifecycle_history WHERE customer_id = ? ORDER BY entered_on DESC LIMIT ?`, [customerId, limit]);
}
