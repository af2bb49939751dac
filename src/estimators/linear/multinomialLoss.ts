import { BLOCK } from '../preprocessing/design.ts';
import { sampledWeight, weightOf, type GlmRows } from './glmLoss.ts';
import { passOver } from './passes.ts';
import { productsOver } from './products.ts';
import type { SmoothLoss } from './smoothLoss.ts';

/** How firmly sums over classes are held at 0, per unit of weight. */
const CENTRE = 0.1;

/**
 * −Σ w·ln softmax(z)_y over `classes` scores per row, y in {0 … classes − 1}. All classes have coefficients, as in scikit-learn and glmnet; a penalty makes
 * them unique. Parameters: the terms of class 0, of class 1, …, then one intercept per class. Only differences between classes matter to the likelihood, so
 * the intercepts are held to sum 0, and with `centreTerms` (a fit without penalty) the coefficients of a term as well: ½·CENTRE·W·(Σ over classes)² is
 * added, which is 0 at the optimum. `step`: of every so-many-th block of rows, scaled up to all.
 */
export function multinomialLoss(classes: number, data: GlmRows, centreTerms: boolean, step = 1): SmoothLoss {
  const { design, from, to, y, weights } = data;
  const terms = design.columns.length;
  const size = classes * (terms + 1);
  const weight = weightOf(data);
  const scale = step === 1 ? 1 : weight / Math.max(sampledWeight(data, step), Number.MIN_VALUE);
  const z = Array.from({ length: classes }, () => new Float64Array(BLOCK));
  const passes = z.map(() => passOver(design));
  const ln = new Float64Array(classes);
  const parameter = (k: number, t: number): number => (t < terms ? k * terms + t : classes * terms + k);
  const begin = (at: Float64Array): void => {
    passes.forEach((pass, k) => pass.begin(Float64Array.of(...at.subarray(k * terms, (k + 1) * terms), at[classes * terms + k])));
  };
  return {
    size,
    penalised: classes * terms,
    weight,
    rows: Math.ceil((to - from) / step),
    ...(step === 1 ? { sample: (every: number) => multinomialLoss(classes, data, centreTerms, every) } : {}),
    evaluate(at, gradient) {
      let loss = 0;
      begin(at);
      for (let start = from; start < to; start += BLOCK * step) {
        const count = Math.min(BLOCK, to - start);
        passes.forEach((pass, k) => pass.scores(start, count, z[k]));
        for (let i = 0; i < count; i++) {
          const w = weights[start + i];
          logSoftmax(z, i, ln);
          if (w !== 0) loss -= w * ln[y[start + i]];
          for (let k = 0; k < classes; k++) z[k][i] = w * (Math.exp(ln[k]) - (y[start + i] === k ? 1 : 0));
        }
        passes.forEach((pass, k) => pass.add(start, count, z[k]));
      }
      loss *= scale;
      passes.forEach((pass, k) => pass.total(scale).forEach((sum, t) => { gradient[parameter(k, t)] = sum; }));
      for (let t = centreTerms ? 0 : terms; t <= terms; t++) {
        let sum = 0;
        for (let k = 0; k < classes; k++) sum += at[parameter(k, t)];
        loss += 0.5 * CENTRE * weight * sum * sum;
        for (let k = 0; k < classes; k++) gradient[parameter(k, t)] += CENTRE * weight * sum;
      }
      return loss;
    },
    hessian(at, over, every) {
      // Over pairs of classes each cell is a product of the terms with weights p_k(1 − p_k) or −p_k·p_l.
      const everyTerm = Int32Array.from({ length: terms + 1 }, (_, t) => t);
      const products = productsOver(design, everyTerm);
      const cells = Array.from({ length: (classes * (classes + 1)) / 2 }, products.sums);
      const curvature = new Float64Array(BLOCK);
      let sampled = 0;
      begin(at);
      for (let start = from; start < to; start += BLOCK * step * every) {
        const count = Math.min(BLOCK, to - start);
        passes.forEach((pass, k) => pass.scores(start, count, z[k]));
        for (let i = 0; i < count; i++) {
          sampled += weights[start + i];
          logSoftmax(z, i, ln);
          for (let k = 0; k < classes; k++) z[k][i] = Math.exp(ln[k]);
        }
        products.load(start, count);
        for (let k = 0, cell = 0; k < classes; k++) {
          for (let l = 0; l <= k; l++, cell++) {
            for (let i = 0; i < count; i++) curvature[i] = weights[start + i] * z[k][i] * ((k === l ? 1 : 0) - z[l][i]);
            products.add(curvature, cells[cell]);
          }
        }
      }
      const whole = cells.map((sums) => products.matrix(sums, sampled > 0 ? weight / sampled : 0));
      const classOf = (i: number): number => (i < classes * terms ? Math.floor(i / terms) : i - classes * terms);
      const termOf = (i: number): number => (i < classes * terms ? i % terms : terms);
      const hessian = new Float64Array(over.length * over.length);
      for (let a = 0; a < over.length; a++) {
        for (let b = 0; b < over.length; b++) {
          const [k, l] = [classOf(over[a]), classOf(over[b])];
          const cell = k >= l ? (k * (k + 1)) / 2 + l : (l * (l + 1)) / 2 + k;
          const [s, t] = [termOf(over[a]), termOf(over[b])];
          const centre = s === t && (centreTerms || s === terms) ? CENTRE * weight : 0;
          hessian[a * over.length + b] = whole[cell][s * (terms + 1) + t] + centre;
        }
      }
      return hessian;
    },
  };
}

/** Writes ln softmax of the scores of row `i`. */
export function logSoftmax(z: readonly Float64Array[], i: number, out: Float64Array): void {
  let most = -Infinity;
  for (const scores of z) most = Math.max(most, scores[i]);
  let total = 0;
  for (const scores of z) total += Math.exp(scores[i] - most);
  const log = most + Math.log(total);
  for (let k = 0; k < z.length; k++) out[k] = z[k][i] - log;
}
