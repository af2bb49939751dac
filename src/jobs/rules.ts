/**
 * Evaluates rule tags for everybody as of a business day: a run with a lease, a ledger of chunks and a stage, like scoring, and one transaction that makes
 * the result visible (docs/adr/rule-tags.md).
 */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import { parseLocalDate, startOfDay } from '../base/time.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { customerChunks } from '../store/repositories/scores.ts';
import type { IdRange } from '../store/repositories/scores.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { listChunks, recordChunk } from '../store/repositories/runChunks.ts';
import { addRunDetails, finishRun, lockRun } from '../store/repositories/runs.ts';
import type { RunRef } from '../store/repositories/runs.ts';
import { loadCatalogue, namesWhileEvaluating } from '../tags/catalogue/catalogue.ts';
import type { Catalogue, StoredRule } from '../tags/catalogue/catalogue.ts';
import { takeFiles } from '../tags/catalogue/files.ts';
import type { RuleTagDefinition } from '../tags/rules/definition.ts';
import { ruleLevels } from '../tags/rules/levels.ts';
import { publishRules } from '../tags/rules/publish.ts';
import type { RulesPublished } from '../tags/rules/publish.ts';
import { stageRemovals, stageRules } from '../tags/rules/stage.ts';
import { startRun, workOn } from './runs.ts';
import type { RunDeps, Working } from './runs.ts';

/** Name of the nightly evaluation in the table of runs; the evaluation of one tag on demand adds its key. */
export const RULES_JOB = 'rules';

export interface RulesDeps extends RunDeps {
  /** Rule tags in files. */
  readonly ruleTags: readonly RuleTagDefinition[];
  readonly timeZone: string;
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  readonly limits?: { readonly chunkCustomers?: number; readonly leaseMs?: number };
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface EvaluateOptions {
  /** Business day: events from before it. */
  readonly asOf: string;
  /** Keys of the tags to evaluate, whatever their status; absent: every enabled one. */
  readonly only?: readonly string[];
  /** Once more, although the day is done. */
  readonly force?: boolean;
}

export interface RulesReport {
  readonly state: 'done' | 'already_done';
  readonly asOf: string;
  readonly rules: number;
  readonly customers: number;
  readonly published?: RulesPublished;
  readonly seconds?: { readonly evaluate: number; readonly publish: number };
}

interface RulesPlan {
  readonly chunks: readonly IdRange[];
  /** Number → version of the definitions that this run evaluates. */
  readonly versions: Readonly<Record<number, number>>;
}

interface Evaluation {
  readonly deps: RulesDeps;
  readonly run: RunRef;
  readonly asOf: string;
  readonly catalogue: Catalogue;
  readonly levels: readonly (readonly StoredRule[])[];
  readonly plan: RulesPlan;
}

/** Rules that a run evaluates; a later version than the one it began with waits for the next run. */
function chosenRules(catalogue: Catalogue, only: readonly string[] | undefined): StoredRule[] {
  if (only === undefined) return catalogue.rules.filter(({ status }) => status === 'enabled');
  return only.map((key) => {
    const rule = catalogue.rules.find((one) => one.key === key);
    if (rule === undefined) throw new AppError('not_found', `There is no rule tag "${key.slice(0, 64)}".`, { hint: 'Run `tagcast tags list`.' });
    return rule;
  });
}

function storedPlan(details: Readonly<Record<string, unknown>>, versions: RulesPlan['versions']): RulesPlan | undefined {
  const plan = details.rules as RulesPlan | undefined;
  return plan !== undefined && JSON.stringify(plan.versions) === JSON.stringify(versions) ? plan : undefined;
}

async function planOf(deps: RulesDeps, run: RunRef, resumes: boolean, details: Readonly<Record<string, unknown>>, rules: readonly StoredRule[]): Promise<RulesPlan> {
  const versions = Object.fromEntries(rules.map(({ id, version }) => [id, version]));
  const before = resumes ? storedPlan(details, versions) : undefined;
  if (before !== undefined) return before;
  const plan: RulesPlan = { chunks: await customerChunks(deps.store.db, deps.limits?.chunkCustomers ?? 10_000), versions };
  await deps.store.db.transaction(async (trx) => {
    await addRunDetails(trx, run, { rules: plan });
    await trx.raw('DELETE FROM staged_rules WHERE run_id = ?', [run.runId]);
    await trx.raw('DELETE FROM run_chunks WHERE run_id = ?', [run.runId]);
  });
  return plan;
}

async function evaluateChunk({ deps, run, asOf, catalogue, levels }: Evaluation, chunk: number, range: IdRange): Promise<void> {
  const customers = { from: range.from, to: range.to - 1 };
  const staging = { runId: run.runId, known: catalogue.rules.map(({ id }) => id), customers, asOf: startOfDay(asOf, deps.timeZone), timeZone: deps.timeZone, names: namesWhileEvaluating(catalogue.names, levels.flat(), asOf) };
  await deps.store.db.transaction(async (trx) => {
    // Of a long plan, compiling it to machine code costs more than it saves at these sizes.
    if (deps.store.dialect === 'postgres') await trx.raw(`select set_config('jit', 'off', true)`);
    for (const level of levels) await stageRules(trx, level, staging);
    await stageRemovals(trx, { ...staging, customers });
    // Last: it locks the run's row, for which the heartbeat, and behind it the other chunk, would wait as long as the chunk takes. A run that was fenced out loses its work here.
    await recordChunk(trx, run, { chunk, state: 'done', customers: range.to - range.from, at: deps.clock.now() });
  });
}

/** Two chunks at a time where the store has more than one connection. */
async function evaluateChunks(evaluation: Evaluation, working: Working): Promise<void> {
  const { deps, run, plan } = evaluation;
  const done = new Set((await listChunks(deps.store.db, run.runId)).map(({ chunk }) => chunk));
  const waiting = plan.chunks.map((range, chunk) => ({ range, chunk })).filter(({ chunk }) => !done.has(chunk));
  let finished = done.size;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      throwIfCancelled(working.signal, 'Evaluating rule tags');
      await evaluateChunk(evaluation, next.chunk, next.range);
      finished++;
      (deps.progress ?? silentProgress)({ step: 'rules', done: finished, total: plan.chunks.length, unit: 'chunks' });
    }
  };
  await Promise.all(Array.from({ length: deps.store.dialect === 'postgres' ? 2 : 1 }, lane));
}

