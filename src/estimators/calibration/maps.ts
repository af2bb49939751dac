/** Maps from a raw probability to a calibrated one. Each is monotone, kept away from 0 and 1, and plain JSON. */
import { z } from 'zod';
import { argsort, interpolate, isotonicBlocks, logit, sigmoid } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';

const probability = z.number().min(0).max(1);

const ascending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]);

export const calibrationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('identity') }),
  /** logit q = logit p + shift: the ranking and the odds ratios stay, the base rate moves. */
  z.object({ kind: z.literal('intercept'), shift: finite }),
  /** logit q = slope·logit p + intercept (Platt 1999). */
  z.object({ kind: z.literal('sigmoid'), slope: finite.min(0), intercept: finite }),
  /** logit q = a·ln p − b·ln(1−p) + c (Kull, Silva Filho & Flach 2017, equation 6). */
  z.object({ kind: z.literal('beta'), a: finite.min(0), b: finite.min(0), c: finite }),
  /** Straight lines through (p, q), flat beyond the ends. */
  z.object({ kind: z.literal('isotonic'), p: z.array(probability).min(1), q: z.array(probability).min(1) })
    .refine(({ p, q }) => p.length === q.length, 'p and q differ in length')
    .refine(({ p, q }) => ascending(p) && ascending(q), 'p and q must ascend'),
]);
export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibrationKind = Calibration['kind'];

/** Probabilities are kept this far from 0 and 1. */
const EDGE = 1e-9;
const bounded = (p: number): number => Math.min(Math.max(p, EDGE), 1 - EDGE);

/** Calibrated probabilities, one per row, in (0, 1) except for `identity`, which changes nothing. */
export function applyCalibration(map: Calibration, p: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (raw) => {
    if (map.kind === 'identity') return raw;
    const v = bounded(raw);
    if (map.kind === 'intercept') return bounded(sigmoid(logit(v) + map.shift));
    if (map.kind === 'sigmoid') return bounded(sigmoid(map.slope * logit(v) + map.intercept));
    if (map.kind === 'beta') return bounded(sigmoid(map.a * Math.log(v) - map.b * Math.log1p(-v) + map.c));
    return interpolate(map.p, map.q, raw);
  });
}

/**
 * Fits one kind of map on raw probabilities `p`, outcomes `y` in {0, 1} and positive weights (absent: 1 each). No rows give `identity`.
 * With one class the maps move towards it and stay finite, because one half of a row of the other kind is added.
 */
export function fitCalibration(kind: CalibrationKind, p: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): Calibration {
  const n = p.length;
  if (n === 0 || kind === 'identity') return { kind: 'identity' };
  const w = Float64Array.from({ length: n }, (_, i) => weights?.[i] ?? 1);
  let [positive, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    positive += w[i] * y[i];
    total += w[i];
  }
  if (kind === 'isotonic') return fitIsotonic(p, y, w, total);
  // Platt's targets: (n₊+1)/(n₊+2) and 1/(n₋+2), so that separable scores do not end at infinite slopes.
  const high = (positive + 1) / (positive + 2);
  const low = 1 / (total - positive + 2);
  const soft = Float64Array.from({ length: n }, (_, i) => (y[i] === 1 ? high : low));
  const logits = Float64Array.from(p, (v) => logit(bounded(v)));
  if (kind === 'intercept') return { kind, shift: fitOffset(logits, soft, w) };
  if (kind === 'sigmoid') {
    const [slope, intercept] = fitNonNegative([logits], soft, w);
    return { kind, slope, intercept };
  }
  const [a, b, c] = fitNonNegative([Float64Array.from(p, (v) => Math.log(bounded(v))), Float64Array.from(p, (v) => -Math.log1p(-bounded(v)))], soft, w);
  return { kind, a, b, c };
}

function fitIsotonic(p: ArrayLike<number>, y: ArrayLike<number>, w: Float64Array, total: number): Calibration {
  const order = argsort(p);
  const at = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (i) => values[i]);
  const blocks = isotonicBlocks(at(p), at(y), at(w));
  // Half a row of the other kind: an empty lower end is not a promise that it never happens.
  const least = 0.5 / (total + 1);
  return { kind: 'isotonic', p: [...blocks.x], q: [...blocks.y].map((q) => Math.min(Math.max(q, least), 1 - least)) };
}

