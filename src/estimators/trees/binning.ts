import { distribution, lowerBound } from '../../math/stats/index.ts';

/** Bin 0 holds missing values; 1 … 255 hold present ones, ascending. */
export const MAX_BINS = 255;

/** A column as bin numbers. */
export interface BinnedColumn {
  /** One bin per row. */
  readonly bins: Uint8Array;
  /** Upper ends: v is in bin b when cuts[b−2] < v ≤ cuts[b−1]; the last bin has no end. */
  readonly cuts: Float64Array;
}

/**
 * Cuts midway between neighbouring distinct values: all of them when there are few, else so that bins hold about equal weight. The share is
 * worked out anew after each bin, so a value that fills a bin by itself (half of the customers at zero) leaves the others their room.
 */
export function findCuts(values: Float64Array, weights: Float64Array, maxBins = MAX_BINS): Float64Array {
  const { values: distinct, cumulative } = distribution(values, weights);
  const cuts: number[] = [];
  const total = cumulative[cumulative.length - 1] ?? 0;
  let closed = 0;
  for (let i = 0; i + 1 < distinct.length && cuts.length + 1 < maxBins; i++) {
    const share = (total - closed) / (maxBins - cuts.length);
    if (distinct.length > maxBins && cumulative[i] - closed < share) continue;
    cuts.push(distinct[i] + (distinct[i + 1] - distinct[i]) / 2);
    closed = cumulative[i];
  }
  return Float64Array.from(cuts);
}

export function binColumn(values: Float64Array, cuts: Float64Array): BinnedColumn {
  const bins = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) bins[i] = values[i] !== values[i] ? 0 : lowerBound(cuts, values[i]) + 1;
  return { bins, cuts };
}

/** The threshold for "bins up to `bin` go left": beyond the last cut every present value goes left and only missing ones may go right. */
export function thresholdOf(cuts: Float64Array, bin: number): number {
  return bin <= cuts.length ? cuts[bin - 1] : Number.MAX_VALUE;
}
