/** Trains one declared model: readiness, every head, golden rows. Returns it; saving is the registry's work. */
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import { seededRandom } from '../base/random.ts';
import { takeRows } from '../base/matrix.ts';
import type { Matrix } from '../base/matrix.ts';
import { addDays } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { serve } from '../estimators/serving.ts';
import type { AnyEstimator } from './candidate.ts';
import { championAt, notCompared } from './champion/champion.ts';
import type { Asked, Champion, HeadChampion } from './champion/champion.ts';
import type { HeadComparison } from './champion/schema.ts';
import { buildDataset, modelColumns, windowDays } from './dataset.ts';
import type { Dataset, ObservationEvent, TrainingSource } from './dataset.ts';
import { labelDays } from './define.ts';
import type { Candidate, ModelDefinition } from './define.ts';
import { NoCandidate, trainHead } from './head.ts';
import { withImported } from './imported.ts';
import type { Imported } from './imported.ts';
import type { HeadRequest } from './head/request.ts';
import { HISTORY_DAYS, readiness } from './readiness.ts';
import type { ReadinessFacts, Requirement } from './readiness.ts';
import { memoryLedger } from './search/ledger.ts';
import type { SearchLedger } from './search/ledger.ts';
import type { SearchLimit } from './search/search.ts';
import { eventSplit, timeSplit } from './splits.ts';
import type { ObservedDay, TimeSplit } from './splits.ts';
import { SEASON_HISTORY_DAYS } from './season.ts';
import type { TestedHead } from './tested.ts';
import type { TrainedHead, TrainedModel } from './trained.ts';

/** A column of the feature plan as training needs to know it. */
export interface PlanColumn {
  readonly name: string;
  readonly group: string;
  readonly unit: string;
  readonly missing: 'missing' | number;
}

export interface TrainRequest {
  readonly definition: ModelDefinition;
  readonly source: TrainingSource;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly plan: { readonly columns: readonly PlanColumn[]; readonly hash: string; readonly timeZone: string };
  readonly facts: ReadinessFacts;
  readonly snapshot: { readonly hash: string; readonly events: number; readonly customers: number };
  readonly currency: string;
  readonly seed: number;
  /** Models whose observations events open: first day of the test period. Absent: the last third of the finished days. */
  readonly testFrom?: LocalDate;
  readonly signal?: AbortSignal;
  /** Threads that one fit may use, 1 when absent; the model is the same bytes whatever the number. */
  readonly threads?: number;
  /** A search for better parameters before the first horizon that has labels; absent: as the declaration says, with nothing known from before. */
  readonly search?: { readonly limit: SearchLimit; readonly ledger: SearchLedger };
  readonly onStep?: (horizonDays: number, step: string) => void;
  /** The version that serves: it is measured on the test of every head, where that is fair (docs/adr/promotion.md). */
  readonly champion?: Champion;
  /** Called once per head, when its last period has been evaluated. */
  readonly onTested?: (tested: TestedHead) => void | Promise<void>;
  readonly now?: () => number;
  /** A model from elsewhere, in place of the candidates of its horizon. */
  readonly imported?: Imported;
}

