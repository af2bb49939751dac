import { baseRate } from '../../src/estimators/baseline/baseRate.ts';
import { columnRule } from '../../src/estimators/baseline/columnRule.ts';
import { logisticRegression } from '../../src/estimators/linear/logisticRegression.ts';
import { tweedieRegression } from '../../src/estimators/linear/tweedieRegression.ts';
import { boostedTrees } from '../../src/estimators/trees/boostedTrees.ts';
import { shrunkMean } from '../../src/estimators/value/shrunkMean.ts';
import { rateBaseline } from '../../src/estimators/value/rateBaseline.ts';
import { scaledRate } from '../../src/estimators/value/scaledRate.ts';
import { twoPart } from '../../src/estimators/value/twoPart.ts';
import { zeroInflatedLognormal } from '../../src/estimators/value/zeroInflatedLognormal.ts';
import { estimatorContract } from '../contract/estimator.ts';
import { shopRows } from '../support/estimatorTasks.ts';

const ROWS = 700;
const binary = () => ({ task: 'binary' as const, train: shopRows(ROWS, 1).train });
const amount = () => {
  const { train, spend } = shopRows(ROWS, 2);
  return { task: 'amount' as const, train: { ...train, y: spend } };
};

estimatorContract('base_rate', baseRate, () => ({ ...binary(), params: baseRate.defaults }));
estimatorContract('column_rule', columnRule, () => ({ ...binary(), params: { column: 'recency', direction: 'auto' } as const }));
estimatorContract('logistic_regression', logisticRegression, () => ({ ...binary(), params: logisticRegression.defaults }));
estimatorContract('logistic_regression without periods', logisticRegression, () => {
  const { x, y } = binary().train;
  return { task: 'binary', train: { x, y }, params: logisticRegression.defaults };
});
estimatorContract('logistic_regression, elastic net', logisticRegression, () => ({ ...binary(), params: { ...logisticRegression.defaults, l1Ratio: 0.5, oneStandardError: true } }));
estimatorContract('boosted_trees', boostedTrees, () => ({ ...binary(), params: { ...boostedTrees.defaults, trees: 60 } }));
estimatorContract('boosted_trees, tweedie, no periods', boostedTrees, () => {
  const { x, y } = amount().train;
  return { task: 'amount', train: { x, y }, params: { ...boostedTrees.defaults, objective: 'tweedie', trees: 60 } };
});
estimatorContract('tweedie_regression', tweedieRegression, () => ({ ...amount(), params: tweedieRegression.defaults }));
estimatorContract('shrunk_mean', shrunkMean, () => ({ ...amount(), params: { mean: 'rate', count: 'noise' } }));
estimatorContract('rate_baseline', rateBaseline, () => ({ ...amount(), params: { column: 'rate', factor: 90 } }));
estimatorContract('scaled_rate', scaledRate, () => ({ ...amount(), params: { column: 'rate' } }));
estimatorContract('two_part, linear', twoPart, () => ({ ...amount(), params: { ...twoPart.defaults, amountModel: 'log_linear' } as const }));
estimatorContract('two_part, boosted', twoPart, () => {
  const { train, spend } = shopRows(1400, 3);
  return { task: 'amount', train: { ...train, y: spend }, params: { ...twoPart.defaults, probabilityModel: 'boosted' } as const };
});
estimatorContract('zero_inflated_lognormal', zeroInflatedLognormal, () => ({ ...amount(), params: zeroInflatedLognormal.defaults }));
estimatorContract('zero_inflated_lognormal, boosted', zeroInflatedLognormal, () => {
  const { train, spend } = shopRows(1400, 4);
  return { task: 'amount', train: { ...train, y: spend }, params: { ...zeroInflatedLognormal.defaults, model: 'boosted' } as const };
});
