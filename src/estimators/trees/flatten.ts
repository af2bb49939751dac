import type { BinnedColumn } from './data/trainingSet.ts';
import { thresholdOf } from './data/cuts.ts';
import { CATEGORICAL, MISSING_LEFT, type Forest } from './forest.ts';
import type { GrownTree } from './growth/grownTree.ts';

/** Trees one behind the other, keeping only the columns that a split reads. Bins become thresholds, and sets of bins sets of categories. */
export function flattenTrees(trees: readonly GrownTree[], columns: readonly BinnedColumn[]): Pick<Forest, 'columns' | 'categories' | 'starts' | 'nodes' | 'sets'> {
  const starts = new Int32Array(trees.length + 1);
  const reads = new Uint8Array(columns.length);
  trees.forEach((tree, t) => {
    starts[t + 1] = starts[t] + tree.nodes;
    for (const column of tree.column) if (column >= 0) reads[column] = 1;
  });
  const used = columns.flatMap((_, column) => (reads[column] === 1 ? [column] : []));
  const place = new Int32Array(columns.length);
  used.forEach((column, i) => {
    place[column] = i;
  });
  const count = starts[trees.length];
  const nodes: Forest['nodes'] = {
    column: new Int32Array(count).fill(-1),
    threshold: new Float64Array(count),
    flags: new Uint8Array(count),
    left: new Int32Array(count),
    value: new Float64Array(count),
    cover: new Float64Array(count),
  };
  const setStarts = [0];
  const words: number[] = [];
  trees.forEach((tree, t) => {
    nodes.value.set(tree.value, starts[t]);
    nodes.cover.set(tree.cover, starts[t]);
    for (let i = 0; i < tree.nodes; i++) {
      if (tree.column[i] < 0) continue;
      const node = starts[t] + i;
      const column = columns[tree.column[i]];
      const set = tree.set[i];
      nodes.column[node] = place[tree.column[i]];
      nodes.left[node] = starts[t] + tree.left[i];
      nodes.flags[node] = (tree.missingLeft[i] === 1 ? MISSING_LEFT : 0) | (set === undefined ? 0 : CATEGORICAL);
      if (set === undefined) {
        nodes.threshold[node] = thresholdOf(column.cuts, tree.bin[i]);
      } else {
        nodes.threshold[node] = setStarts.length - 1;
        words.push(...wordsOf(column, set));
        setStarts.push(words.length);
      }
    }
  });
  return {
    columns: used.map((column) => columns[column].name),
    categories: used.map((column) => (columns[column].names === undefined ? null : [...(columns[column].names ?? [])])),
    starts,
    nodes,
    sets: { starts: Int32Array.from(setStarts), words: Int32Array.from(words) },
  };
}

/** Bits of the categories whose bin goes left; categories without a bin of their own never do. */
function wordsOf({ names, binOf, rest }: BinnedColumn, set: Uint8Array): Int32Array {
  const words = new Int32Array(Math.max(1, Math.ceil((names?.length ?? 0) / 32)));
  binOf.forEach((bin, code) => {
    if (bin > 0 && bin !== rest && set[bin] === 1) words[code >> 5] |= 1 << (code & 31);
  });
  return words;
}
