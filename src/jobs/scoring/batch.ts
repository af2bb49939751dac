/**
 * Scores everyone as of a business day and publishes their tags: a run with a lease and a fence (docs/adr/run-protocol.md). A killed run resumes where its
 * ledger ends; a finished one is not done twice; what looks wrong is held, and yesterday's tags stay.
 */
import { AppError } from '../../base/errors.ts';
import { silentProgress } from '../../base/progress.ts';
import { addDays, parseLocalDate, startOfDay } from '../../base/time.ts';
import { signalsBetween } from '../../features/activity/signals.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import { openColumns, snapshotSummary } from '../../store/snapshot/open.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import { listChunks } from '../../store/repositories/runChunks.ts';
import { addRunDetails, finishRun } from '../../store/repositories/runs.ts';
import type { Run, RunRef } from '../../store/repositories/runs.ts';
import { clearRunWork, customerChunks, pruneHistory, pruneRuns, summariseScores } from '../../store/repositories/scores.ts';
import type { IdRange } from '../../store/repositories/scores.ts';
import { publishRun } from '../../tags/publish.ts';
import { CHURN_HISTORY_DAYS } from '../../tags/publishPrevious.ts';
import { customersHere, scoreChunk, writeChunk } from './chunk.ts';
import type { ScoredChunk, ScorePass } from './chunk.ts';
import { scorerHere, scorerInThreads } from './threads.ts';
import { planLifecycle, stageNight } from '../lifecycleNight.ts';
import type { LifecyclePlan } from '../lifecycleNight.ts';
import { limitsOf, SCORING_JOB, wordsOf } from './deps.ts';
import type { ScoringDeps } from './deps.ts';
import { answeredBefore, bandFlips, holdReasons, varyingHeads } from './gate.ts';
import { loadForScoring, pinChampions } from './models.ts';
import type { Pinned } from './models.ts';
import { churnKeyOf, gridsOf, runContext, tagChunk } from './tags.ts';
import { preferencesBetween, readyPreferences, withPreferences } from './preferences.ts';
import type { ReadyPreferences } from './preferences.ts';
import { servingPreferences } from '../../store/repositories/preferenceModels.ts';
import { emptyReport, reportOf } from './report.ts';
import type { RunFigures, ScoreReport } from './report.ts';
import { PREFERENCE_MODEL } from '../../tags/catalogue/preference.ts';
import type { RunContext } from '../../tags/build/context.ts';
import { startRun, workOn } from '../runs.ts';
import type { Working } from '../runs.ts';
import { loadUplifts, pinUplift } from './uplift.ts';
import type { ServedExperiment, UpliftPass } from './uplift.ts';

export type { ScoreReport } from './report.ts';

export interface ScoreOptions {
  /** Business day, YYYY-MM-DD: features come from before it. */
  readonly asOf: string;
  /** Do a finished or held run once more, and publish whatever the hold gate says. */
  readonly force?: boolean;
}

/** What a run decides once and keeps over restarts. */
interface RunPlan {
  readonly snapshot: string;
  readonly models: Pinned;
  /** Absent in plans of earlier versions. */
  readonly experiments?: readonly ServedExperiment[];
  /** Version of the preferences; null where none serves. */
  readonly preferences?: number | null;
  readonly chunks: readonly IdRange[];
  readonly lifecycle: LifecyclePlan;
}

interface RunState {
  readonly deps: ScoringDeps;
  readonly run: RunRef;
  readonly asOf: string;
  readonly force: boolean;
  readonly plan: RunPlan;
  readonly models: readonly LoadedModel[];
  readonly uplift: UpliftPass;
  readonly working: Working;
}

function storedPlan(details: Readonly<Record<string, unknown>>): RunPlan | undefined {
  const plan = details.plan as RunPlan | undefined;
  return plan !== undefined && typeof plan.snapshot === 'string' && Array.isArray(plan.chunks) && typeof plan.lifecycle === 'object' ? plan : undefined;
}

