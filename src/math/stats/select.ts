/**
 * The `rank`-th smallest value (0-based) of `values`, which is reordered: Hoare's quickselect with the median of three as pivot, linear in the mean.
 * Afterwards everything before `rank` is at most it and everything behind at least it.
 */
export function selectInPlace(values: Float64Array, rank: number): number {
  let left = 0;
  let right = values.length - 1;
  while (right > left) {
    const middle = (left + right) >>> 1;
    const [a, b, c] = [values[left], values[middle], values[right]];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank];
}

/** From so many values on most are left aside by bounds from a sample. */
const BOUNDED_FROM = 4096;
const SAMPLE = 512;
/** Places in the sorted sample from its middle to a bound, by the root of its size: five standard errors. */
const REACH = 2.5;

/** Median of what is not NaN (type 7: the mean of the two middle values of an even number); undefined of nothing. */
export function medianOf(sample: ArrayLike<number>): number | undefined {
  let n = 0;
  for (let i = 0; i < sample.length; i++) if (!Number.isNaN(sample[i])) n++;
  if (n === 0) return undefined;
  return (n < BOUNDED_FROM ? undefined : boundedMedian(sample, n)) ?? middleOf(presentOf(sample, n), n >>> 1, n % 2 === 1);
}

function presentOf(sample: ArrayLike<number>, n: number): Float64Array {
  const present = new Float64Array(n);
  let count = 0;
  for (let i = 0; i < sample.length; i++) if (!Number.isNaN(sample[i])) present[count++] = sample[i] + 0;
  return present;
}

/** The value of rank `rank`, or its mean with the one before. Reorders `values`. */
function middleOf(values: Float64Array, rank: number, odd: boolean): number {
  const upper = selectInPlace(values, rank);
  if (odd) return upper;
  let lower = -Infinity;
  for (let i = 0; i < rank; i++) if (values[i] > lower) lower = values[i];
  return lower + 0.5 * (upper - lower);
}

/** One pass keeps what lies between two values of a sample around its middle (Floyd & Rivest 1975); `n` values are not NaN. Undefined where the median lies elsewhere or nearly all does there. */
function boundedMedian(values: ArrayLike<number>, n: number): number | undefined {
  const drawn = Float64Array.from({ length: SAMPLE }, (_, k) => values[Math.floor(((k + 0.5) * values.length) / SAMPLE)]).sort();
  // Sorting puts NaN last.
  const present = drawn.filter((v) => !Number.isNaN(v));
  const reach = Math.ceil(REACH * Math.sqrt(present.length));
  const middle = present.length >>> 1;
  if (middle < reach || middle + reach >= present.length) return undefined;
  const low = present[middle - reach];
  const high = present[middle + reach];
  const kept = new Float64Array(n >>> 1);
  let below = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    // Written always and kept at times: which side a value is on is a guess that processors lose. What is written beyond the end is lost.
    kept[count] = v + 0;
    count += Number(v >= low) & Number(v <= high);
    below += Number(v < low);
  }
  const rank = (n >>> 1) - below;
  return count <= kept.length && rank > 0 && rank < count ? middleOf(kept.subarray(0, count), rank, n % 2 === 1) : undefined;
}
