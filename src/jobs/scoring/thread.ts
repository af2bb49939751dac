/** The part of scoring that may run in a thread of its own: one model and one chunk's features, no store. */
import type { FeatureMatrix } from '../../features/matrix.ts';
import { readyModel } from '../../scoring/model.ts';
import type { LoadedModel, ServingEstimators } from '../../scoring/model.ts';
import { scoreFeatures } from '../../scoring/scoreFeatures.ts';
import type { ModelScores, ScoreOptions } from '../../scoring/scoreFeatures.ts';
import type { TrainedModel } from '../../registry/envelope.ts';

/** What a thread is told when it starts; plain data. */
export interface ScoringThreadSetup {
  readonly models: readonly { readonly name: string; readonly version: number; readonly content: TrainedModel }[];
  readonly options: ScoreOptions;
}

export interface ScoringRequest {
  readonly id: number;
  /** Place in the models of the setup. */
  readonly model: number;
  readonly features: FeatureMatrix;
}

/** Answers requests one by one; the same function as without threads, so the same numbers. */
export function scoringThread({ models, options }: ScoringThreadSetup, estimators: ServingEstimators): (request: ScoringRequest) => ModelScores {
  const ready: readonly LoadedModel[] = models.map(({ name, version, content }) => readyModel(name, version, content, estimators));
  return ({ model, features }) => scoreFeatures(ready[model], features, options);
}
