import type { BinnedColumn } from './binning.ts';

/** Gradient, hessian and weight of every bin of every column, interleaved: `histogram[(offset(column) + bin)·3 + {0, 1, 2}]`. */
export type Histogram = Float64Array;

/** Where each column's bins start, and the number of bins in all. */
export interface HistogramLayout {
  readonly offsets: Int32Array;
  readonly size: number;
}

export function layoutOf(columns: readonly BinnedColumn[]): HistogramLayout {
  const offsets = new Int32Array(columns.length);
  let size = 0;
  columns.forEach(({ cuts }, c) => {
    offsets[c] = size;
    size += cuts.length + 2;
  });
  return { offsets, size };
}

/** Weighted derivatives of each row, on a grid of powers of two, so that every sum of them is exact and no order of rows can change it. */
export interface RowDerivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  readonly weights: Float64Array;
}

/** Adds the rows `rows[start … end)` to a cleared histogram, for the columns in `active`. */
export function fillHistogram(
  histogram: Histogram,
  columns: readonly BinnedColumn[],
  active: Int32Array,
  { offsets }: HistogramLayout,
  rows: Int32Array,
  start: number,
  end: number,
  { gradients, hessians, weights }: RowDerivatives,
  scratch: Float64Array,
): void {
  histogram.fill(0);
  // Gathered once per leaf, so that the loop over columns reads them in sequence.
  for (let i = start, k = 0; i < end; i++, k += 3) {
    const row = rows[i];
    scratch[k] = gradients[row];
    scratch[k + 1] = hessians[row];
    scratch[k + 2] = weights[row];
  }
  for (let a = 0; a < active.length; a++) {
    const { bins } = columns[active[a]];
    fillColumn(histogram, bins, offsets[active[a]] * 3, rows, start, end, scratch);
  }
}

function fillColumn(histogram: Histogram, bins: Uint8Array, offset: number, rows: Int32Array, start: number, end: number, scratch: Float64Array): void {
  for (let i = start | 0, k = 0; i < end; i = (i + 1) | 0, k = (k + 3) | 0) {
    const at = (offset + Math.imul(bins[rows[i]], 3)) | 0;
    histogram[at] += scratch[k];
    histogram[at + 1] += scratch[k + 1];
    histogram[at + 2] += scratch[k + 2];
  }
}

/** `parent` − `child`, written over `parent`: the histogram of the other child, exact because the sums are. */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i] -= child[i];
}