/** The plan of the attempt before, when it can go on: the same snapshot. Otherwise a new one, and the old work is dropped. */
async function planRun(deps: ScoringDeps, run: RunRef, asOf: string, resumes: boolean, details: Readonly<Record<string, unknown>>): Promise<RunPlan> {
  const { store } = deps;
  const summary = await snapshotSummary(deps.snapshotDir);
  if (summary === undefined) throw new AppError('not_found', 'There is no snapshot of the events to score from.', { hint: 'Run `tagcast features refresh`, or `tagcast nightly`, which does it first.' });
  const before = resumes ? storedPlan(details) : undefined;
  if (before !== undefined && before.snapshot === summary.contentHash) return before;
  const chunks = await customerChunks(store.db, limitsOf(deps).chunkCustomers);
  if (chunks.length === 0) throw new AppError('insufficient_data', 'There are no customers to score.', { hint: 'Import orders first: `tagcast import orders.csv`.' });
  const plan: RunPlan = {
    snapshot: summary.contentHash, models: await pinChampions(store, deps.models), experiments: await pinUplift(store), preferences: (await servingPreferences(store.db)) ?? null, chunks,
    lifecycle: await planLifecycle(deps, asOf),
  };
  await store.db.transaction(async (trx) => {
    // In this order: the details are only written by whoever holds the run.
    await addRunDetails(trx, run, { plan });
    await clearRunWork(trx, run.runId);
  });
  return plan;
}

/** While a chunk is written the next one is scored. */
async function scorePass(state: RunState, done: ReadonlySet<number>): Promise<void> {
  const { deps, run, plan, models, working, asOf } = state;
  const open = plan.chunks.map((range, chunk) => ({ range, chunk })).filter(({ chunk }) => !done.has(chunk));
  if (open.length === 0) return;
  const threads = open.length < limitsOf(deps).chunksForThreads ? 1 : (deps.threads ?? 1);
  const options = { asOf, words: wordsOf(deps.plan) };
  const scorer = threads > 1 ? scorerInThreads(models, options, threads) : scorerHere(models, options);
  // One thread: sums of doubles then do not depend on how work was dealt out, and the same data give the same bytes.
  const columns = await openColumns(deps.snapshotDir, { threads: 1 });
  try {
    const pass: ScorePass = { deps, run, asOf, models, uplift: state.uplift, columns, scorer, signal: working.signal };
    const write = async (last: { readonly chunk: number; readonly scored: ScoredChunk } | undefined): Promise<void> => {
      if (last === undefined) return;
      await writeChunk(pass, last.chunk, last.scored);
      (deps.progress ?? silentProgress)({ step: 'score', done: last.chunk + 1, total: plan.chunks.length, unit: 'chunks' });
    };
    let before: { readonly chunk: number; readonly scored: ScoredChunk } | undefined;
    for (const { range, chunk } of open) {
      // Asked before the store is busy with writing.
      const here = await customersHere(pass, range);
      const [written, scored] = await Promise.allSettled([write(before), scoreChunk(pass, range, here)]);
      if (written.status === 'rejected') throw written.reason;
      if (scored.status === 'rejected') throw scored.reason;
      before = { chunk, scored: scored.value };
    }
    await write(before);
  } finally {
    columns.close();
    await scorer.close();
  }
}

/** Counts that hold whatever attempts the run took: read from the ledger and the tables, never from memory. */
async function figuresOf(state: RunState): Promise<RunFigures> {
  const { store } = state.deps;
  const [counts] = await selectRows<{ answered: number; failed: number }>(store.db, 'SELECT count(facts) AS answered, count(*) - count(facts) AS failed FROM run_facts WHERE run_id = ?', [state.run.runId]);
  const below = state.plan.chunks.at(-1)?.to ?? 0;
  const [people] = await selectRows<{ customers: number; refused: number }>(
    store.db,
    `SELECT count(*) AS customers, count(*) FILTER (WHERE EXISTS (SELECT FROM consents k WHERE k.customer_id = c.customer_id AND k.purpose = 'scoring' AND k.state = 'refused')) AS refused
     FROM customers c WHERE customer_id < ?`, [below]);
  const tags = await selectRows<{ key: string; status: string; band: string | null; customers: number }>(
    store.db, 'SELECT tag_key AS key, status, band, count(*) AS customers FROM staged_tags WHERE run_id = ? GROUP BY tag_key, status, band ORDER BY tag_key, status, band', [state.run.runId]);
  return { all: people?.customers ?? 0, customers: counts?.answered ?? 0, failed: counts?.failed ?? 0, optedOut: people?.refused ?? 0, tags };
}

