import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from '../forest.ts';
import { ZERO } from './ranks.ts';

/** Where a value goes at a node: 1 left, 0 right. */
export function goesLeft({ nodes, sets }: Forest, node: number, v: number): number {
  const flags = nodes.flags[node];
  if (v !== v || ((flags & ZERO_IS_MISSING) !== 0 && Math.abs(v) <= ZERO)) return flags & MISSING_LEFT;
  if ((flags & CATEGORICAL) === 0) return v <= nodes.threshold[node] ? 1 : 0;
  const set = nodes.threshold[node];
  const from = sets.starts[set];
  const code = Math.trunc(v);
  if (!(code >= 0) || code >= (sets.starts[set + 1] - from) * 32) return 0;
  return (sets.words[from + (code >> 5)] >>> (code & 31)) & 1;
}

/** The definition that the fast form is held to: one row and one node after the other. */
export function plainScores(forest: Forest, columns: readonly Float64Array[], rows: number): Float64Array {
  const { starts, base, outputs } = forest;
  const { column, left, value } = forest.nodes;
  const scores = new Float64Array(rows * outputs);
  for (let i = 0; i < rows; i++) {
    scores.set(base, i * outputs);
    for (let t = 0; t + 1 < starts.length; t++) {
      let node = starts[t];
      while (column[node] >= 0) node = left[node] + 1 - goesLeft(forest, node, columns[column[node]][i]);
      scores[i * outputs + (t % outputs)] += value[node];
    }
  }
  return scores;
}
