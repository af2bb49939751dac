/**
 * Logistic regression with a ridge or elastic-net penalty on standardised terms. Without periods the penalty is λ = 1, scikit-learn's C = 1; with
 * periods it is chosen on the latest one and the model is then fitted on all rows.
 */
import { z } from 'zod';
import { logLoss } from '../../math/metrics/probability.ts';
import { sigmoid } from '../../math/stats/index.ts';
import type { FitContext } from '../contract.ts';
import { binaryProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, hasTwoClasses, refuse, type CanonicalRows } from '../rows.ts';
import { linearFields, linearProblem } from './linearSchema.ts';
import { additiveExplanation, linearScores } from './linearTerms.ts';
import { BERNOULLI } from './families.ts';
import type { GlmData } from './glmObjective.ts';
import { solveGlm, type CurvatureMemory, type Penalty } from './glmSolver.ts';
import { designMatrix, fitTerms } from './preprocessing.ts';

export interface LogisticRegressionParams {
  /** λ of the whole objective (scikit-learn's 1/C). `path`: chosen on the latest period when there is one, else 1. */
  readonly lambda: number | 'path';
  /** Share of the L1 part: 0 ridge, 1 lasso. */
  readonly l1Ratio: number;
  /** On the path take the strongest penalty whose loss is within one standard error of the best. */
  readonly oneStandardError: boolean;
  readonly skewLimit: number;
  readonly clip: number;
}

const artefactSchema = z.object({ kind: z.literal('logistic_regression'), ...linearFields }).superRefine((artefact, context) => {
  const message = linearProblem(artefact);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export type LogisticRegressionArtefact = z.infer<typeof artefactSchema>;

/** λ per unit of weight on the path: from one that nearly silences the terms to one that hardly binds, half a decade apart. */
const PATH = [-0.5, -1, -1.5, -2, -2.5, -3, -3.5, -4, -4.5, -5].map((power) => 10 ** power);
/** Rows (by weight) that the latest period and those before it must each hold before λ is chosen on it. */
const PATH_ROWS = 100;
/** A loss is flat at its optimum: coefficients this close give it to about ten digits. */
const PATH_TOLERANCE = 1e-5;

export const logisticRegression = defineEstimator<LogisticRegressionArtefact, LogisticRegressionParams>({
  kind: 'logistic_regression',
  tasks: ['binary'],
  schema: artefactSchema,
  defaults: { lambda: 'path', l1Ratio: 0, oneStandardError: false, skewLimit: 2, clip: 8 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = binaryProblem(train.y, 10);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const terms = fitTerms(data.columns, data.weights, params);
    if (terms.length === 0) return refuse('no_columns', `None of ${data.names.length} columns varies over ${data.rows} rows.`);
    const design = designMatrix(terms, params.clip, data.columns, data.rows);
    const whole: GlmData = { family: BERNOULLI, design, rows: data.rows, terms: terms.length, y: data.y, weights: data.weights };
    const memory: CurvatureMemory = { last: undefined };
    const chosen = params.lambda === 'path' ? chooseLambda(whole, data, params, context, memory) : { lambda: params.lambda, start: undefined };
    const penalty: Penalty = { lambda: chosen.lambda, l1Ratio: params.l1Ratio };
    const start = chosen.start ?? new Float64Array(terms.length + 1);
    const solution = solveGlm(whole, penalty, start, () => checkCancelled(context), { memory });
    if (!solution.converged || !solution.coefficients.every(Number.isFinite)) {
      return refuse('not_converged', `No optimum after ${solution.iterations} iterations with λ = ${chosen.lambda}.`);
    }
    const artefact: LogisticRegressionArtefact = {
      kind: 'logistic_regression',
      columns: [...data.names],
      terms,
      clip: params.clip,
      coefficients: solution.coefficients.slice(0, terms.length),
      intercept: solution.coefficients[terms.length],
    };
    return { ok: true, artefact, report: { rows: data.rows, terms: terms.length, lambda: chosen.lambda, iterations: solution.iterations } };
  },

  predict(artefact, x) {
    return linearScores(artefact, columnsNamed(x, artefact.columns), x.rows).map(sigmoid);
  },

  explain(artefact, x) {
    return { scale: 'log_odds', ...additiveExplanation(artefact, columnsNamed(x, artefact.columns), x.rows) };
  },
});

/** Fits the path on the earlier periods with warm starts and judges each λ by the log loss on the latest period. */
function chooseLambda(
  whole: GlmData,
  data: CanonicalRows,
  params: LogisticRegressionParams,
  context: FitContext,
  memory: CurvatureMemory,
): { readonly lambda: number; readonly start: Float64Array | undefined } {
  const before = data.latestFrom;
  const earlierWeight = data.weights.subarray(0, before).reduce((sum, w) => sum + w, 0);
  const latestY = data.y.subarray(before);
  const usable = data.totalWeight - earlierWeight >= PATH_ROWS && earlierWeight >= PATH_ROWS && hasTwoClasses(latestY) && hasTwoClasses(data.y.subarray(0, before));
  if (!usable) return { lambda: 1, start: undefined };
  const earlier: GlmData = { ...whole, rows: before };
  const latestDesign = whole.design.subarray(before * whole.terms);
  const latestWeights = data.weights.subarray(before);
  let start = new Float64Array(whole.terms + 1);
  const tried: { strength: number; loss: number; error: number; coefficients: Float64Array }[] = [];
  for (const strength of PATH) {
    const solution = solveGlm(earlier, { lambda: strength * earlierWeight, l1Ratio: params.l1Ratio }, start, () => checkCancelled(context), { tolerance: PATH_TOLERANCE, memory });
    if (!solution.converged) break;
    start = Float64Array.from(solution.coefficients);
    const p = latestY.map((_, i) => {
      let score = start[whole.terms];
      for (let t = 0; t < whole.terms; t++) score += start[t] * latestDesign[i * whole.terms + t];
      return sigmoid(score);
    });
    tried.push({ strength, ...lossWithError(latestY, p, latestWeights), coefficients: start });
    // Three worse in a row: weaker penalties only overfit further.
    if (tried.length > 3 && tried.slice(-3).every(({ loss }) => loss > Math.min(...tried.slice(0, -3).map((t) => t.loss)))) break;
  }
  const [first] = tried;
  if (first === undefined) return { lambda: 1, start: undefined };
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a), first);
  const chosen = params.oneStandardError ? (tried.find(({ loss }) => loss <= best.loss + best.error) ?? best) : best;
  return { lambda: chosen.strength * data.totalWeight, start: chosen.coefficients };
}

function lossWithError(y: Float64Array, p: Float64Array, weights: Float64Array): { loss: number; error: number } {
  const loss = logLoss(y, p, weights);
  let [squares, total] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    squares += weights[i] * (logLoss([y[i]], [p[i]]) - loss) ** 2;
    total += weights[i];
  }
  return { loss, error: Math.sqrt(squares) / total };
}
