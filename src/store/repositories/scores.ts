/** Raw scores and facts of a run: written chunk by chunk, read again when tags are built, kept for the answers of the last runs. */
import type { Knex } from 'knex';
import { batches, insertRows, selectRows } from './bulk.ts';
import type { Columns } from './bulk.ts';

export interface ScoreRow {
  readonly customerId: number;
  readonly model: string;
  readonly horizonDays: number;
  readonly version: number;
  readonly status: 'ok' | 'failed';
  readonly value: number | null;
  readonly probability: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number | null;
  /** Of the primary head only. */
  readonly reasons: unknown[] | null;
}

export interface FactsRow {
  readonly customerId: number;
  /** null: the customer's features or scores could not be computed. */
  readonly facts: unknown;
}

/** Store ids from `from` (included) to `to` (not included). */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

const SCORE_COLUMNS: Columns = {
  run_id: 'int8', model: 'text', horizon_days: 'int4', customer_id: 'int8', version: 'int4', status: 'text', value: 'float8', probability: 'float8', interval_low: 'float8', interval_high: 'float8',
  interval_level: 'float8', reasons: 'jsonb',
};

export async function insertScores(trx: Knex, runId: number, rows: readonly ScoreRow[]): Promise<void> {
  for (const batch of batches(rows)) {
    await insertRows(trx, 'scores', SCORE_COLUMNS, batch.map((row) => ({
      run_id: runId, model: row.model, horizon_days: row.horizonDays, customer_id: row.customerId, version: row.version, status: row.status, value: row.value, probability: row.probability,
      interval_low: row.low, interval_high: row.high, interval_level: row.level, reasons: row.reasons ?? undefined,
    })));
  }
}

export async function insertFacts(trx: Knex, runId: number, rows: readonly FactsRow[]): Promise<void> {
  for (const batch of batches(rows)) {
    await insertRows(trx, 'run_facts', { run_id: 'int8', customer_id: 'int8', facts: 'jsonb' }, batch.map(({ customerId, facts }) => ({ run_id: runId, customer_id: customerId, facts: facts ?? undefined })));
  }
}

/** By customer, model and horizon. */
export async function scoresBetween(db: Knex, runId: number, range: IdRange): Promise<ScoreRow[]> {
  return selectRows<ScoreRow>(
    db,
    `SELECT customer_id AS "customerId", model, horizon_days AS "horizonDays", version, status, value, probability, interval_low AS low, interval_high AS high, interval_level AS level, reasons
     FROM scores WHERE run_id = ? AND customer_id >= ? AND customer_id < ? ORDER BY customer_id, model, horizon_days`,
    [runId, range.from, range.to],
  );
}

export async function factsBetween(db: Knex, runId: number, range: IdRange): Promise<FactsRow[]> {
  return selectRows<FactsRow>(db, `SELECT customer_id AS "customerId", facts FROM run_facts WHERE run_id = ? AND customer_id >= ? AND customer_id < ? ORDER BY customer_id`, [runId, range.from, range.to]);
}

export interface HeadSummary {
  readonly model: string;
  readonly horizonDays: number;
  /** Customers with a score. */
  readonly customers: number;
  readonly failed: number;
  readonly mean: number | null;
  /** 101 points: the value at 0, 1, …, 100 %. */
  readonly grid: readonly number[] | null;
}

/** Per head: how many were scored, and the percentile grid of the values. */
export async function summariseScores(db: Knex, runId: number): Promise<HeadSummary[]> {
  return selectRows<HeadSummary>(
    db,
    `SELECT model, horizon_days AS "horizonDays", count(*) FILTER (WHERE status = 'ok') AS customers, count(*) FILTER (WHERE status <> 'ok') AS failed, avg(value) FILTER (WHERE status = 'ok') AS mean,
       percentile_disc(ARRAY(SELECT i / 100.0 FROM generate_series(0, 100) AS i)::float8[]) WITHIN GROUP (ORDER BY value) FILTER (WHERE status = 'ok') AS grid
     FROM scores WHERE run_id = ? GROUP BY model, horizon_days ORDER BY model, horizon_days`,
    [runId],
  );
}

/** Drops what the run has worked out so far, so that it starts from the beginning. */
export async function clearRunWork(trx: Knex.Transaction, runId: number): Promise<void> {
  for (const table of ['run_chunks', 'staged_tags', 'scores', 'run_facts']) await trx.raw(`DELETE FROM ${table} WHERE run_id = ?`, [runId]);
}

/** Scores and facts of all but the newest `keep` finished runs of a job, and stages that nobody will publish any more. */
export async function pruneRuns(db: Knex, job: string, keep: number): Promise<number> {
  const old = `SELECT run_id FROM (SELECT run_id, row_number() OVER (ORDER BY as_of DESC) AS age FROM runs WHERE job = ? AND state IN ('done', 'held')) AS r WHERE age > ?`;
  let removed = 0;
  for (const table of ['scores', 'run_facts', 'staged_tags']) {
    removed += (await db.raw<{ rowCount: number | null }>(`DELETE FROM ${table} WHERE run_id IN (${old})`, [job, keep])).rowCount ?? 0;
  }
  return removed;
}

/** Removes changes of one tag older than a business day: for numbers that are only compared over a few days. */
export async function pruneHistory(db: Knex, key: string, before: string): Promise<void> {
  await db.raw('DELETE FROM tag_history WHERE tag_key = ? AND changed_on < ?::date', [key, before]);
}

/** Id ranges of at most `size` customers that cover everyone, ascending. */
export async function customerChunks(db: Knex, size: number): Promise<IdRange[]> {
  const rows = await selectRows<{ id: number }>(db, `SELECT id FROM (SELECT customer_id AS id, row_number() OVER (ORDER BY customer_id) AS n FROM customers) AS c WHERE (n - 1) % ? = 0 ORDER BY id`, [size]);
  const [last] = await selectRows<{ id: number | null }>(db, 'SELECT max(customer_id) AS id FROM customers');
  return rows.map(({ id }, i) => ({ from: id, to: rows[i + 1]?.id ?? (last?.id ?? 0) + 1 }));
}

/** Customers of a range, ascending, with whether they refused scoring. */
export async function customersBetween(db: Knex, range: IdRange): Promise<{ id: number; refused: boolean }[]> {
  return selectRows(
    db,
    `SELECT c.customer_id AS id, EXISTS (SELECT FROM consents k WHERE k.customer_id = c.customer_id AND k.purpose = 'scoring' AND k.state = 'refused') AS refused
     FROM customers c WHERE c.customer_id >= ? AND c.customer_id < ? ORDER BY c.customer_id`,
    [range.from, range.to],
  );
}
