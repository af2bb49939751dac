import type { Forest } from '../forest.ts';
import { goesLeft } from '../serve/plainScores.ts';
import type { PreparedForest } from '../serve/prepare.ts';

/** One byte per split and row of a block, 1 where the row goes right: split s of row i at s · stride + i. */
export function decideByRank({ words, maskFrom, masks }: PreparedForest, splits: Int32Array, ranks: Uint16Array, start: number, count: number, rankStride: number, out: Uint8Array, stride: number): void {
  for (let s = 0; s < splits.length; s++) {
    const word = words[2 * splits[s]];
    const from = ((word >>> 16) & 32767) * rankStride + start;
    const to = s * stride;
    const low = word & 65535;
    if (word >= 0) for (let i = 0; i < count; i++) out[to + i] = (low - ranks[from + i]) >>> 31;
    else {
      const mask = maskFrom[low];
      for (let i = 0; i < count; i++) {
        const code = ranks[from + i];
        out[to + i] = ~(masks[mask + (code >> 5)] >>> (code & 31)) & 1;
      }
    }
  }
}

/** The same for a forest that has no ranks. */
export function decideByValue(forest: Forest, splits: Int32Array, columns: readonly Float64Array[], start: number, count: number, out: Uint8Array, stride: number): void {
  for (let s = 0; s < splits.length; s++) {
    const values = columns[forest.nodes.column[splits[s]]];
    for (let i = 0; i < count; i++) out[s * stride + i] = 1 - goesLeft(forest, splits[s], values[start + i]);
  }
}
