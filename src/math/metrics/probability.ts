import { argsort } from '../stats/argsort.ts';

/** Probabilities are kept this far from 0 and 1 inside logarithms, so that one confident mistake costs 34.5, not infinity. */
const EDGE = 1e-15;

/** Mean negative log likelihood of `y` in {0, 1} under probabilities `p`; 0 of nothing. Absent weights: 1 each. */
export function logLoss(y: ArrayLike<number>, p: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let loss = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const w = weights === undefined ? 1 : weights[i];
    loss += w * rowLogLoss(y[i], p[i]);
    total += w;
  }
  return total === 0 ? 0 : loss / total;
}

/** −ln of the probability that was given to what happened. */
export function rowLogLoss(y: number, p: number): number {
  const bounded = Math.min(Math.max(p, EDGE), 1 - EDGE);
  return y === 1 ? -Math.log(bounded) : -Math.log1p(-bounded);
}

/** Mean squared difference of probability and outcome (Brier 1950); 0 of nothing. */
export function brierScore(y: ArrayLike<number>, p: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (p[i] - y[i]) ** 2;
  return y.length === 0 ? 0 : sum / y.length;
}

/** One bin of customers with similar scores, in ascending order of score. */
export interface CalibrationBin {
  readonly rows: number;
  readonly low: number;
  readonly high: number;
  /** Mean of what was predicted, and of what happened. */
  readonly predicted: number;
  readonly actual: number;
}

/**
 * Equal-mass bins by predicted value (at most `bins`, rows as even as they can be). Equal predictions never fall into different bins,
 * so there are fewer bins than asked for when values are tied. Serves probabilities and amounts alike.
 */
export function calibrationTable(actual: ArrayLike<number>, predicted: ArrayLike<number>, bins = 10): CalibrationBin[] {
  const order = argsort(predicted);
  const n = order.length;
  const table: CalibrationBin[] = [];
  let start = 0;
  for (let b = 1; b <= bins && start < n; b++) {
    let end = Math.max(Math.round((b * n) / bins), start + 1);
    while (end < n && predicted[order[end]] === predicted[order[end - 1]]) end++;
    if (b * n < start * bins) continue;
    let [sumPredicted, sumActual] = [0, 0];
    for (let i = start; i < end; i++) {
      sumPredicted += predicted[order[i]];
      sumActual += actual[order[i]];
    }
    const rows = end - start;
    table.push({ rows, low: predicted[order[start]], high: predicted[order[end - 1]], predicted: sumPredicted / rows, actual: sumActual / rows });
    start = end;
  }
  return table;
}

/** Expected calibration error: Σ rows/n · |mean predicted − mean actual| over equal-mass bins (Naeini et al. 2015, with equal mass as in Nixon et al. 2019). */
export function expectedCalibrationError(y: ArrayLike<number>, p: ArrayLike<number>, bins = 10): number {
  let error = 0;
  for (const bin of calibrationTable(y, p, bins)) error += bin.rows * Math.abs(bin.predicted - bin.actual);
  return y.length === 0 ? 0 : error / y.length;
}

/** Parts of a Brier score: reliability − resolution + uncertainty + withinBins. */
export interface BrierParts {
  /** Σ rows/n · (mean predicted − mean actual)² over the bins; 0 where probabilities are calibrated. */
  readonly reliability: number;
  /** Σ rows/n · (mean actual − mean of all)²; how far the bins tell rows apart. */
  readonly resolution: number;
  /** Variance of the outcomes: what the base rate alone scores. */
  readonly uncertainty: number;
  /** What predictions that differ within a bin add or save (Stephenson, Coelho & Jolliffe 2008); 0 where each bin is one probability. */
  readonly withinBins: number;
}

/** Murphy's decomposition (1973) of {@link brierScore} over the bins of {@link calibrationTable}. All 0 of nothing. */
export function brierDecomposition(y: ArrayLike<number>, p: ArrayLike<number>, bins = 10): BrierParts {
  const n = y.length;
  let [mean, reliability, resolution] = [0, 0, 0];
  for (let i = 0; i < n; i++) mean += y[i] / n;
  for (const bin of calibrationTable(y, p, bins)) {
    reliability += (bin.rows / n) * (bin.predicted - bin.actual) ** 2;
    resolution += (bin.rows / n) * (bin.actual - mean) ** 2;
  }
  const uncertainty = mean * (1 - mean);
  return { reliability, resolution, uncertainty, withinBins: brierScore(y, p) - (reliability - resolution + uncertainty) };
}
