/** `tagcast train`: the declared models, and the preferences, which learn something else and are kept elsewhere. */
import { refreshSnapshot } from '../../store/snapshot/refresh.ts';
import { PREFERENCES, trainPreferencesNow } from '../preferences/training.ts';
import type { PreferenceOutcome } from '../preferences/training.ts';
import { trainModels } from './job.ts';
import type { TrainingArgs, TrainingDeps, TrainingResult } from './job.ts';

export interface TrainedAll {
  readonly models: readonly TrainingResult[];
  /** Absent where they were not asked for. */
  readonly preferences?: PreferenceOutcome;
}

/** Trains what is named (`preferences` beside the names of models), or everything. @throws AppError as `trainModels` and `trainPreferencesNow` do. */
export async function trainAll(deps: TrainingDeps, args: TrainingArgs): Promise<TrainedAll> {
  const { models: named, ...rest } = args;
  const others = named?.filter((name) => name !== PREFERENCES);
  const wantsPreferences = named === undefined || named.includes(PREFERENCES);
  // Training models brings the snapshot up to date.
  if (others?.length === 0) await refreshSnapshot(deps.store, deps.snapshotDir, { progress: deps.progress, ...(deps.signal === undefined ? {} : { signal: deps.signal }) });
  const models = others?.length === 0 ? [] : await trainModels(deps, { ...rest, ...(others === undefined ? {} : { models: others }) });
  return { models, ...(wantsPreferences ? { preferences: await trainPreferencesNow(deps, args) } : {}) };
}
