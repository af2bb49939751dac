import { choleskyFactor, choleskySolve } from './cholesky.ts';
import { lossHessian, penalisedLoss, type GlmData } from './glmObjective.ts';

/** λ of the whole objective Σ w·loss + λ·[(1−α)/2·‖β‖² + α·‖β‖₁]: scikit-learn's C is 1/λ. α is `l1Ratio`. */
export interface Penalty {
  readonly lambda: number;
  readonly l1Ratio: number;
}

export interface Solution {
  /** Terms, then the intercept. */
  readonly coefficients: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * The last second derivative of the unpenalised loss, handed from one fit to the next: fits along a path of penalties, or on a little more data, start
 * from it. It decides how fast they converge, never where to. `weight` is that of the rows it stands for.
 */
export interface CurvatureMemory {
  last: { readonly hessian: Float64Array; readonly weight: number } | undefined;
}

export interface SolverOptions {
  /** Stop when the Newton step would move no coefficient by more than this (relative to 1 or the largest coefficient). */
  readonly tolerance?: number;
  readonly memory?: CurvatureMemory;
}

const TOLERANCE = 1e-9;
const MAX_ITERATIONS = 300;
const MEMORY = 8;
/** The second derivative is taken afresh after so many iterations without convergence. */
const REFRESH = 10;
/** Work (rows × terms²) that one second derivative may cost before rows are left out of it. */
const HESSIAN_WORK = 3e8;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};
const largest = (a: Float64Array): number => a.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** Minimises the penalised loss from `start`. `checkpoint` runs once per iteration and may throw to stop. */
export function solveGlm(data: GlmData, penalty: Penalty, start: Float64Array, checkpoint: () => void, options: SolverOptions = {}): Solution {
  const tolerance = options.tolerance ?? TOLERANCE;
  if (penalty.l1Ratio > 0) return proximalNewton(data, penalty, start, checkpoint, tolerance);
  return preconditionedQuasiNewton(data, penalty.lambda, start, checkpoint, tolerance, options.memory ?? { last: undefined });
}

/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.4) whose starting matrix is the inverse of a true second derivative, from a sample of rows where
 * all would be slow. That makes it converge in about ten passes over the data however correlated the terms are, and the sample cannot change the
 * answer: the gradient is always exact.
 */
function preconditionedQuasiNewton(data: GlmData, lambda: number, start: Float64Array, checkpoint: () => void, tolerance: number, memory: CurvatureMemory): Solution {
  const size = data.terms + 1;
  let at: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(size);
  let loss = penalisedLoss(data, at, lambda, gradient);
  let factor: Float64Array | undefined;
  let moves: Float64Array[] = [];
  let changes: Float64Array[] = [];
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    checkpoint();
    if (iteration % REFRESH === 0) {
      if (iteration > 0) memory.last = undefined;
      factor = factorAt(data, at, lambda, memory);
      moves = [];
      changes = [];
    }
    if (factor === undefined) return { coefficients: at, iterations: iteration, converged: false };
    const newton = choleskySolve(factor, size, gradient);
    if (largest(newton) <= tolerance * Math.max(1, largest(at))) return { coefficients: at, iterations: iteration, converged: true };
    const direction = twoLoop(gradient, moves, changes, factor, size);
    const slope = dot(gradient, direction);
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let length = 1;
    let nextLoss = loss;
    for (;;) {
      for (let i = 0; i < size; i++) next[i] = at[i] + length * direction[i];
      nextLoss = penalisedLoss(data, next, lambda, nextGradient);
      // The last term lets steps pass whose gain is below the rounding of the sum.
      if (nextLoss <= loss + 1e-4 * length * slope + 1e-13 * Math.abs(loss)) break;
      length /= 2;
      if (length < 1e-12) return { coefficients: at, iterations: iteration, converged: largest(newton) <= 1e-6 };
    }
    const move = next.map((v, i) => v - at[i]);
    const change = nextGradient.map((v, i) => v - gradient[i]);
    if (dot(move, change) > 0) {
      moves.push(move);
      changes.push(change);
      if (moves.length > MEMORY) {
        moves.shift();
        changes.shift();
      }
    }
    at = next;
    gradient = nextGradient;
    loss = nextLoss;
  }
  return { coefficients: at, iterations: MAX_ITERATIONS, converged: false };
}

