import { BLOCK, type Design } from '../preprocessing/design.ts';
import type { Family } from './families.ts';
import { isWide, narrowed } from './narrow.ts';
import { passOver } from './passes.ts';
import { productsOver } from './products.ts';
import type { SmoothLoss } from './smoothLoss.ts';

/** Rows `from` … `to` − 1 of a design with their targets and weights (0: the row is left out); y and weights are as long as the design. */
export interface GlmRows {
  readonly design: Design;
  readonly from: number;
  readonly to: number;
  readonly y: Float64Array;
  readonly weights: Float64Array;
}

export const weightOf = ({ weights, from, to }: GlmRows): number => weights.subarray(from, to).reduce((sum, w) => sum + w, 0);

/** Weight of every `step`-th block of rows. */
export function sampledWeight({ weights, from, to }: GlmRows, step: number): number {
  let sum = 0;
  for (let start = from; start < to; start += BLOCK * step) for (let i = start; i < Math.min(to, start + BLOCK); i++) sum += weights[i];
  return sum;
}

/** Σ w·loss(y, z), z = intercept + terms·β; parameters are the terms, then the intercept. `step`: of every so-many-th block of rows, scaled up to all. */
export function glmLoss(family: Family, data: GlmRows, step = 1): SmoothLoss {
  const { design, from, to, y, weights } = data;
  const terms = design.columns.length;
  const size = terms + 1;
  const pass = passOver(design);
  const [z, losses, slopes] = [new Float64Array(BLOCK), new Float64Array(BLOCK), new Float64Array(BLOCK)];
  const weight = weightOf(data);
  const scale = step === 1 ? 1 : weight / Math.max(sampledWeight(data, step), Number.MIN_VALUE);
  return {
    ...(isWide(to - from, terms) ? { narrow: () => narrowed(design, from, to, (other) => glmLoss(family, { ...data, design: other })) } : {}),
    ...(step === 1 ? { sample: (every: number) => glmLoss(family, data, every) } : {}),
    size,
    penalised: terms,
    weight,
    rows: Math.ceil((to - from) / step),
    evaluate(at, gradient) {
      pass.begin(at);
      let loss = 0;
      for (let start = from; start < to; start += BLOCK * step) {
        const count = Math.min(BLOCK, to - start);
        pass.scores(start, count, z);
        family.block(y, start, z, count, losses, slopes);
        for (let i = 0; i < count; i++) {
          const w = weights[start + i];
          // A row that is left out must not matter even where its loss has no bound.
          loss += w === 0 ? 0 : w * losses[i];
          slopes[i] = w === 0 ? 0 : w * slopes[i];
        }
        pass.add(start, count, slopes);
      }
      gradient.set(pass.total(scale));
      return scale * loss;
    },
    hessian(at, over, every) {
      return weightedProducts(data, at, over, step * every, (start, count, scores, out) => family.curvature(y, start, scores, count, out));
    },
  };
}

/** Writes a number per row of a block into `out`, given the rows' scores. */
export type RowNumbers = (start: number, count: number, z: Float64Array, out: Float64Array) => void;

/**
 * Σ w·c·tᵀt over the terms (and the intercept, the last) `over`, row-major, from every `step`-th block of rows scaled up to all; c from `curvature` at the
 * scores under `parameters`.
 */
export function weightedProducts(data: GlmRows, parameters: Float64Array, over: Int32Array, step: number, curvature: RowNumbers): Float64Array {
  const { design, from, to, weights } = data;
  const products = productsOver(design, over);
  const sums = products.sums();
  const pass = passOver(design);
  pass.begin(parameters);
  const [z, c] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  let sampled = 0;
  for (let start = from; start < to; start += BLOCK * step) {
    const count = Math.min(BLOCK, to - start);
    pass.scores(start, count, z);
    curvature(start, count, z, c);
    for (let i = 0; i < count; i++) {
      const w = weights[start + i];
      sampled += w;
      c[i] = w === 0 ? 0 : w * c[i];
    }
    products.load(start, count);
    products.add(c, sums);
  }
  return products.matrix(sums, sampled > 0 ? weightOf(data) / sampled : 0);
}
