/**
 * Linear regression with an elastic-net penalty on standardised terms. The objective is ½·mean squared error + λ·[(1−α)/2·‖β‖² + α·‖β‖₁]
 * (Friedman, Hastie & Tibshirani 2010, eq. 1), scikit-learn's ElasticNet.
 */
import { moments } from '../../math/stats/index.ts';
import { numberProblem } from '../rows.ts';
import { GAUSSIAN } from './families.ts';
import { glmEstimator } from './glmEstimator.ts';

export const linearRegression = glmEstimator({
  kind: 'linear_regression',
  tasks: ['number'],
  // An L1 part is in the unit of the target, the ridge part is not.
  recipe: { family: GAUSSIAN, unit: (y, weights, l1Ratio) => (moments(y, weights).sd || 1) ** l1Ratio },
  problem: (y) => numberProblem(y, 10),
});
