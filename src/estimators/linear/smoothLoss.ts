import type { Narrow } from './narrow.ts';

/** What a solver sees of a model: a convex smooth loss over parameters, those that a penalty may shrink first. */
export interface SmoothLoss {
  readonly size: number;
  /** Parameters 0 … penalised − 1 are shrunk; the rest are intercepts. */
  readonly penalised: number;
  /** Total weight of the rows. */
  readonly weight: number;
  /** Rows, for how much a second derivative costs. */
  readonly rows: number;
  /** Loss at `at`, its gradient written out. */
  evaluate(at: Float64Array, gradient: Float64Array): number;
  /** Second derivative over the parameters `over` (ascending), row-major, both triangles, from about 1/`step` of the rows scaled up to all. */
  hessian(at: Float64Array, over: Int32Array, step: number): Float64Array;
  /** The same from about 1/`step` of the rows scaled up to all; of a loss that is none itself. */
  sample?(step: number): SmoothLoss;
  /** With many more terms than rows: the same over fewer parameters, for a ridge penalty. */
  narrow?(): Narrow | undefined;
}

export interface Solution {
  readonly parameters: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** All parameters. */
export const everyParameter = (loss: SmoothLoss): Int32Array => Int32Array.from({ length: loss.size }, (_, i) => i);
