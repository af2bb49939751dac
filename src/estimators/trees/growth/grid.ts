/**
 * Steps that derivatives are rounded to, so that every sum of them is exact: no order of rows, no number of threads and no way of getting a histogram
 * (counted or subtracted) can change a digit.
 *
 * Narrow steps are 16 bits, rounded up or down by chance (a row's hash and the tree decide), which leaves sums unbiased; a cell of a histogram holds second
 * derivatives and rows in one double. Fine steps are up to 28 bits, rounded to the nearest.
 */
import { powerBelow } from '../data/exactSum.ts';
import type { Grid } from '../kernel/kernel.ts';

export interface TreeGrid extends Grid {
  /** Narrow cells: second derivatives · unit + rows. 1 on fine grids. */
  readonly unit: number;
}

/** Largest whole weight that a rounded derivative can be multiplied by. */
export const MOST_WHOLE = 15;

const GRADIENT_BITS = 14;

/** Steps of second derivative at most, and the place of the rows' count below them, for trees that see up to `count` rows. */
function packing(count: number): { readonly hessianSteps: number; readonly unit: number } {
  const bits = Math.max(1, Math.ceil(Math.log2(count + 1)));
  return { hessianSteps: 2 ** Math.max(1, Math.min(14, 52 - 2 * bits)), unit: 2 ** bits };
}

/** Grid of the logistic loss, whose derivatives are at most 1 and ¼. */
export function logisticGrid(count: number): TreeGrid & { readonly hessianSteps: number } {
  const { hessianSteps, unit } = packing(count);
  return { gradient: 2 ** GRADIENT_BITS, hessian: 4 * hessianSteps, weight: 1, unit, hessianSteps };
}

/** `most`: rows that one histogram may count, where that is more than `count`. */
export function narrowGrid(order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, most = count): TreeGrid {
  const { hessianSteps, unit } = packing(most);
  const { mostG, mostH } = largest(order, count, gradients, hessians);
  return { gradient: powerBelow(2 ** GRADIENT_BITS / mostG), hessian: powerBelow(hessianSteps / mostH), weight: 1, unit };
}

export function fineGrid(order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, weights: Float64Array | undefined, whole: boolean, totalWeight: number): TreeGrid {
  const { mostG, mostH, mostW } = largest(order, count, gradients, hessians, weights, whole);
  const bits = whole ? 2 ** 27 : 2 ** 30;
  const sum = 2 ** 52 / Math.max(1, whole ? totalWeight : count);
  return {
    gradient: powerBelow(Math.min(bits, sum) / mostG),
    hessian: powerBelow(Math.min(bits, sum) / mostH),
    weight: whole ? 1 : powerBelow(Math.min(2 ** 30, sum) / mostW),
    unit: 1,
  };
}

/** Largest |gradient|, second derivative and weight of the sample; where all are 0, 1. With weights that are not whole, of the weighted ones. */
function largest(order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, weights?: Float64Array, whole = true): { readonly mostG: number; readonly mostH: number; readonly mostW: number } {
  let [mostG, mostH, mostW] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    const i = order[k];
    const w = weights === undefined || whole ? 1 : weights[i];
    mostG = Math.max(mostG, Math.abs(gradients[i] * w));
    mostH = Math.max(mostH, hessians[i] * w);
    mostW = Math.max(mostW, w);
  }
  return { mostG: mostG || 1, mostH: mostH || 1, mostW: mostW || 1 };
}
