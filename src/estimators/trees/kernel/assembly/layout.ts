/**
 * What the kernel and its caller agree on: the record of a row, the context of a tree, the description of a leaf that is split. The names and numbers
 * stand again in ../wasmLayout.ts, which the caller reads.
 *
 * A row has one record of 32 bytes per block of columns: bins first, then its gradient and second derivative. Narrow records hold 28 bins and two 16-bit
 * numbers, fine ones 20 bins and three 32-bit numbers (gradient, second derivative, weight).
 */
export const RECORD: usize = 32;
export const NARROW_AT: usize = 28;
export const FINE_AT: usize = 20;

/** Numbers of the context, i32 each. */
export namespace Context {
  export const order: usize = 0;
  export const spare: usize = 4;
  /** Table of blocks: records, active columns, list of their offsets (0: they are the first ones), first slot; 4 × i32 each. */
  export const blocks: usize = 8;
  export const blockCount: usize = 12;
  export const slots: usize = 16;
  /** Bytes of a slot, the histogram of one column. */
  export const size: usize = 20;
  /** Per slot the number of its bins, i32. */
  export const bins: usize = 24;
  export const fine: usize = 28;
  /** Histograms that threads fill apart from each other. */
  export const partial: usize = 36;
  export const histogramBytes: usize = 40;
  export const touched: usize = 44;
  /** f64 from here on: λ, least rows, least second derivative, least gain, 2^k and 2^−k of packed counts. */
  export const lambda: usize = 64;
  export const minRows: usize = 72;
  export const minHessian: usize = 80;
  export const minGain: usize = 88;
  export const unit: usize = 96;
  export const inverse: usize = 104;
}

/** Numbers of a leaf that is to be split, i32 each. */
export namespace Leaf {
  export const start: usize = 0;
  export const end: usize = 4;
  /** Bins of the split's column; 0 for the root, whose rows are counted as they are. */
  export const column: usize = 8;
  /** 256 bytes: 1 where a bin goes left. */
  export const table: usize = 12;
  export const smallIsLeft: usize = 16;
  /** Histogram of the leaf, which becomes that of the child with more rows; and where that of the other goes. 0: none is wanted. */
  export const large: usize = 20;
  export const small: usize = 24;
  /** Per slot score (f64), bin and side (i32). */
  export const resultLarge: usize = 28;
  export const resultSmall: usize = 32;
  /** Per slot 1 where it is scanned; 0: the child is not. */
  export const scanLarge: usize = 36;
  export const scanSmall: usize = 40;
  /** Written: first row of the right child. */
  export const middle: usize = 44;
  export const BYTES: usize = 64;
}
