/**
 * Multinomial logistic regression with an elastic-net penalty on standardised terms. All classes have coefficients; λ is that of the whole objective,
 * scikit-learn's 1/C, and by default is chosen on the latest period, or on folds.
 */
import { z } from 'zod';
import { float64Block } from '../codec.ts';
import { multiclassProblem, defineEstimator } from '../rows.ts';
import { eachScoredBlock } from './designScores.ts';
import { fitPenalised, type GlmParams } from './fitPenalised.ts';
import { GLM_DEFAULTS } from './glmEstimator.ts';
import type { GlmRows } from './glmLoss.ts';
import type { HeldOut, PathProblem } from './lambdaPath.ts';
import { linearFields, linearProblem } from './linearSchema.ts';
import { linearScores } from './linearTerms.ts';
import { logSoftmax, multinomialLoss } from './multinomialLoss.ts';

const { columns, terms, clip, coefficients, penalty } = linearFields;
const artefactSchema = z.object({
  kind: z.literal('multinomial_regression'),
  columns, terms, clip,
  /** Those of class 0, then of class 1, … */
  coefficients,
  /** One per class. */
  intercepts: float64Block,
  penalty,
}).superRefine((artefact, context) => {
  const message = artefact.intercepts.length < 2 ? 'fewer than two classes' : linearProblem(artefact, artefact.intercepts.length);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export type MultinomialRegressionArtefact = z.infer<typeof artefactSchema>;

export const multinomialRegression = defineEstimator<MultinomialRegressionArtefact, GlmParams>({
  kind: 'multinomial_regression',
  tasks: ['multiclass'],
  schema: artefactSchema,
  defaults: GLM_DEFAULTS,

  fit(train, params, context) {
    const refused = multiclassProblem(train.y, 10);
    if (refused !== undefined) return refused;
    const classes = train.y.reduce((most, v) => Math.max(most, v), 0) + 1;
    const everyClass = Array.from({ length: classes }, (_, k) => k);
    const fit = fitPenalised(train, params, {
      wholeLambda: true,
      targets: (y) => y,
      encoding: (y) => ({ series: everyClass.map((k) => y.map((v) => (v === k ? 1 : 0))), link: (p) => Math.log(p) - Math.log1p(-p) }),
      unit: () => 1,
      problem: (rows, count) => multinomialProblem(classes, rows, count, params.lambda === 0),
    }, context);
    if (!fit.ok) return fit;
    const split = classes * fit.data.terms.length;
    const artefact: MultinomialRegressionArtefact = {
      kind: 'multinomial_regression', columns: [...fit.data.names], terms: [...fit.data.terms], clip: params.clip,
      coefficients: fit.parameters.slice(0, split), intercepts: fit.parameters.slice(split), penalty: fit.penalty,
    };
    return { ok: true, artefact, report: { ...fit.report, classes } };
  },

  predict(artefact, x) {
    const classes = artefact.intercepts.length;
    const size = artefact.terms.length;
    const scores = Array.from(artefact.intercepts, (intercept, k) => linearScores({ ...artefact, intercept, coefficients: artefact.coefficients.subarray(k * size, (k + 1) * size) }, x));
    const probabilities = new Float64Array(x.rows * classes);
    const ln = new Float64Array(classes);
    for (let i = 0; i < x.rows; i++) {
      logSoftmax(scores, i, ln);
      for (let k = 0; k < classes; k++) probabilities[i * classes + k] = Math.exp(ln[k]);
    }
    return probabilities;
  },
});

function multinomialProblem(classes: number, { y, weights }: GlmRows, terms: number, unpenalised: boolean): PathProblem {
  const mass = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) mass[y[i]] += weights[i];
  const log = mass.map(Math.log);
  const mean = log.reduce((sum, v) => sum + v, 0) / classes;
  const start = new Float64Array(classes * (terms + 1));
  start.set(log.map((v) => v - mean), classes * terms);
  const seen = ({ from, to, weights: w }: GlmRows): number => new Set(y.subarray(from, to).filter((_, i) => w[from + i] > 0)).size;
  return {
    loss: (rows) => multinomialLoss(classes, rows, unpenalised),
    start,
    heldOut: (parameters, rows) => heldOutLoss(classes, parameters, rows),
    usable: (rows) => seen(rows) === classes,
  };
}

function heldOutLoss(classes: number, parameters: Float64Array, { design, from, to, y, weights }: GlmRows): HeldOut {
  const size = design.columns.length;
  const sets = Array.from({ length: classes }, (_, k) => Float64Array.of(...parameters.subarray(k * size, (k + 1) * size), parameters[classes * size + k]));
  const ln = new Float64Array(classes);
  const held = { sum: 0, squares: 0, weight: 0 };
  eachScoredBlock(design, from, to, sets, (start, count, z) => {
    for (let i = 0; i < count; i++) {
      const w = weights[start + i];
      if (w === 0) continue;
      logSoftmax(z, i, ln);
      const loss = -ln[y[start + i]];
      held.sum += w * loss;
      held.squares += w * loss * loss;
      held.weight += w;
    }
  });
  return held;
}