async function refuseOlderDay(deps: RulesDeps, asOf: string): Promise<void> {
  const [newest] = await selectRows<{ asOf: string | null }>(deps.store.db, `SELECT max(as_of) AS "asOf" FROM rule_runs WHERE cause <> 'events'`);
  if (newest?.asOf === null || newest === undefined || newest.asOf <= asOf) return;
  throw new AppError('conflict', `Rule tags were evaluated as of ${newest.asOf}; evaluating ${asOf} now would put older tags over newer ones.`, { details: { newest: newest.asOf }, hint: `Evaluate ${newest.asOf} or a later day.` });
}

async function publishAll({ deps, run, asOf, plan, levels }: Evaluation, nightly: boolean): Promise<RulesPublished> {
  const { store, clock } = deps;
  return store.db.transaction(async (trx) => {
    await lockRun(trx, run, 'publish');
    const published = await publishRules(trx, {
      runId: run.runId, cause: nightly ? 'nightly' : 'manual', asOf, changedOn: asOf, versions: plan.versions, customers: plan.chunks.reduce((sum, { from, to }) => sum + to - from, 0), full: true, at: clock.now(),
    });
    await finishRun(trx, run, { state: 'done', at: clock.now(), details: { published, count: levels.flat().length } });
    return published;
  });
}

/**
 * Takes over changed files, evaluates, publishes. A killed run resumes from its ledger; a finished day is not done twice.
 * @throws AppError `conflict` while another process works on the same day or where a later day has been published, `unknown_name`, `run_fenced`, `cancelled`
 */
export async function evaluateRules(deps: RulesDeps, options: EvaluateOptions): Promise<RulesReport> {
  const asOf = parseLocalDate(options.asOf, 'The business day of the rule tags');
  const leaseMs = deps.limits?.leaseMs ?? 60_000;
  await takeFiles(deps.store, deps.ruleTags, deps.names === undefined ? {} : { shop: deps.names });
  const catalogue = await loadCatalogue(deps.store.db, deps.names);
  const rules = chosenRules(catalogue, options.only);
  await refuseOlderDay(deps, asOf);
  const job = options.only === undefined ? RULES_JOB : `${RULES_JOB}:${[...options.only].sort().join(',').slice(0, 200)}`;
  const taken = await startRun(deps, { job, asOf, leaseMs, again: options.force === true || options.only !== undefined });
  if (!taken.taken) {
    if (taken.why === 'leased') throw new AppError('conflict', `Another process is evaluating the rule tags of ${asOf}.`, { details: { run: taken.run.runId }, hint: 'Wait for it to end; if it was killed, its lease runs out within a minute and the same command goes on from there.' });
    return { state: 'already_done', asOf, rules: rules.length, customers: 0 };
  }
  const { run } = taken;
  return workOn(deps, run, { leaseMs, ...(deps.signal === undefined ? {} : { signal: deps.signal }) }, async (working) => {
    const plan = await planOf(deps, run, taken.resumes, taken.details, rules);
    const evaluation: Evaluation = { deps, run, asOf, catalogue, plan, levels: ruleLevels(rules) };
    const started = deps.clock.now();
    await evaluateChunks(evaluation, working);
    const evaluated = deps.clock.now();
    await deps.store.db.raw('ANALYZE staged_rules');
    working.stopHeartbeat();
    const published = await publishAll(evaluation, options.only === undefined);
    return {
      state: 'done', asOf, rules: rules.length, customers: plan.chunks.reduce((sum, { from, to }) => sum + to - from, 0), published,
      seconds: { evaluate: (evaluated - started) / 1000, publish: (deps.clock.now() - evaluated) / 1000 },
    };
  });
}
