/** Reading experiments: all of them with their arms and verdicts, and one with the report of its newest evaluation. */
import type { Store } from '../store/connection.ts';
import { armCounts, armsOf, listExperiments } from '../store/repositories/experiments.ts';
import type { ArmCounts, StoredExperiment } from '../store/repositories/experiments.ts';
import { modelReport } from '../store/repositories/modelReports.ts';
import { modelRow } from '../store/repositories/models.ts';
import type { UpliftReport } from '../training/uplift/report.ts';
import { experimentNamed } from './edit.ts';
import { liveUplift } from './serving.ts';

export interface ListedExperiment extends StoredExperiment {
  readonly arms: ArmCounts;
  /** The newest evaluation; null before the first one. */
  readonly evaluation: { readonly version: number; readonly rankable: boolean } | null;
}

const NOBODY: ArmCounts = { treated: 0, heldOut: 0, firstAt: null, lastAt: null };

/** Those that began last first. */
export async function experimentList(store: Store): Promise<ListedExperiment[]> {
  const [arms, served] = [await armCounts(store.db), new Map((await liveUplift(store)).map((one) => [one.key, one]))];
  return (await listExperiments(store.db)).map((one) => {
    const { version = null, rankable = false } = served.get(one.key) ?? {};
    return { ...one, arms: arms.get(one.key) ?? NOBODY, evaluation: version === null ? null : { version, rankable } };
  });
}

export interface ExperimentDetail extends ListedExperiment {
  /** Of the newest evaluation, with when it was made (epoch ms). */
  readonly report: (UpliftReport & { readonly evaluatedAt: number }) | null;
}

/** @throws AppError `not_found` with what may have been meant. */
export async function experimentDetail(store: Store, key: string): Promise<ExperimentDetail> {
  const experiment = await experimentNamed(store, key);
  const served = (await liveUplift(store)).find((one) => one.key === key);
  const version = served?.version ?? null;
  const common = { ...experiment, arms: await armsOf(store.db, key), evaluation: version === null ? null : { version, rankable: served?.rankable === true } };
  if (version === null) return { ...common, report: null };
  const name = `uplift_${key}`;
  const [stored, row] = [await modelReport(store.db, name, version), await modelRow(store.db, name, version)];
  return { ...common, report: stored === undefined || row === undefined ? null : { ...(stored.document as UpliftReport), evaluatedAt: row.createdAt } };
}
