/** The night's work in order: bring the snapshot up to date, score everyone, publish. */
import { refreshSnapshot } from '../store/snapshot/refresh.ts';
import type { SnapshotInfo } from '../store/snapshot/refresh.ts';
import { findRun } from '../store/repositories/runs.ts';
import { scoreAll } from './scoring.ts';
import type { ScoreOptions, ScoreReport } from './scoring.ts';
import { SCORING_JOB } from './scoringDeps.ts';
import type { ScoringDeps } from './scoringDeps.ts';

export { dueRuns } from './nightlyPlan.ts';
export type { DueRun, NightlyTimes } from './nightlyPlan.ts';

export interface NightlyReport {
  /** Absent where the day was done already and nothing had to be read. */
  readonly snapshot?: SnapshotInfo;
  readonly score: ScoreReport;
}

/**
 * Refreshes the snapshot and scores the business day. A killed night resumes: the refresh reads only what is new, and the run goes on from its ledger
 * when nothing new had come in.
 * @throws AppError as `refreshSnapshot` and `scoreAll` do.
 */
export async function nightly(deps: ScoringDeps, options: ScoreOptions): Promise<NightlyReport> {
  const run = await findRun(deps.store.db, SCORING_JOB, options.asOf);
  if ((run?.state === 'done' || run?.state === 'held') && options.force !== true) return { score: await scoreAll(deps, options) };
  const { progress, signal } = deps;
  const snapshot = await refreshSnapshot(deps.store, deps.snapshotDir, { ...(progress === undefined ? {} : { progress }), ...(signal === undefined ? {} : { signal }) });
  return { snapshot, score: await scoreAll(deps, options) };
}
