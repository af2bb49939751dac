/**
 * Logistic regression with a ridge or elastic-net penalty on standardised terms. λ is that of the whole objective, scikit-learn's 1/C; by default it is
 * chosen on the latest period, or on folds, and the model is then fitted on all rows.
 */
import { binaryProblem, hasTwoClasses } from '../rows.ts';
import { BERNOULLI } from './families.ts';
import type { GlmParams } from './fitPenalised.ts';
import { glmEstimator } from './glmEstimator.ts';
import type { LinearArtefact } from './linearSchema.ts';

export type LogisticRegressionParams = GlmParams;
export type LogisticRegressionArtefact = LinearArtefact<'logistic_regression'>;

export const logisticRegression = glmEstimator({
  kind: 'logistic_regression',
  tasks: ['binary'],
  recipe: { family: BERNOULLI, wholeLambda: true, usable: ({ y, from, to, weights }) => hasTwoClasses(y.subarray(from, to), (i) => weights[from + i] > 0) },
  problem: (y) => binaryProblem(y, 10),
});
