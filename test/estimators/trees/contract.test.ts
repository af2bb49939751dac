/** Every objective, and the forest, keeps the contract: on categories, gaps and quantities. */
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { randomForest } from '../../../src/estimators/trees/randomForest.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { categoricalRows } from '../../support/estimatorTasks.ts';

const { train, plans, visits, amount, balance } = categoricalRows(400, 3);
const params = (some: Partial<BoostedTreesParams>): BoostedTreesParams => ({ ...boostedTrees.defaults, trees: 12, minRows: 10, columnSample: 1, ...some });
const target = (y: Float64Array): TrainingData => ({ ...train, y });
const days = amount.map((v, i) => 1 + v + (i % 7));
const waiting: TrainingData = { ...target(days), observed: Uint8Array.from(days, (_, i) => (i % 4 === 0 ? 0 : 1)) };

estimatorContract('boosted_trees, softmax', boostedTrees, () => ({ task: 'multiclass', classes: 3, train: target(plans), params: params({ objective: 'softmax' }) }));
estimatorContract('boosted_trees, squared error', boostedTrees, () => ({ task: 'number', train: target(balance), params: params({ objective: 'squared_error' }) }));
estimatorContract('boosted_trees, absolute error', boostedTrees, () => ({ task: 'amount', train: target(amount), params: params({ objective: 'absolute_error' }) }));
estimatorContract('boosted_trees, quantile', boostedTrees, () => ({ task: 'number', train: target(balance), params: params({ objective: 'quantile', alpha: 0.8 }) }));
estimatorContract('boosted_trees, poisson', boostedTrees, () => ({ task: 'count', train: target(visits), params: params({ objective: 'poisson', rowSample: 1 }) }));
estimatorContract('boosted_trees, gamma', boostedTrees, () => ({ task: 'amount', train: target(amount.map((v) => v + 1)), params: params({ objective: 'gamma' }) }));
estimatorContract('boosted_trees, cox', boostedTrees, () => ({ task: 'duration', train: waiting, params: params({ objective: 'cox' }) }));
estimatorContract('boosted_trees, aft', boostedTrees, () => ({ task: 'duration', train: waiting, params: params({ objective: 'aft', aftDistribution: 'extreme' }) }));
estimatorContract('boosted_trees, rows by their gradients', boostedTrees, () => ({ task: 'count', train: target(visits), params: params({ objective: 'poisson', gossTop: 0.2, gossRest: 0.3, learningRate: 0.4 }) }));
estimatorContract('random_forest, classes', randomForest, () => ({ task: 'multiclass', classes: 3, train: target(plans), params: { ...randomForest.defaults, target: 'shares', trees: 10 } as const }));
estimatorContract('random_forest, quantity', randomForest, () => ({ task: 'number', train: target(balance), params: { ...randomForest.defaults, target: 'mean', trees: 10 } as const }));
estimatorContract('random_forest', randomForest, () => ({ task: 'binary', train: target(plans.map((v) => (v > 0 ? 1 : 0))), params: { ...randomForest.defaults, trees: 10 } }));
