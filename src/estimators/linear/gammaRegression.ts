/** Gamma regression with log link for amounts above 0, whose error grows with the amount; ½·mean deviance + elastic net: scikit-learn's GammaRegressor where there is no L1 part. */
import { amountProblem, refuse } from '../rows.ts';
import { GAMMA } from './families.ts';
import { glmEstimator } from './glmEstimator.ts';

export const gammaRegression = glmEstimator({
  kind: 'gamma_regression',
  tasks: ['amount'],
  recipe: { family: GAMMA },
  problem: (y) => amountProblem(y, 10) ?? (y.every((v) => v > 0) ? undefined : refuse('unsupported_target', 'A gamma model needs amounts above 0 in every row; tweedie_regression knows zeros.')),
});
