/**
 * The walk over forests whose nodes fit into one word each: slot · 2²⁴ + rank of the threshold · 2¹⁴ + distance to the left child. Half the memory of two
 * words, and one load less per step. Leaves read a slot of their own that is always 0, and lead to themselves.
 */
import type { ForestNodes } from '../forest.ts';

/** Rank that no split has; leaves do, and the slot that they read never exceeds it. */
const LEAF_RANK = 1023;
const MOST_SLOTS = 255;
const MOST_DISTANCE = 16383;

export interface PackedNodes {
  readonly words: Int32Array;
  /** What every leaf's word is. */
  readonly leaf: number;
}

/** One word per node from two (prepare.ts), or undefined where slots, ranks or distances are too many. */
export function packNodes(twoWords: Int32Array, { left }: Pick<ForestNodes, 'left'>, slots: number): PackedNodes | undefined {
  if (slots > MOST_SLOTS) return undefined;
  const words = new Int32Array(left.length);
  const leaf = (slots << 24) | (LEAF_RANK << 14);
  for (let i = 0; i < words.length; i++) {
    if (left[i] === 0) {
      words[i] = leaf;
      continue;
    }
    const word = twoWords[2 * i];
    const rank = word & 65535;
    const distance = left[i] - i;
    // A negative word is a categorical split.
    if (word < 0 || rank >= LEAF_RANK || distance > MOST_DISTANCE) return undefined;
    words[i] = ((word >>> 16) << 24) | (rank << 14) | distance;
  }
  return { words, leaf };
}

/** Adds tree after tree to `scores` of `count` rows whose ranks stand `stride` apart; four rows in flight. */
export function addPackedBlock({ words, leaf }: PackedNodes, starts: Int32Array, value: Float64Array, outputs: number, ranks: Uint16Array, stride: number, count: number, scores: Float64Array, to: number): void {
  const fours = count & ~3;
  for (let t = 0, output = 0; t + 1 < starts.length; t++) {
    const root = starts[t];
    for (let i = 0; i < fours; i += 4) {
      const f0 = i * stride;
      const f1 = f0 + stride;
      const f2 = f1 + stride;
      const f3 = f2 + stride;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      for (;;) {
        const wa = words[a];
        const wb = words[b];
        const wc = words[c];
        const wd = words[d];
        if (((wa ^ leaf) | (wb ^ leaf) | (wc ^ leaf) | (wd ^ leaf)) === 0) break;
        a += (wa & 16383) + ((((wa >>> 14) & 1023) - ranks[f0 + (wa >>> 24)]) >>> 31);
        b += (wb & 16383) + ((((wb >>> 14) & 1023) - ranks[f1 + (wb >>> 24)]) >>> 31);
        c += (wc & 16383) + ((((wc >>> 14) & 1023) - ranks[f2 + (wc >>> 24)]) >>> 31);
        d += (wd & 16383) + ((((wd >>> 14) & 1023) - ranks[f3 + (wd >>> 24)]) >>> 31);
      }
      const at = to + i * outputs + output;
      scores[at] += value[a];
      scores[at + outputs] += value[b];
      scores[at + 2 * outputs] += value[c];
      scores[at + 3 * outputs] += value[d];
    }
    for (let i = fours; i < count; i++) scores[to + i * outputs + output] += value[reach(words, leaf, ranks, i * stride, root)];
    if (++output === outputs) output = 0;
  }
}

function reach(words: Int32Array, leaf: number, ranks: Uint16Array, from: number, root: number): number {
  let node = root;
  for (let word = words[node]; word !== leaf; word = words[node]) node += (word & 16383) + ((((word >>> 14) & 1023) - ranks[from + (word >>> 24)]) >>> 31);
  return node;
}

/** Overwritten by every call. */
const REACHED = new Int32Array(4);

/** The same for one row; four trees in flight. */
export function addPackedRow({ words, leaf }: PackedNodes, starts: Int32Array, value: Float64Array, outputs: number, ranks: Uint16Array, scores: Float64Array, to: number): void {
  const trees = starts.length - 1;
  let t = 0;
  let output = 0;
  for (; t + 4 <= trees; t += 4) {
    reachFour(words, leaf, ranks, starts, t);
    for (let k = 0; k < 4; k++) {
      scores[to + output] += value[REACHED[k]];
      if (++output === outputs) output = 0;
    }
  }
  for (; t < trees; t++) {
    scores[to + output] += value[reach(words, leaf, ranks, 0, starts[t])];
    if (++output === outputs) output = 0;
  }
}

function reachFour(words: Int32Array, leaf: number, ranks: Uint16Array, starts: Int32Array, t: number): void {
  let a = starts[t];
  let b = starts[t + 1];
  let c = starts[t + 2];
  let d = starts[t + 3];
  for (;;) {
    const wa = words[a];
    const wb = words[b];
    const wc = words[c];
    const wd = words[d];
    if (((wa ^ leaf) | (wb ^ leaf) | (wc ^ leaf) | (wd ^ leaf)) === 0) break;
    a += (wa & 16383) + ((((wa >>> 14) & 1023) - ranks[wa >>> 24]) >>> 31);
    b += (wb & 16383) + ((((wb >>> 14) & 1023) - ranks[wb >>> 24]) >>> 31);
    c += (wc & 16383) + ((((wc >>> 14) & 1023) - ranks[wc >>> 24]) >>> 31);
    d += (wd & 16383) + ((((wd >>> 14) & 1023) - ranks[wd >>> 24]) >>> 31);
  }
  REACHED[0] = a;
  REACHED[1] = b;
  REACHED[2] = c;
  REACHED[3] = d;
}
