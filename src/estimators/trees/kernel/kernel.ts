/**
 * The inner loops of tree growing behind one narrow interface, which the compiled kernel (wasmKernel.ts) and its twin in TypeScript (twin.ts) serve with
 * the same bytes. Arrays come from the kernel, because the compiled one sees nothing else.
 */

/** Bytes of a row's record in one block of columns, and how many bins a record holds beside narrow (2 × 16 bits) or fine (3 × 32 bits) derivatives. */
export const RECORD = 32;
export const NARROW_COLUMNS = 28;
export const FINE_COLUMNS = 20;

/** Bins of all rows: bin 0 holds missing values. */
export interface BinStore {
  readonly rows: number;
  readonly columns: number;
  /** Record of row r in block b at (b·rows + r)·32: bins of the block's columns, then derivatives. */
  readonly records: Uint8Array;
  /** Bin of row r in column c at c·rows + r. */
  readonly byColumn: Uint8Array;
  readonly fine: boolean;
  readonly perBlock: number;
  readonly blocks: number;
}

/** What a tree sees: columns and rules. Histograms have one slot per active column; see {@link cellOf}. */
export interface TreeView {
  readonly store: BinStore;
  /** Rows, a range of them for each leaf; a row may stand twice, next to itself. `spare` is as long. */
  readonly order: Int32Array;
  readonly spare: Int32Array;
  /** Active columns in ascending order, and the number of bins of each. */
  readonly active: Int32Array;
  readonly bins: Int32Array;
  /** Doubles of a slot: bins of the widest column, rounded up to a power of two, times 2 (narrow) or 4 (fine). */
  readonly slotSize: number;
  /** Limits of a child in steps of the grid; λ likewise. */
  readonly lambda: number;
  readonly minRows: number;
  readonly minHessian: number;
  readonly minGain: number;
  /** Narrow cells hold second derivatives · unit + rows in one number. */
  readonly unit: number;
}

/** Best cut of each slot, score 0 where there is none or (of the compiled kernel) where a slot before has a better one: score at 2·slot of `scores`, bin and side (1: missing goes left) at 4·slot + 2 and + 3 of `cuts`. Both look at the same memory. */
export interface SlotCuts {
  readonly scores: Float64Array;
  readonly cuts: Int32Array;
}

/** A leaf that is to be split, or the root, which is only counted. */
export interface LeafTask {
  readonly start: number;
  readonly end: number;
  /** Column of the split, −1 for the root. */
  readonly column: number;
  /** 256 bytes, 1 where a bin goes left. */
  readonly table: Uint8Array;
  /** Whether the child with fewer rows is the left one. */
  readonly smallIsLeft: boolean;
  /** Histogram of the leaf, which becomes that of the child with more rows, and where that of the other goes. Absent: no child will be split. */
  readonly large?: Float64Array | undefined;
  readonly small?: Float64Array | undefined;
  /** Per slot 1 where the best cut is wanted, and where it goes. Absent: none is. */
  readonly scanLarge?: Uint8Array | undefined;
  readonly scanSmall?: Uint8Array | undefined;
  readonly cutsLarge: SlotCuts;
  readonly cutsSmall: SlotCuts;
  /** Answer: where the right child starts. */
  middle: number;
}

/** A tree for following rows by bins; the right child is left + 1. */
export interface BinTree {
  /** Per node: column (−1 at a leaf), left child, number of its table; 3 numbers. */
  readonly nodes: Int32Array;
  /** 256 bytes per split, 1 where a bin goes left. */
  readonly tables: Uint8Array;
  readonly values: Float64Array;
}

/** How derivatives become steps. */
export interface Grid {
  /** Steps per unit. */
  readonly gradient: number;
  readonly hessian: number;
  readonly weight: number;
}

export interface Kernel {
  readonly threads: number;
  /** Arrays that start on a 64-byte line. What they hold at first is undefined. */
  bytes(length: number): Uint8Array;
  ints(length: number): Int32Array;
  doubles(length: number): Float64Array;
  /** Writes a 32-bit hash per row over the columns, in their order. */
  hashRows(columns: readonly ArrayLike<number>[], hashes: Int32Array): void;
  /** Sorts each array in ascending order; no NaN, no −0. */
  sortAll(arrays: readonly Float64Array[]): void;
  /** Writes the bins of numeric columns, `columns[c]` being column `places[c]` of the store, with ascending `cuts`. */
  binColumns(store: BinStore, columns: readonly Float64Array[], places: readonly number[], cuts: readonly Float64Array[]): void;
  /** Narrow derivatives of the logistic loss at the first `count` rows of the order. */
  logistic(store: BinStore, order: Int32Array, count: number, scores: Float64Array, y: Float64Array, hashes: Int32Array, seed: number, hessianSteps: number): void;
  quantiseNarrow(store: BinStore, order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, hashes: Int32Array, seed: number, grid: Grid): void;
  /** With `whole` weights a row is rounded first and multiplied then, so that weight 2 is exactly the row twice. */
  quantiseFine(store: BinStore, order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, weights: Float64Array | undefined, whole: boolean, grid: Grid): void;
  startTree(view: TreeView): void;
  /** Splits leaves: `apart` gives each leaf to one thread, else all threads work on one leaf after the other. */
  split(leaves: readonly LeafTask[], apart: boolean): void;
  /** Adds a value to the scores of the rows of each leaf. */
  addValues(order: Int32Array, leaves: readonly { readonly start: number; readonly end: number; readonly value: number }[], scores: Float64Array): void;
  addTree(store: BinStore, rows: Int32Array, count: number, tree: BinTree, scores: Float64Array): void;
  /** The fit is over: arrays may be used again. */
  release(): void;
}

/** Doubles per bin, by format. */
export const cellOf = (fine: boolean): number => (fine ? 4 : 2);

/** First of the `end − start` things that thread `t` of `threads` takes. */
export function share(start: number, end: number, t: number, threads: number): number {
  return start + Math.floor(((end - start) * t) / threads);
}
