/** Below this length a comparator sort is faster than the fixed cost of the radix passes. */
const RADIX_FROM = 4096;
/** Below this length passes over 65,536 counters cost more than two more passes over the values. */
const WIDE_FROM = 100_000;

/**
 * Indices that put `values` (n, no NaN) in ascending order; ties keep their order. −0 equals 0.
 * Long inputs take a least-significant-digit radix sort on the bits of the doubles (passes of 16 or, of few values, 11 bits): a million values in a tenth of a second.
 */
export function argsort(values: ArrayLike<number>): Int32Array {
  const n = values.length;
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  if (n < RADIX_FROM) return order.sort((a, b) => values[a] - values[b]);
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for (let i = 0; i < n; i++) {
    double[0] = values[i] + 0;
    // Flip so that unsigned comparison of the bits orders the doubles: all bits of negatives, the sign bit of the others.
    const negative = words[1] >>> 31 === 1;
    low[i] = negative ? ~words[0] : words[0];
    high[i] = negative ? ~words[1] : words[1] ^ 0x80000000;
  }
  return radixSorted(order, low, high, n < WIDE_FROM ? 11 : 16);
}

/** Passes of `bits` bits over the 64-bit keys. */
function radixSorted(order: Int32Array, low: Uint32Array, high: Uint32Array, bits: number): Int32Array {
  let [from, to]: [Int32Array, Int32Array] = [order, new Int32Array(order.length)];
  const counts = new Int32Array(2 ** bits + 1);
  const passes = Math.ceil(32 / bits);
  for (let pass = 0; pass < 2 * passes; pass++) {
    if (!radixPass(pass < passes ? low : high, (pass % passes) * bits, counts, from, to)) continue;
    [from, to] = [to, from];
  }
  return from;
}

/** One pass by the digit at `shift`; false where all keys share it, which costs one look: whole numbers have no low bits. */
function radixPass(keys: Uint32Array, shift: number, counts: Int32Array, from: Int32Array, to: Int32Array): boolean {
  const n = keys.length;
  const mask = counts.length - 2;
  const first = (keys[0] >>> shift) & mask;
  let same = 1;
  while (same < n && ((keys[same] >>> shift) & mask) === first) same++;
  if (same === n) return false;
  counts.fill(0);
  for (let i = 0; i < n; i++) counts[((keys[i] >>> shift) & mask) + 1]++;
  for (let d = 0; d < mask; d++) counts[d + 1] += counts[d];
  for (let i = 0; i < n; i++) {
    const row = from[i];
    to[counts[(keys[row] >>> shift) & mask]++] = row;
  }
  return true;
}

/** Ranks 1…n of `values` (n, no NaN); ties share the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = argsort(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
