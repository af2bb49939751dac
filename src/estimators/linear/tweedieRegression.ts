/**
 * Tweedie regression: a generalised linear model with log link for amounts, many of them zero (Jørgensen 1987). One formula answers for whether and
 * how much; the loss grows with √amount at power 1.5, so a big spender counts, but not by the square.
 *
 * The objective is ½·mean deviance + alpha·[(1−ρ)/2·‖β‖² + ρ·‖β‖₁] on amounts scaled to mean 1, scikit-learn's TweedieRegressor where ρ = 0.
 */
import { z } from 'zod';
import { weightedMean } from '../../math/stats/index.ts';
import { PREPROCESSING, type PreprocessingParams } from '../preprocessing/params.ts';
import { amountProblem, defineEstimator } from '../rows.ts';
import { winsorise } from '../winsorise.ts';
import { tweedieFamily } from './families.ts';
import { designScores } from './designScores.ts';
import { fitGlm } from './fitGlm.ts';
import { meansAt } from './glmEstimator.ts';
import { linearFields, linearProblem } from './linearSchema.ts';
import { additiveExplanation, linearScores } from './linearTerms.ts';

export interface TweedieRegressionParams extends PreprocessingParams {
  /** Variance power in (1, 2). */
  readonly power: number;
  /** Strength of the penalty per unit of weight; `path`: chosen on the latest period, or on folds. */
  readonly alpha: number | 'path';
  /** Share of the L1 part: 0 ridge, 1 lasso. */
  readonly l1Ratio: number;
  readonly oneStandardError: boolean;
  /** Amounts above this quantile of the amounts above 0 are cut down to it during the fit; the total is kept. */
  readonly winsorLevel: number;
}

const artefactSchema = z.object({
  kind: z.literal('tweedie_regression'),
  ...linearFields,
  /** Variance power of the fit; artefacts of before do not say. */
  power: z.number().gt(1).lt(2).optional(),
}).superRefine((artefact, context) => {
  const message = linearProblem(artefact);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export type TweedieRegressionArtefact = z.infer<typeof artefactSchema>;

/** Rows below which no amount is worth fitting. */
const LEAST_ROWS = 30;
/** The mean at a score is the same for every power. */
const LOG_LINK = tweedieFamily(1.5);

export const tweedieRegression = defineEstimator<TweedieRegressionArtefact, TweedieRegressionParams>({
  kind: 'tweedie_regression',
  tasks: ['amount'],
  schema: artefactSchema,
  defaults: { ...PREPROCESSING, power: 1.5, alpha: 0.1, l1Ratio: 0, oneStandardError: false, winsorLevel: 0.999, clip: 5 },

  fit(train, params, context) {
    const problem = amountProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const level = { mean: 1, limit: 0 };
    const targets = (y: Float64Array, weights: Float64Array): Float64Array => {
      const cut = winsorise(y, weights, params.winsorLevel);
      level.mean = weightedMean(cut.y, weights);
      level.limit = cut.limit;
      return cut.y.map((v) => v / level.mean);
    };
    const fit = fitGlm(train, { ...params, lambda: params.alpha }, { family: tweedieFamily(params.power), targets }, context);
    if (!fit.ok) return fit;
    const { model, data } = fit;
    // The log link does not keep totals by itself, and winsorising took some away: the intercept gives both back.
    const intercept = model.intercept + Math.log(level.mean);
    const predicted = meansAt(LOG_LINK, designScores(data.design, Float64Array.of(...model.coefficients, intercept)));
    const scale = weightedMean(data.y, data.weights) / weightedMean(predicted, data.weights);
    const artefact: TweedieRegressionArtefact = {
      kind: 'tweedie_regression', ...model, columns: [...model.columns], terms: [...model.terms], intercept: intercept + Math.log(scale), power: params.power,
    };
    return { ok: true, artefact, report: { ...fit.report, winsorisedAt: level.limit, scale } };
  },

  predict: (artefact, x) => meansAt(LOG_LINK, linearScores(artefact, x)),
  explain: (artefact, x) => ({ scale: 'log', ...additiveExplanation(artefact, x) }),
});
