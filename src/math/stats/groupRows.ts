/** Equal rows put together: the step that turns a million customers into the few thousand different histories that a likelihood has to look at. */
import { argsort } from './argsort.ts';
import { rowHashes } from './rowHash.ts';

export interface RowGroups {
  /** Position of each row's group, in order of first appearance. */
  readonly group: Int32Array;
  /** The first row of each group. */
  readonly firsts: Int32Array;
}

function equalRows(columns: readonly ArrayLike<number>[], a: number, b: number): boolean {
  for (let c = 0; c < columns.length; c++) if (columns[c][a] !== columns[c][b]) return false;
  return true;
}

/** Rows with equal values in all `columns` (no NaN) share a group. Hash table with open addressing; equality is checked on the values themselves. */
export function groupRows(columns: readonly ArrayLike<number>[], rows: number): RowGroups {
  const hashes = rowHashes(columns, rows);
  let bits = 4;
  while (2 ** bits < 2 * rows) bits++;
  const mask = 2 ** bits - 1;
  const table = new Int32Array(2 ** bits).fill(-1);
  const group = new Int32Array(rows);
  const firsts = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let slot = (hashes[row] >>> 0) & mask;
    for (;;) {
      const found = table[slot];
      if (found < 0) {
        table[slot] = count;
        firsts[count] = row;
        group[row] = count++;
        break;
      }
      const first = firsts[found];
      if (hashes[first] === hashes[row] && equalRows(columns, first, row)) {
        group[row] = found;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { group, firsts: firsts.slice(0, count) };
}

/**
 * Distinct rows in ascending order (first column first) with the sum of their weights: the same bytes for any order of the rows. Whole weights are
 * summed as they come (exact in any order); others in ascending order.
 */
export function distinctRows(columns: readonly ArrayLike<number>[], weights: ArrayLike<number>): { values: Float64Array[]; weight: Float64Array } {
  const rows = weights.length;
  const { group, firsts } = groupRows(columns, rows);
  const sums = new Float64Array(firsts.length);
  let whole = true;
  for (let row = 0; row < rows && whole; row++) whole = Number.isInteger(weights[row]);
  if (whole) for (let row = 0; row < rows; row++) sums[group[row]] += weights[row];
  else for (const row of argsort(weights)) sums[group[row]] += weights[row];
  // Stable sorts from the last column to the first; plain loops, because callbacks per element would cost more than the sort.
  const count = firsts.length;
  let order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const keys = new Float64Array(count);
  for (let c = columns.length - 1; c >= 0; c--) {
    const column = columns[c];
    for (let i = 0; i < count; i++) keys[i] = column[firsts[order[i]]];
    const sorted = argsort(keys);
    const next = new Int32Array(count);
    for (let i = 0; i < count; i++) next[i] = order[sorted[i]];
    order = next;
  }
  const values = columns.map((column) => {
    const taken = new Float64Array(count);
    for (let i = 0; i < count; i++) taken[i] = column[firsts[order[i]]];
    return taken;
  });
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) weight[i] = sums[order[i]];
  return { values, weight };
}
