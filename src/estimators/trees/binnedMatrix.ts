/**
 * All columns as bin numbers, kept twice: four columns to a word and the words of a row together, for counting histograms and for scoring; and
 * columns together, for parting a leaf's rows.
 */
import { binColumn } from './binning.ts';

export interface BinnedMatrix {
  readonly rows: number;
  /** Columns. Four neighbours share a word, in the last group fewer. */
  readonly width: number;
  /** Words per row. */
  readonly groups: number;
  /** Bins of columns 4g … 4g + 3 of row r at r·groups + g, the first in the lowest byte. */
  readonly words: Int32Array;
  /** Bin of row r in column c at c·rows + r. */
  readonly byColumn: Uint8Array;
  /** Upper ends of each column's bins; see {@link binColumn}. */
  readonly cuts: readonly Float64Array[];
  /** Every bin number is below 2^bits. */
  readonly bits: number;
}

export function binMatrix(columns: readonly Float64Array[], cuts: readonly Float64Array[], rows: number): BinnedMatrix {
  const width = columns.length;
  const groups = Math.ceil(width / 4);
  const words = new Int32Array(rows * groups);
  const byColumn = new Uint8Array(rows * width);
  for (let c = 0; c < width; c++) {
    const bins = binColumn(columns[c], cuts[c]);
    byColumn.set(bins, c * rows);
    const shift = (c & 3) * 8;
    for (let r = 0, at = c >> 2; r < rows; r++, at += groups) words[at] |= bins[r] << shift;
  }
  const most = cuts.reduce((max, { length }) => Math.max(max, length + 1), 1);
  return { rows, width, groups, words, byColumn, cuts, bits: 32 - Math.clz32(most) };
}
