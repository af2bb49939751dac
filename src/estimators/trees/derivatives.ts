/**
 * Derivatives of the rows of one tree's sample on grids of powers of two, so that every sum of them is exact: no order of rows, and no way of
 * getting a histogram (counted or subtracted), can change a digit.
 *
 * Two grids. Splits are found on a coarse one, gradient and second derivative packed into one double, h·2²⁶ + g: one addition adds up both, and
 * with |Σg| < 2²⁵ and Σh < 2²⁶ they come apart again. Leaf values are worked out on a fine one.
 */
import type { Objective } from './objective.ts';

/** One entry per row of the matrix; only those of the sample mean something. */
export interface RowDerivatives {
  /** h·2²⁶ + g in steps of the coarse grids, times the weight. */
  readonly packed: Float64Array;
  /** Weighted derivatives on the fine grid. */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Steps per unit on the coarse grids, and the least and most steps of second derivative per unit of weight. */
export interface CoarseGrid {
  readonly gradient: number;
  readonly hessian: number;
  readonly leastHessian: number;
  readonly mostHessian: number;
}

export const PACK = 2 ** 26;
export const UNPACK = 2 ** -26;

/** Σh of a packed sum, in steps; Σg is what is left, sum − Σh·2²⁶. */
export const packedHessian = (sum: number): number => Math.floor(sum * UNPACK + 0.5);

/** With more weight than this in all, weights are multiplied in before rounding, not after; see {@link packDerivatives}. */
const MOST_WHOLE_WEIGHT = 2 ** 22;

/**
 * Writes the derivatives at the rows `rows[0 … count)`. With `whole` weights the rounded derivative is multiplied by the weight, so weight 2 is
 * exactly the row twice.
 */
export function packDerivatives(objective: Objective, y: Float64Array, scores: Float64Array, weights: Float64Array, whole: boolean, rows: Int32Array, count: number, out: RowDerivatives): CoarseGrid {
  const { packed, gradients, hessians } = out;
  objective.write(y, scores, rows, count, gradients, hessians);
  let mostG = 0;
  let mostH = 0;
  let sumG = 0;
  let sumH = 0;
  let sumW = 0;
  for (let k = 0; k < count; k++) {
    const i = rows[k];
    const w = weights[i];
    const g = Math.abs(gradients[i]);
    const h = hessians[i];
    if (g > mostG) mostG = g;
    if (h > mostH) mostH = h;
    sumG += w * g;
    sumH += w * h;
    sumW += w;
  }
  const after = whole && sumW <= MOST_WHOLE_WEIGHT;
  // Rounding moves each row (or unit of weight) by half a step at most.
  const slack = after ? sumW : count;
  const coarseG = powerBelow((PACK / 2 - slack) / sumG);
  const coarseH = powerBelow((PACK - 2 * slack) / sumH);
  const fineG = powerBelow(2 ** 50 / (mostG * sumW));
  const fineH = powerBelow(2 ** 50 / (mostH * sumW));
  const [stepG, stepH] = [1 / fineG, 1 / fineH];
  let leastHessian = Infinity;
  let mostHessian = 0;
  for (let k = 0; k < count; k++) {
    const i = rows[k];
    const w = weights[i];
    const inside = after ? 1 : w;
    const outside = after ? w : 1;
    const g = gradients[i] * inside;
    const h = hessians[i] * inside;
    // At least one step, so that a bin with rows in it never looks empty. Rounded by floor(x + ½), which is one instruction.
    const steps = Math.max(1, Math.floor(h * coarseH + 0.5));
    packed[i] = (steps * PACK + Math.floor(g * coarseG + 0.5)) * outside;
    gradients[i] = Math.floor(g * fineG + 0.5) * stepG * outside;
    hessians[i] = Math.floor(h * fineH + 0.5) * stepH * outside;
    const perWeight = steps / inside;
    if (perWeight < leastHessian) leastHessian = perWeight;
    if (perWeight > mostHessian) mostHessian = perWeight;
  }
  return { gradient: coarseG, hessian: coarseH, leastHessian, mostHessian };
}

/** The largest power of two that is at most `limit`, within what doubles hold well. */
function powerBelow(limit: number): number {
  return 2 ** Math.max(-500, Math.min(60, Math.floor(Math.log2(limit))));
}
