/** Poisson regression with log link for counts, ½·mean deviance + elastic net: scikit-learn's PoissonRegressor where there is no L1 part. */
import { moments, weightedMean } from '../../math/stats/index.ts';
import { amountProblem } from '../rows.ts';
import { POISSON } from './families.ts';
import { glmEstimator } from './glmEstimator.ts';

export const poissonRegression = glmEstimator({
  kind: 'poisson_regression',
  tasks: ['count', 'amount'],
  // The ridge part is measured against the curvature, which is the mean; the L1 part against the spread of the slopes.
  recipe: { family: POISSON, unit: (y, weights, l1Ratio) => weightedMean(y, weights) ** (1 - l1Ratio) * (moments(y, weights).sd || 1) ** l1Ratio },
  problem: (y) => amountProblem(y, 10),
});
