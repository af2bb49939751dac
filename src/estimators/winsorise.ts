import { distribution, quantileSorted, weightedQuantile } from '../math/stats/index.ts';

/** Amounts with the largest cut down, so that one order of a wholesaler cannot turn a model. */
export interface Winsorised {
  readonly y: Float64Array;
  /** Nothing in `y` is above this. */
  readonly limit: number;
  /** Σ w·before / Σ w·after: what predictions must be multiplied by to keep the total. */
  readonly scale: number;
}

/** Cuts `y` (not all 0) down to the weighted `level` quantile of the amounts above 0. */
export function winsorise(y: Float64Array, weights: Float64Array, level: number): Winsorised {
  const unit = weights.every((w) => w === 1);
  const limit = unit ? quantileSorted(y.filter((v) => v > 0).sort(), level) : weightedQuantile(distribution(y.map((v) => (v > 0 ? v : Number.NaN)), weights), level);
  const cut = y.map((v) => Math.min(v, limit));
  let before = 0;
  let after = 0;
  for (let i = 0; i < y.length; i++) {
    before += weights[i] * y[i];
    after += weights[i] * cut[i];
  }
  return { y: cut, limit, scale: before / after };
}
