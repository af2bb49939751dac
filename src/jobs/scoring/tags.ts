/** Second pass: a chunk's tags from its stored scores and facts, put on the stage. Also the context that tags of a run are built in. */
import { throwIfCancelled } from '../../base/errors.ts';
import { readFacts } from '../../scoring/facts.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import type { Reason } from '../../scoring/reasons.ts';
import { intentSignals } from '../../scoring/signals.ts';
import { batches } from '../../store/repositories/bulk.ts';
import { recordChunk } from '../../store/repositories/runChunks.ts';
import type { RunRef } from '../../store/repositories/runs.ts';
import { customersBetween, factsBetween, scoresBetween } from '../../store/repositories/scores.ts';
import type { HeadSummary, IdRange, ScoreRow } from '../../store/repositories/scores.ts';
import { stageTags } from '../../store/repositories/tagPublish.ts';
import type { CustomerTag } from '../../store/repositories/tagRow.ts';
import { buildTags } from '../../tags/build/buildTags.ts';
import { scoreKey } from '../../tags/build/context.ts';
import type { ModelContext, RunContext, ScoreOfHead } from '../../tags/build/context.ts';
import { churnBefore, previousTags, stageStates } from '../../tags/publishPrevious.ts';
import type { Signals } from '../../features/activity/signals.ts';
import type { CustomerPreferences } from '../../scoring/preference/preferences.ts';
import type { ScoringDeps } from './deps.ts';
import { upliftScore } from '../../tags/build/uplift.ts';
import type { ServedExperiment } from './uplift.ts';

/** Customers whose tags are built before they are written: bounds the memory. */
const CUSTOMERS_PER_WRITE = 500;

/** Percentile grids by model and horizon. */
export type Grids = ReadonlyMap<string, readonly number[]>;

export function gridsOf(heads: readonly Pick<HeadSummary, 'model' | 'horizonDays' | 'grid'>[]): Grids {
  return new Map(heads.map(({ model, horizonDays, grid }) => [scoreKey(model, horizonDays), grid ?? []]));
}

export function runContext(deps: ScoringDeps, night: RunContext['lifecycle'], runId: number, models: readonly LoadedModel[], grids: Grids, experiments: readonly ServedExperiment[] = []): RunContext {
  const themes = new Map(deps.plan.definitions.map(({ name, theme }) => [name, theme]));
  return {
    asOf: night.asOf, runId,
    models: new Map(models.map(({ name, version, heads }): [string, ModelContext] => [name, {
      name, version,
      heads: heads.map(({ head }) => ({ horizonDays: head.horizonDays, baseRate: head.baseRate, confidence: head.confidence, grid: grids.get(scoreKey(name, head.horizonDays)) ?? [] })),
    }])),
    lifecycle: night,
    experiments: experiments.map((one) => ({ ...one, grid: grids.get(scoreKey(upliftScore(one.key), one.responseDays)) ?? [] })),
    themeOf: (feature) => themes.get(feature),
  };
}

/** The tag that carries the primary churn probability; the trend is read from its history. */
export function churnKeyOf(models: readonly LoadedModel[]): string {
  return `churn_prob_${models.find(({ name }) => name === 'churn')?.heads[0].head.horizonDays ?? 90}d`;
}

function scoresByCustomer(rows: readonly ScoreRow[]): Map<number, Map<string, ScoreOfHead>> {
  const found = new Map<number, Map<string, ScoreOfHead>>();
  for (const { customerId, model, horizonDays, value, low, high, level, reasons } of rows) {
    let own = found.get(customerId);
    if (own === undefined) found.set(customerId, (own = new Map()));
    own.set(scoreKey(model, horizonDays), {
      value: value ?? Number.NaN, interval: low === null || high === null || level === null ? null : { low, high, level }, reasons: (reasons ?? []) as Reason[],
    });
  }
  return found;
}

export interface TagPass {
  readonly deps: ScoringDeps;
  readonly run: RunRef;
  readonly context: RunContext;
  readonly churnKey: string;
  readonly signal: AbortSignal;
  /** Preferences of the customers of a range; absent without a version that serves. */
  readonly preferences?: (range: IdRange, ids: readonly number[]) => Promise<ReadonlyMap<number, CustomerPreferences>>;
  readonly signals: (range: IdRange) => Promise<ReadonlyMap<number, Signals>>;
}

/** @throws AppError `run_fenced`, `cancelled`. */
export async function tagChunk(pass: TagPass, chunk: number, range: IdRange): Promise<number> {
  const { deps, run, context, signal } = pass;
  const { db } = deps.store;
  throwIfCancelled(signal, 'Building tags');
  const facts = await factsBetween(db, run.runId, range);
  const refused = new Set((await customersBetween(db, range)).filter((one) => one.refused).map(({ id }) => id));
  const scores = scoresByCustomer(await scoresBetween(db, run.runId, range));
  const previous = await previousTags(db, run.runId, context.asOf, range);
  const before = await churnBefore(db, pass.churnKey, context.asOf, range);
  const stages = await stageStates(db, context.asOf, range);
  const preferences = await pass.preferences?.(range, facts.map(({ customerId }) => customerId).filter((id) => !refused.has(id)));
  const signals = await pass.signals(range);
  throwIfCancelled(signal, 'Building tags');
  return db.transaction(async (trx) => {
    await recordChunk(trx, run, { chunk, state: 'done', customers: facts.length, at: deps.clock.now() });
    let staged = 0;
    for (const batch of batches(facts, CUSTOMERS_PER_WRITE)) {
      const tags = batch.flatMap(({ customerId, facts: stored }): CustomerTag[] =>
        buildTags(context, {
          optedOut: refused.has(customerId), facts: readFacts(stored), scores: scores.get(customerId) ?? new Map(), previous: previous.get(customerId) ?? new Map(),
          stage: stages.get(customerId), churnBefore: before.get(customerId), preferences: preferences?.get(customerId), signals: intentSignals(signals.get(customerId), context.lifecycle.cutoff),
        }).map((tag) => ({ customerId, tag })));
      await stageTags(trx, run, tags);
      staged += tags.length;
    }
    return staged;
  });
}
