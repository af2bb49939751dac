/**
 * The design matrix by columns, read in blocks of rows. A term over categories or of a missing flag is a small table and one code per row, shared by all
 * terms of its column; only quantities hold a number per row, so the design of a million rows is no copy of the copy.
 */
export type DesignColumn = Float64Array | CodedColumn;

export interface CodedColumn {
  /** One position in `table` per row. */
  readonly codes: Uint8Array | Int32Array;
  readonly table: Float64Array;
}

export interface Design {
  readonly rows: number;
  readonly columns: readonly DesignColumn[];
}

/** Rows that are taken together: with sixty terms a block lies in the second-level cache. */
export const BLOCK = 512;

/** Writes rows `from` … `to` − 1 (at most BLOCK) into `out`, term after term in steps of BLOCK. */
export function loadBlock({ columns }: Design, from: number, to: number, out: Float64Array): void {
  for (let k = 0; k < columns.length; k++) {
    const column = columns[k];
    const at = k * BLOCK;
    if (column instanceof Float64Array) {
      // Not set(subarray()): a view per term and block would be garbage by the million.
      for (let i = from; i < to; i++) out[at + i - from] = column[i];
    } else {
      const { codes, table } = column;
      for (let i = from; i < to; i++) out[at + i - from] = table[codes[i]];
    }
  }
}

/** Weighted mean and spread of a column without writing it out. */
export function codedTotals({ codes, table }: CodedColumn, weights: Float64Array): { readonly mean: number; readonly sd: number } {
  const mass = new Float64Array(table.length);
  for (let i = 0; i < codes.length; i++) mass[codes[i]] += weights[i];
  let [sum, total] = [0, 0];
  for (let c = 0; c < table.length; c++) {
    sum += mass[c] * table[c];
    total += mass[c];
  }
  const mean = sum / total;
  let squares = 0;
  for (let c = 0; c < table.length; c++) squares += mass[c] * (table[c] - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / total) };
}
