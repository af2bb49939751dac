import type { Family } from './families.ts';

/** Rows 0 … rows − 1 of a design matrix (row-major, rows × terms) with targets and positive weights. */
export interface GlmData {
  readonly family: Family;
  readonly design: Float64Array;
  readonly rows: number;
  readonly terms: number;
  readonly y: Float64Array;
  readonly weights: Float64Array;
}

/** Rows are taken four at a time: each coefficient is then read, and each sum written, once for four rows. */
const TOGETHER = 4;

/** Linear predictors of the rows `row`, `row` + `step`, …, four of them; beyond the last row the last is taken again. Returns where each row starts. */
function predictFour({ design, rows, terms }: GlmData, coefficients: Float64Array, row: number, step: number, starts: Int32Array, z: Float64Array): void {
  for (let k = 0; k < TOGETHER; k++) starts[k] = Math.min(row + k * step, rows - 1) * terms;
  const [a, b, c, d] = [starts[0], starts[1], starts[2], starts[3]];
  const intercept = coefficients[terms];
  let za = intercept;
  let zb = intercept;
  let zc = intercept;
  let zd = intercept;
  for (let t = 0; t < terms; t++) {
    const beta = coefficients[t];
    za += beta * design[a + t];
    zb += beta * design[b + t];
    zc += beta * design[c + t];
    zd += beta * design[d + t];
  }
  z[0] = za;
  z[1] = zb;
  z[2] = zc;
  z[3] = zd;
}

/**
 * Σ w·loss(y, z) + λ/2·Σβ², intercept not penalised, z = intercept + design·β; `coefficients` holds the terms and then the intercept.
 * Writes the gradient (terms + 1) into `gradient`.
 */
export function penalisedLoss(data: GlmData, coefficients: Float64Array, lambda: number, gradient: Float64Array): number {
  const { family, design, rows, terms, y, weights } = data;
  const starts = new Int32Array(TOGETHER);
  const z = new Float64Array(TOGETHER);
  const r = new Float64Array(TOGETHER);
  gradient.fill(0);
  let loss = 0;
  let slopes = 0;
  for (let i = 0; i < rows; i += TOGETHER) {
    predictFour(data, coefficients, i, 1, starts, z);
    for (let k = 0; k < TOGETHER; k++) {
      const row = i + k;
      r[k] = 0;
      if (row >= rows) continue;
      loss += weights[row] * family.loss(y[row], z[k]);
      r[k] = weights[row] * family.slope(y[row], z[k]);
      slopes += r[k];
    }
    const [a, b, c, d] = [starts[0], starts[1], starts[2], starts[3]];
    const [ra, rb, rc, rd] = [r[0], r[1], r[2], r[3]];
    for (let t = 0; t < terms; t++) gradient[t] += ra * design[a + t] + rb * design[b + t] + rc * design[c + t] + rd * design[d + t];
  }
  gradient[terms] = slopes;
  for (let t = 0; t < terms; t++) {
    loss += 0.5 * lambda * coefficients[t] * coefficients[t];
    gradient[t] += lambda * coefficients[t];
  }
  return loss;
}

/** Second derivative of the unpenalised loss (terms + 1 squared, row-major, both triangles), from every `step`-th row scaled up to all rows. */
export function lossHessian(data: GlmData, coefficients: Float64Array, step: number): Float64Array {
  const { family, design, rows, terms, y, weights } = data;
  const size = terms + 1;
  const hessian = new Float64Array(size * size);
  const starts = new Int32Array(TOGETHER);
  const z = new Float64Array(TOGETHER);
  const curvature = new Float64Array(TOGETHER);
  for (let i = 0; i < rows; i += TOGETHER * step) {
    predictFour(data, coefficients, i, step, starts, z);
    for (let k = 0; k < TOGETHER; k++) {
      const row = i + k * step;
      curvature[k] = row < rows ? step * weights[row] * family.curvature(y[row], z[k]) : 0;
    }
    const [a, b, c, d] = [starts[0], starts[1], starts[2], starts[3]];
    const [ca, cb, cc, cd] = [curvature[0], curvature[1], curvature[2], curvature[3]];
    for (let s = 0; s < terms; s++) {
      const sa = ca * design[a + s];
      const sb = cb * design[b + s];
      const sc = cc * design[c + s];
      const sd = cd * design[d + s];
      const line = s * size;
      for (let t = 0; t <= s; t++) hessian[line + t] += sa * design[a + t] + sb * design[b + t] + sc * design[c + t] + sd * design[d + t];
      hessian[terms * size + s] += sa + sb + sc + sd;
    }
    hessian[terms * size + terms] += ca + cb + cc + cd;
  }
  for (let s = 0; s < size; s++) for (let t = 0; t < s; t++) hessian[t * size + s] = hessian[s * size + t];
  return hessian;
}
