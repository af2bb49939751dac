import { rowLogLoss } from '../../math/metrics/probability.ts';
import { argsort } from '../../math/stats/index.ts';
import { applyCalibration, fitCalibration, type Calibration, type CalibrationKind } from './maps.ts';

/** From the simplest to the most flexible, with the least rows that each may be tried on. */
const CANDIDATES: readonly { readonly kind: CalibrationKind; readonly rows: number }[] = [
  { kind: 'identity', rows: 0 },
  { kind: 'intercept', rows: 0 },
  { kind: 'sigmoid', rows: 50 },
  { kind: 'beta', rows: 200 },
  { kind: 'isotonic', rows: 1000 },
];
const FOLDS = 5;

export interface CalibrationChoice {
  readonly calibration: Calibration;
  /** Cross-fitted log loss of each kind that was tried. */
  readonly tried: readonly { readonly kind: CalibrationKind; readonly logLoss: number }[];
}

/**
 * The simplest map whose cross-fitted log loss is within one standard error of the best, fitted on all rows. The error is that of the paired
 * difference, row by row: a shifted base rate is seen even where the loss itself varies a lot between customers. Folds are dealt out along the
 * sorted probabilities, so the order of rows does not matter.
 */
export function chooseCalibration(p: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): CalibrationChoice {
  const n = p.length;
  const fold = new Uint8Array(n);
  const keyed = argsort(y);
  const byScore = argsort(Float64Array.from(keyed, (i) => p[i]));
  byScore.forEach((place, rank) => {
    fold[keyed[place]] = rank % FOLDS;
  });
  const tried = CANDIDATES.filter(({ rows }) => n >= rows).map(({ kind }) => {
    const losses = crossFittedLosses(kind, p, y, weights, fold);
    return { kind, losses, logLoss: weightedMean(losses, weights) };
  });
  const best = tried.reduce((a, b) => (b.logLoss < a.logLoss ? b : a));
  const chosen = tried.find((candidate) => {
    const difference = candidate.losses.map((loss, i) => loss - best.losses[i]);
    return weightedMean(difference, weights) <= standardError(difference, weights);
  });
  const kind = (chosen ?? best).kind;
  return { calibration: fitCalibration(kind, p, y, weights), tried: tried.map(({ kind, logLoss }) => ({ kind, logLoss })) };
}

function crossFittedLosses(kind: CalibrationKind, p: ArrayLike<number>, y: ArrayLike<number>, weights: ArrayLike<number> | undefined, fold: Uint8Array): Float64Array {
  const losses = new Float64Array(p.length);
  for (let f = 0; f < FOLDS; f++) {
    const inside: number[] = [];
    const outside: number[] = [];
    for (let i = 0; i < p.length; i++) (fold[i] === f ? outside : inside).push(i);
    const pick = (values: ArrayLike<number>, rows: readonly number[]): Float64Array => Float64Array.from(rows, (i) => values[i]);
    const map = fitCalibration(kind, pick(p, inside), pick(y, inside), weights === undefined ? undefined : pick(weights, inside));
    const calibrated = applyCalibration(map, pick(p, outside));
    outside.forEach((row, k) => {
      losses[row] = rowLogLoss(y[row], calibrated[k]);
    });
  }
  return losses;
}

function weightedMean(values: Float64Array, weights?: ArrayLike<number>): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const w = weights === undefined ? 1 : weights[i];
    sum += w * values[i];
    total += w;
  }
  return total === 0 ? 0 : sum / total;
}

function standardError(values: Float64Array, weights?: ArrayLike<number>): number {
  const centre = weightedMean(values, weights);
  return Math.sqrt(weightedMean(values.map((v) => (v - centre) ** 2), weights) / Math.max(values.length, 1));
}
