/**
 * Tweedie regression: a generalised linear model with log link for amounts, many of them zero (Jørgensen 1987). One formula answers for whether and
 * how much; the loss grows with √amount at power 1.5, so a big spender counts, but not by the square.
 *
 * The objective is ½·mean deviance + ½·alpha·‖β‖² on amounts scaled to mean 1, scikit-learn's TweedieRegressor.
 */
import { z } from 'zod';
import { amountProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, refuse } from '../rows.ts';
import { winsorise } from '../winsorise.ts';
import { tweedieFamily } from './families.ts';
import type { GlmData } from './glmObjective.ts';
import { solveGlm } from './glmSolver.ts';
import { linearFields, linearProblem } from './linearSchema.ts';
import { additiveExplanation, linearScores } from './linearTerms.ts';
import { designMatrix, fitTerms } from './preprocessing.ts';

export interface TweedieRegressionParams {
  /** Variance power in (1, 2). */
  readonly power: number;
  /** Strength of the ridge per unit of weight. */
  readonly alpha: number;
  /** Amounts above this quantile of the amounts above 0 are cut down to it during the fit; the total is kept. */
  readonly winsorLevel: number;
  readonly skewLimit: number;
  readonly clip: number;
}

const artefactSchema = z.object({ kind: z.literal('tweedie_regression'), ...linearFields }).superRefine((artefact, context) => {
  const message = linearProblem(artefact);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export type TweedieRegressionArtefact = z.infer<typeof artefactSchema>;

/** Rows below which no amount is worth fitting. */
const LEAST_ROWS = 30;

export const tweedieRegression = defineEstimator<TweedieRegressionArtefact, TweedieRegressionParams>({
  kind: 'tweedie_regression',
  tasks: ['amount'],
  schema: artefactSchema,
  defaults: { power: 1.5, alpha: 0.1, winsorLevel: 0.999, skewLimit: 2, clip: 5 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const terms = fitTerms(data.columns, data.weights, params);
    if (terms.length === 0) return refuse('no_columns', `None of ${data.names.length} columns varies over ${data.rows} rows.`);
    const cut = winsorise(data.y, data.weights, params.winsorLevel);
    const mean = weightedTotal(cut.y, data.weights) / data.totalWeight;
    const glm: GlmData = {
      family: tweedieFamily(params.power),
      design: designMatrix(terms, params.clip, data.columns, data.rows),
      rows: data.rows,
      terms: terms.length,
      y: cut.y.map((v) => v / mean),
      weights: data.weights,
    };
    const penalty = { lambda: params.alpha * data.totalWeight, l1Ratio: 0 };
    // All coefficients 0 is the model of the mean, which is 1.
    const solution = solveGlm(glm, penalty, new Float64Array(terms.length + 1), () => checkCancelled(context));
    if (!solution.converged || !solution.coefficients.every(Number.isFinite)) {
      return refuse('not_converged', `No optimum after ${solution.iterations} iterations with alpha = ${params.alpha}.`);
    }
    const fitted: TweedieRegressionArtefact = {
      kind: 'tweedie_regression',
      columns: [...data.names],
      terms,
      clip: params.clip,
      coefficients: solution.coefficients.slice(0, terms.length),
      intercept: solution.coefficients[terms.length] + Math.log(mean),
    };
    // The log link does not keep totals by itself, and winsorising took some away: the intercept gives both back.
    const predicted = linearScores(fitted, data.columns, data.rows).map(meanAt);
    const scale = weightedTotal(data.y, data.weights) / weightedTotal(predicted, data.weights);
    const artefact = { ...fitted, intercept: fitted.intercept + Math.log(scale) };
    return { ok: true, artefact, report: { rows: data.rows, terms: terms.length, iterations: solution.iterations, winsorisedAt: cut.limit, scale } };
  },

  predict(artefact, x) {
    return linearScores(artefact, columnsNamed(x, artefact.columns), x.rows).map(meanAt);
  },

  explain(artefact, x) {
    return { scale: 'log', ...additiveExplanation(artefact, columnsNamed(x, artefact.columns), x.rows) };
  },
});

/** The mean at a score. Terms are clipped, so only a damaged model comes near the end of doubles. */
const meanAt = (score: number): number => Math.exp(Math.min(score, 700));

function weightedTotal(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += weights[i] * values[i];
  return total;
}
