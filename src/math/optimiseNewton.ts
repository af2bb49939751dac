/** Newton's method with line search for smooth functions of a few variables whose second derivatives are known (Nocedal & Wright 2006, algorithm 3.2). */
import { throwIfCancelled } from '../base/errors.ts';
import { cholesky, choleskySolve } from './linear.ts';
import type { OptimiseOptions, OptimiseResult } from './optimise.ts';

/** An objective that also fills `hessian` (n × n, row-major, symmetric) when it is given. */
export type CurvedObjective = (x: Float64Array, gradient?: Float64Array, hessian?: Float64Array) => number;

export interface NewtonOptions extends OptimiseOptions {
  /** Converged only where Newton's step would change no coordinate by more; that last step is taken without looking, for its error is its square. Default: no limit, and the step is not taken. */
  readonly stepTolerance?: number;
}

export interface NewtonResult extends OptimiseResult {
  /** Second derivatives at x; not positive definite at a saddle, which is then not an answer. */
  readonly hessian: Float64Array;
}

/** For mean losses whose optimum is wanted to ten digits. */
export const EXACT_NEWTON: NewtonOptions = { gradientTolerance: 1e-9, stepTolerance: 1e-6 };

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 30;
/** Promised gains below this share of the value drown in its rounding. */
const ROUNDING = 1e-13;

function largest(values: Float64Array): number {
  let norm = 0;
  for (let i = 0; i < values.length; i++) norm = Math.max(norm, Math.abs(values[i]));
  return norm;
}

/** −(H + λ I)⁻¹ g with the smallest tried λ ≥ 0 that makes the matrix positive definite: 0 near a minimum. */
function direction({ gradient, hessian }: Point): { readonly step: Float64Array; readonly damped: boolean } {
  const n = gradient.length;
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(hessian[i * n + i]));
  const shifted = Float64Array.from(hessian);
  for (let shift = 0; ; shift = shift === 0 ? 1e-3 * scale || 1 : 4 * shift) {
    for (let i = 0; i < n; i++) shifted[i * n + i] = hessian[i * n + i] + shift;
    const lower = cholesky(shifted, n);
    if (lower !== undefined) return { step: choleskySolve(lower, n, gradient).map((value) => -value), damped: shift > 0 };
  }
}

/**
 * Minimises `objective` from `start`. Converged: gradient norm under tolerance at a point where the Hessian is positive definite; or under 1000 × tolerance where rounding
 * leaves nothing to win. Needs about five evaluations from a good start.
 */
export function minimiseNewton(objective: CurvedObjective, start: Float64Array, options: NewtonOptions = {}): NewtonResult {
  const { maxIterations = 100, gradientTolerance = 1e-8, stepTolerance = Infinity, maxStep = Infinity, signal } = options;
  const n = start.length;
  let evaluations = 0;
  const evaluate = (x: Float64Array): Point => {
    const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)];
    evaluations++;
    const value = objective(x, gradient, hessian);
    return { x, value: Number.isFinite(value) && gradient.every(Number.isFinite) && hessian.every(Number.isFinite) ? value : Infinity, gradient, hessian };
  };
  let at = evaluate(Float64Array.from(start));
  let iterations = 0;
  const finish = (tolerance: number): NewtonResult => {
    const gradientNorm = Number.isFinite(at.value) ? largest(at.gradient) : NaN;
    return { ...at, gradientNorm, iterations, evaluations, converged: gradientNorm <= tolerance && cholesky(at.hessian, n) !== undefined };
  };
  if (!Number.isFinite(at.value)) return finish(0);
  for (; iterations < maxIterations; iterations++) {
    throwIfCancelled(signal, 'The optimisation');
    const { step, damped } = direction(at);
    const norm = largest(at.gradient);
    const length = largest(step);
    if (norm <= gradientTolerance && length <= stepTolerance && !damped) {
      const found = finish(gradientTolerance);
      return stepTolerance === Infinity ? found : { ...found, x: at.x.map((value, i) => value + step[i]) };
    }
    let slope = 0;
    for (let i = 0; i < n; i++) slope += at.gradient[i] * step[i];
    const negligible = -slope <= ROUNDING * (1 + Math.abs(at.value));
    let share = Math.min(1, maxStep / length);
    let next: Point | undefined;
    for (let halving = 0; halving < MOST_HALVINGS && share > 0; halving++, share /= 2) {
      const candidate = evaluate(at.x.map((value, i) => value + share * step[i]));
      if (candidate.value <= at.value + SUFFICIENT_DECREASE * share * slope || (negligible && largest(candidate.gradient) < norm)) {
        next = candidate;
        break;
      }
      if (negligible) break;
    }
    if (next === undefined) return finish(1000 * gradientTolerance);
    at = next;
  }
  return finish(gradientTolerance);
}
