import { coordinateDescent } from './coordinateDescent.ts';
import { curvatureOver, type CurvatureMemory } from './curvature.ts';
import { everyParameter, type SmoothLoss, type Solution } from './smoothLoss.ts';
import { dot, largest } from './vectors.ts';

const MAX_ITERATIONS = 300;
/** A step that is not shorter than this times the one before says that the remembered second derivative has become too wrong. */
const SLOW = 0.25;
/** Iterations without a gain in value that end the search. */
const STALLED = 6;
/** Up to so many parameters it covers all: one second derivative then serves a whole path. */
const ALL = 128;
/** So many terms may join a step at least. */
const FEW = 32;

/**
 * Proximal Newton with coordinate descent on the quadratic model (Friedman, Hastie & Tibshirani 2010): exact zeros where the L1 part wins. Only terms
 * that are not zero, or whose slope exceeds the L1 part, take part in a step; the slopes of all terms are exact at every step, so none is left out by
 * mistake. The second derivative is kept from step to step, and from penalty to penalty, until steps stop shrinking fast.
 */
export function proximalNewton(loss: SmoothLoss, ridge: number, lasso: number, start: Float64Array, checkpoint: () => void, tolerance: number, memory: CurvatureMemory): Solution {
  const { size, penalised } = loss;
  const evaluate = (at: Float64Array, gradient: Float64Array): number => {
    let value = loss.evaluate(at, gradient);
    for (let t = 0; t < penalised; t++) {
      value += 0.5 * ridge * at[t] * at[t] + lasso * Math.abs(at[t]);
      gradient[t] += ridge * at[t];
    }
    return value;
  };
  const absolute = (b: Float64Array): number => b.subarray(0, penalised).reduce((sum, v) => sum + Math.abs(v), 0);
  let at: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(size);
  let value = evaluate(at, gradient);
  let before = Infinity;
  let stalled = 0;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    checkpoint();
    const { working, whole } = workingSet(at, gradient, penalised, lasso);
    const { hessian, over } = curvatureOver(loss, at, working, size <= ALL ? everyParameter(loss) : working, memory);
    const target = coordinateDescent(hessian, over, gradient, at, { ridge, lasso, penalised, tolerance });
    const direction = target.map((v, i) => v - at[i]);
    const step = largest(direction);
    if (whole && step <= tolerance * Math.max(1, largest(at))) return { parameters: target, iterations: iteration, converged: true };
    // What is left to move are directions that no row decides.
    if (whole && stalled >= STALLED) return { parameters: at, iterations: iteration, converged: true };
    if (step > SLOW * before) memory.last = undefined;
    before = step;
    const expected = dot(gradient, direction) + lasso * (absolute(target) - absolute(at));
    let length = 1;
    for (;;) {
      const next = length === 1 ? target : at.map((v, i) => v + length * direction[i]);
      const nextGradient = new Float64Array(size);
      const nextValue = evaluate(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * expected + 1e-13 * Math.abs(value)) {
        stalled = value - nextValue <= 1e-14 * Math.abs(value) ? stalled + 1 : 0;
        at = next;
        gradient = nextGradient;
        value = nextValue;
        break;
      }
      memory.last = undefined;
      length /= 2;
      if (length < 1e-12) return { parameters: at, iterations: iteration, converged: step <= 1e-6 };
    }
  }
  return { parameters: at, iterations: MAX_ITERATIONS, converged: false };
}

/**
 * The terms of a step: those that are not zero, and of those whose slope exceeds the L1 part the steepest, as many again at most, so that second derivatives stay small while it is not yet known which terms count
 * (working sets that double: Massias, Gramfort & Salmon 2018, section 3). `whole`: none that wants to move was left out.
 */
function workingSet(at: Float64Array, gradient: Float64Array, penalised: number, lasso: number): { readonly working: Int32Array; readonly whole: boolean } {
  const kept: number[] = [];
  const moving: number[] = [];
  for (let t = 0; t < at.length; t++) {
    if (t >= penalised || at[t] !== 0) kept.push(t);
    else if (Math.abs(gradient[t]) > lasso) moving.push(t);
  }
  const room = Math.max(FEW, kept.length);
  const whole = moving.length <= room;
  if (!whole) moving.sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]) || a - b);
  return { working: Int32Array.from([...kept, ...moving.slice(0, room)]).sort(), whole };
}
