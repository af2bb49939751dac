/** Minimises a smooth convex loss with an elastic-net penalty: quasi-Newton for ridge, proximal Newton where there is an L1 part. */
import { RIDGE_FLOOR, type CurvatureMemory } from './curvature.ts';
import { proximalNewton } from './proximalNewton.ts';
import { quasiNewton } from './quasiNewton.ts';
import type { SmoothLoss, Solution } from './smoothLoss.ts';

/** λ of the whole objective Σ w·loss + λ·[(1−α)/2·‖β‖² + α·‖β‖₁]: scikit-learn's C is 1/λ, its alpha and glmnet's λ are λ/Σw. α is `l1Ratio`. */
export interface Penalty {
  readonly lambda: number;
  readonly l1Ratio: number;
}

export interface SolverOptions {
  /** Stop when the Newton step would move no parameter by more than this (relative to 1 or the largest). Default 1e-9. */
  readonly tolerance?: number;
  readonly memory?: CurvatureMemory;
}

/** Minimises the penalised loss from `start`. `checkpoint` runs once per iteration and may throw to stop. */
export function solveGlm(loss: SmoothLoss, penalty: Penalty, start: Float64Array, checkpoint: () => void, options: SolverOptions = {}): Solution {
  const tolerance = options.tolerance ?? 1e-9;
  const memory = options.memory ?? { last: undefined };
  const lasso = penalty.lambda * penalty.l1Ratio;
  // An L1 part bounds the terms by itself, and a least ridge under it would only have repeated columns share their coefficient at a snail's pace.
  const ridge = Math.max(penalty.lambda * (1 - penalty.l1Ratio), lasso > 0 ? 0 : RIDGE_FLOOR * loss.weight);
  const narrow = lasso > 0 ? undefined : loss.narrow?.();
  if (narrow !== undefined) {
    const { design } = narrow;
    if (memory.narrow?.design !== design) memory.narrow = { design, memory: { last: undefined } };
    const solution = quasiNewton(narrow.loss, ridge, design.shrink(start), checkpoint, tolerance, memory.narrow.memory);
    return { ...solution, parameters: design.widen(solution.parameters) };
  }
  return lasso > 0 ? proximalNewton(loss, ridge, lasso, start, checkpoint, tolerance, memory) : quasiNewton(loss, ridge, start, checkpoint, tolerance, memory);
}
