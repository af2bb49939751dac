import { cholesky, choleskySolve } from '../../math/linear.ts';
import { curvatureOver, RIDGE_FLOOR, type CurvatureMemory } from './curvature.ts';
import { everyParameter, type SmoothLoss, type Solution } from './smoothLoss.ts';
import { dot, largest } from './vectors.ts';

const MAX_ITERATIONS = 300;
const MEMORY = 8;
/** The second derivative is taken afresh after so many iterations without convergence. */
const REFRESH = 10;

interface Ridged {
  readonly loss: SmoothLoss;
  readonly ridge: number;
}

/** Iterations without a gain in value after which what is left to move are directions that no row decides. */
const STALLED = 6;

/** Loss + ridge/2·‖terms‖². */
function evaluate({ loss, ridge }: Ridged, at: Float64Array, gradient: Float64Array): number {
  let value = loss.evaluate(at, gradient);
  for (let t = 0; t < loss.penalised; t++) {
    value += 0.5 * ridge * at[t] * at[t];
    gradient[t] += ridge * at[t];
  }
  return value;
}

/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.4) whose starting matrix is the inverse of a true second derivative, from a sample of rows where
 * all would be slow. That makes it converge in about ten passes over the data however correlated the terms are, and the sample cannot change the
 * answer: the gradient is always exact.
 */
export function quasiNewton(loss: SmoothLoss, ridge: number, start: Float64Array, checkpoint: () => void, tolerance: number, memory: CurvatureMemory): Solution {
  const size = loss.size;
  const objective: Ridged = { loss, ridge };
  let at: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(size);
  let value = evaluate(objective, at, gradient);
  let factor: Float64Array | undefined;
  let moves: Float64Array[] = [];
  let changes: Float64Array[] = [];
  let stalled = 0;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    checkpoint();
    if (iteration % REFRESH === 0) {
      if (iteration > 0) memory.last = undefined;
      factor = factorAt(objective, at, memory);
      moves = [];
      changes = [];
    }
    if (factor === undefined) return { parameters: at, iterations: iteration, converged: false };
    const newton = choleskySolve(factor, size, gradient);
    if (largest(newton) <= tolerance * Math.max(1, largest(at))) return { parameters: at, iterations: iteration, converged: true };
    if (stalled >= STALLED && dot(gradient, newton) <= 1e-12 * Math.abs(value)) return { parameters: at, iterations: iteration, converged: true };
    const direction = twoLoop(gradient, moves, changes, factor, size);
    const slope = dot(gradient, direction);
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let length = 1;
    let nextValue = value;
    for (;;) {
      for (let i = 0; i < size; i++) next[i] = at[i] + length * direction[i];
      nextValue = evaluate(objective, next, nextGradient);
      // The last term lets steps pass whose gain is below the rounding of the sum.
      if (nextValue <= value + 1e-4 * length * slope + 1e-13 * Math.abs(value)) break;
      length /= 2;
      if (length < 1e-12) return { parameters: at, iterations: iteration, converged: largest(newton) <= 1e-6 };
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
    stalled = value - nextValue <= 1e-14 * Math.abs(value) ? stalled + 1 : 0;
    at = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return { parameters: at, iterations: MAX_ITERATIONS, converged: false };
}

/** Factor of the second derivative with the penalty on its diagonal: the remembered one, scaled to these rows, or a new one at `at`. */
function factorAt({ loss, ridge }: Ridged, at: Float64Array, memory: CurvatureMemory): Float64Array | undefined {
  const every = everyParameter(loss);
  const { hessian } = curvatureOver(loss, at, every, every, memory);
  const size = loss.size;
  const least = RIDGE_FLOOR * hessian[size * size - 1] + 1e-300;
  for (let t = 0; t < size; t++) hessian[t * size + t] += (t < loss.penalised ? ridge : 0) + least;
  return cholesky(hessian, size);
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
