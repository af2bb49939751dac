/** Minimisation of smooth functions of a few variables: what an objective and an answer are, and the two-optimiser strategy. */
import { minimiseLbfgs } from './optimiseLbfgs.ts';
import { minimiseNelderMead } from './optimiseNelderMead.ts';

/**
 * The function to minimise. Returns the value at `x`; when `gradient` is given it is filled with the derivatives at `x`.
 * A non-finite value means "not allowed here" and is stepped back from.
 */
export type Objective = (x: Float64Array, gradient?: Float64Array) => number;

export interface OptimiseOptions {
  readonly maxIterations?: number;
  /** Largest absolute derivative at which the point counts as stationary. Default 1e-8. */
  readonly gradientTolerance?: number;
  /** Gain in value between two iterations below which nothing is left to win, absolute. Default 1e-13. */
  readonly valueTolerance?: number;
  /** Guess of the inverse Hessian (n × n, row-major, positive definite), from a nearby or coarser problem: quasi-Newton methods then start with Newton's step. */
  readonly inverseHessian?: Float64Array | undefined;
  /** The first try along a direction changes no coordinate by more than this. Default: no limit. */
  readonly maxStep?: number | undefined;
  /** Asked once per iteration; throws `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

export interface OptimiseResult {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute derivative at x; NaN where the method does not know it. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

/** The same objective with central-difference derivatives (2 n evaluations per gradient), step 6e-6 of max(|x|, 1): the cube root of the machine precision. */
export function withNumericGradient(value: (x: Float64Array) => number): Objective {
  return (x, gradient) => {
    if (gradient !== undefined) {
      const at = Float64Array.from(x);
      for (let i = 0; i < x.length; i++) {
        const step = 6e-6 * Math.max(Math.abs(x[i]), 1);
        at[i] = x[i] + step;
        const up = value(at);
        at[i] = x[i] - step;
        const down = value(at);
        at[i] = x[i];
        gradient[i] = (up - down) / (2 * step);
      }
    }
    return value(x);
  };
}

/** Hessian at `x` by central differences of the gradient, symmetrised, row-major. */
export function numericHessian(objective: Objective, x: Float64Array): Float64Array {
  const n = x.length;
  const hessian = new Float64Array(n * n);
  const at = Float64Array.from(x);
  const up = new Float64Array(n);
  const down = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const step = 1e-5 * Math.max(Math.abs(x[i]), 1e-2);
    at[i] = x[i] + step;
    objective(at, up);
    at[i] = x[i] - step;
    objective(at, down);
    at[i] = x[i];
    for (let j = 0; j < n; j++) {
      const second = (up[j] - down[j]) / (4 * step);
      hessian[i * n + j] += second;
      hessian[j * n + i] += second;
    }
  }
  return hessian;
}

export interface FitByTwoOptions extends OptimiseOptions {
  /** When the second optimiser gains less than this in value, a point whose gradient is not quite zero is still an optimum. */
  readonly acceptedGain: number;
}

/**
 * The strategy for likelihoods: L-BFGS from every start, the best point kept. When its gradient has not vanished, Nelder–Mead
 * continues from there (it needs no derivatives and walks along ridges), then L-BFGS polishes. The answer is converged when the gradient vanished,
 * or when the second optimiser, which works in another way, could not gain more than `acceptedGain`.
 */
export function minimiseByTwo(objective: Objective, starts: readonly Float64Array[], options: FitByTwoOptions): OptimiseResult {
  let best: OptimiseResult | undefined;
  let iterations = 0;
  let evaluations = 0;
  const keep = (result: OptimiseResult): void => {
    iterations += result.iterations;
    evaluations += result.evaluations;
    if (Number.isFinite(result.value) && (best === undefined || result.value < best.value)) best = result;
  };
  for (const start of starts) keep(minimiseLbfgs(objective, start, options));
  if (best === undefined) {
    for (const start of starts) keep(minimiseNelderMead(objective, start, options));
    if (best === undefined) return { x: starts[0], value: NaN, gradientNorm: NaN, iterations, evaluations, converged: false };
  }
  let converged = best.converged;
  for (let round = 0; !converged && round < 4; round++) {
    const before: number = best.value;
    keep(minimiseNelderMead(objective, best.x, options));
    keep(minimiseLbfgs(objective, best.x, options));
    converged = best.converged && Number.isFinite(best.gradientNorm) ? true : before - best.value <= options.acceptedGain;
  }
  return { ...best, iterations, evaluations, converged };
}
