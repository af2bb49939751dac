import type { Estimator, FitFailure, FitTask } from '../contract.ts';
import { PREPROCESSING } from '../preprocessing/params.ts';
import { defineEstimator } from '../rows.ts';
import type { Family } from './families.ts';
import { fitGlm, type GlmRecipe } from './fitGlm.ts';
import type { GlmParams } from './fitPenalised.ts';
import { linearArtefactSchema, type LinearArtefact } from './linearSchema.ts';
import { additiveExplanation, linearScores } from './linearTerms.ts';

export interface GlmKind<Kind extends string> {
  readonly kind: Kind;
  readonly tasks: readonly FitTask[];
  readonly recipe: GlmRecipe;
  /** The first thing that keeps y from being a target of this model. */
  readonly problem: (y: Float64Array) => { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined;
}

/** Parameters that all kinds have. */
export const GLM_DEFAULTS: GlmParams = Object.freeze({ lambda: 'path', l1Ratio: 0, oneStandardError: false, ...PREPROCESSING });

/** An estimator of a generalised linear model whose artefact is coefficients and an intercept. */
export function glmEstimator<Kind extends string>({ kind, tasks, recipe, problem }: GlmKind<Kind>): Estimator<LinearArtefact<Kind>, GlmParams> {
  return defineEstimator<LinearArtefact<Kind>, GlmParams>({
    kind,
    tasks,
    schema: linearArtefactSchema(kind),
    defaults: GLM_DEFAULTS,
    fit(train, params, context) {
      const refused = problem(train.y);
      if (refused !== undefined) return refused;
      const fit = fitGlm(train, params, recipe, context);
      return fit.ok ? { ok: true, artefact: { kind, ...fit.model }, report: fit.report } : fit;
    },
    predict: (artefact, x) => meansAt(recipe.family, linearScores(artefact, x)),
    explain: (artefact, x) => ({ scale: recipe.family.link, ...additiveExplanation(artefact, x) }),
  });
}

/** Means at scores. Terms are clipped, so only a damaged model comes near the end of doubles; it stays finite all the same. */
export function meansAt(family: Family, scores: Float64Array): Float64Array {
  return scores.map((score) => family.mean(family.link === 'log' ? Math.min(score, 700) : score));
}