/** Builds the tags of chunks that are not done. Preferences and signals are read from the snapshot, so they need no store and no memory beyond their chunk. */
async function tagPass({ deps, run, plan, working, asOf }: RunState, done: ReadonlySet<number>, context: RunContext, churnKey: string, ready: ReadyPreferences | undefined): Promise<void> {
  const progress = deps.progress ?? silentProgress;
  const columns = await openColumns(deps.snapshotDir, { threads: 1 });
  try {
    const { signal } = working;
    const signals = (range: IdRange) => signalsBetween(columns, deps.plan, { asOf: startOfDay(asOf, deps.timeZone), customers: range, signal });
    const preferences = ready === undefined ? {} : { preferences: (range: IdRange, ids: readonly number[]) => preferencesBetween(deps, ready, columns, asOf, range, ids, signal) };
    for (const [chunk, range] of plan.chunks.entries()) {
      const number = plan.chunks.length + chunk;
      if (!done.has(number)) await tagChunk({ deps, run, context, churnKey, signal, signals, ...preferences }, number, range);
      progress({ step: 'tags', done: chunk + 1, total: plan.chunks.length, unit: 'chunks' });
    }
  } finally {
    columns.close();
  }
}

async function work(state: RunState): Promise<ScoreReport> {
  const { deps, run, plan, models, working, asOf } = state;
  const { store, clock } = deps;
  const progress = deps.progress ?? silentProgress;
  const started = clock.now();
  const done = new Set((await listChunks(store.db, run.runId)).filter(({ state: one }) => one === 'done').map(({ chunk }) => chunk));
  await scorePass(state, done);
  const scored = clock.now();

  await store.db.raw('ANALYZE scores, run_facts');
  const heads = await summariseScores(store.db, run.runId);
  const churnKey = churnKeyOf(models);
  const night = stageNight(plan.lifecycle, asOf, startOfDay(asOf, deps.timeZone), deps.timeZone);
  const version = plan.preferences ?? undefined;
  const ready = version === undefined ? undefined : await readyPreferences(store, version);
  const context = await withPreferences(store, runContext(deps, night, run.runId, models, gridsOf(heads), state.uplift.experiments), ready);
  await tagPass(state, done, context, churnKey, ready);
  const tagged = clock.now();

  // A stage that was just filled has no statistics yet; joins against it would be planned for an empty table.
  await store.db.raw('ANALYZE staged_tags');
  const figures = await figuresOf(state);
  const report = reportOf(asOf, run, { ...plan.models, ...(plan.preferences === null || plan.preferences === undefined ? {} : { [PREFERENCE_MODEL]: plan.preferences }) }, deps.models, { total: plan.chunks.length, resumed: [...done].filter((chunk) => chunk < plan.chunks.length).length }, figures);
  const flips = await bandFlips(store, run.runId, asOf);
  const hold = holdReasons({ customers: figures.all, answered: figures.customers, heads: varyingHeads(heads, models), answeredBefore: await answeredBefore(store, SCORING_JOB, asOf), ...flips }, limitsOf(deps));
  if (hold.length > 0 && !state.force) {
    await finishRun(store.db, run, { state: 'held', details: { hold, report, heads }, at: clock.now() });
    return { ...report, state: 'held', hold };
  }
  working.stopHeartbeat();
  progress({ step: 'publish', done: 0, total: 1 });
  const published = await publishRun(store.db, run, { asOf, below: plan.chunks.at(-1)?.to ?? 0, at: clock.now(), churnKey, cutoff: night.cutoff, rulesVersion: plan.lifecycle.version, details: { report, heads, hold, error: null } });
  progress({ step: 'publish', done: 1, total: 1 });
  const ended = clock.now();
  return { ...report, hold, published, seconds: { score: (scored - started) / 1000, tags: (tagged - scored) / 1000, publish: (ended - tagged) / 1000, total: (ended - started) / 1000 } };
}

