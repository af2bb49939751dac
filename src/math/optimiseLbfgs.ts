/** Limited-memory BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with a strong-Wolfe line search (3.5 and 3.6). */
import { throwIfCancelled } from '../base/errors.ts';
import type { Objective, OptimiseOptions, OptimiseResult } from './optimise.ts';

const MEMORY = 12;
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function largest(values: Float64Array): number {
  let norm = 0;
  for (const value of values) norm = Math.max(norm, Math.abs(value));
  return norm;
}

interface Point {
  readonly step: number;
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Derivative along the search direction; NaN where the value is not finite. */
  readonly slope: number;
}

/** A point along `direction` that satisfies the strong Wolfe conditions, or the best decrease found, or undefined when there is none. */
function wolfeSearch(evaluate: (step: number) => Point, origin: Point, firstStep: number): Point | undefined {
  let low = origin;
  let high: Point | undefined;
  let best: Point | undefined;
  let step = firstStep;
  for (let i = 0; i < 40; i++) {
    const point = evaluate(step);
    const decreases = point.value <= origin.value + SUFFICIENT_DECREASE * step * origin.slope;
    if (decreases && (best === undefined || point.value < best.value)) best = point;
    if (!decreases || point.value >= low.value) {
      high = point;
    } else {
      if (Math.abs(point.slope) <= -CURVATURE * origin.slope) return point;
      if (point.slope * (step - low.step) >= 0 && (high === undefined || point.slope > 0)) high = low;
      low = point;
    }
    if (high === undefined) {
      step *= 2;
      continue;
    }
    const width = high.step - low.step;
    if (Math.abs(width) < 1e-14 * Math.max(step, 1e-8)) break;
    // Quadratic through low's value and slope and high's value, kept inside the middle 80 % of the interval.
    const denominator = 2 * (high.value - low.value - low.slope * width);
    const guess = Number.isFinite(denominator) && denominator > 0 ? (-low.slope * width * width) / denominator / width : 0.5;
    step = low.step + width * Math.min(0.9, Math.max(0.1, guess));
  }
  return best;
}

/**
 * Minimises `objective` from `start`.
 * Converged: gradient norm under tolerance; or under 1000 × tolerance when no value is left to win (three gains in a row under tolerance).
 */
export function minimiseLbfgs(objective: Objective, start: Float64Array, options: OptimiseOptions = {}): OptimiseResult {
  const { maxIterations = 500, gradientTolerance = 1e-8, valueTolerance = 1e-13, maxStep = Infinity, signal } = options;
  let { inverseHessian } = options;
  const n = start.length;
  let evaluations = 0;
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  const evaluateAt = (x: Float64Array, step: number, direction: Float64Array | undefined): Point => {
    const gradient = new Float64Array(n);
    evaluations++;
    const value = objective(x, gradient);
    const usable = Number.isFinite(value) && gradient.every(Number.isFinite);
    return { step, x, value: usable ? value : Infinity, gradient, slope: usable && direction !== undefined ? dot(gradient, direction) : NaN };
  };
  let current = evaluateAt(Float64Array.from(start), 0, undefined);
  let smallGains = 0;
  let iterations = 0;
  const finish = (converged: boolean): OptimiseResult => ({
    x: current.x, value: current.value, gradientNorm: largest(current.gradient), iterations, evaluations, converged,
  });
  const nearlyStationary = (): boolean => largest(current.gradient) <= 1000 * gradientTolerance;
  if (!Number.isFinite(current.value)) return { ...finish(false), gradientNorm: NaN };
  while (iterations < maxIterations) {
    throwIfCancelled(signal, 'The optimisation');
    if (largest(current.gradient) <= gradientTolerance) return finish(true);
    iterations++;
    const direction = lbfgsDirection(current.gradient, pairs, inverseHessian);
    let slope = dot(direction, current.gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      for (let i = 0; i < n; i++) direction[i] = -current.gradient[i];
      slope = -dot(current.gradient, current.gradient);
    }
    const origin: Point = { ...current, step: 0, slope };
    const firstStep = pairs.length === 0 && inverseHessian === undefined ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const limited = Math.min(firstStep, maxStep / largest(direction));
    const found = wolfeSearch((step) => evaluateAt(origin.x.map((v, i) => v + step * direction[i]), step, direction), origin, limited);
    if (found === undefined) {
      // A guess that leads nowhere is dropped with everything that was learned on top of it.
      if (inverseHessian !== undefined && iterations < maxIterations) {
        inverseHessian = undefined;
        pairs.length = 0;
        continue;
      }
      // Without a decrease even along the steepest descent, rounding decides: nothing is left to win here.
      if (pairs.length === 0) return finish(nearlyStationary());
      pairs.length = 0;
      continue;
    }
    const s = found.x.map((v, i) => v - origin.x[i]);
    const y = found.gradient.map((v, i) => v - origin.gradient[i]);
    const sy = dot(s, y);
    if (sy > 1e-14 * dot(y, y)) {
      pairs.push({ s, y, rho: 1 / sy });
      if (pairs.length > MEMORY) pairs.shift();
    }
    smallGains = origin.value - found.value <= valueTolerance ? smallGains + 1 : 0;
    current = found;
    if (smallGains >= 3) return finish(nearlyStationary());
  }
  return finish(nearlyStationary());
}

/** −H g by the two-loop recursion. */
function lbfgsDirection(gradient: Float64Array, pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[], inverseHessian?: Float64Array): Float64Array {
  const q = gradient.map((v) => -v);
  const alphas: number[] = Array.from({ length: pairs.length }, () => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k];
    alphas[k] = rho * dot(s, q);
    for (let i = 0; i < q.length; i++) q[i] -= alphas[k] * y[i];
  }
  const newest = pairs.at(-1);
  if (inverseHessian !== undefined) {
    const n = q.length;
    q.set(q.map((_, i) => dot(inverseHessian.subarray(i * n, (i + 1) * n), q)));
  } else if (newest !== undefined) {
    const scale = 1 / (newest.rho * dot(newest.y, newest.y));
    for (let i = 0; i < q.length; i++) q[i] *= scale;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k];
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i] += (alphas[k] - beta) * s[i];
  }
  return q;
}
