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
  /** Parameters over the estimator's defaults, by the rows of the fit. */
  readonly params: (rows: number) => CandidateParams;
  readonly view: ViewName;
  /** Rows below which it is not tried. */
  readonly leastRows: number;
}

const LINEAR: Readonly<Record<TableTask, string>> = { binary: 'logistic_regression', multiclass: 'multinomial_regression', count: 'poisson_regression', amount: 'tweedie_regression', number: 'linear_regression' };

/** Rows up to which the strength of the penalty of a logistic regression is chosen on folds; beyond, one row's worth of doubt per term (λ = 1) is as good and a fifth of the time. */
const CHOSEN_PENALTY_ROWS = 5000;
/** Levels that get a term each. */
const ONE_TERM_LEVELS = 60;

const TREES: CandidateParams = { trees: 1500, patience: 50, learningRate: 0.04, maxLeaves: 16, maxDepth: 6, minRows: 15, maxBins: 255, columnSample: 0.7, rowSample: 0.7, l2: 3 };
const SHALLOW_TREES: CandidateParams = { trees: 2000, patience: 60, learningRate: 0.04, maxLeaves: 8, maxDepth: 4, minRows: 15, maxBins: 255, columnSample: 1, rowSample: 0.5, l2: 1 };

const FOREST: CandidateParams = { trees: 120, minRows: 8, maxBins: 127 };
const OBJECTIVE: Readonly<Record<TableTask, string>> = { binary: 'log_loss', multiclass: 'softmax', count: 'poisson', amount: 'tweedie', number: 'squared_error' };

export function portfolioOf(task: TableTask): readonly Member[] {
  const linear = LINEAR[task];
  const boosted: CandidateParams = { objective: OBJECTIVE[task] };
  const forest: CandidateParams = { target: task === 'binary' ? 'share' : task === 'multiclass' ? 'shares' : 'mean' };
  return [
    {
      name: linear, rung: 'linear', estimator: linear, view: 'linear', leastRows: 0,
      params: (rows) => ({ oneHotLimit: ONE_TERM_LEVELS, ...(task === 'binary' && rows > CHOSEN_PENALTY_ROWS ? { lambda: 1 } : {}) }),
    },
    { name: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', view: 'plain', leastRows: 200, params: () => ({ ...boosted, ...TREES }) },
    { name: 'shallow_trees', rung: 'boosting', estimator: 'boosted_trees', view: 'plain', leastRows: 200, params: () => ({ ...boosted, ...SHALLOW_TREES }) },
    { name: 'random_forest', rung: 'boosting', estimator: 'random_forest', view: 'plain', leastRows: 200, params: () => ({ ...forest, ...FOREST }) },
  ];
}
