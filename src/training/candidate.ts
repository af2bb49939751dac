/** One candidate on given rows: fit, predict, intervals. Nothing here knows about periods or choices. */
import type { Random } from '../base/random.ts';
import type { Matrix } from '../base/matrix.ts';
import type { Estimator, FitOutcome, TrainingData } from '../estimators/contract.ts';
import type { Dataset } from './dataset.ts';
import type { Candidate } from './define.ts';

/** An estimator whose artefact is looked at by its schema only. */
export type AnyEstimator = Estimator<{ readonly kind: string }, unknown>;

export interface Fitted {
  readonly candidate: Candidate;
  readonly estimator: AnyEstimator;
  readonly artefact: { readonly kind: string };
}

/** Levels that intervals are read from: both ends of the 80 % interval, of the middle half, and the median. */
export const LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** The columns that the candidate sees. */
export function candidateMatrix(x: Matrix, candidate: Candidate): Matrix {
  const { columns } = candidate;
  return columns === undefined ? x : { rows: x.rows, columns: x.columns.filter((column) => columns.includes(column.name)) };
}

export interface FitRequest {
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly horizonDays: number;
  readonly rng: Random;
  readonly signal?: AbortSignal;
  /** Threads that a fit may use, 1 when absent. */
  readonly threads?: number;
}

export async function fitCandidate(candidate: Candidate, data: Dataset, request: FitRequest): Promise<FitOutcome<{ readonly kind: string }>> {
  const { estimators, horizonDays, rng, signal, threads } = request;
  const estimator = estimators[candidate.estimator];
  if (estimator === undefined) return { ok: false, reason: 'unsupported_target', detail: `there is no estimator "${candidate.estimator}"` };
  const train: TrainingData = {
    x: candidateMatrix(data.x, candidate),
    y: data.y,
    period: data.period,
    ...(data.overlapping ? { groups: data.customerIds } : {}),
    ...(data.observed === undefined ? {} : { observed: data.observed }),
  };
  // Estimators that look ahead by themselves are told how far; the others have no such parameter.
  const defaults = typeof estimator.defaults === 'object' && estimator.defaults !== null ? estimator.defaults : {};
  const horizon = 'horizonDays' in defaults ? { horizonDays } : {};
  await estimator.prepare?.();
  return estimator.fit(train, { ...defaults, ...horizon, ...(typeof candidate.params === 'function' ? candidate.params(horizonDays) : candidate.params) }, { rng, ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }) });
}

/** Rows of a dataset split into `folds` by customer, so that one customer's rows stay together. */
export function customerFolds(data: Dataset, folds: number, rng: Random): Int32Array[] {
  const foldOf = new Map<number, number>();
  const rows: number[][] = Array.from({ length: folds }, () => []);
  data.customerIds.forEach((id, row) => {
    let fold = foldOf.get(id);
    if (fold === undefined) {
      fold = rng.fork('fold', id).int(folds);
      foldOf.set(id, fold);
    }
    rows[fold].push(row);
  });
  return rows.map((list) => Int32Array.from(list));
}
