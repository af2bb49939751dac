import { distribution, type Distribution } from '../../../math/stats/index.ts';

/** Most bins that a byte can number: bin 0 holds missing values, 1 … 255 hold present ones, ascending. */
export const MAX_BINS = 255;

/**
 * Upper ends of the bins of present values: v is in bin b when cuts[b−2] < v ≤ cuts[b−1]; the last bin has no end.
 *
 * Cuts lie midway between neighbouring distinct values: all of them when there are few, else so that bins hold about equal weight. The share is
 * worked out anew after each bin, so a value that fills a bin by itself (half of the customers at zero) leaves the others their room.
 */
export function findCuts(values: Float64Array, weights: Float64Array | undefined, maxBins = MAX_BINS): Float64Array {
  return cutsBetween(distribution(values, weights), maxBins);
}

/** The same from distinct values and their cumulative weights. */
export function cutsBetween({ values: distinct, cumulative }: Distribution, maxBins: number): Float64Array {
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

/** The same from values in ascending order, 1 each, without taking a list of the distinct ones. */
export function cutsOfSorted(sorted: Float64Array, maxBins: number): Float64Array {
  const n = sorted.length;
  let distinct = 0;
  for (let i = 0; i < n && distinct <= maxBins; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const cuts: number[] = [];
  let closed = 0;
  for (let i = 0; cuts.length + 1 < maxBins && i < n; ) {
    // The end of the run in which a bin of the present share would end.
    let last = distinct > maxBins ? Math.min(n - 1, Math.max(i, Math.ceil(closed + (n - closed) / (maxBins - cuts.length)) - 1)) : i;
    while (last + 1 < n && sorted[last + 1] === sorted[last]) last++;
    if (last + 1 >= n) break;
    cuts.push(sorted[last] + (sorted[last + 1] - sorted[last]) / 2);
    closed = last + 1;
    i = last + 1;
  }
  return Float64Array.from(cuts);
}

/** The threshold for "bins up to `bin` go left": beyond the last cut every present value goes left and only missing ones may go right. */
export function thresholdOf(cuts: Float64Array, bin: number): number {
  return bin <= cuts.length ? cuts[bin - 1] : Number.MAX_VALUE;
}
