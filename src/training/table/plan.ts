/** Which rows train and which test, by what the user asked for; and the folds inside the training rows that choose, blend and calibrate. */
import { AppError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { foldsOf, groupedFolds, plainFolds, stratifiedFolds, timeCut } from './folds.ts';
import type { Fold } from './folds.ts';
import type { TableProblem } from './problem.ts';

export type SplitMode = 'folds' | 'grouped_folds' | 'time' | 'test_file';

export interface OuterFold extends Fold {
  /** Folds of `train`: fit on one side, choose and blend on the other. */
  readonly inner: readonly Fold[];
  /** Members are fitted once more on these rows before they predict; absent: the mean of the inner fits predicts. */
  readonly refit?: Int32Array;
}

export interface SplitPlan {
  readonly mode: SplitMode;
  readonly folds: readonly OuterFold[];
}

/** Folds inside each training part. */
const INNER_FOLDS = 4;
/** With --time: share of the rows that are tested once, and share of the rest that chooses and calibrates. */
const TEST_SHARE = 0.2;
const CALIBRATION_SHARE = 0.25;
const LEAST_ROWS = 30;

/** @throws AppError `insufficient_data` */
export function splitPlan(problem: TableProblem, folds: number, seed: number, rng: Random): SplitPlan {
  const { trainRows: rows, testRows } = problem;
  const { rarest, label } = rarestLabel(problem, rows);
  if (rows.length < LEAST_ROWS || rarest < 2 * 2) {
    throw new AppError('insufficient_data', `${rows.length} rows have a target${rarest < Infinity ? `, ${rarest} of them with ${label}` : ''}; at least ${LEAST_ROWS} rows and 4 of each label are needed.`, { details: { rows: rows.length, rarest }, hint: rows.length < LEAST_ROWS ? 'Give a file with more rows.' : 'Give a file with more rows of that label; with more labels than two, join it with another or leave its rows out.' });
  }
  if (testRows.length > 0) return { mode: 'test_file', folds: [problem.time === undefined ? { train: rows, test: testRows, inner: innerFolds(problem, rows, seed, rng) } : { train: rows, test: testRows, ...innerCut(problem, rows, problem.time) }] };
  if (problem.time !== undefined) {
    const cut = timeCut(rows, problem.time, TEST_SHARE);
    for (const [part, name] of [[cut.train, 'before'], [cut.test, 'in']] as const) {
      if (part.length < LEAST_ROWS / 3 || rarestClass(problem, part) < 2) throw new AppError('insufficient_data', `Only ${part.length} rows, or a single label, lie ${name} the test period: the order of time does not leave enough to learn from and to test on.`, { details: { train: cut.train.length, test: cut.test.length }, hint: 'Leave --time out, or give a longer history.' });
    }
    return { mode: 'time', folds: [{ ...cut, ...innerCut(problem, cut.train, problem.time) }] };
  }
  const outer = problem.group === undefined ? dealt(problem, rows, folds, seed) : groupFoldOf(rows, problem.group, folds, rng);
  if (problem.group === undefined && rarest < folds) throw new AppError('insufficient_data', `Only ${rarest} rows have ${label}, fewer than the ${folds} folds.`, { details: { rarest, folds }, hint: `Choose --folds ${Math.max(2, rarest)}, or join rare labels.` });
  return {
    mode: problem.group === undefined ? 'folds' : 'grouped_folds',
    folds: foldsOf(rows, outer, folds).map((fold, f) => ({ ...fold, inner: innerFolds(problem, fold.train, seed, rng.fork('inner', f)) })),
  };
}

/** All training rows to learn from, and the rows of a second file without targets to predict. */
export function predictionFold(problem: TableProblem, seed: number, rng: Random): OuterFold {
  const { trainRows: train, unlabelledRows: test } = problem;
  return problem.time === undefined ? { train, test, inner: innerFolds(problem, train, seed, rng.fork('unlabelled')) } : { train, test, ...innerCut(problem, train, problem.time) };
}

const isClass = (problem: TableProblem): boolean => problem.task === 'binary' || problem.task === 'multiclass';

function dealt(problem: TableProblem, rows: Int32Array, folds: number, seed: number): Int32Array {
  return isClass(problem) ? stratifiedFolds(Float64Array.from(rows, (row) => problem.y[row]), folds, seed) : plainFolds(rows.length, folds, seed);
}

function groupFoldOf(rows: Int32Array, group: Float64Array, folds: number, rng: Random): Int32Array {
  const groups = Float64Array.from(rows, (row) => group[row]);
  const distinct = new Set(groups).size;
  if (distinct < folds) throw new AppError('insufficient_data', `There are ${distinct} groups, fewer than the ${folds} folds.`, { details: { groups: distinct, folds }, hint: `Choose --folds ${Math.max(2, distinct)}.` });
  return groupedFolds(groups, folds, rng.fork('groups'));
}

function innerFolds(problem: TableProblem, rows: Int32Array, seed: number, rng: Random): Fold[] {
  const folds = Math.max(2, Math.min(INNER_FOLDS, rarestClass(problem, rows)));
  if (problem.group === undefined) return foldsOf(rows, dealt(problem, rows, folds, seed), folds);
  return foldsOf(rows, groupFoldOf(rows, problem.group, folds, rng), folds);
}

function innerCut(problem: TableProblem, rows: Int32Array, time: Float64Array): { inner: Fold[]; refit: Int32Array } {
  const cut = timeCut(rows, time, CALIBRATION_SHARE);
  const usable = cut.train.length >= LEAST_ROWS / 2 && rarestClass(problem, cut.train) >= 2 && rarestClass(problem, cut.test) >= 2;
  return { inner: usable ? [cut] : foldsOf(rows, plainFolds(rows.length, 2, 0), 2), refit: rows };
}

const rarestClass = (problem: TableProblem, rows: Int32Array): number => rarestLabel(problem, rows).rarest;

/** Rows of the rarest label, infinite for numbers, and what it is called. */
function rarestLabel(problem: TableProblem, rows: Int32Array): { readonly rarest: number; readonly label: string } {
  if (!isClass(problem)) return { rarest: Infinity, label: '' };
  const { classes = [], y } = problem;
  const counts = new Float64Array(classes.length);
  for (const row of rows) counts[y[row]]++;
  const rarest = Math.min(...counts);
  return { rarest, label: `the label "${(classes[counts.indexOf(rarest)] ?? '').slice(0, 40)}"` };
}