/** The shift δ with Σ w·(sigmoid(z + δ) − target) = 0, by safeguarded Newton steps. */
function fitOffset(z: Float64Array, target: Float64Array, w: Float64Array): number {
  let [low, high, shift] = [-60, 60, 0];
  for (let step = 0; step < 100; step++) {
    let [slope, curvature] = [0, 0];
    for (let i = 0; i < z.length; i++) {
      const q = sigmoid(z[i] + shift);
      slope += w[i] * (q - target[i]);
      curvature += w[i] * q * (1 - q);
    }
    if (slope > 0) high = shift;
    else low = shift;
    const newton = shift - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - shift) < 1e-12) break;
    shift = next;
  }
  return shift;
}

/**
 * Logistic regression on one or two inputs with slopes ≥ 0: all subsets of inputs are tried, so a slope that would be negative is dropped
 * and the others fitted again. Returns the slopes and then the intercept.
 */
function fitNonNegative(inputs: readonly Float64Array[], target: Float64Array, w: Float64Array): number[] {
  const free = inputs.map(() => true);
  for (;;) {
    const solution = newtonLogistic(inputs.filter((_, k) => free[k]), target, w);
    let next = 0;
    const slopes = inputs.map((_, k) => (free[k] ? solution[next++] : 0));
    const worst = slopes.reduce((least, v, k) => (v < (slopes[least] ?? 0) ? k : least), -1);
    if (worst < 0) return [...slopes, solution[solution.length - 1]];
    free[worst] = false;
  }
}

/** Newton's method with step halving for at most three coefficients; the last is the intercept. A trace of ridge keeps constant inputs solvable. */
function newtonLogistic(inputs: readonly Float64Array[], target: Float64Array, w: Float64Array): number[] {
  const size = inputs.length + 1;
  const ridge = 1e-6;
  const loss = (b: readonly number[]): { value: number; gradient: number[]; hessian: number[][] } => {
    const gradient = b.map((v, k) => (k < size - 1 ? ridge * v : 0));
    const hessian = b.map((_, k) => b.map((__, l) => (k === l ? ridge : 0)));
    let value = b.reduce((sum, v, k) => sum + (k < size - 1 ? 0.5 * ridge * v * v : 0), 0);
    const x = Array.from({ length: size }, () => 1);
    for (let i = 0; i < target.length; i++) {
      let z = b[size - 1];
      for (let k = 0; k < size - 1; k++) {
        x[k] = inputs[k][i];
        z += b[k] * x[k];
      }
      const q = sigmoid(z);
      value += w[i] * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target[i] * z);
      for (let k = 0; k < size; k++) {
        gradient[k] += w[i] * (q - target[i]) * x[k];
        for (let l = 0; l < size; l++) hessian[k][l] += w[i] * q * (1 - q) * x[k] * x[l];
      }
    }
    return { value, gradient, hessian };
  };
  let at = Array.from({ length: size }, () => 0);
  let now = loss(at);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = solveSmall(now.hessian, now.gradient);
    if (Math.max(...step.map(Math.abs)) < 1e-10) break;
    let length = 1;
    let next = at;
    let found = now;
    for (; length > 1e-8; length /= 2) {
      next = at.map((v, k) => v - length * step[k]);
      found = loss(next);
      if (found.value <= now.value + 1e-13 * Math.abs(now.value)) break;
    }
    if (length <= 1e-8) break;
    at = next;
    now = found;
  }
  return at;
}

/** Gauss elimination with partial pivoting; a vanishing pivot gives 0 for its unknown. */
function solveSmall(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const a = matrix.map((line, i) => [...line, right[i]]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) pivot = r;
    [a[c], a[pivot]] = [a[pivot], a[c]];
    if (a[c][c] === 0) continue;
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = a[r][c] / a[c][c];
      for (let k = c; k <= n; k++) a[r][k] -= factor * a[c][k];
    }
  }
  return a.map((line, i) => (line[i] === 0 ? 0 : line[n] / line[i]));
}
