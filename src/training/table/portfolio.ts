/**
 * The fixed set of models that every flat file is tried with, simplest first. One configuration for all files: what differs between files is learned
 * inside the folds (penalties, numbers of trees, weights of the blend).
 */
import type { CandidateParams, Rung } from '../define.ts';
import type { TableProblem } from './problem.ts';
import type { TableTask } from './target.ts';
import { bentColumns, KNOTS } from './views.ts';
import type { ViewName } from './views.ts';

export interface Member {
  readonly name: string;
  readonly rung: Rung;
  readonly estimator: string;
  /** Parameters over the estimator's defaults, by the rows of the fit. */
  readonly params: (rows: number) => CandidateParams;
  readonly view: ViewName;
  /** Rows from and up to which it is tried; at least as many as if all labels were as rare as the rarest. */
  readonly rows?: (bent: number) => readonly [number, number];
  /** The fit to all rows predicts, and not the mean of the fits to parts of them: a mean is worth more to trees than a few more rows, and less to linear models. */
  readonly refit: boolean;
}

const LINEAR: Readonly<Record<TableTask, string>> = { binary: 'logistic_regression', multiclass: 'multinomial_regression', count: 'poisson_regression', amount: 'tweedie_regression', number: 'linear_regression' };

/** Rows up to which the strength of a penalty is chosen on folds; beyond, one row's worth of doubt per term (λ = 1) is as good and a fifth of the time. */
const CHOSEN_PENALTY_ROWS = 5000;
/** Rows below which nothing can be held out for it, so that the path is λ = 1 once more. */
const LEAST_PATH_ROWS = 170;
/** Rows per bend of a quantity: fewer cannot tell where a slope changes. */
const ROWS_PER_BEND = 20;
/** Levels that get a term each. */
const ONE_TERM_LEVELS = 60;

const TREES: CandidateParams = { trees: 1500, patience: 50, learningRate: 0.04, maxLeaves: 16, maxDepth: 6, minRows: 15, maxBins: 255, columnSample: 0.7, rowSample: 0.7, l2: 3 };
const SHALLOW_TREES: CandidateParams = { trees: 2000, patience: 60, learningRate: 0.04, maxLeaves: 8, maxDepth: 4, minRows: 15, maxBins: 255, columnSample: 1, rowSample: 0.5, l2: 1 };

const FOREST: CandidateParams = { trees: 120, minRows: 5, maxBins: 127, columnSampleByNode: 0.5 };
const OBJECTIVE: Readonly<Record<TableTask, string>> = { binary: 'log_loss', multiclass: 'softmax', count: 'poisson', amount: 'tweedie', number: 'squared_error' };

export function portfolioOf(task: TableTask): readonly Member[] {
  const linear = LINEAR[task];
  const boosted: CandidateParams = { objective: OBJECTIVE[task] };
  const forest: CandidateParams = { target: task === 'binary' ? 'share' : task === 'multiclass' ? 'shares' : 'mean' };
  const terms: CandidateParams = { oneHotLimit: ONE_TERM_LEVELS };
  // λ = 1 of the whole objective, whichever unit the estimator takes it in.
  const strength = (value: number | 'path'): CandidateParams => ({ ...terms, [task === 'amount' ? 'alpha' : 'lambda']: value });
  const steady = (rows: number): CandidateParams => strength(task === 'binary' || task === 'multiclass' ? 1 : 1 / rows);
  const asLinear = { rung: 'linear', estimator: linear, refit: true } as const;
  const asTrees = { rung: 'boosting', view: 'plain', refit: false } as const;
  return [
    { ...asLinear, name: linear, view: 'plain', params: steady },
    { ...asLinear, name: `${linear}_path`, view: 'plain', params: () => strength('path'), rows: () => [LEAST_PATH_ROWS, CHOSEN_PENALTY_ROWS] },
    { ...asLinear, name: `${linear}_bends`, view: 'linear', params: (rows) => (task === 'binary' && rows > CHOSEN_PENALTY_ROWS ? steady(rows) : terms), rows: (bent) => [bent * KNOTS.length * ROWS_PER_BEND, Infinity] },
    { ...asTrees, name: 'boosted_trees', estimator: 'boosted_trees', params: () => ({ ...boosted, ...TREES }) },
    { ...asTrees, name: 'shallow_trees', estimator: 'boosted_trees', params: () => ({ ...boosted, ...SHALLOW_TREES }) },
    { ...asTrees, name: 'random_forest', estimator: 'random_forest', params: () => ({ ...forest, ...FOREST }) },
  ];
}

/** Members for a fit to these rows. */
export function membersFor(problem: TableProblem, portfolio: readonly Member[], rows: Int32Array): Member[] {
  const effective = problem.classes === undefined ? rows.length : Math.min(rows.length, problem.classes.length * rarestOf(problem, rows));
  const bent = bentColumns(problem.x, problem.fewValues);
  return portfolio.filter((member) => {
    const [least, most] = member.rows?.(bent) ?? [0, Infinity];
    // What has neither bends nor codes would be the plain model once more.
    const another = member.view === 'plain' || bent > 0;
    return another && effective >= least && rows.length <= most;
  });
}

function rarestOf({ y, classes = [] }: TableProblem, rows: Int32Array): number {
  const counts = new Float64Array(classes.length);
  for (const row of rows) counts[y[row]]++;
  return Math.min(...counts);
}
