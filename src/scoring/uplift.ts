/** Uplift of customers by the model of an experiment: the same function for the nightly run and on demand. Row i of everything belongs to row i of the matrix. */
import type { Matrix } from '../base/matrix.ts';
import { AppError } from '../base/errors.ts';
import { effectAt } from '../estimators/uplift/calibrate.ts';
import { UPLIFT_LEARNERS } from '../estimators/uplift/index.ts';
import type { UpliftKind } from '../estimators/uplift/index.ts';
import { upliftMatrix } from '../estimators/uplift/matrix.ts';
import type { UpliftModel } from '../registry/uplift.ts';
import type { ServingEstimators } from './model.ts';

/** Level of the intervals: where the low end is above zero, at most one such group in twenty would do no more. */
export const UPLIFT_LEVEL = 0.9;

export interface LoadedUplift {
  readonly experiment: string;
  readonly version: number;
  readonly content: UpliftModel;
}

export interface UpliftScores {
  /** Mean effect among customers of the same score, in units of the outcome. */
  readonly effect: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Expected outcome without treatment. */
  readonly natural: Float64Array;
}

export function upliftFeatures(models: readonly LoadedUplift[]): string[] {
  return [...new Set(models.flatMap(({ content }) => content.columns.filter(({ from }) => from === 'feature').map(({ source }) => source)))].sort();
}

export function upliftCovariates({ content }: LoadedUplift): string[] {
  return content.columns.filter(({ from }) => from === 'covariate').map(({ source }) => source);
}

/** Uplift and outcome without treatment, uncalibrated. */
export function rawUplift(content: UpliftModel, x: Matrix, estimators: ServingEstimators): { readonly uplift: Float64Array; readonly natural: Float64Array } {
  const learner = UPLIFT_LEARNERS[content.learner as UpliftKind];
  return { uplift: learner.predict(content.artefact as { readonly kind: string }, x), natural: estimators[content.natural.estimator].predict(content.natural.artefact as { readonly kind: string }, x) };
}

/** @param covariate what is known of a row under a name. @throws AppError `model_mismatch` naming a feature that is gone. */
export function scoreUplift({ content, experiment }: LoadedUplift, features: Matrix, covariate: (row: number, name: string) => unknown, estimators: ServingEstimators): UpliftScores {
  const { calibration } = content;
  if (calibration === null) throw new AppError('internal', `The model of experiment ${experiment} has no calibration and cannot serve.`);
  const byName = new Map(features.columns.map(({ name, values }) => [name, values]));
  const x = upliftMatrix(content.columns, features.rows, (name) => {
    const values = byName.get(name);
    if (values === undefined) throw new AppError('model_mismatch', `The model of experiment ${experiment} needs the feature ${name}, which there is no more.`, { hint: `Evaluate it again: \`tagcast experiment evaluate ${experiment}\`.` });
    return values;
  }, covariate);
  const { uplift, natural } = rawUplift(content, x, estimators);
  const [low, high] = [new Float64Array(x.rows), new Float64Array(x.rows)];
  const within = content.unit === 'points' ? (v: number) => Math.min(1, Math.max(-1, v)) : (v: number) => v;
  const effect = uplift.map((score, i) => {
    const found = effectAt(calibration, score, UPLIFT_LEVEL);
    low[i] = within(found.low);
    high[i] = within(found.high);
    return within(found.effect);
  });
  return { effect, low, high, natural };
}
