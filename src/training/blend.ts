/**
 * Blends of predictions that were made for rows their models had not seen (stacking, Wolpert 1992, with weights kept at or above 0, Breiman 1996).
 * One weight per model, found by coordinate-wise Newton steps on the loss; a weight that wants to be negative is 0.
 */
import { boundedLogit, sigmoid } from '../math/stats/index.ts';

export interface Blend {
  /** One per model, in their order, each at least 0. */
  readonly weights: readonly number[];
  readonly intercept: number;
}

const ROUNDS = 200;
const TOLERANCE = 1e-7;
/** Rows' worth of pull of the weights towards equal shares of one: with few rows the mean of the models is hard to beat. */
const PRIOR_ROWS = 10;
/** How near to 0 and 1 probabilities are taken, so that their log-odds stay finite. */
export const EDGE = 1e-6;

const logOdds = (p: number): number => boundedLogit(p, EDGE);

/** P = σ(intercept + Σ weight·logit(p)), the weights that minimise the log loss. `predictions`: probabilities per model, one per row. */
export function blendProbabilities(predictions: readonly Float64Array[], y: Float64Array): Blend {
  const z = predictions.map((p) => p.map(logOdds));
  const share = 1 / Math.max(1, z.length);
  const weights = z.map(() => share);
  const scores = new Float64Array(y.length);
  for (const one of z) for (let i = 0; i < scores.length; i++) scores[i] += share * one[i];
  let intercept = 0;
  /** One Newton step along `direction` (1 for the intercept); answers the change that is allowed. */
  const step = (direction: Float64Array | undefined, at: number, pull: number): number => {
    let [gradient, curvature] = [direction === undefined ? 0 : pull * (at - share), direction === undefined ? 0 : pull];
    for (let i = 0; i < y.length; i++) {
      const p = sigmoid(scores[i]);
      const d = direction === undefined ? 1 : direction[i];
      gradient += (p - y[i]) * d;
      curvature += p * (1 - p) * d * d;
    }
    return curvature > 0 ? -gradient / curvature : 0;
  };
  const move = (direction: Float64Array | undefined, by: number): void => {
    for (let i = 0; i < scores.length; i++) scores[i] += by * (direction === undefined ? 1 : direction[i]);
  };
  for (let round = 0; round < ROUNDS; round++) {
    const shift = step(undefined, 0, 0);
    move(undefined, shift);
    intercept += shift;
    let largest = Math.abs(shift);
    for (let k = 0; k < z.length; k++) {
      const wanted = Math.max(0, weights[k] + step(z[k], weights[k], PRIOR_ROWS));
      const by = wanted - weights[k];
      if (by === 0) continue;
      move(z[k], by);
      weights[k] = wanted;
      largest = Math.max(largest, Math.abs(by));
    }
    if (largest < TOLERANCE) break;
  }
  return { weights, intercept };
}

/** ŷ = intercept + Σ weight·prediction, non-negative least squares by coordinate descent. */
export function blendNumbers(predictions: readonly Float64Array[], y: Float64Array): Blend {
  const n = y.length;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, n);
  const centres = predictions.map(mean);
  const centre = mean(y);
  const centred = predictions.map((values, k) => values.map((value) => value - centres[k]));
  const share = 1 / Math.max(1, predictions.length);
  const weights = predictions.map(() => share);
  const left = y.map((value, i) => value - centre - centred.reduce((sum, values) => sum + share * values[i], 0));
  for (let round = 0; round < ROUNDS; round++) {
    let largest = 0;
    for (let k = 0; k < centred.length; k++) {
      const values = centred[k];
      let [cross, square] = [0, 0];
      for (let i = 0; i < n; i++) {
        cross += values[i] * left[i];
        square += values[i] * values[i];
      }
      if (square === 0) continue;
      const pull = (PRIOR_ROWS * square) / n;
      const wanted = Math.max(0, (weights[k] * square + cross + pull * share) / (square + pull));
      const by = wanted - weights[k];
      for (let i = 0; i < n; i++) left[i] -= by * values[i];
      weights[k] = wanted;
      largest = Math.max(largest, Math.abs(by));
    }
    if (largest < TOLERANCE) break;
  }
  return { weights, intercept: centre - weights.reduce((sum, weight, k) => sum + weight * centres[k], 0) };
}

export function applyProbabilityBlend({ weights, intercept }: Blend, predictions: readonly Float64Array[]): Float64Array {
  return Float64Array.from(predictions[0] ?? [], (_, i) => sigmoid(predictions.reduce((sum, p, k) => sum + weights[k] * logOdds(p[i]), intercept)));
}

export function applyNumberBlend({ weights, intercept }: Blend, predictions: readonly Float64Array[]): Float64Array {
  return Float64Array.from(predictions[0] ?? [], (_, i) => predictions.reduce((sum, values, k) => sum + weights[k] * values[i], intercept));
}

/** Class probabilities, row-major rows × classes: p ∝ Π pₖ^weight, weights that minimise the log loss; found by golden sections, one weight after the other. */
export function blendClasses(predictions: readonly Float64Array[], y: Float64Array, classes: number): Blend {
  const weights = predictions.map(() => 1 / Math.max(1, predictions.length));
  const loss = (): number => {
    const p = applyClassBlend({ weights, intercept: 0 }, predictions, classes);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum -= Math.log(Math.max(1e-15, p[i * classes + y[i]]));
    return sum;
  };
  let best = loss();
  for (let round = 0; round < 6; round++) {
    const before = best;
    for (let k = 0; k < weights.length; k++) {
      const kept = weights[k];
      const found = goldenSection(0, 2, (weight) => {
        weights[k] = weight;
        return loss();
      });
      weights[k] = found.value < best ? found.at : kept;
      best = Math.min(best, found.value);
    }
    if (before - best < 1e-6 * y.length) break;
  }
  return { weights, intercept: 0 };
}

export function applyClassBlend({ weights }: Blend, predictions: readonly Float64Array[], classes: number): Float64Array {
  const blended = new Float64Array(predictions[0]?.length ?? 0);
  for (let row = 0; row < blended.length; row += classes) {
    let most = -Infinity;
    for (let c = 0; c < classes; c++) {
      const score = predictions.reduce((sum, p, k) => sum + weights[k] * Math.log(Math.max(EDGE, p[row + c])), 0);
      blended[row + c] = score;
      if (score > most) most = score;
    }
    let total = 0;
    for (let c = 0; c < classes; c++) total += blended[row + c] = Math.exp(blended[row + c] - most);
    for (let c = 0; c < classes; c++) blended[row + c] /= total;
  }
  return blended;
}

function goldenSection(from: number, to: number, f: (x: number) => number): { at: number; value: number } {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  let [c, d] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  for (let i = 0; i < 18; i++) {
    if (fc < fd) {
      [b, d, fd] = [d, c, fc];
      c = b - ratio * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + ratio * (b - a);
      fd = f(d);
    }
  }
  return fc < fd ? { at: c, value: fc } : { at: d, value: fd };
}
