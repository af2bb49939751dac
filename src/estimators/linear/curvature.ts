import { cholesky } from '../../math/linear.ts';
import type { NarrowDesign } from './narrow.ts';
import { everyParameter, type SmoothLoss } from './smoothLoss.ts';

/**
 * The last second derivative of the unpenalised loss, handed from one fit to the next: fits along a path of penalties, or on a little more data, start
 * from it. It decides how fast they converge, never where to. `over`: the parameters that it is about; `weight`: that of the rows it stands for.
 */
export interface CurvatureMemory {
  last: Curvature | undefined;
  /** That of the problem over fewer parameters, and whose it is. */
  narrow?: { readonly design: NarrowDesign; readonly memory: CurvatureMemory };
}

interface Curvature {
  readonly hessian: Float64Array;
  readonly over: Int32Array;
  readonly weight: number;
  /** Cholesky factor of hessian ÷ weight with a ridge (per unit of weight) on the terms: folds of one penalty share it. */
  factor?: { readonly ridge: number; readonly lower: Float64Array | undefined };
}

/**
 * Least ridge per unit of weight on all terms where there is no L1 part: repeated columns and separable classes have an optimum with it, and nothing that is
 * well determined moves by more than about a billionth.
 */
export const RIDGE_FLOOR = 1e-10;

/**
 * Every how many-th block of rows a second derivative over `size` parameters is taken from: so many that it costs about two passes of all rows, but a hundred rows per
 * parameter, which give a step nine tenths of the way.
 */
export function sampleStep(loss: SmoothLoss, size: number): number {
  return Math.max(1, Math.floor(Math.min(size / 8, loss.rows / (100 * size))));
}

/**
 * The second derivative of the unpenalised loss over at least the parameters `wanted`: the remembered one scaled to the weight of these rows, or a new
 * one at `at` over `renew`.
 */
export function curvatureOver(loss: SmoothLoss, at: Float64Array, wanted: Int32Array, renew: Int32Array, memory: CurvatureMemory): { readonly hessian: Float64Array; readonly over: Int32Array } {
  const { last } = memory;
  if (last !== undefined && covers(last.over, wanted)) {
    const scale = loss.weight / last.weight;
    return { hessian: last.hessian.map((v) => v * scale), over: last.over };
  }
  const hessian = loss.hessian(at, renew, sampleStep(loss, renew.length));
  memory.last = { hessian, over: renew, weight: loss.weight };
  return { hessian: hessian.slice(), over: renew };
}

/** True where ascending `all` has everything in ascending `some`. */
function covers(all: Int32Array, some: Int32Array): boolean {
  let at = 0;
  for (const one of some) {
    while (at < all.length && all[at] < one) at++;
    if (all[at] !== one) return false;
  }
  return true;
}

/** Factor of the second derivative over all parameters with `ridge` on the terms, per unit of weight: the remembered one or a new one at `at`. Undefined where it has none. */
export function factorOver(loss: SmoothLoss, at: Float64Array, ridge: number, memory: CurvatureMemory): Float64Array | undefined {
  const { size, penalised } = loss;
  if (memory.last?.over.length !== size) {
    const over = everyParameter(loss);
    memory.last = { hessian: loss.hessian(at, over, sampleStep(loss, size)), over, weight: loss.weight };
  }
  const { last } = memory;
  // Of folds the same penalty per unit of weight differs by rounding.
  if (last.factor !== undefined && Math.abs(last.factor.ridge - ridge) <= 1e-9 * ridge) return last.factor.lower;
  const scaled = last.hessian.map((v) => v / last.weight);
  const least = RIDGE_FLOOR * scaled[size * size - 1] + 1e-300;
  for (let t = 0; t < size; t++) scaled[t * size + t] += (t < penalised ? ridge : 0) + least;
  const lower = cholesky(scaled, size);
  last.factor = { ridge, lower };
  return lower;
}
