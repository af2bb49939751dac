/** Scores one customer now: the same function, models, facts and tag building as the nightly run, over features read from the store. */
import { AppError } from '../../base/errors.ts';
import { localDate, parseLocalDate, startOfDay } from '../../base/time.ts';
import { featuresOfCustomer } from '../../features/customer.ts';
import { signalsOf } from '../../features/activity/signals.ts';
import { factsOf } from '../../scoring/facts.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import { scoreFeatures } from '../../scoring/scoreFeatures.ts';
import { intentSignals } from '../../scoring/signals.ts';
import type { Store } from '../../store/connection.ts';
import { customersBetween } from '../../store/repositories/scores.ts';
import type { HeadSummary } from '../../store/repositories/scores.ts';
import { tagsOf } from '../../store/repositories/tagReads.ts';
import { buildTags } from '../../tags/build/buildTags.ts';
import { loadCatalogue } from '../../tags/catalogue/catalogue.ts';
import { rulesOfCustomer } from '../../tags/rules/evaluate.ts';
import { ruleTagOf, ruleTagsOf } from '../../tags/rules/read.ts';
import { scoreKey } from '../../tags/build/context.ts';
import { upliftScore } from '../../tags/build/uplift.ts';
import type { ScoreOfHead } from '../../tags/build/context.ts';
import { churnBefore, previousTags, stageStates } from '../../tags/publishPrevious.ts';
import type { Tag } from '../../tags/tag.ts';
import { scoreRows } from './chunk.ts';
import { lifecycleNow, stageNight } from '../lifecycleNight.ts';
import { SCORING_JOB, wordsOf } from './deps.ts';
import type { ScoringDeps } from './deps.ts';
import { cyclesFrom, loadForScoring, pinChampions } from './models.ts';
import { preferencesNow, preferencesOfOne, withPreferences } from './preferences.ts';
import { churnKeyOf, gridsOf, runContext } from './tags.ts';
import type { Grids } from './tags.ts';
import { covariatesFor, loadUplifts, pinUplift, upliftRows } from './uplift.ts';
import type { ServedExperiment, UpliftPass } from './uplift.ts';

interface LastRun {
  readonly runId: number;
  readonly fence: number;
  readonly asOf: string;
  readonly versions: Readonly<Record<string, number>>;
  readonly experiments: readonly ServedExperiment[];
  readonly grids: Grids;
}

/** What is kept between calls; models are immutable, so a version never has to be read twice. */
interface Kept {
  readonly models: Map<string, Promise<LoadedModel>>;
  uplift?: { readonly of: string; readonly pass: Promise<UpliftPass> };
  run?: LastRun;
}

const kept = new WeakMap<Store, Kept>();

function keptFor(store: Store): Kept {
  let found = kept.get(store);
  if (found === undefined) kept.set(store, (found = { models: new Map() }));
  return found;
}

async function modelsNow(deps: ScoringDeps, cache: Kept): Promise<LoadedModel[]> {
  const pinned = await pinChampions(deps.store, deps.models);
  return Promise.all(Object.entries(pinned).map(([name, version]) => {
    // A plan is part of the key: its columns were compared with the model's.
    const key = `${name} ${version} ${deps.plan.hash}`;
    let model = cache.models.get(key);
    if (model === undefined) {
      model = loadForScoring(deps.store, name, version, deps.plan, deps.estimators);
      cache.models.set(key, model);
      model.catch(() => cache.models.delete(key));
    }
    return model;
  }));
}

/** Opened once per set of versions. */
function upliftNow(deps: ScoringDeps, cache: Kept, pinned: readonly ServedExperiment[]): Promise<UpliftPass> {
  const of = JSON.stringify([deps.plan.hash, pinned]);
  if (cache.uplift?.of !== of) {
    const pass = loadUplifts(deps.store, pinned, deps.plan, deps.estimators);
    cache.uplift = { of, pass };
    pass.catch(() => { delete cache.uplift; });
  }
  return cache.uplift.pass;
}

const NO_RUN: LastRun = { runId: 0, fence: 0, asOf: '0001-01-01', versions: {}, experiments: [], grids: new Map() };

/** The finished run whose percentile grid is used: the one of the business day itself, else the newest before or after it. */
async function lastRun(deps: ScoringDeps, cache: Kept, asOf: string): Promise<LastRun> {
  const [head] = await deps.store.prepared<{ runId: number; fence: number; asOf: string }>(
    'scoring_last_run',
    `SELECT run_id AS "runId", fence, as_of AS "asOf" FROM runs WHERE job = $1 AND state = 'done' ORDER BY (as_of = $2::date) DESC, (as_of < $2::date) DESC, as_of DESC LIMIT 1`,
    [SCORING_JOB, asOf],
  );
  if (head === undefined) return NO_RUN;
  if (cache.run?.runId === head.runId && cache.run.fence === head.fence) return cache.run;
  const [row] = await deps.store.prepared<{ plan: { models?: Record<string, number>; experiments?: ServedExperiment[] } | null; heads: HeadSummary[] | null }>('scoring_run_grids', `SELECT details -> 'plan' AS plan, details -> 'heads' AS heads FROM runs WHERE run_id = $1`, [head.runId]);
  cache.run = { ...head, versions: row?.plan?.models ?? {}, experiments: row?.plan?.experiments ?? [], grids: gridsOf(row?.heads ?? []) };
  return cache.run;
}

