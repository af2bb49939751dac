/** Evaluates an experiment: checks its arms, reads what became of its customers, learns from it in a thread, and puts model and report into the registry. */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import type { Bilingual } from '../../base/text.ts';
import { addDays, localDate, startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { compileCondition } from '../../conditions/compile.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import { parseCondition } from '../../conditions/parse.ts';
import { refuseBrokenAssignment, refuseTooFew, refuseUnevenArms, sampleRatioP } from '../../experiments/checks.ts';
import { experimentNamed } from '../../experiments/edit.ts';
import { buildFeatures } from '../../features/build.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import { NEWEST_SERVES } from '../../registry/newestServes.ts';
import { saveUplift } from '../../registry/uplift.ts';
import type { UpliftChecks } from '../../registry/uplift.ts';
import type { Store } from '../../store/connection.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import { contactFacts, experimentRows } from '../../store/repositories/experimentRows.ts';
import type { ExperimentRow } from '../../store/repositories/experimentRows.ts';
import { armsOf } from '../../store/repositories/experiments.ts';
import type { StoredExperiment } from '../../store/repositories/experiments.ts';
import { openColumns } from '../../store/snapshot/open.ts';
import { refreshSnapshot } from '../../store/snapshot/refresh.ts';
import { upliftDataset } from '../../training/uplift/dataset.ts';
import type { UpliftDataset } from '../../training/uplift/dataset.ts';
import { UPLIFT_REPORT_VERSION } from '../../training/uplift/report.ts';
import type { UpliftReport } from '../../training/uplift/report.ts';
import type { UpliftModel } from '../../training/uplift/trained.ts';
import { trainInThread } from './thread.ts';

export interface ExperimentDeps {
  readonly store: Store;
  readonly snapshotDir: string;
  readonly plan: FeaturePlan;
  readonly checks: UpliftChecks;
  /** For outcomes that are conditions. */
  readonly names: ConditionNames;
  readonly timeZone: string;
  readonly currency: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface Evaluated {
  readonly version: number;
  readonly report: UpliftReport;
  readonly whyItServes: Bilingual;
}

/** The calendar of one shop's year says nothing about another's; an experiment sees one season only. */
const WITHOUT = ['season_sin', 'season_cos'];

/** Rows by the business day of their assignment, oldest first. */
function byDay(rows: readonly ExperimentRow[], timeZone: string): [LocalDate, ExperimentRow[]][] {
  const days = new Map<LocalDate, ExperimentRow[]>();
  for (const row of rows) {
    const day = localDate(row.assignedAt, timeZone);
    const own = days.get(day);
    if (own === undefined) days.set(day, [row]);
    else own.push(row);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Outcomes that a condition decides, as of the end of each day's window. */
async function decideByCondition(deps: ExperimentDeps, { outcome, responseDays }: StoredExperiment, days: readonly [LocalDate, ExperimentRow[]][]): Promise<[LocalDate, ExperimentRow[]][]> {
  if (outcome.kind !== 'condition') return [...days];
  const condition = parseCondition(outcome.condition);
  const decided: [LocalDate, ExperimentRow[]][] = [];
  for (const [day, rows] of days) {
    throwIfCancelled(deps.signal, 'The evaluation');
    const ids = rows.map(({ customerId }) => customerId);
    const range = { from: Math.min(...ids), to: Math.max(...ids) };
    const { sql, bindings } = compileCondition(condition, { asOf: startOfDay(addDays(day, responseDays), deps.timeZone), timeZone: deps.timeZone, names: deps.names }, range);
    const holds = new Set((await selectRows<{ customer_id: number }>(deps.store.db, sql, [...bindings])).map(({ customer_id }) => customer_id));
    decided.push([day, rows.map((row) => ({ ...row, outcome: holds.has(row.customerId) ? 1 : 0 }))]);
  }
  return decided;
}

async function datasetOf(deps: ExperimentDeps, experiment: StoredExperiment, days: readonly [LocalDate, ExperimentRow[]][]): Promise<UpliftDataset> {
  const names = deps.plan.definitions.filter(({ name }) => !WITHOUT.includes(name)).map(({ name }) => name);
  const columns = await openColumns(deps.snapshotDir, { threads: 1 });
  try {
    const parts = [];
    for (const [day, rows] of days) {
      const features = await buildFeatures(columns, deps.plan, { asOf: startOfDay(day, deps.timeZone), names, ...(deps.signal === undefined ? {} : { signal: deps.signal }) });
      parts.push({ rows, features });
    }
    const planned = deps.plan.definitions.filter(({ name }) => names.includes(name)).map(({ name, missing }) => ({ name, missing }));
    return upliftDataset(parts, planned, experiment.covariates);
  } finally {
    columns.close();
  }
}

function meansOf({ y, treated }: UpliftDataset['data']): { treated: number; heldOut: number } {
  const sides = [{ n: 0, sum: 0 }, { n: 0, sum: 0 }];
  y.forEach((v, i) => {
    sides[treated[i]].n++;
    sides[treated[i]].sum += v;
  });
  return { treated: sides[1].sum / sides[1].n, heldOut: sides[0].sum / sides[0].n };
}

/**
 * @param args.end first business day that must not be known
 * @throws AppError `not_found`, `insufficient_data` with what is needed and when it will be there, `bad_data` for arms that do not compare, `cancelled`
 */
export async function evaluateExperiment(deps: ExperimentDeps, key: string, args: { readonly end: LocalDate; readonly seed: number; readonly actor: string }): Promise<Evaluated> {
  const { store, timeZone, signal, progress } = deps;
  const experiment = await experimentNamed(store, key);
  const until = startOfDay(args.end, timeZone);
  const arms = await armsOf(store.db, key);
  if (arms.treated + arms.heldOut === 0) {
    throw new AppError('insufficient_data', `Nobody has been assigned in experiment ${key}.`, { hint: experiment.segment === null ? `Import the list: \`tagcast experiment import-assignment ${key}\`.` : `Record the arms at the moment of the contact: \`tagcast experiment assign ${key}\`.` });
  }
  refuseUnevenArms(experiment, arms);
  const contacts = await contactFacts(store.db, experiment, until);
  refuseBrokenAssignment(experiment, contacts, arms);
  progress({ step: 'read', done: 0, total: 3 });
  const snapshot = await refreshSnapshot(store, deps.snapshotDir, { progress, ...(signal === undefined ? {} : { signal }) });
  const rows: ExperimentRow[] = [];
  for await (const page of experimentRows(store.db, experiment, until)) {
    throwIfCancelled(signal, 'The evaluation');
    rows.push(...page);
  }
  const days = await decideByCondition(deps, experiment, byDay(rows, timeZone));
  const all = days.flatMap(([, own]) => own);
  const [treated, heldOut, positive] = [all.filter((row) => row.treated).length, all.filter((row) => !row.treated).length, all.filter(({ outcome }) => outcome > 0).length];
  const { firstOverAt } = contacts;
  refuseTooFew(experiment, { treated, heldOut, positive }, { customers: contacts.waiting, ...(firstOverAt === null ? {} : { overOn: addDays(localDate(firstOverAt, timeZone), 1) }) });
  const dataset = await datasetOf(deps, experiment, days);
  if (dataset.columns.length === 0) {
    throw new AppError('insufficient_data', `Nothing was known of the customers of experiment ${key} before their assignment.`, { hint: 'Import their history, or bring what was known with the list: --covariates.' });
  }
  progress({ step: 'learn', done: 1, total: 3 });
  const trained = await trainInThread({ experiment: key, data: dataset.data, chance: experiment.treatmentProbability, seed: args.seed }, signal);
  progress({ step: 'save', done: 2, total: 3 });
  const unit = experiment.outcome.kind === 'revenue' ? 'currency' : 'points';
  const content: UpliftModel = {
    experiment: key, experimentCreatedAt: experiment.createdAt, responseDays: experiment.responseDays, outcome: { ...experiment.outcome }, unit, columns: [...dataset.columns], featureSetHash: deps.plan.hash, timeZone, currency: deps.currency,
    seed: args.seed, data: { snapshot: snapshot.contentHash, events: snapshot.rows, customers: snapshot.customers, end: args.end, treated, heldOut }, ...trained.model,
  };
  const report: UpliftReport = {
    experiment: key, end: args.end, customers: { treated, heldOut }, waiting: contacts.waiting, sampleRatioP: sampleRatioP(arms, experiment.treatmentProbability),
    crossed: experiment.campaign === null ? null : { heldOutContacted: contacts.heldOutContacted, treatedContacted: contacts.treatedContacted }, outcome: { ...meansOf(dataset.data), unit }, ...trained.report,
  };
  const version = await saveUplift(store, content, deps.checks, { schemaVersion: UPLIFT_REPORT_VERSION, document: report }, args.actor);
  progress({ step: 'save', done: 3, total: 3 });
  return { version, report, whyItServes: NEWEST_SERVES.uplift };
}
