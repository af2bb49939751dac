import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING } from '../forest.ts';
import { BEYOND, type PreparedForest } from './prepare.ts';

/** Absolute values up to this count as zero where zero is missing. */
export const ZERO = 1e-35;

/**
 * Ranks of `count` rows from `start` on: slot s of row i goes to out[s · slotStride + i · rowStride]. Steps of the search are sums instead of branches,
 * because a processor cannot foresee which half a value lies in, and four values are searched for side by side.
 */
export function rankRows(prepared: PreparedForest, columns: readonly Float64Array[], start: number, count: number, out: Uint16Array, slotStride: number, rowStride: number): void {
  const { slotFrom, slotFlags } = prepared;
  for (let column = 0; column < columns.length; column++) {
    const first = slotFrom[column];
    const end = slotFrom[column + 1];
    if (first === end) continue;
    const values = columns[column];
    const numeric = first * slotStride;
    if ((slotFlags[first] & CATEGORICAL) === 0) search(prepared, column, values, start, count, out, numeric, rowStride);
    // The first slot last: until then it holds plain ranks.
    for (let slot = end - 1; slot >= first; slot--) {
      const flags = slotFlags[slot];
      const at = slot * slotStride;
      if ((flags & CATEGORICAL) !== 0) {
        for (let i = 0; i < count; i++) out[at + i * rowStride] = codeOf(values[start + i], flags, prepared.categories[column]);
        continue;
      }
      const missing = (flags & MISSING_LEFT) !== 0 ? 0 : BEYOND;
      const least = (flags & ZERO_IS_MISSING) !== 0 ? ZERO : -1;
      // The comparison is false of NaN as well.
      for (let i = 0; i < count; i++) out[at + i * rowStride] = Math.abs(values[start + i]) > least ? out[numeric + i * rowStride] : missing;
    }
  }
}

/** Number of cuts below each value; anything for NaN. */
function search({ cuts }: PreparedForest, column: number, values: Float64Array, start: number, count: number, out: Uint16Array, at: number, stride: number): void {
  const table = cuts.values;
  const from = cuts.from[column] - 1;
  const top = 1 << (cuts.levels[column] - 1);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const va = values[start + i];
    const vb = values[start + i + 1];
    const vc = values[start + i + 2];
    const vd = values[start + i + 3];
    let a = from;
    let b = from;
    let c = from;
    let d = from;
    for (let half = top; half > 0; half >>= 1) {
      a += Math.imul(half, +(table[a + half] < va));
      b += Math.imul(half, +(table[b + half] < vb));
      c += Math.imul(half, +(table[c + half] < vc));
      d += Math.imul(half, +(table[d + half] < vd));
    }
    const to = at + i * stride;
    out[to] = a - from;
    out[to + stride] = b - from;
    out[to + 2 * stride] = c - from;
    out[to + 3 * stride] = d - from;
  }
  for (; i < count; i++) {
    let low = from;
    for (let half = top; half > 0; half >>= 1) low += Math.imul(half, +(table[low + half] < values[start + i]));
    out[at + i * stride] = low - from;
  }
}

function codeOf(v: number, flags: number, categories: number): number {
  if (v !== v || ((flags & ZERO_IS_MISSING) !== 0 && Math.abs(v) <= ZERO)) return categories + 1;
  const code = Math.trunc(v);
  return code >= 0 && code < categories ? code : categories;
}

/** The ranks of one row, slot after slot to `out`: the same as those of {@link rankRows}, with four columns side by side. */
export function rankRow(prepared: PreparedForest, columns: readonly Float64Array[], row: number, out: Uint16Array): void {
  const { values: table, from, levels, order } = prepared.cuts;
  let i = 0;
  for (; i + 4 <= order.length; i += 4) {
    const ca = order[i];
    const cb = order[i + 1];
    const cc = order[i + 2];
    const cd = order[i + 3];
    const va = columns[ca][row];
    const vb = columns[cb][row];
    const vc = columns[cc][row];
    const vd = columns[cd][row];
    let a = from[ca] - 1;
    let b = from[cb] - 1;
    let c = from[cc] - 1;
    let d = from[cd] - 1;
    for (let half = 1 << (levels[ca] - 1); half > 0; half >>= 1) {
      a += Math.imul(half, +(table[a + half] < va));
      b += Math.imul(half, +(table[b + half] < vb));
      c += Math.imul(half, +(table[c + half] < vc));
      d += Math.imul(half, +(table[d + half] < vd));
    }
    write(prepared, ca, va, a - from[ca] + 1, out);
    write(prepared, cb, vb, b - from[cb] + 1, out);
    write(prepared, cc, vc, c - from[cc] + 1, out);
    write(prepared, cd, vd, d - from[cd] + 1, out);
  }
  for (; i < order.length; i++) {
    const column = order[i];
    const v = columns[column][row];
    let low = from[column] - 1;
    for (let half = 1 << (levels[column] - 1); half > 0; half >>= 1) low += Math.imul(half, +(table[low + half] < v));
    write(prepared, column, v, low - from[column] + 1, out);
  }
  if (!prepared.categorical) return;
  prepared.slots.forEach(({ column, flags }, slot) => {
    if ((flags & CATEGORICAL) !== 0) out[slot] = codeOf(columns[column][row], flags, prepared.categories[column]);
  });
}

function write({ slotFrom, slotFlags }: PreparedForest, column: number, v: number, rank: number, out: Uint16Array): void {
  const magnitude = Math.abs(v);
  for (let slot = slotFrom[column]; slot < slotFrom[column + 1]; slot++) {
    const flags = slotFlags[slot];
    const least = (flags & ZERO_IS_MISSING) !== 0 ? ZERO : -1;
    out[slot] = magnitude > least ? rank : (flags & MISSING_LEFT) !== 0 ? 0 : BEYOND;
  }
}
