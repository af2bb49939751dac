/** A logistic model over a few signals of a suggestion, with a small ridge: plain Newton steps, for rows that are far more than columns. */
import { cholesky, choleskySolve } from '../../math/linear.ts';

export interface Ranker {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** Of the standardised columns, then the intercept. */
  readonly coefficients: Float64Array;
}

/** Penalised log-likelihood of standardised rows. */
function likelihood(z: Float64Array, y: Uint8Array, coefficients: Float64Array, ridge: number): number {
  const n = coefficients.length;
  let sum = 0;
  for (let r = 0; r < y.length; r++) {
    let eta = 0;
    for (let c = 0; c < n; c++) eta += coefficients[c] * z[r * n + c];
    // log(1 + e^η) without overflow.
    sum += (y[r] === 1 ? eta : 0) - (eta > 0 ? eta + Math.log1p(Math.exp(-eta)) : Math.log1p(Math.exp(eta)));
  }
  for (let c = 0; c + 1 < n; c++) sum -= 0.5 * ridge * coefficients[c] ** 2;
  return sum;
}

const MOST_STEPS = 50;
const MOST_HALVINGS = 30;

/** Newton's method with halved steps, so that every step goes up. @param x rows × columns, row-major. @param y 0 or 1. Undefined with one class. */
export function fitRanker(x: Float64Array, y: Uint8Array, columns: number, ridge = 1): Ranker | undefined {
  const rows = y.length;
  const positives = y.reduce((sum, value) => sum + value, 0);
  if (positives === 0 || positives === rows) return undefined;
  const [mean, scale] = [new Float64Array(columns), new Float64Array(columns)];
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) mean[c] += x[r * columns + c] / rows;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) scale[c] += (x[r * columns + c] - mean[c]) ** 2 / rows;
  for (let c = 0; c < columns; c++) scale[c] = scale[c] > 1e-12 ? Math.sqrt(scale[c]) : 1;
  const n = columns + 1;
  const z = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) z[r * n + c] = (x[r * columns + c] - mean[c]) / scale[c];
    z[r * n + columns] = 1;
  }
  let coefficients = new Float64Array(n);
  coefficients[columns] = Math.log(positives / (rows - positives));
  let value = likelihood(z, y, coefficients, ridge);
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = newtonStep(z, y, coefficients, ridge);
    if (direction === undefined) return undefined;
    let taken = 1;
    let next = coefficients;
    let better = -Infinity;
    for (let half = 0; half < MOST_HALVINGS && !(better > value); half++, taken /= 2) {
      next = coefficients.map((own, c) => own + taken * direction[c]);
      better = likelihood(z, y, next, ridge);
    }
    if (!(better > value)) break;
    const gained = better - value;
    [coefficients, value] = [next, better];
    if (gained < 1e-9 * Math.abs(value)) break;
  }
  return { mean, scale, coefficients };
}

function newtonStep(z: Float64Array, y: Uint8Array, coefficients: Float64Array, ridge: number): Float64Array | undefined {
  const n = coefficients.length;
  const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)];
  for (let r = 0; r < y.length; r++) {
    const at = r * n;
    let eta = 0;
    for (let c = 0; c < n; c++) eta += coefficients[c] * z[at + c];
    const p = 1 / (1 + Math.exp(-eta));
    const w = p * (1 - p);
    for (let a = 0; a < n; a++) {
      gradient[a] += (y[r] - p) * z[at + a];
      const wz = w * z[at + a];
      for (let b = 0; b <= a; b++) hessian[a * n + b] += wz * z[at + b];
    }
  }
  for (let c = 0; c + 1 < n; c++) {
    gradient[c] -= ridge * coefficients[c];
    hessian[c * n + c] += ridge;
  }
  hessian[n * n - 1] += 1e-9;
  for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) hessian[a * n + b] = hessian[b * n + a];
  const lower = cholesky(hessian, n);
  return lower === undefined ? undefined : choleskySolve(lower, n, gradient);
}

/** Log-odds of the row at `offset` of `x`. */
export function rankerLogOdds({ mean, scale, coefficients }: Ranker, x: ArrayLike<number>, offset: number): number {
  const columns = mean.length;
  let eta = coefficients[columns];
  for (let c = 0; c < columns; c++) eta += (coefficients[c] * (x[offset + c] - mean[c])) / scale[c];
  return eta;
}
