/** BG/NBD and MBG/NBD as estimators of "will they order in the next H days". */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import type { Estimator, FitOutcome, FitReport } from '../contract.ts';
import { AGE, DAYS_PER_WEEK, FREQUENCY, RECENCY, historyReader, missingColumn, trainingHistories } from './history.ts';
import type { CompressedHistories, History } from './history.ts';
import { expectedOrders, pActive } from './nbd.ts';
import type { NbdModel, NbdParams } from './nbd.ts';
import { fitNbd } from './nbdFit.ts';
import type { NbdFit } from './nbdFit.ts';

export interface NbdEstimatorParams {
  /** What `predict` answers: P(at least one order in the horizon), or its complement for churn. */
  readonly output: 'order' | 'no_order';
  readonly horizonDays: number;
  /** Rows the likelihood reads: each customer once at the latest cut-off, or all rows. */
  readonly rows: 'latest_period' | 'all';
  /** Fewer customers than this (by weight) are no fit. */
  readonly minimumCustomers: number;
}

const positive = z.number().positive().finite();
export const horizonSchema = z.number().positive().max(3660);

/** Four positive parameters; α in weeks. */
export const nbdParamsShape = { unit: z.literal('weeks'), r: positive, alpha: positive, a: positive, b: positive };

function artefactSchema<Kind extends NbdModel>(kind: Kind) {
  return z.strictObject({
    kind: z.literal(kind),
    ...nbdParamsShape,
    output: z.enum(['order', 'no_order']),
    horizonDays: horizonSchema,
    /** Answer for customers without an order history: the mean answer of the customers it was fitted on. */
    withoutHistory: z.number().min(0).max(1),
  });
}
export type NbdArtefact<Kind extends NbdModel> = z.infer<ReturnType<typeof artefactSchema<Kind>>>;

/** Parameters of an artefact in the form that the functions of nbd.ts take. */
export function nbdParamsOf(model: NbdModel, { r, alpha, a, b }: { r: number; alpha: number; a: number; b: number }): NbdParams {
  return { model, r, alpha, a, b };
}

/** Weighted mean of `f` over customers. */
export function meanOver(data: CompressedHistories, f: (history: History) => number): number {
  let sum = 0;
  for (let i = 0; i < data.x.length; i++) sum += data.weight[i] * f({ x: data.x[i], tx: data.tx[i], T: data.T[i] });
  return sum / data.totalWeight;
}

/** `f` of every row's history, computed once per distinct history; `otherwise` for rows without one. */
export function mapHistories(x: Matrix, f: (history: History) => number, otherwise: number): Float64Array {
  const read = historyReader(x);
  const seen = new Map<string, number>();
  return Float64Array.from({ length: x.rows }, (_, row) => {
    const history = read(row);
    if (history === undefined) return otherwise;
    const key = `${history.x} ${history.tx} ${history.T}`;
    let value = seen.get(key);
    if (value === undefined) seen.set(key, (value = f(history)));
    return value;
  });
}

/** Numbers about a fit that are worth a line in a report. */
export function nbdReport({ params, logLikelihood, standardErrors, iterations, evaluations, gradientNorm }: NbdFit, data: CompressedHistories): FitReport {
  return {
    ...params, logLikelihood, iterations, evaluations, gradientNorm,
    customers: data.totalWeight, uniqueHistories: data.x.length, repeatOrders: data.x.reduce((sum, x, i) => sum + x * data.weight[i], 0),
    ...(standardErrors === undefined ? { onRidge: true } : { standardErrors }),
  };
}

/** E[orders in the next `horizonDays`] of every row, for the tag `orders_next_90d`: an expected count, not a probability. */
export function expectedOrdersOfRows(artefact: NbdArtefact<NbdModel>, x: Matrix, horizonDays: number): Float64Array {
  const params = nbdParamsOf(artefact.kind, artefact);
  return mapHistories(x, (history) => expectedOrders(params, history, horizonDays / DAYS_PER_WEEK), 0);
}

function nbdEstimator<Kind extends NbdModel>(kind: Kind): Estimator<NbdArtefact<Kind>, NbdEstimatorParams> {
  const requiredColumns = [FREQUENCY, RECENCY, AGE];
  const answer = (params: NbdParams, output: 'order' | 'no_order', horizonDays: number) => (history: History) => {
    const ordering = pActive(params, history, horizonDays / DAYS_PER_WEEK);
    return output === 'order' ? ordering : 1 - ordering;
  };
  return {
    kind,
    tasks: ['binary'],
    schema: artefactSchema(kind),
    defaults: { output: 'order', horizonDays: 90, rows: 'latest_period', minimumCustomers: 10 },
    requiredColumns,
    fit(train, { output, horizonDays, rows, minimumCustomers }, { signal }): FitOutcome<NbdArtefact<Kind>> {
      const missing = missingColumn(train.x, requiredColumns);
      if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
      const data = trainingHistories(train, rows);
      if (data.totalWeight < minimumCustomers) {
        return { ok: false, reason: 'too_few_rows', detail: `${data.totalWeight} customers have an order history; ${kind} needs ${minimumCustomers}.` };
      }
      const fit = fitNbd(data, kind, signal);
      if (!fit.ok) return fit;
      const { r, alpha, a, b } = fit.value.params;
      const withoutHistory = Math.min(1, Math.max(0, meanOver(data, answer(fit.value.params, output, horizonDays))));
      const artefact = { kind, unit: 'weeks', r, alpha, a, b, output, horizonDays, withoutHistory } as NbdArtefact<Kind>;
      return { ok: true, artefact, report: nbdReport(fit.value, data) };
    },
    predict: (artefact, x) => mapHistories(x, answer(nbdParamsOf(kind, artefact), artefact.output, artefact.horizonDays), artefact.withoutHistory),
  };
}

/** P(order in the horizon) or its complement by BG/NBD. Reads columns only; the targets of the rows are not used, so calibrate it on a later period. */
export const bgNbd = nbdEstimator('bg_nbd');
/** The same by MBG/NBD, where the first order may be the last. */
export const mbgNbd = nbdEstimator('mbg_nbd');