/** Same status, band and value: the tag has held since the published one. */
function held(now: Tag, published: Pick<Tag, 'status' | 'band' | 'value'>): boolean {
  return now.status === published.status && now.band === published.band && JSON.stringify(now.value) === JSON.stringify(published.value);
}

export interface ScoreOneOptions {
  /** Business day, YYYY-MM-DD: the answer of that day's run. Absent: this instant, with everything that has happened until now. */
  readonly asOf?: string;
}

/**
 * Every tag of one customer as of a business day, or now. Nothing is stored. With the day of the last run the numbers are the run's own.
 * @throws AppError `not_found` for a customer who does not exist or was not known by then, `model_mismatch`, `artefact_invalid`.
 */
export async function scoreOneNow(deps: ScoringDeps, customerId: number, options: ScoreOneOptions = {}): Promise<Tag[]> {
  const { store, timeZone } = deps;
  const asOf = options.asOf === undefined ? localDate(deps.clock.now(), timeZone) : parseLocalDate(options.asOf, 'The business day to score');
  const instant = options.asOf === undefined ? deps.clock.now() : startOfDay(asOf, timeZone);
  const range = { from: customerId, to: customerId + 1 };
  const [customer] = await customersBetween(store.db, range);
  const features = customer === undefined ? undefined : await featuresOfCustomer(store, deps.plan, customerId, instant);
  if (customer === undefined || features === undefined || features.matrix.rows === 0) {
    throw new AppError('not_found', `There is no such customer, or nothing was known of the customer before ${asOf}.`, { hint: 'Check the id, or choose a later day.' });
  }
  const cache = keptFor(store);
  const models = await modelsNow(deps, cache);
  const uplift = await upliftNow(deps, cache, await pinUplift(store));
  const run = await lastRun(deps, cache, asOf);
  // A grid of another version's scores would rank against other numbers.
  const sameExperiments = uplift.experiments.filter(({ key, version }) => run.experiments.some((one) => one.key === key && one.version === version)).map(({ key }) => upliftScore(key));
  const same = new Set([...models.filter(({ name, version }) => run.versions[name] === version).map(({ name }) => name), ...sameExperiments]);
  const grids = new Map([...run.grids].filter(([key]) => same.has(key.slice(0, key.lastIndexOf(':')))));
  const words = wordsOf(deps.plan);
  const rows = customer.refused ? new Int32Array() : Int32Array.of(0);
  const scores = customer.refused ? [] : models.map((model) => scoreFeatures(model, features, { asOf, words }));
  const extra = customer.refused ? [] : upliftRows(uplift.models, features.customerIds, features.matrix, await covariatesFor(store, uplift.models, range), deps.estimators);
  const byHead = new Map([...scoreRows(features.customerIds, rows, scores), ...extra].map(({ model, horizonDays, value, low, high, level, reasons }): [string, ScoreOfHead] => [
    scoreKey(model, horizonDays),
    { value: value ?? Number.NaN, interval: low === null || high === null || level === null ? null : { low, high, level }, reasons: (reasons ?? []) as ScoreOfHead['reasons'] },
  ]));
  const night = stageNight(await lifecycleNow(deps, asOf), asOf, instant, timeZone);
  const ready = await preferencesNow(store);
  const context = await withPreferences(store, runContext(deps, night, run.runId, models, grids, uplift.experiments), ready);
  const [previous, stages, before, rules, published] = [
    await previousTags(store.db, run.runId, asOf, range), await stageStates(store.db, asOf, range), await churnBefore(store.db, churnKeyOf(models), asOf, range), await rulesNow(deps, asOf, customer.refused ? undefined : customerId), await tagsOf(store.db, customerId),
  ];
  const tags = buildTags(context, {
    optedOut: customer.refused, facts: factsOf(features, models.find(({ name }) => name === 'repurchase_cycle'), cyclesFrom)[0], scores: byHead,
    previous: previous.get(customerId) ?? new Map(), stage: stages.get(customerId), churnBefore: before.get(customerId),
    preferences: ready === undefined || customer.refused ? undefined : await preferencesOfOne(deps, ready, customerId, instant),
    signals: customer.refused ? undefined : intentSignals(await signalsOf(store, deps.plan, customerId, instant), instant),
  });
  const known = new Map(published.map((tag) => [tag.key, tag]));
  const dated = tags.map((tag) => {
    const old = known.get(tag.key);
    return old !== undefined && held(tag, old) && old.validFrom < tag.validFrom ? { ...tag, validFrom: old.validFrom } : tag;
  });
  return [...dated, ...rules];
}

/** Rule tags that are true as of the business day; those that the customer carries already keep the day since which they have held. */
async function rulesNow({ store, timeZone, names }: ScoringDeps, asOf: string, customerId: number | undefined): Promise<Tag[]> {
  if (customerId === undefined) return [];
  const { rules, names: known } = await loadCatalogue(store.db, names);
  const carried = new Map(((await ruleTagsOf(store.db, rules, [customerId])).get(customerId) ?? []).map((tag) => [tag.key, tag.validFrom]));
  const found = await rulesOfCustomer(store, rules, { asOf: startOfDay(asOf, timeZone), timeZone, names: known }, customerId);
  return found.map((rule) => {
    const since = carried.get(rule.key);
    return { ...ruleTagOf({ ...rule, evaluatedOn: asOf, evaluatedVersion: rule.version }, since !== undefined && since < asOf ? since : asOf) };
  });
}
