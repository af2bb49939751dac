import type { TreeSample } from './treeSample.ts';

/** Packed derivatives added up by slot; see {@link TreeSample} for slots. */
export type Histogram = Float64Array;

/** Clears `histogram` and adds the positions `order[start … end)`. */
export function fillHistogram(histogram: Histogram, { slots, stride, packed, offsets, columns }: TreeSample, order: Int32Array, start: number, end: number): void {
  histogram.fill(0, 0, offsets[columns.length]);
  for (let i = start; i < end; i++) {
    const position = order[i];
    const v = packed[position];
    const from = Math.imul(position, stride);
    const to = (from + stride) | 0;
    // The stride is a multiple of four. Neighbours are different columns, so no addition waits for the one before it.
    for (let at = from; at < to; at = (at + 4) | 0) {
      histogram[slots[at]] += v;
      histogram[slots[at + 1]] += v;
      histogram[slots[at + 2]] += v;
      histogram[slots[at + 3]] += v;
    }
  }
}

/** `parent` − `child` over the first `slots` slots, written over `parent`: the histogram of the other child, exact because the sums are. */
export function subtractHistogram(parent: Histogram, child: Histogram, slots: number): void {
  for (let i = 0; i < slots; i++) parent[i] -= child[i];
}
