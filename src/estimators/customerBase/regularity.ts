/**
 * Which k for a task: regular gaps sharpen the date of the next order and make P(active) over-confident, so no k is best for everything. The parameters of every k are
 * fitted on histories alone; what happened after the cut-off has not been seen by any of them and decides, by the log score of the question that is asked.
 */
import type { TrainingData } from '../contract.ts';
import { distinctRows } from '../../math/stats/groupRows.ts';
import { DAYS_PER_WEEK, readHistories } from './history.ts';
import type { History } from './history.ts';
import type { OrderOutput } from './orderArtefact.ts';
import type { OrderModel } from './orderModel.ts';

/** What became of customers: distinct (history, outcome) with weights. */
export interface Outcomes {
  readonly rows: readonly { readonly history: History; readonly y: number; readonly seen: boolean; readonly weight: number }[];
  readonly totalWeight: number;
}

export function outcomesOf(train: TrainingData, rows: readonly number[]): Outcomes {
  const { x, tx, T, row } = readHistories(train.x, rows);
  const y = Float64Array.from(row, (i) => train.y[i]);
  const seen = Float64Array.from(row, (i) => train.observed?.[i] ?? 1);
  const { values, weight } = distinctRows([x, T, tx, y, seen], Float64Array.from(row, (i) => train.weights?.[i] ?? 1));
  return {
    rows: Array.from(weight, (w, i) => ({ history: { x: values[0][i], T: values[1][i], tx: values[2][i] }, y: values[3][i], seen: values[4][i] === 1, weight: w })),
    totalWeight: weight.reduce((a, b) => a + b, 0),
  };
}

const LEAST = 1e-9;
const safeLog = (p: number): number => Math.log(Math.min(1 - LEAST, Math.max(LEAST, p)));

/**
 * Mean loss of a model on outcomes, smaller is better: log loss of P(active); for dates the censored log score of the day on which the next order came;
 * for counts half the Poisson deviance without its constant.
 */
export function lossOf(model: OrderModel, { rows, totalWeight }: Outcomes, output: OrderOutput, horizonDays: number): number {
  let loss = 0;
  for (const { history, y, seen, weight } of rows) {
    if (output === 'days') {
      const from = Math.max(0, y - 0.5) / DAYS_PER_WEEK;
      loss -= weight * (seen ? safeLog(model.pActive(history, from + 1 / DAYS_PER_WEEK) - model.pActive(history, from)) : safeLog(1 - model.pActive(history, y / DAYS_PER_WEEK)));
    } else if (output === 'orders') {
      const expected = Math.max(LEAST, model.expectedOrders(history, horizonDays / DAYS_PER_WEEK));
      loss += weight * (expected - y * Math.log(expected));
    } else {
      const p = model.pActive(history, horizonDays / DAYS_PER_WEEK);
      loss -= weight * safeLog((y === 1) === (output === 'order') ? p : 1 - p);
    }
  }
  return totalWeight > 0 ? loss / totalWeight : 0;
}