function finished(run: Run, why: 'done' | 'held'): ScoreReport {
  const stored = run.details as { report?: ScoreReport; hold?: ScoreReport['hold']; publish?: ScoreReport['published'] };
  return { ...(stored.report ?? emptyReport(run)), state: why === 'done' ? 'already_done' : 'held', hold: stored.hold ?? [], ...(stored.publish === undefined ? {} : { published: stored.publish }) };
}

/**
 * Scores everyone and publishes their tags. A run that is done already changes nothing and says so; a held one stays held; `force` does either once more.
 * @throws AppError `conflict` while another process works on the same day, `not_found` without a snapshot, `insufficient_data` without customers, `model_mismatch`,
 * `artefact_invalid`, `run_fenced`, `cancelled`. After any of them the tags of the run before are still there, and the next call resumes.
 */
export async function scoreAll(deps: ScoringDeps, options: ScoreOptions): Promise<ScoreReport> {
  const asOf = parseLocalDate(options.asOf, 'The business day to score');
  const { leaseMs } = limitsOf(deps);
  const force = options.force === true;
  const taken = await startRun(deps, { job: SCORING_JOB, asOf, leaseMs, again: force });
  if (!taken.taken) {
    if (taken.why !== 'leased') return finished(taken.run, taken.why);
    throw new AppError('conflict', `Another process is scoring ${asOf} (run ${taken.run.runId}, fence ${taken.run.fence}).`, {
      details: { run: taken.run.runId, leaseExpiresAt: taken.run.leaseExpiresAt },
      hint: 'Wait for it to end. If it was killed, its lease runs out within a minute and the same command goes on from there.',
    });
  }
  const { run } = taken;
  const report = await workOn(deps, run, { leaseMs, ...(deps.signal === undefined ? {} : { signal: deps.signal }) }, async (working) => {
    const plan = await planRun(deps, run, asOf, taken.resumes, taken.details);
    const models: LoadedModel[] = [];
    for (const [name, version] of Object.entries(plan.models)) models.push(await loadForScoring(deps.store, name, version, deps.plan, deps.estimators));
    const uplift = await loadUplifts(deps.store, plan.experiments ?? [], deps.plan, deps.estimators);
    return work({ deps, run, asOf, force, plan, models, uplift, working });
  });
  if (report.state === 'done') await tidyUp(deps, asOf, report);
  return report;
}

/** After publishing: old scores go, dead rows are cleaned, files reach the disk. The run is done whatever becomes of this. */
async function tidyUp(deps: ScoringDeps, asOf: string, report: ScoreReport): Promise<void> {
  const { store } = deps;
  await pruneRuns(store.db, SCORING_JOB, limitsOf(deps).keepRuns);
  const keys = report.tags.map(({ key }) => key).filter((key) => key.startsWith('churn_prob_'));
  for (const key of new Set(keys)) await pruneHistory(store.db, key, addDays(asOf, -CHURN_HISTORY_DAYS));
  await store.maintain(['customer_tags', 'staged_tags', 'scores', 'run_facts', 'tag_history', 'lifecycle_history', 'lifecycle_changes', 'runs', 'run_chunks']);
}

/** For callers that need the tags to be there. @throws AppError `run_held` with what was wrong and how to publish all the same. */
export function requirePublished(report: ScoreReport): ScoreReport {
  if (report.state !== 'held') return report;
  throw new AppError('run_held', `The run of ${report.asOf} was held; the tags of the run before are still served: ${report.hold.map(({ message }) => message).join('; ')}.`, {
    details: { run: report.runId, hold: report.hold },
    hint: `Look at the data of that day. To publish all the same: \`tagcast score --as-of ${report.asOf} --force\`.`,
  });
}
