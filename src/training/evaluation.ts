/**
 * Metrics of one candidate on one period. Never one number alone: ranking, probability quality and calibration stand together,
 * because a constant can win log loss on rare targets, and ranking alone says nothing about probabilities.
 */
import type { Random } from '../base/random.ts';
import {
  bootstrap, brierScore, calibrationTable, decileError, expectedCalibrationError, kolmogorovSmirnov, liftTable,
  logLoss, meanAbsoluteError, normalisedGini, prAuc, relativeBias, rocAuc, rootMeanSquaredError, spearman,
} from '../math/metrics/index.ts';
import type { Task } from '../estimators/contract.ts';
import { z } from 'zod';

const number = z.number();
export const metricSchema = z.strictObject({ value: number, low: number.optional(), high: number.optional() });
export type Metric = z.infer<typeof metricSchema>;

export const evaluationSchema = z.strictObject({
  rows: z.int(),
  /** Mean of the target: share of positives, mean amount or mean observed days. */
  targetMean: number,
  metrics: z.record(z.string(), metricSchema),
  /** Mean prediction and mean outcome per tenth of prediction, lowest first. */
  calibration: z.array(z.strictObject({ rows: z.int(), predicted: number, actual: number })),
  /** Lift by tenth, highest first. */
  lift: z.array(z.strictObject({ tenth: z.int(), rows: z.int(), actual: number, lift: number, cumulativeGain: number })),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export interface Predicted {
  readonly y: Float64Array;
  /** Probability, expected amount or median days. */
  readonly predicted: Float64Array;
  /** Rows with the same number are of one customer and drawn together for intervals; absent: rows are independent. */
  readonly groups?: Float64Array;
  /** Ends of the 80 % interval and of the middle half, where the candidate gives them. */
  readonly intervals?: { readonly low80: Float64Array; readonly high80: Float64Array; readonly low50: Float64Array; readonly high50: Float64Array };
}

type Scorer = (y: Float64Array, predicted: Float64Array) => number | undefined;

const BINARY: Readonly<Record<string, Scorer>> = {
  roc_auc: rocAuc, pr_auc: prAuc, log_loss: logLoss, brier: brierScore, ece: expectedCalibrationError, ks: kolmogorovSmirnov,
};
const AMOUNT: Readonly<Record<string, Scorer>> = {
  spearman, normalised_gini: normalisedGini, bias: relativeBias, decile_error: decileError, mae: meanAbsoluteError, rmse: rootMeanSquaredError,
};

/** Metrics with bootstrap intervals for the ones that decide (the first two of a task, and the bias of amounts). */
export function evaluate(task: Task, data: Predicted, rng: Random, replicates = 100): Evaluation {
  const { y, predicted } = data;
  const metrics: Record<string, Metric> = {};
  const scorers = task === 'binary' ? BINARY : task === 'amount' ? AMOUNT : {};
  const withInterval = new Set(['roc_auc', 'log_loss', 'spearman', 'normalised_gini', 'bias']);
  for (const [name, scorer] of Object.entries(scorers)) {
    const value = scorer(y, predicted);
    if (value === undefined) continue;
    const around = withInterval.has(name) ? bootstrap(scorer, [y, predicted], { rng: rng.fork('bootstrap', name), replicates, ...(data.groups === undefined ? {} : { groups: data.groups }) }) : undefined;
    metrics[name] = around === undefined ? { value } : { value, low: around.low, high: around.high };
  }
  if (task === 'duration') Object.assign(metrics, durationMetrics(data));
  if (data.intervals !== undefined) Object.assign(metrics, coverageMetrics(data, data.intervals));
  return {
    rows: y.length,
    targetMean: mean(y),
    metrics,
    calibration: calibrationTable(y, predicted).map(({ rows, predicted: p, actual }) => ({ rows, predicted: p, actual })),
    lift: liftTable(y, predicted).map(({ tenth, rows, actual, lift, cumulativeGain }) => ({ tenth, rows, actual, lift, cumulativeGain })),
  };
}

/** Days until the next order of those who came back, predictions cut at the end of the window. */
function durationMetrics({ y, predicted }: Predicted): Record<string, Metric> {
  const end = windowEnd(y);
  const cut = predicted.map((days) => Math.min(days, end));
  let near = 0;
  for (let i = 0; i < y.length; i++) if (Math.abs(cut[i] - y[i]) <= 7) near++;
  const order = spearman(y, cut);
  return {
    mae_days: { value: meanAbsoluteError(y, cut) },
    within_7_days: { value: near / Math.max(1, y.length) },
    ...(order === undefined ? {} : { spearman: { value: order } }),
  };
}

/** Coverage over the rows that have an interval. */
function coverageMetrics({ y }: Predicted, intervals: NonNullable<Predicted['intervals']>): Record<string, Metric> {
  const given = Array.from(y.keys()).filter((i) => !Number.isNaN(intervals.high80[i]));
  const share = (covered: (row: number) => boolean): Metric => ({ value: given.filter(covered).length / Math.max(1, given.length) });
  const within = (low: Float64Array, high: Float64Array) => (i: number): boolean => low[i] <= y[i] && y[i] <= high[i];
  return {
    coverage_80: share(within(intervals.low80, intervals.high80)),
    coverage_50: share(within(intervals.low50, intervals.high50)),
    width_80: { value: given.reduce((sum, i) => sum + intervals.high80[i] - intervals.low80[i], 0) / Math.max(1, given.length) },
    /** Share of rows for which an interval is given at all. */
    interval_share: { value: given.length / Math.max(1, y.length) },
  };
}

const windowEnd = (y: Float64Array): number => y.reduce((most, value) => Math.max(most, value), 0);

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** The number that selection minimises, row by row: log loss, a deviance for amounts, for days the quantile loss over the interval levels. */
export function selectionLoss(task: Task, data: Predicted): Float64Array {
  const { y, predicted } = data;
  const end = windowEnd(y);
  const loss = new Float64Array(y.length);
  const scale = Math.max(1e-9, mean(y));
  for (let i = 0; i < y.length; i++) {
    if (task === 'binary') {
      const p = Math.min(1 - 1e-15, Math.max(1e-15, predicted[i]));
      loss[i] = y[i] === 1 ? -Math.log(p) : -Math.log1p(-p);
    } else if (task === 'amount') {
      loss[i] = tweedieDeviance(y[i] / scale, Math.max(1e-4, predicted[i] / scale));
    } else {
      loss[i] = quantileLoss(data, i, end);
    }
  }
  return loss;
}

/** Mean pinball loss (Koenker & Bassett 1978) of the 10, 25, 50, 75 and 90 % quantiles; without intervals the one prediction stands for all five. */
function quantileLoss({ y, predicted, intervals }: Predicted, row: number, end: number): number {
  const quantiles = intervals === undefined ? [predicted, predicted, predicted, predicted, predicted] : [intervals.low80, intervals.low50, predicted, intervals.high50, intervals.high80];
  return [0.1, 0.25, 0.5, 0.75, 0.9].reduce((sum, level, k) => {
    const difference = y[row] - Math.min(end, quantiles[k][row]);
    return sum + (difference > 0 ? level * difference : (level - 1) * difference) / 5;
  }, 0);
}

/** Unit deviance of the Tweedie family with power 1.5 (Jørgensen 1997, ch. 4), consistent for the mean and defined at y = 0. */
function tweedieDeviance(y: number, mu: number): number {
  return 2 * (2 * Math.sqrt(mu) - 4 * Math.sqrt(Math.max(0, y)) + (2 * y) / Math.sqrt(mu));
}
