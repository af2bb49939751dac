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

/** Median of what is not NaN (type 7: the mean of the two middle values of an even number); undefined of nothing. */
export function medianOf(sample: ArrayLike<number>): number | undefined {
  const present = new Float64Array(sample.length);
  let n = 0;
  for (let i = 0; i < sample.length; i++) if (!Number.isNaN(sample[i])) present[n++] = sample[i] + 0;
  if (n === 0) return undefined;
  const values = present.subarray(0, n);
  const upper = selectInPlace(values, n >>> 1);
  if (n % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < n >>> 1; i++) if (values[i] > lower) lower = values[i];
  return lower + 0.5 * (upper - lower);
}
