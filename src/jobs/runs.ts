/** Taking a run, keeping its lease alive while it works, and ending it: whatever happens, the row says what came of it. */
import { AppError, describeError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/connection.ts';
import { findRun, finishRun, heartbeat, takeRun } from '../store/repositories/runs.ts';
import type { Run, RunRef } from '../store/repositories/runs.ts';

export interface RunDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Names this process and no other, for example `host:pid:start`: a run of another owner is dead where the store has one process only. */
  readonly owner: string;
}

export interface RunRequest {
  readonly job: string;
  /** Business day. */
  readonly asOf: string;
  readonly leaseMs: number;
  /** Once more, although the run is done or held. */
  readonly again: boolean;
}

export type Taken =
  | { readonly taken: true; readonly run: RunRef; /** Work of an earlier attempt is still there. */ readonly resumes: boolean; readonly details: Readonly<Record<string, unknown>> }
  | { readonly taken: false; readonly why: 'done' | 'held' | 'leased'; readonly run: Run };

async function runOf(store: Store, request: RunRequest): Promise<Run> {
  const run = await findRun(store.db, request.job, request.asOf);
  if (run === undefined) throw new AppError('internal', 'A run vanished while it was being taken.');
  return run;
}

/** The embedded store has one process at a time (its folder is locked), so a lease of another owner belongs to a process that is gone. */
async function releaseDead({ store, owner }: RunDeps, run: Run): Promise<boolean> {
  if (store.dialect !== 'pglite' || run.owner === owner) return false;
  await store.db.raw('UPDATE runs SET lease_expires_at = clock_timestamp() WHERE run_id = ? AND fence = ? AND owner = ?', [run.runId, run.fence, run.owner]);
  return true;
}

export async function startRun(deps: RunDeps, request: RunRequest): Promise<Taken> {
  const { store, clock, owner } = deps;
  const take = () => takeRun(store.db, { ...request, owner, at: clock.now() });
  const before = await findRun(store.db, request.job, request.asOf);
  let answer = await take();
  if (!answer.ok && answer.reason === 'leased' && (await releaseDead(deps, await runOf(store, request)))) answer = await take();
  const run = await runOf(store, request);
  if (!answer.ok) return { taken: false, why: answer.reason, run };
  const resumes = before !== undefined && (before.state === 'running' || before.state === 'failed');
  return { taken: true, run: answer.value, resumes, details: run.details };
}

export interface Working {
  /** Fires when the caller gives up, or when another process has taken the run. */
  readonly signal: AbortSignal;
  /** Before a transaction that locks the run's row: that lock keeps everybody else out by itself. */
  stopHeartbeat(): void;
}

/**
 * Works on a taken run with its lease renewed three times per lease. A failure is written to the run, which can then be taken again at once and resumes.
 * @throws what `work` throws; `run_fenced` when the lease was lost.
 */
export async function workOn<T>(deps: RunDeps, run: RunRef, options: { readonly leaseMs: number; readonly signal?: AbortSignal }, work: (working: Working) => Promise<T>): Promise<T> {
  const { store, clock } = deps;
  const lost = new AbortController();
  let fenced: unknown;
  const timer = setInterval(() => {
    heartbeat(store.db, run, options.leaseMs).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'run_fenced') return;
      fenced = error;
      lost.abort();
    });
  }, Math.max(50, options.leaseMs / 3));
  timer.unref();
  const stopHeartbeat = (): void => { clearInterval(timer); };
  const signal = options.signal === undefined ? lost.signal : AbortSignal.any([options.signal, lost.signal]);
  try {
    return await work({ signal, stopHeartbeat });
  } catch (error) {
    stopHeartbeat();
    const cause = fenced ?? error;
    if (!(cause instanceof AppError) || cause.code !== 'run_fenced') {
      const { code, message } = describeError(cause);
      // The store may be what failed; then the lease runs out by itself.
      await finishRun(store.db, run, { state: 'failed', details: { error: { code, message } }, at: clock.now() }).catch(() => undefined);
    }
    throw cause;
  } finally {
    stopHeartbeat();
  }
}
