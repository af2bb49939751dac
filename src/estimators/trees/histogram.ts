import type { BinnedMatrix } from './binnedMatrix.ts';

/**
 * Packed derivatives (derivatives.ts) added up by bin: column k of the j-th group that a tree sees has the slots from (4j + k)·2^bits on, its
 * missing values the first.
 */
export type Histogram = Float64Array;

/** Clears `histogram` and adds the rows `order[start … end)` for the word columns in `groups`. */
export function fillHistogram(histogram: Histogram, matrix: BinnedMatrix, groups: Int32Array, packed: Float64Array, order: Int32Array, start: number, end: number): void {
  const { words, bits } = matrix;
  const width = matrix.groups;
  const used = groups.length;
  const second = 1 << bits;
  const third = 2 << bits;
  const fourth = 3 << bits;
  const step = 4 << bits;
  histogram.fill(0, 0, used * step);
  for (let i = start; i < end; i++) {
    const row = order[i];
    const v = packed[row];
    const from = Math.imul(row, width);
    // Neighbours are different columns, so no addition waits for the one before it.
    for (let j = 0, base = 0; j < used; j = (j + 1) | 0, base = (base + step) | 0) {
      const word = words[from + groups[j]];
      histogram[base + (word & 255)] += v;
      histogram[base + second + ((word >>> 8) & 255)] += v;
      histogram[base + third + ((word >>> 16) & 255)] += v;
      histogram[base + fourth + (word >>> 24)] += v;
    }
  }
}

/** `parent` − `child` over the first `slots` slots, written over `parent`: the histogram of the other child, exact because the sums are. */
export function subtractHistogram(parent: Histogram, child: Histogram, slots: number): void {
  for (let i = 0; i < slots; i++) parent[i] -= child[i];
}
