import { z } from 'zod';
import { finite, float64Block, int32Block, uint8Block } from '../codec.ts';
import type { GrownTree } from './grownTree.ts';

/** All trees one behind the other, one entry per node. The right child is `left` + 1. */
const nodesSchema = z.object({
  /** Index into `columns`, −1 at a leaf. */
  column: int32Block,
  /** v ≤ threshold goes left. */
  threshold: float64Block,
  /** 1 where a missing value goes left. */
  missingLeft: uint8Block,
  /** Index of the left child, 0 at a leaf. */
  left: int32Block,
  /** What a leaf adds to the score; 0 elsewhere. */
  value: float64Block,
  /** Weight of the training rows that came through. */
  cover: float64Block,
});

export const boostedTreesSchema = z
  .object({
    kind: z.literal('boosted_trees'),
    objective: z.enum(['log_loss', 'squared_error', 'tweedie']),
    columns: z.array(z.string()),
    base: finite,
    /** First node of each tree, and the number of nodes at the end. */
    starts: int32Block,
    nodes: nodesSchema,
  })
  .superRefine((artefact, context) => {
    const wrong = brokenReference(artefact.starts, artefact.nodes, artefact.columns.length);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
export type BoostedTreesArtefact = z.infer<typeof boostedTreesSchema>;
export type TreeNodes = z.infer<typeof nodesSchema>;

/** What keeps the arrays from being trees, or undefined: lengths, starts, child indices inside their tree and behind their parent (so no cycles), covers. */
function brokenReference(starts: Int32Array, nodes: TreeNodes, columns: number): string | undefined {
  const count = nodes.column.length;
  const lengths = [nodes.threshold, nodes.missingLeft, nodes.left, nodes.value, nodes.cover].map((block) => block.length);
  if (lengths.some((length) => length !== count)) return `node arrays differ in length: ${[count, ...lengths].join(', ')}`;
  if (starts.length === 0 || starts[0] !== 0 || starts[starts.length - 1] !== count) return 'tree starts do not span the nodes';
  for (let t = 0; t + 1 < starts.length; t++) {
    if (starts[t + 1] <= starts[t]) return `tree ${t} has no nodes`;
    for (let i = starts[t]; i < starts[t + 1]; i++) {
      if (nodes.column[i] >= columns || nodes.column[i] < -1) return `node ${i} reads column ${nodes.column[i]} of ${columns}`;
      if (!(nodes.cover[i] > 0)) return `node ${i} has no training rows`;
      if (nodes.column[i] >= 0 && (nodes.left[i] <= i || nodes.left[i] + 1 >= starts[t + 1])) return `node ${i} has no children in its tree`;
    }
  }
  return undefined;
}

/** Flat arrays of `trees`, keeping only the columns (of `names`) that a split reads. */
export function flattenTrees(trees: readonly GrownTree[], names: readonly string[]): Pick<BoostedTreesArtefact, 'columns' | 'starts' | 'nodes'> {
  const starts = new Int32Array(trees.length + 1);
  const reads = new Uint8Array(names.length);
  trees.forEach((tree, t) => {
    starts[t + 1] = starts[t] + tree.nodes;
    for (const column of tree.column) if (column >= 0) reads[column] = 1;
  });
  const used = names.flatMap((_, column) => (reads[column] === 1 ? [column] : []));
  const place = new Int32Array(names.length);
  used.forEach((column, i) => {
    place[column] = i;
  });
  const count = starts[trees.length];
  const nodes: TreeNodes = {
    column: new Int32Array(count),
    threshold: new Float64Array(count),
    missingLeft: new Uint8Array(count),
    left: new Int32Array(count),
    value: new Float64Array(count),
    cover: new Float64Array(count),
  };
  trees.forEach((tree, t) => {
    const from = starts[t];
    nodes.column.set(tree.column.map((column) => (column < 0 ? -1 : place[column])), from);
    nodes.left.set(tree.left.map((left) => (left === 0 ? 0 : left + from)), from);
    nodes.threshold.set(tree.threshold, from);
    nodes.missingLeft.set(tree.missingLeft, from);
    nodes.value.set(tree.value, from);
    nodes.cover.set(tree.cover, from);
  });
  return { columns: used.map((column) => names[column]), starts, nodes };
}

/** base + Σ trees per row: log odds, value or log mean by objective. `columns` in the order of the artefact's. */
export function treeScores(artefact: BoostedTreesArtefact, columns: readonly Float64Array[], rows: number): Float64Array {
  const { starts, base } = artefact;
  const { column, threshold, missingLeft, left, value } = artefact.nodes;
  const scores = new Float64Array(rows);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns.length; c++) row[c] = columns[c][i];
    let score = base;
    for (let t = 0; t + 1 < starts.length; t++) {
      let node = starts[t];
      while (column[node] >= 0) {
        const v = row[column[node]];
        const goesLeft = v !== v ? missingLeft[node] === 1 : v <= threshold[node];
        node = goesLeft ? left[node] : left[node] + 1;
      }
      score += value[node];
    }
    scores[i] = score;
  }
  return scores;
}
