import { cholesky, choleskySolve } from '../../math/linear.ts';

/** Passes over the coordinates of one model: beyond them rounding moves them, or a new model is worth more. */
const MAX_SWEEPS = 500;
/** Passes over those that are not zero before all are asked again. */
const INNER = 20;
/** A model is solved until coordinates move by less than this share of its first pass: the model itself is renewed at the next step. */
const SETTLED = 1e-3;

interface Model {
  readonly ridge: number;
  readonly lasso: number;
  readonly penalised: number;
  readonly tolerance: number;
}

/**
 * Minimum over b, moving the parameters `over` alone, of gᵀ(b − a) + ½(b − a)ᵀ(H + ridge)(b − a) + lasso·‖b‖₁; intercepts without ridge and L1 part. Coordinates one by one, and where they
 * hold each other up, which a few heavy rows make them do, those that are not zero together (Nocedal & Wright 2006, section 16.5, on the signs they have).
 */
export function coordinateDescent(hessian: Float64Array, over: Int32Array, gradient: Float64Array, from: Float64Array, model: Model): Float64Array {
  const n = over.length;
  const b = Float64Array.from(over, (t) => from[t]);
  // Slope of the quadratic part at b, kept up to date as coordinates move.
  const slope = Float64Array.from(over, (t) => gradient[t]);
  const least = 1e-12 * hessian[n * n - 1] + 1e-300;
  const extra = Float64Array.from(over, (t) => (t < model.penalised ? model.ridge : 0) + least);
  const change = (k: number, by: number): void => {
    const row = k * n;
    for (let s = 0; s < n; s++) slope[s] += by * hessian[row + s];
    slope[k] += by * extra[k];
  };
  const move = (k: number): number => {
    const curvature = hessian[k * n + k] + extra[k];
    const free = b[k] - slope[k] / curvature;
    const next = over[k] < model.penalised ? Math.sign(free) * Math.max(Math.abs(free) - model.lasso / curvature, 0) : free;
    const by = next - b[k];
    if (by === 0) return 0;
    b[k] = next;
    change(k, by);
    return Math.abs(by);
  };
  /** The minimum over those that are not zero with the signs they have, or as far towards it as the first of them to become zero. */
  const moveTogether = (): void => {
    const free = Int32Array.from(over.keys()).filter((k) => over[k] >= model.penalised || b[k] !== 0);
    const m = free.length;
    const matrix = new Float64Array(m * m);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) matrix[i * m + j] = hessian[free[i] * n + free[j]];
      matrix[i * m + i] += extra[free[i]];
    }
    const lower = cholesky(matrix, m);
    if (lower === undefined) return;
    const direction = choleskySolve(lower, m, Float64Array.from(free, (k) => -slope[k] - (over[k] < model.penalised ? model.lasso * Math.sign(b[k]) : 0)));
    let share = 1;
    let first = -1;
    for (let i = 0; i < m; i++) {
      const k = free[i];
      if (over[k] >= model.penalised || direction[i] * b[k] >= 0) continue;
      const reach = -b[k] / direction[i];
      if (reach < share) [share, first] = [reach, i];
    }
    for (let i = 0; i < m; i++) {
      const by = i === first ? -b[free[i]] : share * direction[i];
      b[free[i]] += by;
      change(free[i], by);
    }
  };
  let enough = 0;
  let sweeps = 0;
  while (sweeps < MAX_SWEEPS) {
    let moved = 0;
    for (let k = 0; k < n; k++) moved = Math.max(moved, move(k));
    if (sweeps++ === 0) enough = Math.max(model.tolerance / 10, SETTLED * moved);
    if (moved <= enough) break;
    let most = Infinity;
    for (let inner = 0; inner < INNER && most > enough; inner++, sweeps++) {
      most = 0;
      for (let k = 0; k < n; k++) if (b[k] !== 0) most = Math.max(most, move(k));
    }
    if (most > enough) moveTogether();
  }
  const result = Float64Array.from(from);
  over.forEach((t, k) => { result[t] = b[k]; });
  return result;
}
