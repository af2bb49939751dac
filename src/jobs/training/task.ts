/** The part of training that runs in a worker thread: one model from a snapshot folder, no store. */
import { AppError } from '../../base/errors.ts';
import type { LocalDate } from '../../base/time.ts';
import { ESTIMATORS } from '../../estimators/index.ts';
import type { FeatureDefinition } from '../../features/define.ts';
import { featurePlan } from '../../features/plan.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import { SILENCE_MINUTES } from '../../features/visit/kinds.ts';
import { openColumns } from '../../store/snapshot/open.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { numbersOf } from '../../store/columns/columns.ts';
import { columnSource } from '../../training/columnSource.ts';
import type { ContractSettings } from '../../training/contractSettings.ts';
import { customerGroups } from '../../training/customerGroups.ts';
import type { ModelDefinition } from '../../training/define.ts';
import type { Imported } from '../../training/imported.ts';
import { diagnose } from '../../training/diagnostics.ts';
import { DIAGNOSTICS_VERSION } from '../../training/diagnostics/schema.ts';
import type { Diagnostics, HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import { comparisonOf } from '../../training/champion/champion.ts';
import type { Champion } from '../../training/champion/champion.ts';
import type { HeadComparison } from '../../training/champion/schema.ts';
import type { TestedHead } from '../../training/tested.ts';
import { openModel } from '../../registry/envelope.ts';
import { modelChecks } from '../scoring/models.ts';
import { presentRows } from '../../training/presentRows.ts';
import { contractFacts } from '../../training/renewal.ts';
import type { ReadinessFacts } from '../../training/readiness.ts';
import type { SearchLimit } from '../../training/search/search.ts';
import { trainModel } from '../../training/train.ts';
import { trainVisitModel } from '../../training/visit/train.ts';
import type { PlanColumn } from '../../training/train.ts';
import type { TrainedModel } from '../../training/trained.ts';
import { sharedFeatures } from './featureFiles.ts';
import { fileLedger } from './searchLedger.ts';
import { localDate, startOfDay } from '../../base/time.ts';

/** Everything a worker is told; plain data that threads can hand over. */
export interface TrainingTask {
  readonly model: string;
  readonly snapshotDir: string;
  readonly snapshot: { readonly hash: string; readonly events: number; readonly customers: number };
  readonly timeZone: string;
  readonly currency: string;
  /** First business day that training must not know. */
  readonly end: LocalDate;
  readonly seed: number;
  readonly threads: number;
  /** Where the models of one training share the features of their cut-offs. */
  readonly featureFolder?: string;
  readonly imported?: Imported;
  /** Minutes of silence that end a visit; absent: SILENCE_MINUTES. Only models of visits read it. */
  readonly silenceMinutes?: number;
  /** The version that serves, as it is stored: the new one is measured beside it. */
  readonly champion?: { readonly version: number; readonly bytes: Uint8Array };
  /** Settings of a shop with contracts. */
  readonly contracts?: ContractSettings;
  /** A search for better parameters: how long, and the folder of its ledger. */
  readonly search?: { readonly limit: SearchLimit; readonly folder: string };
}

export function planColumns(plan: FeaturePlan): PlanColumn[] {
  return plan.features.map(({ definition }) => ({ name: definition.name, group: definition.group, unit: definition.unit, missing: definition.missing }));
}

/** A trained model, and what its report shows of its one test. */
export interface TrainedWithDiagnostics {
  readonly content: TrainedModel;
  readonly diagnostics: Diagnostics;
}

/** Trains `task.model` and answers its content. `now` is for seconds on the leaderboard only. */
export async function runTrainingTask(
  task: TrainingTask,
  catalogue: { readonly models: readonly ModelDefinition[]; readonly features: readonly FeatureDefinition[] },
  options: { readonly onStep: (horizonDays: number, step: string) => void; readonly signal?: AbortSignal; readonly now: () => number },
): Promise<TrainedWithDiagnostics> {
  const definition = catalogue.models.find((one) => one.name === task.model);
  if (definition === undefined) {
    throw new AppError('unknown_name', `There is no model "${task.model.slice(0, 60)}".`, { hint: `There are: ${catalogue.models.map((one) => one.name).join(', ')}.` });
  }
  const plan = featurePlan(catalogue.features, { timeZone: task.timeZone });
  const columns = await openColumns(task.snapshotDir, { threads: task.threads });
  try {
    const heads: HeadDiagnostics[] = [];
    const compared: HeadComparison[] = [];
    const champion = task.champion === undefined ? undefined : openChampion(task.champion);
    const beside = champion === undefined ? {} : { champion };
    const kept = (content: TrainedModel): TrainedWithDiagnostics =>
      ({ content, diagnostics: { schemaVersion: DIAGNOSTICS_VERSION, heads, ...(champion === undefined ? {} : { comparison: comparisonOf(champion, definition.horizons, compared) }) } });
    const remember = ({ comparison }: TestedHead): void => { if (comparison !== undefined) compared.push(comparison); };
    const search = task.search === undefined ? {} : { search: { limit: task.search.limit, ledger: fileLedger(task.search.folder, task.model) } };
    if (definition.observations.at === 'visit') {
      const content = await trainVisitModel({
        definition, columns, estimators: ESTIMATORS, timeZone: plan.timeZone, zone: plan.zone, silenceMinutes: task.silenceMinutes ?? SILENCE_MINUTES, end: task.end, snapshot: task.snapshot, currency: task.currency, seed: task.seed, threads: task.threads, ...search, ...beside,
        onTested: async (tested) => { remember(tested); heads.push(diagnose(tested, { groups: await customerGroups(columns, startOfDay(tested.split.test, plan.timeZone)) })); },
        ...options,
      });
      return kept(content);
    }
    const own = columnSource(columns, plan, definition.observations.at === 'event' ? definition.observations.subject : undefined);
    const source = task.featureFolder === undefined ? own : sharedFeatures(own, task.featureFolder);
    const content = await trainModel({
      definition,
      source,
      estimators: ESTIMATORS,
      plan: { columns: planColumns(plan), hash: plan.hash, timeZone: plan.timeZone },
      facts: { ...await readinessFacts(columns, task), ...(definition.target.kind === 'renewal' ? { contracts: await contractFacts(columns, plan, task.end, definition.target.graceDays) } : {}) },
      snapshot: task.snapshot,
      currency: task.currency,
      seed: task.seed,
      threads: task.threads,
      ...(task.imported === undefined ? {} : { imported: task.imported }),
      ...search, ...beside,
      onTested: async (tested) => {
        remember(tested);
        const present = await presentRows(source, definition, tested.test.x.columns.map(({ name }) => name), tested.end, tested.split.horizonDays);
        heads.push(diagnose(tested, { groups: await customerGroups(columns, startOfDay(tested.split.test, plan.timeZone)), ...(present === undefined ? {} : { present }) }));
      },
      ...options,
    });
    return kept(content);
  } finally {
    columns.close();
  }
}

/** A champion that can no longer be opened does not keep its successor from being trained. */
function openChampion({ version, bytes }: NonNullable<TrainingTask['champion']>): Champion {
  try {
    return { version, content: openModel(bytes, modelChecks(ESTIMATORS)).content };
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') return { version };
    throw error;
  }
}

/** What the readiness report counts, from everything before `end`. */
export async function readinessFacts(columns: Columns, { end, timeZone }: Pick<TrainingTask, 'end' | 'timeZone'>): Promise<ReadinessFacts> {
  const before = startOfDay(end, timeZone);
  const answer = await columns.query(
    `SELECT count(*)::DOUBLE AS customers, coalesce(sum(orders), 0)::DOUBLE AS orders, coalesce(sum(paid), 0)::DOUBLE AS paid, count(*) FILTER (orders > 1)::DOUBLE AS repeaters FROM
     (SELECT customer_id, count(DISTINCT coalesce(order_ref, '@' || event_id::VARCHAR)) AS orders,
        count(DISTINCT coalesce(order_ref, '@' || event_id::VARCHAR)) FILTER (amount > 0) AS paid FROM events WHERE kind = 'order' AND occurred_ms < $1 GROUP BY customer_id)`,
    [before],
  );
  const first = await columns.query('SELECT min(occurred_ms)::DOUBLE AS at, max(occurred_ms)::DOUBLE AS newest FROM events WHERE occurred_ms < $1', [before]);
  const [at, newest] = [numbersOf(first, 'at')[0], numbersOf(first, 'newest')[0]];
  return {
    customers: numbersOf(answer, 'customers')[0],
    orders: numbersOf(answer, 'orders')[0],
    repeatCustomers: numbersOf(answer, 'repeaters')[0],
    paidOrders: numbersOf(answer, 'paid')[0],
    lastEvent: Number.isNaN(newest) ? undefined : localDate(newest, timeZone),
    firstEvent: Number.isNaN(at) ? undefined : localDate(at, timeZone),
    end,
  };
}