export async function trainModel(request: TrainRequest): Promise<TrainedModel> {
  const { definition, facts, plan, source } = request;
  const requirements = readiness(definition, facts);
  refuseUnready(definition, requirements);
  const names = modelColumns(plan.columns.map((column) => column.name), definition, (name) => plan.columns.find((column) => column.name === name)?.group ?? '');
  const events = await observedEvents(definition, source, facts.end);
  const heads: TrainedHead[] = [];
  let last: Dataset | undefined;
  /** Reason → horizons that were skipped for it. */
  const skipped = new Map<string, number[]>();
  const skip = (days: number, reason: string): void => { skipped.set(reason, [...(skipped.get(reason) ?? []), days]); };
  let searching: HeadRequest['search'] = searchOf(request);
  let found: readonly Candidate[] = [];
  let compared = 0;
  for (const horizonDays of definition.horizons) {
    const split = splitFor(definition, facts, horizonDays, events, request.testFrom);
    if (split === undefined) {
      skip(horizonDays, `needs ${HISTORY_DAYS + labelDays(definition.target, horizonDays)} days of history`);
      continue;
    }
    const rowsAt = (cutoffs: readonly LocalDate[], most?: number): Promise<Dataset> =>
      buildDataset(source, definition, names, cutoffs, horizonDays, { ...(most === undefined ? {} : { most }), ...(events === undefined ? {} : { events }), ...(request.signal === undefined ? {} : { signal: request.signal }) });
    try {
      const { signal, onStep, now, threads, imported } = request;
      const rival = rivalAt(request, horizonDays, compared);
      const here = imported?.horizonDays === horizonDays ? { ...withImported(definition, request.estimators, names, imported), keepCandidate: true } : { definition: shortlisted({ ...definition, candidates: [...definition.candidates, ...found] }, heads, split), estimators: request.estimators };
      heads.push(await trainHead({
        ...here, split, end: facts.end, firstEvent: facts.firstEvent ?? facts.end, rowsAt,
        rng: seededRandom(request.seed, definition.name, horizonDays),
        ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }), ...(now === undefined ? {} : { now }), ...(rival.champion === undefined ? {} : { champion: rival.champion }),
        onTested: async (tested) => {
          const comparison = tested.comparison ?? rival.refused;
          if (comparison !== undefined && comparison.compared !== null) compared++;
          await request.onTested?.({ ...tested, ...(comparison === undefined ? {} : { comparison }) });
        },
        ...(searching === undefined || imported !== undefined ? {} : { search: searching }), onFound: (candidates) => { found = candidates; },
        ...(onStep === undefined ? {} : { onStep: (step: string) => { onStep(horizonDays, step); } }),
      }));
      last ??= await rowsAt(split.testCutoffs);
      if (split.mode !== 'label_free') searching = undefined;
    } catch (error) {
      if (!(error instanceof NoCandidate)) throw error;
      skip(horizonDays, error.message);
    }
  }
  if (heads.length === 0 || last === undefined || (request.imported !== undefined && !heads.some((head) => head.horizonDays === request.imported?.horizonDays))) {
    const reasons = Array.from(skipped, ([reason, days]) => `${days.join(', ')} days: ${reason}`);
    throw new AppError('insufficient_data', `Model "${definition.name}" could not be trained: ${reasons.join('; ')}.`, { details: { skipped: reasons }, hint: 'Import more history, then run `tagcast train` again.' });
  }
  const described = new Map(plan.columns.map((column) => [column.name, column]));
  return {
    model: definition.name,
    target: { ...definition.target },
    observations: { ...definition.observations },
    population: definition.population.map((rule) => ({ ...rule })),
    columns: last.x.columns.map(({ name }) => ({ name, unit: described.get(name)?.unit ?? 'flag', missing: described.get(name)?.missing ?? 'missing' })),
    featureSetHash: plan.hash,
    timeZone: plan.timeZone,
    currency: request.currency,
    seed: request.seed,
    data: { snapshot: request.snapshot.hash, events: request.snapshot.events, customers: request.snapshot.customers, end: facts.end },
    readiness: requirements,
    heads,
    golden: goldenRows(request.estimators, heads, last.x, facts.end),
  };
}

/** What there is of the champion at one horizon: itself, or why it is not compared. @param compared horizons that were */
export function rivalAt({ champion, ...asked }: Pick<TrainRequest, 'champion' | 'definition' | 'estimators' | 'currency'> & { readonly plan: { readonly columns: Asked['live']; readonly hash: string }; readonly observations?: Asked['observations'] }, horizonDays: number, compared: number): { readonly champion?: HeadChampion; readonly refused?: HeadComparison } {
  if (champion === undefined) return {};
  const { definition, estimators, currency, plan, observations = { ...definition.observations } } = asked;
  const found = championAt(champion, { definition, estimators, currency, observations, live: plan.columns, featureSetHash: plan.hash }, horizonDays, compared);
  return 'reason' in found ? { refused: notCompared(horizonDays, found) } : { champion: found };
}

/** The data, the seed and the declaration in one text: what was learned about others says nothing about these. */
export function searchOf({ definition, search, snapshot, plan, seed, facts }: Pick<TrainRequest, 'definition' | 'search' | 'snapshot' | 'seed'> & { readonly plan: Pick<TrainRequest['plan'], 'hash'>; readonly facts: Pick<ReadinessFacts, 'end'> }): HeadRequest['search'] {
  if (search === undefined && (definition.search?.trials ?? 0) === 0) return undefined;
  const { name, target, horizons, population, observations, withoutFeatures = [], cutoffs } = definition;
  const dataKey = canonicalJson({ snapshot: snapshot.hash, features: plan.hash, end: facts.end, seed, model: { name, target, horizons, population, observations, withoutFeatures, cutoffs } });
  return { limit: search?.limit ?? {}, ledger: search?.ledger ?? memoryLedger(), dataKey };
}

