/** Trains the model of the visit under way: the same steps, choices, test and content as any declared model, over rows that are visits at a moment. */
import { AppError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { takeRows } from '../../base/matrix.ts';
import { seededRandom } from '../../base/random.ts';
import { addDays, daysBetween, localDate, startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { serve } from '../../estimators/serving.ts';
import { RULE_COLUMNS, visitColumns, visitColumnsHash } from '../../features/visit/columns.ts';
import type { VisitColumn } from '../../features/visit/columns.ts';
import type { VisitLevels } from '../../features/visit/kinds.ts';
import type { OffsetPeriod } from '../../features/zone.ts';
import { quantileSorted } from '../../math/stats/index.ts';
import type { Columns } from '../../store/columns/columns.ts';
import type { Dataset } from '../dataset.ts';
import type { ModelDefinition } from '../define.ts';
import { NoCandidate, trainHead } from '../head.ts';
import { check, withDate } from '../readiness.ts';
import type { Requirement } from '../readiness.ts';
import { timeSplit } from '../splits.ts';
import { goldenRows, refuseUnready, rivalAt, searchOf } from '../train.ts';
import type { TrainRequest } from '../train.ts';
import type { TrainedHead, TrainedModel } from '../trained.ts';
import { countVisits, visitLevels, visitRows } from './read.ts';
import type { VisitCounts, VisitReading } from './read.ts';

export interface VisitTrainRequest extends Pick<TrainRequest, 'definition' | 'estimators' | 'snapshot' | 'currency' | 'seed' | 'signal' | 'threads' | 'search' | 'champion' | 'onStep' | 'onTested' | 'now'> {
  readonly columns: Columns;
  readonly timeZone: string;
  readonly zone: readonly OffsetPeriod[];
  readonly silenceMinutes: number;
  /** First business day that training must not know. */
  readonly end: LocalDate;
}

/** Periods to learn from, to calibrate and choose on, and to test; of as many days as the history of visits allows. */
const PERIODS = 3;
const LEAST_PERIOD_DAYS = 7;
/** A visit is over within the day; the registry and the estimators want a number. */
const HORIZON_DAYS = 1;
const GRID = 101;

/** What a visit model's content says beside what every model's does (`observations`). */
export interface VisitObservations {
  readonly at: 'visit';
  readonly silenceMinutes: number;
  /** Days of the periods of the split. */
  readonly periodDays: number;
  /** Customers who browsed, visits of those that were read, visits that were drawn and those that came as far as their drawn moment. */
  readonly customers: number;
  readonly visits: number;
  readonly drawn: number;
  readonly rows: number;
  readonly channels: readonly string[];
  readonly devices: readonly string[];
  /** 101 points of the served probabilities of the rows that the serving fit learned from: what a percentile is a place among. */
  readonly percentiles: readonly number[];
}

function requirementsOf(definition: ModelDefinition, { days, first }: VisitCounts, end: LocalDate, timeZone: string): Requirement[] {
  const [visits, converted] = [...days.values()].reduce(([n, k], one) => [n + one.visits, k + one.converted], [0, 0]);
  const start = Number.isNaN(first) ? undefined : localDate(first, timeZone);
  const least = PERIODS * LEAST_PERIOD_DAYS;
  const ofDays = check('visit_days', { zh: '有访问记录的天数', en: 'Days of visits' }, least, start === undefined ? 0 : daysBetween(start, end), true, { zh: `需要至少${least}天的访问记录`, en: `At least ${least} days of visits` });
  const fix = { zh: '导入带时间的浏览、搜索、加购等事件', en: 'Import what visitors do: views, searches, carts, with their times' };
  return [
    check('visits', { zh: '访问数', en: 'Visits' }, PERIODS * definition.minimum.rows, visits, true, fix),
    check('visits_with_order', { zh: '有订单的访问数', en: 'Visits with an order in them' }, PERIODS * definition.minimum.positives, converted, true, { zh: '导入浏览事件时一并导入同一时间段、带时刻的订单', en: 'Import the orders of the same time with their time of day, not only their day' }),
    // Nobody can say when a shop without visits will have some.
    start === undefined ? ofDays : withDate(ofDays, addDays(start, least)),
  ];
}

/** @throws AppError `insufficient_data` with what is missing, `leak_suspected`, `cancelled` */
export async function trainVisitModel(request: VisitTrainRequest): Promise<TrainedModel> {
  const { definition, columns, timeZone, zone, silenceMinutes, end, seed, signal } = request;
  const reading: VisitReading = { columns, zone, silenceMs: silenceMinutes * 60_000, before: startOfDay(end, timeZone), ...(signal === undefined ? {} : { signal }) };
  const counts = await countVisits(reading);
  const requirements = requirementsOf(definition, counts, end, timeZone);
  refuseUnready(definition, requirements);
  const firstDay = localDate(counts.first, timeZone);
  const periodDays = Math.min(definition.cutoffs.everyDays, Math.floor(daysBetween(firstDay, end) / PERIODS));
  const periods = timeSplit({ end, earliest: firstDay, horizonDays: periodDays, everyDays: periodDays, most: definition.cutoffs.most });
  if (periods === undefined || periods.mode !== 'three_way') throw new AppError('internal', 'The history of visits gives no three periods.');
  const split = { ...periods, horizonDays: HORIZON_DAYS };
  const levels = await visitLevels(reading, counts.sample, startOfDay(split.test, timeZone));
  const dates = [...new Set([...split.train, ...split.serve])].sort();
  const rows = await visitRows(reading, counts, [...dates, end].map((date) => startOfDay(date, timeZone)), levels, seed);
  const described = visitColumns(levels);
  const rowsAt = async (cutoffs: readonly LocalDate[], most = Infinity): Promise<Dataset> => datasetOf(rows, dates, cutoffs, most);
  const head = await headOf(request, { split, firstDay, rowsAt, columns: described, levels });
  const serving = await rowsAt(split.serve);
  const observations: VisitObservations = {
    at: 'visit', silenceMinutes, periodDays, customers: counts.customers, visits: [...counts.days.values()].reduce((sum, { visits }) => sum + visits, 0), drawn: rows.visits, rows: rows.y.length,
    ...levels, percentiles: gridOf(request, head, serving, end),
  };
  return {
    model: definition.name, target: { ...definition.target }, observations: { ...observations }, population: [],
    columns: described.map(({ name, unit, missing }) => ({ name, unit, missing })),
    featureSetHash: visitColumnsHash(levels), timeZone, currency: request.currency, seed,
    data: { snapshot: request.snapshot.hash, events: request.snapshot.events, customers: request.snapshot.customers, end },
    readiness: requirements, heads: [head], golden: goldenRows(request.estimators, [head], serving.x, end),
  };
}

/** Rows of the periods that begin on these days; of more than `most`, those of a share of the customers. */
function datasetOf(rows: Awaited<ReturnType<typeof visitRows>>, dates: readonly LocalDate[], cutoffs: readonly LocalDate[], most: number): Dataset {
  const wanted = new Map(cutoffs.map((date, i) => [dates.indexOf(date), i]));
  const all = Array.from(rows.period.keys()).filter((row) => wanted.has(rows.period[row]));
  const kept = all.length <= most ? all : all.filter((row) => seededRandom('thinned', rows.customerIds[row]).next() < most / all.length);
  return {
    x: takeRows(rows.matrix, kept), y: Float64Array.from(kept, (row) => rows.y[row]), customerIds: Float64Array.from(kept, (row) => rows.customerIds[row]),
    period: Int32Array.from(kept, (row) => wanted.get(rows.period[row]) ?? 0), cutoffs,
    // Every visit has an end of its own.
    overlapping: false,
  };
}

interface HeadInput {
  readonly split: Parameters<typeof trainHead>[0]['split'];
  readonly firstDay: LocalDate;
  readonly rowsAt: Parameters<typeof trainHead>[0]['rowsAt'];
  readonly columns: readonly VisitColumn[];
  readonly levels: VisitLevels;
}

async function headOf(request: VisitTrainRequest, { split, firstDay, rowsAt, columns: described, levels }: HeadInput): Promise<TrainedHead> {
  const { definition, seed, signal, threads, now, onTested, onStep, end } = request;
  const columns = described.map(({ name }) => name);
  const rules = new Set(RULE_COLUMNS.map(({ name }) => name));
  const learned = columns.filter((name) => !rules.has(name));
  const rival = rivalAt({ ...request, plan: { columns: described, hash: visitColumnsHash(levels) }, observations: { at: 'visit', silenceMinutes: request.silenceMinutes, ...levels } }, HORIZON_DAYS, 0);
  const search = searchOf({ ...request, plan: { hash: canonicalJson([request.silenceMinutes, columns]) }, facts: { end } });
  try {
    return await trainHead({
      // What the rules look at says nothing that the other columns do not, and would share their reasons.
      definition: { ...definition, candidates: definition.candidates.map((candidate) => ({ columns: learned, ...candidate })) },
      split, end, firstEvent: firstDay, rowsAt, estimators: request.estimators, rng: seededRandom(seed, definition.name),
      ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }), ...(now === undefined ? {} : { now }), ...(rival.champion === undefined ? {} : { champion: rival.champion }), ...(search === undefined ? {} : { search }),
      onTested: (tested) => onTested?.({ ...tested, ...(rival.refused === undefined ? {} : { comparison: rival.refused }) }),
      ...(onStep === undefined ? {} : { onStep: (step: string) => { onStep(HORIZON_DAYS, step); } }),
    });
  } catch (error) {
    if (!(error instanceof NoCandidate)) throw error;
    throw new AppError('insufficient_data', `Model "${definition.name}" could not be trained: ${error.message}.`, { hint: 'Import more visits, then run `tagcast train` again.' });
  }
}

function gridOf({ estimators }: VisitTrainRequest, head: TrainedHead, { x }: Dataset, end: LocalDate): number[] {
  const { prediction } = serve(estimators[head.estimator], head.task, head.artefact as { readonly kind: string }, head.serving, x, end);
  const sorted = prediction.slice().sort();
  return Array.from({ length: GRID }, (_, i) => quantileSorted(sorted, i / (GRID - 1)));
}
