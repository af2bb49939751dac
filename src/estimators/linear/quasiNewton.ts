import { choleskySolve } from '../../math/linear.ts';
import { factorOver, sampleStep, type CurvatureMemory } from './curvature.ts';
import type { SmoothLoss, Solution } from './smoothLoss.ts';
import { dot, largest } from './vectors.ts';

/** Second derivatives that may be taken before the search gives up. */
const MAX_RENEWALS = 30;
const MEMORY = 8;
/** Iterations that a second derivative serves at least; where it costs as much as many, it serves as many. */
const LEAST_SERVED = 10;
/** Iterations without a gain in value after which what is left to move are directions that no row decides. */
const STALLED = 6;
/** No step is trusted to leave less than this share of the way. */
const BEST_RATE = 0.1;

interface Ridged {
  readonly loss: SmoothLoss;
  readonly ridge: number;
}

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
  const { size, weight } = loss;
  const objective: Ridged = { loss, ridge };
  let { at, gradient, value } = firstPoint(objective, start, checkpoint, memory);
  let factor: Float64Array | undefined;
  let moves: Float64Array[] = [];
  let changes: Float64Array[] = [];
  let stalled = 0;
  let before = 0;
  const served = iterationsServed(loss);
  for (let iteration = 0; iteration < MAX_RENEWALS * served; iteration++) {
    checkpoint();
    if (iteration % served === 0) {
      if (iteration > 0) memory.last = undefined;
      factor = factorOver(loss, at, ridge / weight, memory);
      moves = [];
      changes = [];
    }
    if (factor === undefined) return { parameters: at, iterations: iteration, converged: false };
    const newton = solve(factor, weight, gradient);
    const left = largest(newton);
    const enough = tolerance * Math.max(1, largest(at));
    if (left <= enough) return { parameters: at, iterations: iteration, converged: true };
    if (stalled >= STALLED && dot(gradient, newton) <= 1e-12 * Math.abs(value)) return { parameters: at, iterations: iteration, converged: true };
    const direction = twoLoop(gradient, moves, changes, factor, weight);
    // The last step is taken without looking where steps shrink so fast that it cannot leave more than the tolerance.
    if (left * Math.max(BEST_RATE, left / before) <= enough) return { parameters: at.map((v, i) => v + direction[i]), iterations: iteration + 1, converged: true };
    before = left;
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
      if (length < 1e-12) return { parameters: at, iterations: iteration, converged: left <= 1e-6 };
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
  return { parameters: at, iterations: MAX_RENEWALS * served, converged: false };
}

/** A search begins on a sample of the rows where it is this small a part of them. */
const LEAST_STEP = 3;
/** Its tolerance; a sample tells the optimum no better. */
const SAMPLE_TOLERANCE = 1e-2;

interface Point {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

function pointAt(objective: Ridged, at: Float64Array): Point {
  const gradient = new Float64Array(at.length);
  return { at, gradient, value: evaluate(objective, at, gradient) };
}

/** `start`, or where there are many rows the optimum of a sample of them, which is most of the way for a fraction of a pass; unless it is worse for all than `start` is for the sample. */
function firstPoint({ loss, ridge }: Ridged, start: Float64Array, checkpoint: () => void, memory: CurvatureMemory): Point {
  const step = sampleStep(loss, loss.size);
  const sample = memory.last === undefined && step >= LEAST_STEP ? loss.sample?.(step) : undefined;
  if (sample !== undefined) {
    const { parameters, converged } = quasiNewton(sample, ridge, start, checkpoint, SAMPLE_TOLERANCE, { last: undefined });
    const point = converged ? pointAt({ loss, ridge }, parameters) : undefined;
    if (point !== undefined && point.value <= pointAt({ loss: sample, ridge }, start).value) return point;
  }
  return pointAt({ loss, ridge }, Float64Array.from(start));
}

/** So many iterations cost as much as a second derivative and its factor. */
function iterationsServed(loss: SmoothLoss): number {
  const { rows, size } = loss;
  const renewal = (rows / sampleStep(loss, size)) * size * size * 0.5 + size ** 3 / 6;
  return Math.max(LEAST_SERVED, Math.round(renewal / (2 * rows * size + 4 * size * size)));
}

/** H⁻¹ v from the factor of H ÷ weight. */
function solve(factor: Float64Array, weight: number, v: Float64Array): Float64Array {
  return choleskySolve(factor, v.length, v).map((one) => one / weight);
}

function twoLoop(gradient: Float64Array, moves: readonly Float64Array[], changes: readonly Float64Array[], factor: Float64Array, weight: number): Float64Array {
  const size = gradient.length;
  const q = gradient.map((v) => -v);
  const alphas: number[] = [];
  for (let k = moves.length - 1; k >= 0; k--) {
    const alpha = dot(moves[k], q) / dot(moves[k], changes[k]);
    alphas[k] = alpha;
    for (let i = 0; i < size; i++) q[i] -= alpha * changes[k][i];
  }
  const direction = solve(factor, weight, q);
  for (let k = 0; k < moves.length; k++) {
    const beta = dot(changes[k], direction) / dot(moves[k], changes[k]);
    for (let i = 0; i < size; i++) direction[i] += moves[k][i] * (alphas[k] - beta);
  }
  return direction;
}
