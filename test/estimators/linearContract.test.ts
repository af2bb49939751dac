import { gammaRegression, linearRegression, logisticRegression, multinomialRegression, poissonRegression, tweedieRegression } from '../../src/estimators/linear/index.ts';
import { estimatorContract } from '../contract/estimator.ts';
import { categoricalRows } from '../support/estimatorTasks.ts';

const { train, plans, visits, amount, balance } = categoricalRows(600, 4);
const withTarget = (y: Float64Array) => ({ ...train, y });
const withoutPeriods = (y: Float64Array) => ({ x: train.x, y });

estimatorContract('logistic_regression, categories and splines', logisticRegression, () => ({ task: 'binary', train: structuredClone(train), params: { ...logisticRegression.defaults, splineKnots: 4 } }));
estimatorContract('logistic_regression, categories and B-splines', logisticRegression, () => ({ task: 'binary', train: structuredClone(train), params: { ...logisticRegression.defaults, splineKnots: 4, splineKind: 'b_spline' as const } }));
estimatorContract('multinomial_regression', multinomialRegression, () => ({ task: 'multiclass', classes: 3, train: structuredClone(withTarget(plans)), params: multinomialRegression.defaults }));
estimatorContract('multinomial_regression, lasso', multinomialRegression, () => ({ task: 'multiclass', classes: 3, train: structuredClone(withTarget(plans)), params: { ...multinomialRegression.defaults, lambda: 8, l1Ratio: 1 } }));
estimatorContract('linear_regression, elastic net on folds', linearRegression, () => ({ task: 'number', train: structuredClone(withoutPeriods(balance)), params: { ...linearRegression.defaults, l1Ratio: 0.5 } }));
estimatorContract('linear_regression without a penalty', linearRegression, () => ({ task: 'number', train: structuredClone(withTarget(balance)), params: { ...linearRegression.defaults, lambda: 0 } }));
estimatorContract('poisson_regression', poissonRegression, () => ({ task: 'count', train: structuredClone(withTarget(visits)), params: poissonRegression.defaults }));
estimatorContract('gamma_regression', gammaRegression, () => ({ task: 'amount', train: structuredClone(withTarget(amount)), params: { ...gammaRegression.defaults, oneStandardError: true } }));
estimatorContract('tweedie_regression, penalty from a path', tweedieRegression, () => ({ task: 'amount', train: structuredClone(withTarget(visits)), params: { ...tweedieRegression.defaults, alpha: 'path', l1Ratio: 0.3 } as const }));
