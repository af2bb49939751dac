import type { SmoothLoss } from './smoothLoss.ts';

/**
 * The last second derivative of the unpenalised loss, handed from one fit to the next: fits along a path of penalties, or on a little more data, start
 * from it. It decides how fast they converge, never where to. `over`: the parameters that it is about; `weight`: that of the rows it stands for.
 */
export interface CurvatureMemory {
  last: { readonly hessian: Float64Array; readonly over: Int32Array; readonly weight: number } | undefined;
}

/**
 * Least ridge per unit of weight on all terms where there is no L1 part: repeated columns and separable classes have an optimum with it, and nothing that is
 * well determined moves by more than about a billionth.
 */
export const RIDGE_FLOOR = 1e-10;

/** Work (rows × parameters²) that one second derivative may cost before rows are left out of it. */
const WORK = 6e8;

/** Every how many-th block of rows a second derivative over `size` parameters is taken from. A hundred rows per parameter are always kept. */
export function sampleStep(loss: SmoothLoss, size: number): number {
  const affordable = Math.floor((loss.rows * size * size) / WORK);
  return Math.max(1, Math.min(affordable, Math.floor(loss.rows / (100 * size))));
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
