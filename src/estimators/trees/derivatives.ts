/**
 * Derivatives of the rows of one tree's sample on grids of powers of two, so that every sum of them is exact: no order of rows, and no way of
 * getting a histogram (counted or subtracted), can change a digit.
 *
 * Two grids. Splits are found on a coarse one, gradient and second derivative packed into one double, h·2²⁶ + g: one addition adds up both, and
 * with |Σg| < 2²⁵ and Σh < 2²⁶ they come apart again. Leaf values are worked out on a fine one.
 */
import type { Objective } from './objective.ts';

/** What {@link packDerivatives} writes, one entry per row of the sample. */
export interface SampleDerivatives {
  /** h·2²⁶ + g in steps of the coarse grids, times the weight. */
  readonly packed: Float64Array;
  /** Weighted derivatives on the fine grid. */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  readonly weights: Float64Array;
}

/** Steps per unit on the coarse grids, and the least and most steps of second derivative per unit of weight. */
export interface CoarseGrid {
  readonly gradient: number;
  readonly hessian: number;
  readonly leastHessian: number;
  readonly mostHessian: number;
}

const PACK = 2 ** 26;

/** Σh of a packed sum, in steps. */
export const packedHessian = (sum: number): number => Math.floor(sum / PACK + 0.5);
/** Σg of a packed sum, in steps. */
export const packedGradient = (sum: number): number => sum - packedHessian(sum) * PACK;

/** Weights above this in all are multiplied in before rounding, not after; see {@link packDerivatives}. */
const MOST_WHOLE_WEIGHT = 2 ** 22;

/**
 * Writes the derivatives at the rows `rows[0 … count)`. With `whole` weights the rounded derivative is multiplied by the weight, so weight 2 is
 * exactly the row twice.
 */
export function packDerivatives(objective: Objective, y: Float64Array, scores: Float64Array, weights: Float64Array, whole: boolean, rows: Int32Array, count: number, out: SampleDerivatives): CoarseGrid {
  const { packed, gradients, hessians } = out;
  const weight = out.weights;
  objective.write(y, scores, rows, count, gradients, hessians);
  let [mostG, mostH, sumG, sumH, sumW] = [0, 0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const w = weights[rows[k]];
    const g = Math.abs(gradients[k]);
    const h = hessians[k];
    weight[k] = w;
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
  let [leastHessian, mostHessian] = [Infinity, 0];
  for (let k = 0; k < count; k++) {
    const w = weight[k];
    const [inside, outside] = after ? [1, w] : [w, 1];
    const g = gradients[k] * inside;
    const h = hessians[k] * inside;
    // At least one step, so that a bin with rows in it never looks empty.
    const steps = Math.max(1, Math.round(h * coarseH)) * outside;
    packed[k] = steps * PACK + Math.round(g * coarseG) * outside;
    gradients[k] = (Math.round(g * fineG) / fineG) * outside;
    hessians[k] = (Math.round(h * fineH) / fineH) * outside;
    const perWeight = steps / w;
    if (perWeight < leastHessian) leastHessian = perWeight;
    if (perWeight > mostHessian) mostHessian = perWeight;
  }
  return { gradient: coarseG, hessian: coarseH, leastHessian, mostHessian };
}

/** The largest power of two that is at most `limit`, within what doubles hold well. */
function powerBelow(limit: number): number {
  return 2 ** Math.max(-500, Math.min(60, Math.floor(Math.log2(limit))));
}
