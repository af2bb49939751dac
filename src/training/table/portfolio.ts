/**
 * The fixed set of models that every flat file is tried with, simplest first. One configuration for all files: what differs between files is learned
 * inside the folds (penalties, numbers of trees, weights of the blend).
 */
import type { CandidateParams, Rung } from '../define.ts';
import type { TableTask } from './target.ts';
import type { ViewName } from './views.ts';

export interface Member {
  readonly name: string;
  readonly rung: Rung;
  readonly estimator: string;
  readonly params?: CandidateParams;
  readonly view: ViewName;
  /** Rows below which it is not tried. */
  readonly leastRows: number;
}

const TREES: CandidateParams = { trees: 1500, patience: 50, learningRate: 0.04, maxLeaves: 16, maxDepth: 6, minRows: 15, maxBins: 255, columnSample: 0.7, rowSample: 0.7, l2: 3 };
const SLOW_TREES: CandidateParams = { trees: 2000, patience: 60, learningRate: 0.04, maxLeaves: 8, maxDepth: 4, minRows: 15, maxBins: 255, columnSample: 1, rowSample: 0.5, l2: 1 };

export function portfolioOf(task: TableTask): readonly Member[] {
  const objective = task === 'binary' || task === 'multiclass' ? 'log_loss' : 'squared_error';
  return [
    { name: 'logistic', rung: 'linear', estimator: 'logistic_regression', view: 'linear', leastRows: 0 },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective, ...TREES }, view: 'trees', leastRows: 200 },
    { name: 'shallow_trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective, ...SLOW_TREES }, view: 'trees', leastRows: 200 },
  ];
}
