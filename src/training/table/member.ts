/** One member of the portfolio on given rows: its view, its fit, and predictions of other rows. Nothing here knows about folds. */
import { takeRows } from '../../base/matrix.ts';
import type { Random } from '../../base/random.ts';
import type { AnyEstimator } from '../candidate.ts';
import type { Member } from './portfolio.ts';
import type { TableProblem } from './problem.ts';
import { fitView } from './views.ts';

export interface FitContext {
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly rng: Random;
  readonly signal?: AbortSignal;
  readonly threads?: number;
}

/** Predictions for rows of the problem: one per row, of `multiclass` row-major rows × classes. */
export type Predict = (rows: Int32Array) => Float64Array;

export type FittedMember = { readonly ok: true; readonly predict: Predict } | { readonly ok: false; readonly detail: string };

/** Rows later in time stop boosting early and choose penalties; four parts of about equal size are periods enough. */
const PERIODS = 4;

export async function fitMember(problem: TableProblem, member: Member, rows: Int32Array, context: FitContext): Promise<FittedMember> {
  const { rng, signal, threads } = context;
  const estimator = context.estimators[member.estimator];
  if (estimator === undefined) return { ok: false, detail: `there is no estimator "${member.estimator}"` };
  const ordered = problem.time === undefined ? rows : inTime(rows, problem.time);
  const x = takeRows(problem.x, ordered);
  const { y, expand } = presentClasses(problem, Float64Array.from(ordered, (row) => problem.y[row]));
  const view = fitView(member.view, x, problem.fewValues);
  await estimator.prepare?.();
  const defaults = typeof estimator.defaults === 'object' && estimator.defaults !== null ? estimator.defaults : {};
  const period = problem.time === undefined ? {} : { period: Int32Array.from(ordered, (_row, i) => Math.floor((i * PERIODS) / ordered.length)) };
  const { group } = problem;
  const groups = group === undefined ? {} : { groups: Float64Array.from(ordered, (row) => group[row]) };
  const outcome = estimator.fit({ x: view(x), y, ...period, ...groups }, { ...defaults, ...member.params(x.rows) }, { rng, ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }) });
  if (!outcome.ok) return { ok: false, detail: `${outcome.reason}: ${outcome.detail}` };
  return { ok: true, predict: (wanted) => expand(estimator.predict(outcome.artefact, view(takeRows(problem.x, wanted)))) };
}

const inTime = (rows: Int32Array, time: Float64Array): Int32Array => Int32Array.from(rows).sort((a, b) => time[a] - time[b] || a - b);

const LEAST_PROBABILITY = 1e-6;

/** Classes that the rows hold, numbered without gaps; `expand` gives the others a probability next to nothing. */
function presentClasses(problem: TableProblem, y: Float64Array): { y: Float64Array; expand: (predicted: Float64Array) => Float64Array } {
  const classes = problem.task === 'multiclass' ? (problem.classes?.length ?? 0) : 0;
  const present = [...new Set(y)].sort((a, b) => a - b);
  if (present.length >= classes) return { y, expand: (predicted) => predicted };
  const place = new Map(present.map((value, i) => [value, i]));
  return {
    y: y.map((value) => place.get(value) ?? 0),
    expand: (predicted) => {
      const rows = predicted.length / present.length;
      const all = new Float64Array(rows * classes).fill(LEAST_PROBABILITY);
      for (let i = 0; i < rows; i++) present.forEach((value, c) => (all[i * classes + value] = predicted[i * present.length + c]));
      return all;
    },
  };
}
