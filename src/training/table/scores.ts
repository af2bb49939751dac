/** The metrics of a flat file's models: per fold with their spread, or of one test with bootstrap intervals. */
import type { Random } from '../../base/random.ts';
import {
  accuracy, bootstrap, brierScore, decileError, expectedCalibrationError, kolmogorovSmirnov, logLoss, macroAuc, meanAbsoluteError, multiclassLogLoss, normalisedGini, prAuc, relativeBias, rocAuc,
  rootMeanSquaredError, spearman,
} from '../../math/metrics/index.ts';
import type { TableTask } from './target.ts';

export interface Score {
  /** Mean over the folds, or the value on the one test. */
  readonly value: number;
  /** Standard deviation over the folds. */
  readonly sd?: number;
  /** Ends of the 95 % bootstrap interval on the one test. */
  readonly low?: number;
  readonly high?: number;
}

type Scorer = (y: Float64Array, predicted: Float64Array) => number | undefined;

const BINARY: Readonly<Record<string, Scorer>> = { roc_auc: rocAuc, pr_auc: prAuc, log_loss: logLoss, brier: brierScore, ece: expectedCalibrationError, ks: kolmogorovSmirnov };
const AMOUNT: Readonly<Record<string, Scorer>> = { normalised_gini: normalisedGini, spearman, bias: relativeBias, mae: meanAbsoluteError, rmse: rootMeanSquaredError, decile_error: decileError };
const NUMBER: Readonly<Record<string, Scorer>> = { r2: explainedVariance, spearman, mae: meanAbsoluteError, rmse: rootMeanSquaredError };

/** 1 − Σ(y−ŷ)² ÷ Σ(y−ȳ)². Undefined where the target is constant. */
function explainedVariance(y: Float64Array, predicted: Float64Array): number | undefined {
  const centre = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
  let [left, all] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    left += (y[i] - predicted[i]) ** 2;
    all += (y[i] - centre) ** 2;
  }
  return all === 0 ? undefined : 1 - left / all;
}

function scorersOf(task: TableTask, classes: number): Readonly<Record<string, Scorer>> {
  if (task === 'binary') return BINARY;
  if (task === 'multiclass') return { log_loss: (y, p) => multiclassLogLoss(y, p, classes), accuracy: (y, p) => accuracy(y, p, classes), macro_auc: (y, p) => macroAuc(y, p, classes) };
  return task === 'number' ? NUMBER : AMOUNT;
}

/** Metrics of a task, the most telling one first. */
export function metricNames(task: TableTask): string[] {
  return Object.keys(scorersOf(task, 2));
}

export interface ScoredPart {
  readonly y: Float64Array;
  /** `multiclass`: row-major rows × classes. */
  readonly predicted: Float64Array;
}

const REPLICATES = 200;
/** Rows beyond which fewer resamples are enough. */
const MANY_ROWS = 50_000;

/** One score per metric: mean and sd over several parts, or the value with an interval on a single one. Calibration error is taken over all parts together: within a fold chance alone makes it large. */
export function scoresOf(task: TableTask, classes: number, parts: readonly ScoredPart[], rng: Random): Record<string, Score> {
  const scores: Record<string, Score> = {};
  for (const [name, scorer] of Object.entries(scorersOf(task, classes))) {
    const values = parts.map(({ y, predicted }) => scorer(y, predicted)).filter((value) => value !== undefined);
    if (values.length === 0) continue;
    if (parts.length === 1) scores[name] = withInterval(scorer, task === 'multiclass', parts[0], values[0], rng.fork('bootstrap', name));
    else if (name === 'ece') scores[name] = { value: scorer(joined(parts.map(({ y }) => y)), joined(parts.map(({ predicted }) => predicted))) ?? 0 };
    else scores[name] = meanAndSpread(values);
  }
  return scores;
}

function meanAndSpread(values: readonly number[]): Score {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { value: mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)) };
}

function withInterval(scorer: Scorer, rowsAreBlocks: boolean, { y, predicted }: ScoredPart, value: number, rng: Random): Score {
  const replicates = y.length > MANY_ROWS ? REPLICATES / 4 : REPLICATES;
  if (!rowsAreBlocks) {
    const around = bootstrap(scorer, [y, predicted], { rng, replicates });
    return around === undefined ? { value } : { value, low: around.low, high: around.high };
  }
  // Rows of several probabilities are drawn whole: the resampled column is the place of the row.
  const width = predicted.length / Math.max(1, y.length);
  const places = Float64Array.from(y.keys());
  const around = bootstrap((drawn: Float64Array) => {
    const p = new Float64Array(drawn.length * width);
    drawn.forEach((row, i) => { p.set(predicted.subarray(row * width, (row + 1) * width), i * width); });
    return scorer(drawn.map((row) => y[row]), p);
  }, [places], { rng, replicates });
  return around === undefined ? { value } : { value, low: around.low, high: around.high };
}

export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