/** Factor of the second derivative with the penalty on its diagonal: the remembered one, scaled to these rows, or a new one at `at`. */
function factorAt(data: GlmData, at: Float64Array, lambda: number, memory: CurvatureMemory): Float64Array | undefined {
  const size = data.terms + 1;
  let weight = 0;
  for (let i = 0; i < data.rows; i++) weight += data.weights[i];
  const step = Math.max(1, Math.floor((data.rows * size * size) / HESSIAN_WORK));
  memory.last ??= { hessian: lossHessian(data, at, step), weight };
  const scale = weight / memory.last.weight;
  const hessian = memory.last.hessian.map((v) => v * scale);
  const least = 1e-10 * hessian[size * size - 1] + 1e-300;
  for (let t = 0; t < size; t++) hessian[t * size + t] += (t < data.terms ? lambda : 0) + least;
  return choleskyFactor(hessian, size);
}

function twoLoop(gradient: Float64Array, moves: readonly Float64Array[], changes: readonly Float64Array[], factor: Float64Array, size: number): Float64Array {
  const q = gradient.map((v) => -v);
  const alphas: number[] = [];
  for (let k = moves.length - 1; k >= 0; k--) {
    const alpha = dot(moves[k], q) / dot(moves[k], changes[k]);
    alphas[k] = alpha;
    for (let i = 0; i < size; i++) q[i] -= alpha * changes[k][i];
  }
  const direction = choleskySolve(factor, size, q);
  for (let k = 0; k < moves.length; k++) {
    const beta = dot(changes[k], direction) / dot(moves[k], changes[k]);
    for (let i = 0; i < size; i++) direction[i] += moves[k][i] * (alphas[k] - beta);
  }
  return direction;
}

/**
 * Proximal Newton with coordinate descent on the quadratic model (Friedman, Hastie & Tibshirani 2010): exact zeros where the L1 part wins.
 */
function proximalNewton(data: GlmData, { lambda, l1Ratio }: Penalty, start: Float64Array, checkpoint: () => void, tolerance: number): Solution {
  const size = data.terms + 1;
  const ridge = lambda * (1 - l1Ratio);
  const lasso = lambda * l1Ratio;
  const absolute = (b: Float64Array): number => b.subarray(0, data.terms).reduce((sum, v) => sum + Math.abs(v), 0);
  let at: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(size);
  let loss = penalisedLoss(data, at, ridge, gradient) + lasso * absolute(at);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    checkpoint();
    const hessian = lossHessian(data, at, 1);
    for (let t = 0; t < data.terms; t++) hessian[t * size + t] += ridge;
    for (let t = 0; t < size; t++) hessian[t * size + t] += 1e-12 * hessian[size * size - 1] + 1e-300;
    const target = coordinateDescent(hessian, gradient, at, lasso, size);
    const direction = target.map((v, i) => v - at[i]);
    if (largest(direction) <= tolerance * Math.max(1, largest(at))) return { coefficients: target, iterations: iteration, converged: true };
    const expected = dot(gradient, direction) + lasso * (absolute(target) - absolute(at));
    let length = 1;
    for (;;) {
      const next = at.map((v, i) => v + length * direction[i]);
      const nextGradient = new Float64Array(size);
      const nextLoss = penalisedLoss(data, next, ridge, nextGradient) + lasso * absolute(next);
      if (nextLoss <= loss + 1e-4 * length * expected + 1e-13 * Math.abs(loss)) {
        at = length === 1 ? target : next;
        gradient = nextGradient;
        loss = nextLoss;
        break;
      }
      length /= 2;
      if (length < 1e-12) return { coefficients: at, iterations: iteration, converged: largest(direction) <= 1e-6 };
    }
  }
  return { coefficients: at, iterations: MAX_ITERATIONS, converged: false };
}

/** Minimum over b of gᵀ(b − a) + ½(b − a)ᵀH(b − a) + lasso·‖b‖₁, the last coordinate (intercept) without the L1 part. */
function coordinateDescent(hessian: Float64Array, gradient: Float64Array, from: Float64Array, lasso: number, size: number): Float64Array {
  const b = Float64Array.from(from);
  // slope = gradient of the quadratic part at b, kept up to date as coordinates move.
  const slope = Float64Array.from(gradient);
  for (let sweep = 0; sweep < 1000; sweep++) {
    let moved = 0;
    for (let t = 0; t < size; t++) {
      const curvature = hessian[t * size + t];
      const free = b[t] - slope[t] / curvature;
      const threshold = t === size - 1 ? 0 : lasso / curvature;
      const next = Math.sign(free) * Math.max(Math.abs(free) - threshold, 0);
      const change = next - b[t];
      if (change === 0) continue;
      b[t] = next;
      for (let s = 0; s < size; s++) slope[s] += change * hessian[t * size + s];
      moved = Math.max(moved, Math.abs(change));
    }
    if (moved <= TOLERANCE / 10) break;
  }
  return b;
}
