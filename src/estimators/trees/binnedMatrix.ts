/** All columns as bin numbers, kept twice: rows together for scoring and for collecting a tree's sample, columns together for splitting a leaf's rows. */
import { binColumn } from './binning.ts';

export interface BinnedMatrix {
  readonly rows: number;
  readonly width: number;
  /** Bin of row r in column c at r·width + c. */
  readonly byRow: Uint8Array;
  /** The same at c·rows + r. */
  readonly byColumn: Uint8Array;
  /** Upper ends of each column's bins; see {@link binColumn}. */
  readonly cuts: readonly Float64Array[];
}

export function binMatrix(columns: readonly Float64Array[], cuts: readonly Float64Array[], rows: number): BinnedMatrix {
  const width = columns.length;
  const byRow = new Uint8Array(rows * width);
  const byColumn = new Uint8Array(rows * width);
  for (let c = 0; c < width; c++) byColumn.set(binColumn(columns[c], cuts[c]), c * rows);
  // In blocks, so that both sides of the transposition stay in the cache.
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let c = 0; c < width; c++) {
      const from = c * rows;
      for (let r = start; r < end; r++) byRow[r * width + c] = byColumn[from + r];
    }
  }
  return { rows, width, byRow, byColumn, cuts };
}

const BLOCK = 256;
