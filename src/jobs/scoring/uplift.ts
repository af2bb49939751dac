/** Experiments in a scoring run: pinned like models, scored over the same features, and handed to tag building. One that cannot be scored is paused; the night goes on. */
import { AppError } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import { liveUplift } from '../../experiments/serving.ts';
import type { ServedExperiment } from '../../experiments/serving.ts';
import { loadUplift } from '../../registry/uplift.ts';
import type { ServingEstimators } from '../../scoring/model.ts';
import { scoreUplift, UPLIFT_LEVEL, upliftCovariates } from '../../scoring/uplift.ts';
import type { LoadedUplift } from '../../scoring/uplift.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import type { Store } from '../../store/connection.ts';
import { covariatesBetween } from '../../store/repositories/experiments.ts';
import type { IdRange, ScoreRow } from '../../store/repositories/scores.ts';
import { naturalScore, upliftScore } from '../../tags/build/uplift.ts';
import { upliftChecks } from '../uplift/models.ts';

export type { ServedExperiment } from '../../experiments/serving.ts';

export interface UpliftPass {
  readonly experiments: readonly ServedExperiment[];
  /** Those of which customers are scored. */
  readonly models: readonly LoadedUplift[];
}

/** What serves now; decided once per run. */
export const pinUplift = liveUplift;

export async function loadUplifts(store: Store, pinned: readonly ServedExperiment[], plan: FeaturePlan, estimators: ServingEstimators): Promise<UpliftPass> {
  const models: LoadedUplift[] = [];
  const live = new Set(plan.definitions.map(({ name }) => name));
  const experiments: ServedExperiment[] = [];
  for (const one of pinned) {
    const model = one.version === null || !one.rankable ? undefined : await loadOr(store, one.key, one.version, estimators);
    const usable = model?.content.columns.every(({ from, source }) => from === 'covariate' || live.has(source)) === true;
    if (model !== undefined && usable) models.push(model);
    experiments.push(one.rankable && !usable ? { ...one, paused: true } : one);
  }
  return { experiments, models };
}

async function loadOr(store: Store, experiment: string, version: number, estimators: ServingEstimators): Promise<LoadedUplift | undefined> {
  try {
    return { experiment, version, content: await loadUplift(store, experiment, version, upliftChecks(estimators)) };
  } catch (error) {
    if (error instanceof AppError && (error.code === 'artefact_invalid' || error.code === 'not_found')) return undefined;
    throw error;
  }
}

export type KnownCovariates = Awaited<ReturnType<typeof covariatesBetween>>;

export function covariatesFor(store: Store, models: readonly LoadedUplift[], range: IdRange): Promise<KnownCovariates> {
  return covariatesBetween(store.db, models.map((model) => ({ key: model.experiment, names: upliftCovariates(model) })), range);
}

/** Two rows per customer and experiment: the effect with its interval, and the outcome without treatment. `matrix` row i belongs to `ids[i]`. */
export function upliftRows(models: readonly LoadedUplift[], ids: Float64Array, matrix: Matrix, known: KnownCovariates, estimators: ServingEstimators): ScoreRow[] {
  return models.flatMap((model): ScoreRow[] => {
    const own = known.get(model.experiment);
    const names = upliftCovariates(model);
    const { effect, low, high, natural } = scoreUplift(model, matrix, (row, name) => own?.get(ids[row])?.[name], estimators);
    const { responseDays } = model.content;
    return Array.from(ids, (customerId, i): ScoreRow[] => {
      // Of somebody of whom none of it is known the model would say what it says of nobody in particular.
      if (names.length > 0 && own?.get(customerId) === undefined) return [];
      const common = { customerId, horizonDays: responseDays, version: model.version, probability: null, reasons: null };
      const ok = Number.isFinite(effect[i]) && Number.isFinite(natural[i]);
      return [
        { ...common, model: upliftScore(model.experiment), status: ok ? 'ok' : 'failed', value: ok ? effect[i] : null, low: ok ? low[i] : null, high: ok ? high[i] : null, level: ok ? UPLIFT_LEVEL : null },
        { ...common, model: naturalScore(model.experiment), status: ok ? 'ok' : 'failed', value: ok ? natural[i] : null, low: null, high: null, level: null },
      ];
    }).flat();
  });
}
