/** A model ready to score: its heads with the estimators that read their artefacts. */
import { AppError } from '../base/errors.ts';
import type { Matrix } from '../base/matrix.ts';
import { serve } from '../estimators/serving.ts';
import type { Estimator } from '../estimators/contract.ts';
import type { TrainedHead, TrainedModel } from '../registry/envelope.ts';

/** An estimator whose artefact is looked at by its own schema only. */
export type ServingEstimator = Estimator<{ readonly kind: string }, unknown>;
export type ServingEstimators = Readonly<Record<string, ServingEstimator>>;

export interface LoadedHead {
  readonly head: TrainedHead;
  readonly estimator: ServingEstimator;
  readonly artefact: { readonly kind: string };
}

export interface LoadedModel {
  readonly name: string;
  readonly version: number;
  readonly content: TrainedModel;
  /** The primary head first, as trained. */
  readonly heads: readonly LoadedHead[];
}

/** @throws AppError `artefact_invalid` for a head whose estimator is not there. */
export function readyModel(name: string, version: number, content: TrainedModel, estimators: ServingEstimators): LoadedModel {
  const heads = content.heads.map((head): LoadedHead => {
    const estimator = Object.hasOwn(estimators, head.estimator) ? estimators[head.estimator] : undefined;
    if (estimator === undefined) {
      throw new AppError('artefact_invalid', `Model "${name}" version ${version} needs the estimator "${head.estimator.slice(0, 60)}", which this version of Tagcast does not have.`, { hint: `Train again: \`tagcast train ${name}\`.` });
    }
    return { head, estimator, artefact: head.artefact as { readonly kind: string } };
  });
  return { name, version, content, heads };
}

/** The columns a model reads, in the order of its matrix. @throws AppError `model_mismatch` naming the missing ones. */
export function modelMatrix(model: LoadedModel, x: Matrix): Matrix {
  const byName = new Map(x.columns.map((column) => [column.name, column]));
  const missing = model.content.columns.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new AppError('model_mismatch', `Model "${model.name}" version ${model.version} needs ${missing.length} column(s) that the features do not have: ${missing.slice(0, 10).join(', ')}.`, {
      details: { model: model.name, version: model.version, missing },
      hint: `Train again on the present features: \`tagcast train ${model.name}\`.`,
    });
  }
  return { rows: x.rows, columns: model.content.columns.flatMap(({ name }) => byName.get(name) ?? []) };
}

/** Every feature that the models and their populations read, each once, sorted. */
export function neededFeatures(models: readonly LoadedModel[], more: readonly string[] = []): string[] {
  const names = models.flatMap(({ content }) => [...content.columns.map(({ name }) => name), ...content.population.map(({ feature }) => feature)]);
  return [...new Set([...names, ...more])].sort();
}

/** What each head says of the golden rows, heads × rows: compared with what training wrote down. */
export function goldenPredictions(content: TrainedModel, estimators: ServingEstimators): number[][] {
  const { rows } = content.golden;
  const x: Matrix = {
    rows: rows.length,
    columns: content.columns.map(({ name }, c) => ({ name, values: Float64Array.from(rows, (row) => row[c] ?? Number.NaN) })),
  };
  return readyModel(content.model, 0, content, estimators).heads.map(({ head, estimator, artefact }) => Array.from(serve(estimator, head.task, artefact, head.serving, x, content.data.end).prediction));
}
