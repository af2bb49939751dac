/** One tree as parallel arrays, one entry per node; `column` −1 marks a leaf and the right child is `left` + 1. */
export interface GrownTree {
  readonly nodes: number;
  /** Column of the training set. */
  readonly column: Int32Array;
  /** Bins 1 … `bin` go left; 0 where `set` says which bins do. */
  readonly bin: Int32Array;
  readonly missingLeft: Uint8Array;
  /** Per categorical split 256 bytes, 1 where a bin goes left; undefined elsewhere. */
  readonly set: readonly (Uint8Array | undefined)[];
  readonly left: Int32Array;
  /** What a leaf adds to the score. */
  readonly value: Float64Array;
  /** Weight of the training rows that came through. */
  readonly cover: Float64Array;
}

/** A tree that grows node by node. */
export class TreeBuilder {
  private readonly columns: number[] = [];
  private readonly bins: number[] = [];
  private readonly missing: number[] = [];
  private readonly sets: (Uint8Array | undefined)[] = [];
  private readonly lefts: number[] = [];
  private readonly values: number[] = [];
  private readonly covers: number[] = [];

  /** A new leaf; returns its number. */
  leaf(cover: number): number {
    this.columns.push(-1);
    this.bins.push(0);
    this.missing.push(0);
    this.sets.push(undefined);
    this.lefts.push(0);
    this.values.push(0);
    this.covers.push(cover);
    return this.columns.length - 1;
  }

  /** Makes a leaf a split; returns the number of its left child. */
  split(node: number, column: number, bin: number, set: Uint8Array | undefined, missingLeft: boolean, coverLeft: number, coverRight: number): number {
    this.columns[node] = column;
    this.bins[node] = bin;
    this.sets[node] = set;
    this.missing[node] = missingLeft ? 1 : 0;
    const left = this.leaf(coverLeft);
    this.leaf(coverRight);
    this.lefts[node] = left;
    return left;
  }

  setValue(node: number, value: number): void {
    this.values[node] = value;
  }

  finish(): GrownTree {
    return {
      nodes: this.columns.length,
      column: Int32Array.from(this.columns),
      bin: Int32Array.from(this.bins),
      missingLeft: Uint8Array.from(this.missing),
      set: this.sets,
      left: Int32Array.from(this.lefts),
      value: Float64Array.from(this.values),
      cover: Float64Array.from(this.covers),
    };
  }
}

/** Writes 1 where a bin goes left: 256 bytes of a split. */
export function writeTable(out: Uint8Array, bin: number, set: Uint8Array | undefined, missingLeft: boolean): void {
  if (set === undefined) out.fill(1, 1, bin + 1).fill(0, bin + 1);
  else out.set(set);
  out[0] = missingLeft ? 1 : 0;
}
