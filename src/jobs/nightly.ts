/** The night's work in order: apply the standards of values, check the data, bring the snapshot up to date, score everyone, publish, evaluate the rule tags over what was published, build the segments, tell who entered and left. */
import { refreshSnapshot } from '../store/snapshot/refresh.ts';
import type { SnapshotInfo } from '../store/snapshot/refresh.ts';
import { findRun } from '../store/repositories/runs.ts';
import { checkBeforeNight } from './quality.ts';
import { applyStandards } from './standards.ts';
import type { NightQuality } from './quality.ts';
import { mergeReturned } from './mergeCustomers.ts';
import { evaluateRules } from './rules.ts';
import type { RulesReport } from './rules.ts';
import { evaluateToday } from './rulesOnEvents.ts';
import { buildSegments } from './segments.ts';
import type { SegmentOutcome } from './segments.ts';
import { scoreAll } from './scoring/batch.ts';
import type { ScoreOptions, ScoreReport } from './scoring/batch.ts';
import { reportWeekly } from './tagReports.ts';
import type { WeeklyReports } from './tagReports.ts';
import { SCORING_JOB } from './scoring/deps.ts';
import type { ScoringDeps } from './scoring/deps.ts';
import { deliverWebhooks } from './webhooks/deliver.ts';
import type { DeliveryReport } from './webhooks/deliver.ts';

export { dueRuns } from './nightlyPlan.ts';
export type { DueRun, NightlyTimes } from './nightlyPlan.ts';

export interface NightlyReport {
  /** Absent where the day was done already and nothing had to be read. */
  readonly snapshot?: SnapshotInfo;
  /** What the rules of data quality found before anything else was done; absent where the day was done already. */
  readonly quality?: NightQuality;
  readonly score: ScoreReport;
  /** Absent where the scores were held: rules look at published tags, and yesterday's stay. */
  readonly rules?: RulesReport;
  /** Nightly segments that were built, or why not. */
  readonly segments?: readonly SegmentOutcome[];
  /** Usefulness reports of the tags, once a week. */
  readonly tagReports?: WeeklyReports;
  /** What was sent of the outbox; what an endpoint did not take waits for the next attempt. */
  readonly webhooks?: DeliveryReport;
}

/**
 * Refreshes the snapshot, scores the business day and evaluates the rule tags. A killed night resumes: the refresh reads only what is new, and the run goes on from its ledger
 * when nothing new had come in.
 * @throws AppError as `refreshSnapshot`, `scoreAll` and `evaluateRules` do, `run_held` where a rule of data quality was declared to hold the night and is broken.
 */
export async function nightly(deps: ScoringDeps, options: ScoreOptions): Promise<NightlyReport> {
  const run = await findRun(deps.store.db, SCORING_JOB, options.asOf);
  if ((run?.state === 'done' || run?.state === 'held') && options.force !== true) return withRules(deps, options, { score: await scoreAll(deps, options) });
  const { progress, signal } = deps;
  await mergeReturned(deps);
  await applyStandards(deps, { asOf: options.asOf, leaveBusy: true });
  const quality = await checkBeforeNight(deps, options.asOf, options.force === true);
  const snapshot = await refreshSnapshot(deps.store, deps.snapshotDir, { ...(progress === undefined ? {} : { progress }), ...(signal === undefined ? {} : { signal }) });
  return withRules(deps, options, { snapshot, quality, score: await scoreAll(deps, options) });
}

async function withRules(deps: ScoringDeps, options: ScoreOptions, report: Pick<NightlyReport, 'snapshot' | 'quality' | 'score'>): Promise<NightlyReport> {
  if (report.score.state === 'held') return report;
  const rules = await evaluateRules(deps, { asOf: options.asOf, force: options.force === true && report.score.state !== 'already_done' });
  // The night is as of its morning; what has happened since then counts as well.
  if (rules.state !== 'done') return { ...report, rules };
  await evaluateToday(deps, options.asOf);
  const segments = await buildSegments(deps, { asOf: options.asOf });
  const { webhooks } = deps;
  const told = webhooks === undefined ? {} : { webhooks: await deliverWebhooks({ ...deps, webhooks }) };
  return { ...report, rules, segments, ...told, tagReports: await reportWeekly(deps, options.asOf) };
}
