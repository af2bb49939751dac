/** Profile likelihood: intervals that follow the likelihood's own shape, where standard errors pretend it is a parabola. */
import type { Objective } from './optimise.ts';
import { minimiseByTwo } from './optimise.ts';
import { normalQuantile } from './specialNormal.ts';

export interface ProfileOptions {
  /** Confidence level in (0, 1). Default 0.95. */
  readonly level?: number;
  /** First guess of the half width: about two standard errors. */
  readonly step: number;
  /** How far from the optimum to look; an end beyond it is open. */
  readonly limit: number;
  /** Asked between inner optimisations; throws `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

/** The objective with coordinate `index` held at `at`. */
function held(objective: Objective, index: number, at: number): Objective {
  return (rest, gradient) => {
    const n = rest.length + 1;
    const full = Float64Array.from({ length: n }, (_, i) => (i < index ? rest[i] : i === index ? at : rest[i - 1]));
    if (gradient === undefined) return objective(full);
    const slope = new Float64Array(n);
    const value = objective(full, slope);
    for (let i = 0; i < n - 1; i++) gradient[i] = slope[i < index ? i : i + 1];
    return value;
  };
}

/**
 * The interval of coordinate `index` in which twice the rise of `objective` (a negative log-likelihood, total and not mean) over its minimum stays below the χ² quantile,
 * the other coordinates being optimised at every point (Venzon & Moolgavkar 1988). The signed root of the rise is nearly linear in the coordinate, so a
 * secant finds each end in a few inner optimisations, each starting from the one before.
 * @param optimum a minimum of the objective. @returns the ends as values of the coordinate; ∓Infinity where the likelihood does not fall enough within `limit`.
 */
export function profileInterval(objective: Objective, optimum: Float64Array, index: number, { level = 0.95, step, limit, signal }: ProfileOptions): { readonly low: number; readonly high: number } {
  const least = objective(optimum);
  const target = normalQuantile((1 + level) / 2);
  const end = (direction: -1 | 1): number => {
    let rest = Float64Array.from(optimum).filter((_, i) => i !== index);
    const rootAt = (distance: number): number => {
      const found = minimiseByTwo(held(objective, index, optimum[index] + direction * distance), [rest], {
        gradientTolerance: 1e-6 * Math.max(1, Math.abs(least)), valueTolerance: 1e-10 * Math.max(1, Math.abs(least)), acceptedGain: 1e-6, signal,
      });
      if (!Number.isFinite(found.value)) return Infinity;
      rest = Float64Array.from(found.x);
      return Math.sqrt(Math.max(0, 2 * (found.value - least)));
    };
    let [inside, insideRoot] = [0, 0];
    let [outside, outsideRoot] = [Math.min(step, limit), NaN];
    for (;;) {
      outsideRoot = rootAt(outside);
      if (outsideRoot >= target) break;
      if (outside >= limit) return direction * Infinity;
      [inside, insideRoot] = [outside, outsideRoot];
      outside = Math.min(limit, outside * 2);
    }
    for (let i = 0; i < 40 && outside - inside > 1e-6 * outside; i++) {
      const share = Number.isFinite(outsideRoot) ? (target - insideRoot) / (outsideRoot - insideRoot) : 0.5;
      const middle = inside + (outside - inside) * Math.min(0.95, Math.max(0.05, share));
      const root = rootAt(middle);
      if (Math.abs(root - target) < 1e-5) return optimum[index] + direction * middle;
      if (root < target) [inside, insideRoot] = [middle, root];
      else [outside, outsideRoot] = [middle, root];
    }
    return optimum[index] + (direction * (inside + outside)) / 2;
  };
  return { low: end(-1), high: end(1) };
}
