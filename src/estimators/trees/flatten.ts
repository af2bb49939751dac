import { MISSING_LEFT, type Forest } from './forest.ts';
import type { GrownTree } from './grownTree.ts';

/** Trees one behind the other, keeping only the columns (of `names`) that a split reads. */
export function flattenTrees(trees: readonly GrownTree[], names: readonly string[]): Pick<Forest, 'columns' | 'categories' | 'starts' | 'nodes' | 'sets'> {
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
  const nodes: Forest['nodes'] = {
    column: new Int32Array(count),
    threshold: new Float64Array(count),
    flags: new Uint8Array(count),
    left: new Int32Array(count),
    value: new Float64Array(count),
    cover: new Float64Array(count),
  };
  trees.forEach((tree, t) => {
    const from = starts[t];
    nodes.column.set(tree.column.map((column) => (column < 0 ? -1 : place[column])), from);
    nodes.left.set(tree.left.map((left) => (left === 0 ? 0 : left + from)), from);
    nodes.threshold.set(tree.threshold, from);
    nodes.flags.set(tree.missingLeft.map((left) => (left === 0 ? 0 : MISSING_LEFT)), from);
    nodes.value.set(tree.value, from);
    nodes.cover.set(tree.cover, from);
  });
  return { columns: used.map((column) => names[column]), categories: used.map(() => null), starts, nodes, sets: { starts: Int32Array.of(0), words: new Int32Array(0) } };
}
