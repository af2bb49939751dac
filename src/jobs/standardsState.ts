/** How far the standards of each field are applied. */
import type { Store } from '../store/connection.ts';
import { listChunks } from '../store/repositories/runChunks.ts';
import { latestRunsNamed } from '../store/repositories/runs.ts';
import type { RunState } from '../store/repositories/runs.ts';
import { latestStandards } from '../store/repositories/standards.ts';
import { standardsJob } from './standards.ts';

export interface StandardsState {
  readonly field: string;
  /** Newest version of its standards, and the one that was applied last or is being applied; null before the first time. */
  readonly version: number;
  readonly applied: number | null;
  /** `waiting`: never applied, or changed since; `stopped`: goes on where it stopped. */
  readonly state: 'waiting' | 'applying' | 'stopped' | 'applied';
  /** Chunks of customers. */
  readonly done: number;
  readonly total: number;
  /** Customers whose attribute changed so far. */
  readonly changed: number;
}

const STATES: Readonly<Record<RunState, StandardsState['state']>> = { pending: 'waiting', running: 'applying', failed: 'stopped', held: 'stopped', done: 'applied' };

/** Every field that has or had standards. */
export async function standardsStates({ db }: Pick<Store, 'db'>): Promise<StandardsState[]> {
  const fields = await latestStandards(db);
  const runs = new Map((await latestRunsNamed(db, fields.map(({ field }) => standardsJob(field)))).map((run) => [run.job, run]));
  const found: StandardsState[] = [];
  for (const { field, version } of fields) {
    const run = runs.get(standardsJob(field));
    const plan = run?.details['standards'] as { readonly version: number; readonly chunks: readonly unknown[]; readonly changed: number } | undefined;
    if (run === undefined || plan === undefined) {
      found.push({ field, version, applied: null, state: 'waiting', done: 0, total: 0, changed: 0 });
      continue;
    }
    // A lease that ran out belongs to a process that is gone.
    const state = run.state === 'running' && run.lapsed ? 'stopped' : STATES[run.state];
    found.push({ field, version, applied: plan.version, state: state === 'applied' && plan.version !== version ? 'waiting' : state, done: (await listChunks(db, run.runId)).length, total: plan.chunks.length, changed: plan.changed });
  }
  return found;
}
