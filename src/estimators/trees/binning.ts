import { distribution, lowerBound } from '../../math/stats/index.ts';

/** Most bins that a byte can number: bin 0 holds missing values, 1 … 255 hold present ones, ascending. */
export const MAX_BINS = 255;

/**
 * Upper ends of the bins of present values: v is in bin b when cuts[b−2] < v ≤ cuts[b−1]; the last bin has no end.
 *
 * Cuts lie midway between neighbouring distinct values: all of them when there are few, else so that bins hold about equal weight. The share is
 * worked out anew after each bin, so a value that fills a bin by itself (half of the customers at zero) leaves the others their room.
 */
export function findCuts(values: Float64Array, weights: Float64Array | undefined, maxBins = MAX_BINS): Float64Array {
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

/** One bin per value. */
export function binColumn(values: Float64Array, cuts: Float64Array): Uint8Array {
  const bins = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    bins[i] = v !== v ? 0 : lowerBound(cuts, v) + 1;
  }
  return bins;
}

/** The threshold for "bins up to `bin` go left": beyond the last cut every present value goes left and only missing ones may go right. */
export function thresholdOf(cuts: Float64Array, bin: number): number {
  return bin <= cuts.length ? cuts[bin - 1] : Number.MAX_VALUE;
}
