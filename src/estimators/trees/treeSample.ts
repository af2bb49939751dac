/**
 * The rows and columns that one tree sees, copied together: for each row the histogram slots of its bins, side by side. What a tree reads most
 * then lies in one or two cache lines per row.
 */
import type { BinnedMatrix } from './binnedMatrix.ts';
import type { SampleDerivatives } from './derivatives.ts';

export interface TreeSample extends SampleDerivatives {
  /** Rows in the sample. Their places in it are called positions. */
  count: number;
  /** Row of the matrix by position. */
  readonly rows: Int32Array;
  /** Columns of the matrix, ascending. */
  columns: Int32Array;
  /** First slot of each column: that of its missing values, bin b lies b further on. Then the number of slots. */
  offsets: Int32Array;
  /** Columns rounded up to a multiple of four; the surplus points to slots that nobody reads. */
  stride: number;
  /** Slot of column a of position p at p·stride + a. */
  slots: Uint16Array;
}

/** Slots behind those of the columns, for the surplus columns of {@link TreeSample.stride}. */
export const SURPLUS_SLOTS = 3;

/** Most bins per column that leave the slots of all columns within 16 bits. */
export function binsThatFit(columns: number, wanted: number): number {
  return Math.max(2, Math.min(wanted, Math.floor(65_000 / Math.max(1, columns)) - 1));
}

/** Columns that fit at two bins each. */
export const MOST_COLUMNS = 20_000;

export function emptySample(rows: number): TreeSample {
  const values = (): Float64Array => new Float64Array(rows);
  const none = new Int32Array(0);
  return { count: 0, rows: new Int32Array(rows), columns: none, offsets: none, stride: 0, slots: new Uint16Array(0), packed: values(), gradients: values(), hessians: values(), weights: values() };
}

/** Points `sample`, whose `rows` and `count` are set, at `columns` and collects their slots. */
export function collectSlots(sample: TreeSample, matrix: BinnedMatrix, columns: Int32Array): void {
  const { byRow, width, cuts } = matrix;
  const { rows, count } = sample;
  const used = columns.length;
  const stride = (used + 3) & ~3;
  const offsets = new Int32Array(used + 1);
  for (let a = 0; a < used; a++) offsets[a + 1] = offsets[a] + cuts[columns[a]].length + 2;
  if (sample.slots.length < count * stride) sample.slots = new Uint16Array(Math.ceil(count * stride * 1.05));
  const { slots } = sample;
  for (let p = 0; p < count; p++) {
    const from = Math.imul(rows[p], width);
    const to = Math.imul(p, stride);
    for (let a = 0; a < used; a++) slots[to + a] = offsets[a] + byRow[from + columns[a]];
    for (let a = used; a < stride; a++) slots[to + a] = offsets[used] + a - used;
  }
  sample.columns = columns;
  sample.offsets = offsets;
  sample.stride = stride;
}
