/** The fit of generalised linear models with one score per row. */
import { weightedMean } from '../../math/stats/index.ts';
import type { FitContext, FitFailure, FitReport, TrainingData } from '../contract.ts';
import { BLOCK } from '../preprocessing/design.ts';
import type { Prepared } from '../preprocessing/prepare.ts';
import { eachScoredBlock } from './designScores.ts';
import type { Family } from './families.ts';
import { fitPenalised, type GlmParams } from './fitPenalised.ts';
import { glmLoss, type GlmRows } from './glmLoss.ts';
import type { HeldOut, PathProblem } from './lambdaPath.ts';
import type { LinearTerms } from './linearTerms.ts';

export interface GlmRecipe {
  readonly family: Family;
  /** See `PenalisedRecipe.wholeLambda`; false unless told. */
  readonly wholeLambda?: boolean;
  /** What the loss is taken of, in place of the targets as they come. */
  readonly targets?: (y: Float64Array, weights: Float64Array) => Float64Array;
  /** See `PenalisedRecipe.unit`; 1 unless told. */
  readonly unit?: (y: Float64Array, weights: Float64Array, l1Ratio: number) => number;
  /** Whether rows can be fitted and judged; all can unless told. */
  readonly usable?: (rows: GlmRows) => boolean;
}

export type GlmFit =
  | { readonly ok: true; readonly model: LinearTerms; readonly data: Prepared; readonly report: FitReport }
  | { readonly ok: false; readonly reason: FitFailure; readonly detail: string };

export function fitGlm(train: TrainingData, params: GlmParams, recipe: GlmRecipe, context: FitContext): GlmFit {
  const { family } = recipe;
  const fit = fitPenalised(train, params, {
    wholeLambda: recipe.wholeLambda ?? false,
    targets: recipe.targets ?? ((y) => y),
    encoding: (y) => ({ series: [y], link: (mu) => family.toLink(mu) }),
    unit: (y, weights) => recipe.unit?.(y, weights, params.l1Ratio) ?? 1,
    problem: (rows, terms) => glmProblem(recipe, rows, terms),
  }, context);
  if (!fit.ok) return fit;
  const { parameters, penalty, data, report } = fit;
  const terms = data.terms.length;
  return { ok: true, model: { columns: data.names, terms: data.terms, clip: params.clip, coefficients: parameters.slice(0, terms), intercept: parameters[terms], penalty }, data, report };
}

function glmProblem({ family, usable = () => true }: GlmRecipe, { y, weights }: GlmRows, terms: number): PathProblem {
  // The model of the mean.
  const start = new Float64Array(terms + 1);
  start[terms] = family.toLink(weightedMean(y, weights));
  return { loss: (rows) => glmLoss(family, rows), start, heldOut: (parameters, rows) => heldOutLoss(family, parameters, rows), usable };
}

function heldOutLoss(family: Family, parameters: Float64Array, { design, from, to, y, weights }: GlmRows): HeldOut {
  const [losses, slopes] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  const held = { sum: 0, squares: 0, weight: 0 };
  eachScoredBlock(design, from, to, [parameters], (start, count, [z]) => {
    family.block(y, start, z, count, losses, slopes);
    for (let i = 0; i < count; i++) {
      const w = weights[start + i];
      if (w === 0) continue;
      held.sum += w * losses[i];
      held.squares += w * losses[i] * losses[i];
      held.weight += w;
    }
  });
  return held;
}
