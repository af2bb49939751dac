/** One member of the portfolio on given rows: its view, its fit, and predictions of other rows. Nothing here knows about folds. */
import { takeRows } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import type { Random } from '../../base/random.ts';
import type { FitTask } from '../../estimators/contract.ts';
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

const LEAST_PROBABILITY = 1e-6;

/** Fits on `rows`. A class against the others where the estimator knows two classes only; numbers moved to start at 0 where it knows amounts only. */
export async function fitMember(problem: TableProblem, member: Member, rows: Int32Array, context: FitContext): Promise<FittedMember> {
  const estimator = context.estimators[member.estimator];
  if (estimator === undefined) return { ok: false, detail: `there is no estimator "${member.estimator}"` };
  const x = takeRows(problem.x, rows);
  const y = Float64Array.from(rows, (row) => problem.y[row]);
  if (problem.task === 'multiclass' && !estimator.tasks.includes('multiclass')) return oneAgainstOthers(problem, member, estimator, x, y, context);
  const low = problem.task === 'binary' || problem.task === 'multiclass' || estimator.tasks.includes(problem.task) ? 0 : lowest(y);
  return fitOne(problem, member, estimator, x, low === 0 ? y : y.map((value) => value - low), low, context);
}

async function fitOne(problem: TableProblem, member: Member, estimator: AnyEstimator, x: Matrix, y: Float64Array, offset: number, context: FitContext): Promise<FittedMember> {
  const { rng, signal, threads } = context;
  const view = fitView(member.view, x, y, problem.fewValues);
  await estimator.prepare?.();
  const defaults = typeof estimator.defaults === 'object' && estimator.defaults !== null ? estimator.defaults : {};
  const outcome = estimator.fit({ x: view(x), y }, { ...defaults, ...member.params(x.rows) }, { rng, ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }) });
  if (!outcome.ok) return { ok: false, detail: `${outcome.reason}: ${outcome.detail}` };
  return {
    ok: true,
    predict: (rows) => {
      const raw = estimator.predict(outcome.artefact, view(takeRows(problem.x, rows)));
      return offset === 0 ? raw : raw.map((value) => value + offset);
    },
  };
}

/** One binary fit per class; probabilities brought to a sum of one. */
async function oneAgainstOthers(problem: TableProblem, member: Member, estimator: AnyEstimator, x: Matrix, y: Float64Array, context: FitContext): Promise<FittedMember> {
  const classes = problem.classes?.length ?? 0;
  const fits: Predict[] = [];
  for (let c = 0; c < classes; c++) {
    const ofClass = y.map((place) => (place === c ? 1 : 0));
    const fitted = await fitOne(problem, member, estimator, x, ofClass, 0, { ...context, rng: context.rng.fork('class', c) });
    // A class that is too rare to be learned keeps its share of the rows.
    const share = Math.max(LEAST_PROBABILITY, ofClass.reduce((sum, one) => sum + one, 0) / Math.max(1, y.length));
    fits.push(fitted.ok ? fitted.predict : (rows) => new Float64Array(rows.length).fill(share));
  }
  return {
    ok: true,
    predict: (rows) => {
      const each = fits.map((predict) => predict(rows));
      const all = new Float64Array(rows.length * classes);
      for (let i = 0; i < rows.length; i++) {
        const total = each.reduce((sum, p) => sum + Math.max(LEAST_PROBABILITY, p[i]), 0);
        each.forEach((p, c) => (all[i * classes + c] = Math.max(LEAST_PROBABILITY, p[i]) / total));
      }
      return all;
    },
  };
}

const lowest = (values: Float64Array): number => values.reduce((least, value) => Math.min(least, value), Infinity);

/** Whether an estimator can be fitted to a task, by itself or by one of the adapters here. */
export function canFit(estimator: AnyEstimator | undefined, task: FitTask): boolean {
  if (estimator === undefined) return false;
  if (estimator.tasks.includes(task)) return true;
  return task === 'multiclass' ? estimator.tasks.includes('binary') : (task === 'number' || task === 'count') && estimator.tasks.includes('amount');
}
