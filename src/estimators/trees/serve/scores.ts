/**
 * Scores of a forest, fast: rows in blocks small enough for their ranks to stay in the nearest cache, a tree at a time, four rows in flight, so that the
 * processor waits for four loads at once instead of one after the other. Single rows have four trees in flight. Either way a row's score is its base
 * plus the leaf values in the order of the trees: the same bits alone and in any batch.
 */
import type { Forest } from '../forest.ts';
import { addPackedBlock, addPackedRow } from './packedScores.ts';
import { plainScores } from './plainScores.ts';
import { prepareForest, type PreparedForest } from './prepare.ts';
import { rankRow, rankRows } from './ranks.ts';

const BLOCK = 256;
/** Below this many rows trees are in flight instead of rows. */
const FEW = 4;

/** base + Σ leaf values, row-major rows × outputs, before the link. `columns` in the order of the forest's, categories as the forest's codes. */
export function forestScores(forest: Forest, columns: readonly Float64Array[], rows: number): Float64Array {
  const prepared = prepareForest(forest);
  if (prepared === undefined) return plainScores(forest, columns, rows);
  const { outputs, base, starts } = forest;
  const { value } = forest.nodes;
  const { packed, rowRanks } = prepared;
  const scores = new Float64Array(rows * outputs);
  for (let i = 0; i < rows; i++) scores.set(base, i * outputs);
  const whole = rows % BLOCK < FEW ? rows - (rows % BLOCK) : rows;
  for (let i = whole; i < rows; i++) {
    rankRow(prepared, columns, i, rowRanks);
    if (packed === undefined) addRow(prepared, rowRanks, scores, i * outputs);
    else addPackedRow(packed, starts, value, outputs, rowRanks, scores, i * outputs);
  }
  // A row has a 0 behind its ranks, which packed leaves read.
  const width = prepared.slots.length + 1;
  const ranks = new Uint16Array(Math.min(whole, BLOCK) * width);
  for (let start = 0; start < whole; start += BLOCK) {
    const count = Math.min(BLOCK, whole - start);
    rankRows(prepared, columns, start, count, ranks, 1, width);
    if (packed === undefined) addBlock(prepared, ranks, width, count, scores, start * outputs);
    else addPackedBlock(packed, starts, value, outputs, ranks, width, count, scores, start * outputs);
  }
  return scores;
}

/** Twice the index of the next node. */
function step({ words, maskFrom, masks }: PreparedForest, ranks: Uint16Array, from: number, node: number): number {
  const word = words[node];
  const rank = ranks[from + ((word >>> 16) & 32767)];
  if (word >= 0) return words[node + 1] + ((((word & 65535) - rank) >>> 30) & 2);
  return words[node + 1] + ((~(masks[maskFrom[word & 65535] + (rank >> 5)] >>> (rank & 31)) & 1) << 1);
}

function addBlock(prepared: PreparedForest, ranks: Uint16Array, width: number, count: number, scores: Float64Array, to: number): void {
  const { starts, nodes, outputs } = prepared.forest;
  const { words, categorical } = prepared;
  const { value } = nodes;
  const fours = count & ~3;
  for (let t = 0, output = 0; t + 1 < starts.length; t++) {
    const root = 2 * starts[t];
    let i = 0;
    if (!categorical) {
      for (; i < fours; i += 4) {
        const f0 = i * width;
        const f1 = f0 + width;
        const f2 = f1 + width;
        const f3 = f2 + width;
        let a = root;
        let b = root;
        let c = root;
        let d = root;
        for (;;) {
          const wa = words[a];
          const wb = words[b];
          const wc = words[c];
          const wd = words[d];
          // Leaves are the only nodes with this word, and they lead to themselves.
          if (((wa ^ 65535) | (wb ^ 65535) | (wc ^ 65535) | (wd ^ 65535)) === 0) break;
          a = words[a + 1] + ((((wa & 65535) - ranks[f0 + (wa >>> 16)]) >>> 30) & 2);
          b = words[b + 1] + ((((wb & 65535) - ranks[f1 + (wb >>> 16)]) >>> 30) & 2);
          c = words[c + 1] + ((((wc & 65535) - ranks[f2 + (wc >>> 16)]) >>> 30) & 2);
          d = words[d + 1] + ((((wd & 65535) - ranks[f3 + (wd >>> 16)]) >>> 30) & 2);
        }
        const at = to + i * outputs + output;
        scores[at] += value[a >> 1];
        scores[at + outputs] += value[b >> 1];
        scores[at + 2 * outputs] += value[c >> 1];
        scores[at + 3 * outputs] += value[d >> 1];
      }
    }
    for (; i < count; i++) {
      let node = root;
      while (words[node] !== 65535) node = step(prepared, ranks, i * width, node);
      scores[to + i * outputs + output] += value[node >> 1];
    }
    if (++output === outputs) output = 0;
  }
}

function addRow(prepared: PreparedForest, ranks: Uint16Array, scores: Float64Array, to: number): void {
  const { starts, nodes, outputs } = prepared.forest;
  const { words, categorical } = prepared;
  const { value } = nodes;
  const trees = starts.length - 1;
  let t = 0;
  let output = 0;
  if (!categorical) {
    const reached = REACHED;
    for (; t + 8 <= trees; t += 8) {
      arrive(words, ranks, starts, t, reached, 0);
      arrive(words, ranks, starts, t + 4, reached, 4);
      for (let k = 0; k < 8; k++) {
        scores[to + output] += value[reached[k]];
        if (++output === outputs) output = 0;
      }
    }
  }
  for (; t < trees; t++) {
    let node = 2 * starts[t];
    while (words[node] !== 65535) node = step(prepared, ranks, 0, node);
    scores[to + output] += value[node >> 1];
    if (++output === outputs) output = 0;
  }
}

/** Overwritten by every call. */
const REACHED = new Int32Array(8);

function arrive(words: Int32Array, ranks: Uint16Array, starts: Int32Array, t: number, reached: Int32Array, k: number): void {
  let a = 2 * starts[t];
  let b = 2 * starts[t + 1];
  let c = 2 * starts[t + 2];
  let d = 2 * starts[t + 3];
  for (;;) {
    const wa = words[a];
    const wb = words[b];
    const wc = words[c];
    const wd = words[d];
    if (((wa ^ 65535) | (wb ^ 65535) | (wc ^ 65535) | (wd ^ 65535)) === 0) break;
    a = words[a + 1] + ((((wa & 65535) - ranks[wa >>> 16]) >>> 30) & 2);
    b = words[b + 1] + ((((wb & 65535) - ranks[wb >>> 16]) >>> 30) & 2);
    c = words[c + 1] + ((((wc & 65535) - ranks[wc >>> 16]) >>> 30) & 2);
    d = words[d + 1] + ((((wd & 65535) - ranks[wd >>> 16]) >>> 30) & 2);
  }
  reached[k] = a >> 1;
  reached[k + 1] = b >> 1;
  reached[k + 2] = c >> 1;
  reached[k + 3] = d >> 1;
}
