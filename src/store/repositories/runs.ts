/**
 * A run is a row (job, business day) with a lease and a fence. Taking it raises the fence; whoever holds an older fence can write nothing any more,
 * however late it wakes up. Leases are measured by the database's clock (one clock for all processes); what is reported comes from the injected one.
 */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows, storableJson, storableText } from './bulk.ts';

export type RunState = 'pending' | 'running' | 'done' | 'failed' | 'held';

/** The right to write for a run: carried by everything the run writes. */
export interface RunRef {
  readonly runId: number;
  readonly fence: number;
}

export interface Run extends RunRef {
  readonly job: string;
  /** YYYY-MM-DD. */
  readonly asOf: string;
  readonly owner: string;
  readonly leaseExpiresAt: number;
  readonly state: RunState;
  readonly details: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

const COLUMNS = `run_id AS "runId", job, as_of AS "asOf", fence, owner, lease_expires_at AS "leaseExpiresAt", state, details, started_at AS "startedAt", finished_at AS "finishedAt"`;

export interface TakeRun {
  readonly job: string;
  readonly asOf: string;
  /** Names the process, for people. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Epoch ms. */
  readonly at: number;
  /** Take a run that is done or held once more, from the beginning: its chunks and staged tags are dropped. */
  readonly again?: boolean;
}

/** Takes the run: new, failed, or with an expired lease (then finished chunks stay, and the work resumes). */
export async function takeRun(db: Knex, take: TakeRun): Promise<Result<RunRef, 'done' | 'held' | 'leased'>> {
  return db.transaction(async (trx) => {
    await trx.raw(
      `INSERT INTO runs (job, as_of, fence, owner, lease_expires_at, state, started_at) VALUES (?, ?::date, 0, ?, clock_timestamp(), 'pending', ?) ON CONFLICT (job, as_of) DO NOTHING`,
      [storableText(take.job), take.asOf, storableText(take.owner), instantText(take.at)],
    );
    const [run] = await selectRows<{ runId: number; state: RunState; free: boolean }>(
      trx,
      `SELECT run_id AS "runId", state, lease_expires_at <= clock_timestamp() AS free FROM runs WHERE job = ? AND as_of = ?::date FOR UPDATE`,
      [take.job, take.asOf],
    );
    if (run === undefined) throw new AppError('internal', 'A run vanished while it was being taken.');
    const { state } = run;
    if ((state === 'done' || state === 'held') && take.again !== true) return fail(state, `run ${run.runId} is ${state}`);
    if (state === 'running' && !run.free) return fail('leased', `run ${run.runId} is being worked on`);
    if (state === 'done' || state === 'held') {
      await trx.raw('DELETE FROM run_chunks WHERE run_id = ?', [run.runId]);
      await trx.raw('DELETE FROM staged_tags WHERE run_id = ?', [run.runId]);
    }
    const [taken] = await selectRows<{ fence: number }>(
      trx,
      `UPDATE runs SET fence = fence + 1, owner = ?, state = 'running', lease_expires_at = clock_timestamp() + ?::float8 * interval '1 millisecond', started_at = ?, finished_at = NULL
       WHERE run_id = ? RETURNING fence`,
      [storableText(take.owner), take.leaseMs, instantText(take.at), run.runId],
    );
    return ok({ runId: run.runId, fence: taken?.fence ?? 0 });
  });
}

function fencedOut({ runId, fence }: RunRef): AppError {
  return new AppError('run_fenced', `Run ${runId} is not ours any more: it ended, or another process took it over (our fence: ${fence}).`, {
    details: { run: runId, fence },
    hint: 'Nothing was published by this process. `tagcast nightly` shows how the run is going.',
  });
}

/** Renews the lease. @throws AppError `run_fenced` */
export async function heartbeat(db: Knex, run: RunRef, leaseMs: number): Promise<void> {
  const rows = await selectRows(
    db,
    `UPDATE runs SET lease_expires_at = clock_timestamp() + ?::float8 * interval '1 millisecond' WHERE run_id = ? AND fence = ? AND state = 'running' RETURNING 1`,
    [leaseMs, run.runId, run.fence],
  );
  if (rows.length === 0) throw fencedOut(run);
}

/** Inside a transaction: holds the run still (`publish` alone, `write` beside other writers of the same run) until it ends. @throws AppError `run_fenced` */
export async function lockRun(trx: Knex.Transaction, run: RunRef, purpose: 'publish' | 'write'): Promise<Run> {
  const [row] = await selectRows<Run>(trx, `SELECT ${COLUMNS} FROM runs WHERE run_id = ? AND fence = ? AND state = 'running' FOR ${purpose === 'publish' ? 'UPDATE' : 'SHARE'}`, [run.runId, run.fence]);
  if (row === undefined) throw fencedOut(run);
  return row;
}

export interface FinishRun {
  readonly state: 'done' | 'failed' | 'held';
  /** Merged into what is there. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** Ends the run and its lease. @throws AppError `run_fenced` */
export async function finishRun(db: Knex, run: RunRef, finish: FinishRun): Promise<void> {
  const rows = await selectRows(
    db,
    `UPDATE runs SET state = ?, details = details || ?::jsonb, finished_at = ?, lease_expires_at = clock_timestamp() WHERE run_id = ? AND fence = ? AND state = 'running' RETURNING 1`,
    [finish.state, storableJson(finish.details ?? {}), instantText(finish.at), run.runId, run.fence],
  );
  if (rows.length === 0) throw fencedOut(run);
}

/** Merges details into a running run, for example the model versions pinned at its start. @throws AppError `run_fenced` */
export async function addRunDetails(db: Knex, run: RunRef, details: Readonly<Record<string, unknown>>): Promise<void> {
  const rows = await selectRows(db, `UPDATE runs SET details = details || ?::jsonb WHERE run_id = ? AND fence = ? AND state = 'running' RETURNING 1`, [storableJson(details), run.runId, run.fence]);
  if (rows.length === 0) throw fencedOut(run);
}

export async function findRun(db: Knex, job: string, asOf: string): Promise<Run | undefined> {
  return (await selectRows<Run>(db, `SELECT ${COLUMNS} FROM runs WHERE job = ? AND as_of = ?::date`, [job, asOf]))[0];
}

export async function runById(db: Knex, runId: number): Promise<Run | undefined> {
  return (await selectRows<Run>(db, `SELECT ${COLUMNS} FROM runs WHERE run_id = ?`, [runId]))[0];
}

/** Latest business day first. */
export async function listRuns(db: Knex, query: { readonly job?: string; readonly state?: RunState; readonly limit: number }): Promise<Run[]> {
  return selectRows<Run>(db, `SELECT ${COLUMNS} FROM runs WHERE (?::text IS NULL OR job = ?) AND (?::text IS NULL OR state = ?) ORDER BY as_of DESC, run_id DESC LIMIT ?`, [
    query.job ?? null, query.job ?? null, query.state ?? null, query.state ?? null, query.limit,
  ] as Knex.RawBinding[]);
}

/** The newest run of each of these jobs, with whether its lease has run out. */
export async function latestRunsNamed(db: Knex, jobs: readonly string[]): Promise<(Run & { readonly lapsed: boolean })[]> {
  return selectRows(db, `SELECT DISTINCT ON (job) ${COLUMNS}, lease_expires_at <= clock_timestamp() AS lapsed FROM runs WHERE job = ANY (?::text[]) ORDER BY job, started_at DESC`, [arrayLiteral('text', jobs)]);
}
