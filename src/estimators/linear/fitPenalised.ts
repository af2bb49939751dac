/** The fit that all linear models share: preprocessing, the strength of the penalty, and the optimum on all rows. */
import type { FitContext, FitFailure, FitReport, TrainingData } from '../contract.ts';
import type { EncodingTarget } from '../preprocessing/categories.ts';
import type { PreprocessingParams } from '../preprocessing/params.ts';
import { prepare, type Prepared } from '../preprocessing/prepare.ts';
import { checkCancelled, refuse } from '../rows.ts';
import type { GlmRows } from './glmLoss.ts';
import type { CurvatureMemory } from './curvature.ts';
import { solveGlm } from './glmSolver.ts';
import { chooseLambda, type PathProblem } from './lambdaPath.ts';

export interface GlmParams extends PreprocessingParams {
  /** λ per unit of weight (scikit-learn's `alpha`, glmnet's λ) unless the kind says otherwise. `path`: chosen on the latest period, or on folds where there is one period only. */
  readonly lambda: number | 'path';
  /** Share of the L1 part: 0 ridge, 1 lasso. */
  readonly l1Ratio: number;
  /** On the path take the strongest penalty whose loss is within one standard error of the best. */
  readonly oneStandardError: boolean;
}

export interface PenalisedRecipe {
  /** λ as a number is of the whole objective, not per unit of weight. */
  readonly wholeLambda: boolean;
  /** What the loss is taken of, from the targets in canonical order. */
  readonly targets: (y: Float64Array, weights: Float64Array) => Float64Array;
  readonly encoding: (targets: Float64Array) => EncodingTarget;
  /** On the scale of which λ a path of penalties makes sense. */
  readonly unit: (targets: Float64Array, weights: Float64Array) => number;
  readonly problem: (rows: GlmRows, terms: number) => PathProblem;
}

export type PenalisedFit =
  | { readonly ok: true; readonly parameters: Float64Array; readonly penalty: { readonly lambda: number; readonly l1Ratio: number }; readonly data: Prepared; readonly report: FitReport }
  | { readonly ok: false; readonly reason: FitFailure; readonly detail: string };

export function fitPenalised(train: TrainingData, params: GlmParams, recipe: PenalisedRecipe, context: FitContext): PenalisedFit {
  checkCancelled(context);
  const checkpoint = (): void => checkCancelled(context);
  const prepared = prepare(train, { params, target: (y, weights) => recipe.encoding(recipe.targets(y, weights)), reference: params.lambda === 0, checkpoint });
  const terms = prepared.terms.length;
  if (terms === 0) return refuse('no_columns', `None of ${prepared.names.length} columns varies over ${prepared.rows} rows.`);
  const y = recipe.targets(prepared.y, prepared.weights);
  const whole: GlmRows = { design: prepared.design, from: 0, to: prepared.rows, y, weights: prepared.weights };
  const problem = recipe.problem(whole, terms);
  const unit = recipe.unit(y, prepared.weights);
  const memory: CurvatureMemory = { last: undefined };
  const chosen = params.lambda === 'path' ? chooseLambda({ ...prepared, y }, problem, { l1Ratio: params.l1Ratio, oneStandardError: params.oneStandardError, unit, memory, checkpoint }) : undefined;
  // λ = 1 for the whole objective where nothing can be held out: one row's worth of doubt about each term.
  const given = params.lambda === 'path' ? unit / prepared.totalWeight : params.lambda / (recipe.wholeLambda ? prepared.totalWeight : 1);
  const lambda = chosen?.lambda ?? given;
  const loss = problem.loss(whole);
  const solution = solveGlm(loss, { lambda: lambda * loss.weight, l1Ratio: params.l1Ratio }, chosen?.start ?? problem.start, checkpoint, { memory });
  if (!solution.converged || !solution.parameters.every(Number.isFinite)) {
    return refuse('not_converged', `No optimum after ${solution.iterations} iterations with λ = ${lambda} per unit of weight.`);
  }
  const used = solution.parameters.subarray(0, loss.penalised).reduce((sum, b) => sum + (b === 0 ? 0 : 1), 0);
  const report = {
    rows: prepared.rows, terms, used, lambda: recipe.wholeLambda ? lambda * prepared.totalWeight : lambda, iterations: solution.iterations,
    lambdaFrom: chosen?.judgedOn ?? (params.lambda === 'path' ? 'default' : 'given'),
  };
  return { ok: true, parameters: solution.parameters, penalty: { lambda, l1Ratio: params.l1Ratio }, data: prepared, report };
}
