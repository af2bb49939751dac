/** Quantile of ascending `sorted` (n ≥ 1) by linear interpolation at position level·(n−1): Hyndman & Fan (1996) type 7, the rule of R and numpy. */
export function quantileSorted(sorted: ArrayLike<number>, level: number): number {
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The distinct values of a sample, ascending, with the weight of each summed up to and including it. */
export interface Distribution {
  readonly values: Float64Array;
  readonly cumulative: Float64Array;
}

/** Sorts what is not NaN into distinct values with cumulative weights (absent weights: 1 each). */
export function distribution(sample: ArrayLike<number>, weights?: ArrayLike<number>): Distribution {
  const present = new Float64Array(sample.length);
  let n = 0;
  for (let i = 0; i < sample.length; i++) if (!Number.isNaN(sample[i])) present[n++] = sample[i] + 0;
  const sorted = present.subarray(0, n).sort();
  let distinct = 0;
  for (let i = 0; i < n; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const values = new Float64Array(distinct);
  const cumulative = new Float64Array(distinct);
  let k = -1;
  for (let i = 0; i < n; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) values[++k] = sorted[i];
    if (weights === undefined) cumulative[k]++;
  }
  if (weights !== undefined) {
    for (let i = 0; i < sample.length; i++) if (!Number.isNaN(sample[i])) cumulative[lowerBound(values, sample[i])] += weights[i];
  }
  for (let i = 1; i < distinct; i++) cumulative[i] += cumulative[i - 1];
  return { values, cumulative };
}

/** Weighted quantile (at least one value): type 7 of the sample in which each value is repeated by its weight. */
export function weightedQuantile({ values, cumulative }: Distribution, level: number): number {
  const position = Math.max(0, level * (cumulative[cumulative.length - 1] - 1));
  const whole = Math.floor(position);
  const last = values.length - 1;
  const at = (rank: number): number => values[Math.min(last, upperBound(cumulative, rank))];
  return at(whole) + (position - whole) * (at(whole + 1) - at(whole));
}

/** First index whose value is ≥ `target` in ascending `sorted`; the length when there is none. */
export function lowerBound(sorted: ArrayLike<number>, target: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index whose value is > `target` in ascending `sorted`; the length when there is none. */
export function upperBound(sorted: ArrayLike<number>, target: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= target) low = middle + 1;
    else high = middle;
  }
  return low;
}
