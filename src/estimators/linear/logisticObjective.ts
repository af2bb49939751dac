import { softplus } from '../../math/stats/index.ts';

/** Rows 0 … rows − 1 of a design matrix (row-major, rows × terms) with targets in {0, 1} and positive weights. */
export interface LogisticData {
  readonly design: Float64Array;
  readonly rows: number;
  readonly terms: number;
  readonly y: Float64Array;
  readonly weights: Float64Array;
}

/** Linear predictor of one row; `coefficients` holds the terms and then the intercept. */
function linearPredictor({ design, terms }: LogisticData, coefficients: Float64Array, row: number): number {
  let z = coefficients[terms];
  for (let t = 0, at = row * terms; t < terms; t++, at++) z += coefficients[t] * design[at];
  return z;
}

/**
 * Σ w·(ln(1+e^z) − y·z) + λ/2·Σβ², intercept not penalised; writes the gradient (terms + 1) into `gradient`.
 * z = intercept + design·β.
 */
export function penalisedLoss(data: LogisticData, coefficients: Float64Array, lambda: number, gradient: Float64Array): number {
  const { design, rows, terms, y, weights } = data;
  gradient.fill(0);
  let loss = 0;
  let residualSum = 0;
  for (let i = 0; i < rows; i++) {
    const z = linearPredictor(data, coefficients, i);
    // p = e^(z − softplus(z)), one exponential for loss and gradient together is not worth the lost digits.
    loss += weights[i] * (softplus(z) - y[i] * z);
    const residual = weights[i] * (1 / (1 + Math.exp(-z)) - y[i]);
    residualSum += residual;
    for (let t = 0, at = i * terms; t < terms; t++, at++) gradient[t] += residual * design[at];
  }
  gradient[terms] = residualSum;
  for (let t = 0; t < terms; t++) {
    loss += 0.5 * lambda * coefficients[t] * coefficients[t];
    gradient[t] += lambda * coefficients[t];
  }
  return loss;
}

/**
 * Second derivative of the unpenalised loss (terms + 1 squared, row-major, both triangles), from every `step`-th row scaled up to all rows.
 */
export function logisticHessian(data: LogisticData, coefficients: Float64Array, step: number): Float64Array {
  const { design, rows, terms, weights } = data;
  const size = terms + 1;
  const hessian = new Float64Array(size * size);
  for (let i = 0; i < rows; i += step) {
    const p = 1 / (1 + Math.exp(-linearPredictor(data, coefficients, i)));
    const curvature = step * weights[i] * p * (1 - p);
    const from = i * terms;
    for (let a = 0; a < terms; a++) {
      const scaled = curvature * design[from + a];
      const line = a * size;
      for (let b = 0; b <= a; b++) hessian[line + b] += scaled * design[from + b];
      hessian[terms * size + a] += scaled;
    }
    hessian[terms * size + terms] += curvature;
  }
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) hessian[b * size + a] = hessian[a * size + b];
  return hessian;
}
