/** A logistic model over a few signals of a suggestion, with a small ridge: plain Newton steps, for rows that are far more than columns. */
import { cholesky, choleskySolve } from '../../math/linear.ts';

export interface Ranker {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** Of the standardised columns, then the intercept. */
  readonly coefficients: Float64Array;
}

/** @param x rows × columns, row-major. @param y 0 or 1. Undefined with one class. */
export function fitRanker(x: Float64Array, y: Uint8Array, columns: number, ridge = 1): Ranker | undefined {
  const rows = y.length;
  const positives = y.reduce((sum, value) => sum + value, 0);
  if (positives === 0 || positives === rows) return undefined;
  const [mean, scale] = [new Float64Array(columns), new Float64Array(columns)];
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) mean[c] += x[r * columns + c] / rows;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) scale[c] += (x[r * columns + c] - mean[c]) ** 2 / rows;
  for (let c = 0; c < columns; c++) scale[c] = scale[c] > 1e-12 ? Math.sqrt(scale[c]) : 1;
  const n = columns + 1;
  const coefficients = new Float64Array(n);
  coefficients[columns] = Math.log(positives / (rows - positives));
  const z = new Float64Array(n);
  z[columns] = 1;
  for (let iteration = 0; iteration < 30; iteration++) {
    const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)];
    for (let r = 0; r < rows; r++) {
      let eta = coefficients[columns];
      for (let c = 0; c < columns; c++) {
        z[c] = (x[r * columns + c] - mean[c]) / scale[c];
        eta += coefficients[c] * z[c];
      }
      const p = 1 / (1 + Math.exp(-eta));
      const w = p * (1 - p);
      for (let a = 0; a < n; a++) {
        gradient[a] += (y[r] - p) * z[a];
        const wz = w * z[a];
        for (let b = 0; b <= a; b++) hessian[a * n + b] += wz * z[b];
      }
    }
    for (let c = 0; c < columns; c++) {
      gradient[c] -= ridge * coefficients[c];
      hessian[c * n + c] += ridge;
    }
    hessian[columns * n + columns] += 1e-9;
    for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) hessian[a * n + b] = hessian[b * n + a];
    const lower = cholesky(hessian, n);
    if (lower === undefined) return undefined;
    const step = choleskySolve(lower, n, gradient);
    let largest = 0;
    for (let a = 0; a < n; a++) {
      // A step that runs away where classes are nearly separated is cut short.
      const taken = Math.max(-2, Math.min(2, step[a]));
      coefficients[a] += taken;
      largest = Math.max(largest, Math.abs(taken));
    }
    if (largest < 1e-8) break;
  }
  return { mean, scale, coefficients };
}

/** Log-odds of the row at `offset` of `x`. */
export function rankerLogOdds({ mean, scale, coefficients }: Ranker, x: ArrayLike<number>, offset: number): number {
  const columns = mean.length;
  let eta = coefficients[columns];
  for (let c = 0; c < columns; c++) eta += (coefficients[c] * (x[offset + c] - mean[c])) / scale[c];
  return eta;
}