/**
 * The first horizon that has labels tries every candidate; the others try the best of it beside the baseline. The same history is asked the same question
 * over another length of time, so another winner would more likely be chance than insight.
 */
function shortlisted(definition: ModelDefinition, heads: readonly TrainedHead[], split: TimeSplit): ModelDefinition {
  const full = heads.find((head) => head.split.mode !== 'label_free' && head.leaderboard.length > 2);
  if (full === undefined || split.mode === 'label_free') return definition;
  const best = full.leaderboard.find((row) => row.failure === undefined && row.candidate !== definition.baseline.name)?.candidate;
  const wanted = full.beatsBaseline ? full.candidate : best;
  const shortlist = definition.candidates.filter((candidate) => candidate.name === wanted);
  return shortlist.length === 0 ? definition : { ...definition, candidates: shortlist };
}

/** @throws AppError `insufficient_data` naming what is missing */
export function refuseUnready(definition: ModelDefinition, requirements: readonly Requirement[]): void {
  const missing = requirements.filter((one) => one.required && !one.passed);
  if (missing.length === 0) return;
  const first = missing.map((one) => `${one.label.en}: ${one.found} of ${one.needed}${one.passesOn === undefined ? '' : ` (passes on ${one.passesOn})`}`).join('; ');
  throw new AppError('insufficient_data', `Model "${definition.name}" is not ready: ${first}.`, { details: { requirements: missing }, hint: `${missing[0].fix?.en ?? 'Import more data'}, then run \`tagcast train ${definition.name}\` again.` });
}

async function observedEvents(definition: ModelDefinition, source: TrainingSource, end: LocalDate): Promise<ObservationEvent[] | undefined> {
  if (definition.observations.at !== 'event') return undefined;
  const { event, subject, properties = [], until } = definition.observations;
  return source.observationEvents(event, subject, [...new Set([...properties.map((one) => one.property), ...(until === undefined ? [] : [until])])], end);
}

/** A long history in front of every cut-off where the data allow it, a short one otherwise. */
function splitFor(definition: ModelDefinition, facts: ReadinessFacts, horizonDays: number, events: readonly ObservationEvent[] | undefined, testFrom: LocalDate | undefined): TimeSplit | undefined {
  if (facts.firstEvent === undefined) return undefined;
  if (events !== undefined) {
    const request = { end: facts.end, earliest: addDays(facts.firstEvent, HISTORY_DAYS), horizonDays, ...(testFrom === undefined ? {} : { testFrom }) };
    return eventSplit(observedDays(definition, events, horizonDays), request);
  }
  const shared = { end: facts.end, horizonDays, windowDays: labelDays(definition.target, horizonDays), everyDays: definition.cutoffs.everyDays, most: definition.cutoffs.most };
  const long = timeSplit({ ...shared, earliest: addDays(facts.firstEvent, SEASON_HISTORY_DAYS) });
  const short = timeSplit({ ...shared, earliest: addDays(facts.firstEvent, HISTORY_DAYS) });
  return long?.mode === 'three_way' || long?.mode === short?.mode ? long : short;
}

function observedDays(definition: ModelDefinition, events: readonly ObservationEvent[], horizonDays: number): ObservedDay[] {
  const until = definition.observations.at === 'event' ? definition.observations.until : undefined;
  const over = new Map<LocalDate, LocalDate>();
  for (const event of events) {
    const ends = addDays(event.date, windowDays(event, until, horizonDays));
    const known = over.get(event.date);
    if (known === undefined || ends > known) over.set(event.date, ends);
  }
  return [...over].map(([date, ends]) => ({ date, over: ends })).sort((a, b) => (a.date < b.date ? -1 : 1));
}

const GOLDEN_ROWS = 5;

/** Rows spread over the newest period with what each head predicts for them. */
export function goldenRows(estimators: Readonly<Record<string, AnyEstimator>>, heads: readonly TrainedHead[], x: Matrix, end: LocalDate): TrainedModel['golden'] {
  const count = Math.min(GOLDEN_ROWS, x.rows);
  const picked = takeRows(x, Array.from({ length: count }, (_, i) => Math.floor((i * x.rows) / count)));
  return {
    rows: Array.from({ length: count }, (_, row) => picked.columns.map(({ values }) => (Number.isNaN(values[row]) ? null : values[row]))),
    predictions: heads.map((head) => Array.from(serve(estimators[head.estimator], head.task, head.artefact as { readonly kind: string }, head.serving, picked, end).prediction)),
  };
}
