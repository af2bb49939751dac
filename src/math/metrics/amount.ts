import { calibrationTable } from './probability.ts';

/** Mean absolute error; 0 of nothing. */
export function meanAbsoluteError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += Math.abs(predicted[i] - actual[i]);
  return actual.length === 0 ? 0 : sum / actual.length;
}

/** Root mean squared error; 0 of nothing. */
export function rootMeanSquaredError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += (predicted[i] - actual[i]) ** 2;
  return actual.length === 0 ? 0 : Math.sqrt(sum / actual.length);
}

/** Relative bias of the total: Σ predicted ÷ Σ actual − 1. Undefined when the actual total is 0. */
export function relativeBias(actual: ArrayLike<number>, predicted: ArrayLike<number>): number | undefined {
  let [sumActual, sumPredicted] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    sumActual += actual[i];
    sumPredicted += predicted[i];
  }
  return sumActual === 0 ? undefined : sumPredicted / sumActual - 1;
}

/**
 * Decile error of amounts: Σ |total predicted − total actual| over ten equal-mass bins of the prediction ÷ total actual.
 * 0 is perfect; predicting nothing gives 1. Undefined when the actual total is 0.
 */
export function decileError(actual: ArrayLike<number>, predicted: ArrayLike<number>, bins = 10): number | undefined {
  let [error, total] = [0, 0];
  for (const bin of calibrationTable(actual, predicted, bins)) {
    error += bin.rows * Math.abs(bin.predicted - bin.actual);
    total += bin.rows * bin.actual;
  }
  return total === 0 ? undefined : error / total;
}

/** Share of rows whose actual value lies in [low, high], ends included, and the mean width; zeros of nothing. */
export function intervalCoverage(actual: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>): { readonly coverage: number; readonly meanWidth: number } {
  let [inside, width] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] >= low[i] && actual[i] <= high[i]) inside++;
    width += high[i] - low[i];
  }
  const n = Math.max(actual.length, 1);
  return { coverage: inside / n, meanWidth: width / n };
}
