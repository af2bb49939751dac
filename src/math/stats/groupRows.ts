/** Equal rows put together: the step that turns a million customers into the few thousand different histories that a likelihood has to look at. */
import { argsort } from './argsort.ts';

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

/** A 32-bit hash per row: only a place in a table, so one multiplication per half of a number is enough. −0 equals 0. */
function placeHashes(columns: readonly ArrayLike<number>[], rows: number): Int32Array {
  const hashes = new Int32Array(rows);
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  for (const column of columns) {
    for (let i = 0; i < rows; i++) {
      double[0] = column[i] + 0;
      const h = Math.imul(hashes[i] ^ words[0], 0x85ebca6b) ^ words[1];
      hashes[i] = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
    }
  }
  return hashes;
}

/** Rows with equal values in all `columns` (no NaN) share a group. Hash table with open addressing; equality is checked on the values themselves. */
export function groupRows(columns: readonly ArrayLike<number>[], rows: number): RowGroups {
  const hashes = placeHashes(columns, rows);
  let bits = 4;
  while (2 ** bits < 2 * rows) bits++;
  const mask = 2 ** bits - 1;
  const table = new Int32Array(2 ** bits).fill(-1);
  const group = new Int32Array(rows);
  const firsts = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let slot = (hashes[row] ^ (hashes[row] >>> 13)) & mask;
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
  const { group, firsts } = groupRows(columns, weights.length);
  const sums = groupSums(group, weights, firsts.length);
  // Stable sorts from the last column to the first.
  let order = Int32Array.from(firsts.keys());
  for (let c = columns.length - 1; c >= 0; c--) order = indicesAt(order, argsort(valuesAt(columns[c], indicesAt(firsts, order))));
  const rows = indicesAt(firsts, order);
  return { values: columns.map((column) => valuesAt(column, rows)), weight: valuesAt(sums, order) };
}

function groupSums(group: Int32Array, weights: ArrayLike<number>, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  let whole = true;
  for (let row = 0; row < group.length && whole; row++) whole = Number.isInteger(weights[row]);
  if (whole) for (let row = 0; row < group.length; row++) sums[group[row]] += weights[row];
  else for (const row of argsort(weights)) sums[group[row]] += weights[row];
  return sums;
}

// Plain loops, because callbacks per element would cost more than the sorts; and small functions, which are compiled once and early.
function valuesAt(values: ArrayLike<number>, rows: Int32Array): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
  return taken;
}

function indicesAt(values: Int32Array, rows: Int32Array): Int32Array<ArrayBuffer> {
  const taken = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
  return taken;
}
