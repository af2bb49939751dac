/** The paths from root to leaf of an ensemble, as flat arrays that explanations read. */
import type { Forest } from './forest.ts';

export interface TreePaths {
  /** First leaf of each tree, and the number of leaves. */
  readonly leaves: Int32Array;
  /** Most splits of one tree. */
  readonly mostSplits: number;
  /** Most columns of one path. */
  readonly mostColumns: number;
  /** Per leaf: its value, its first path column and its first condition; the last two with one entry more. */
  readonly value: Float64Array;
  readonly columnsFrom: Int32Array;
  readonly conditionsFrom: Int32Array;
  /** Per path column (each column of a path once): the column, and the share of training weight that passes all its splits. */
  readonly column: Int32Array;
  readonly share: Float64Array;
  /**
   * Per condition: the row passes when its decision bits agree with `want` where `mask` is set. Split s of a tree, in the order of its nodes, is
   * bit s mod 32 of word s / 32, 1 for left. `slot` is the path column's place in its path; a column has a condition per word.
   */
  readonly slot: Int32Array;
  readonly word: Int32Array;
  readonly mask: Int32Array;
  readonly want: Int32Array;
}

interface Step {
  readonly column: number;
  readonly share: number;
  readonly splits: readonly { readonly split: number; readonly left: boolean }[];
}

export function treePaths({ starts, nodes }: Forest): TreePaths {
  const trees = starts.length - 1;
  const leaves = new Int32Array(trees + 1);
  const lists = { value: [] as number[], columnsFrom: [0], conditionsFrom: [0], column: [] as number[], share: [] as number[], slot: [] as number[], word: [] as number[], mask: [] as number[], want: [] as number[] };
  const splitOf = new Int32Array(nodes.column.length);
  const close = (node: number, path: readonly Step[]): void => {
    lists.value.push(nodes.value[node]);
    path.forEach(({ column, share, splits }, slot) => {
      lists.column.push(column);
      lists.share.push(share);
      for (const word of new Set(splits.map(({ split }) => split >> 5))) {
        const here = splits.filter(({ split }) => split >> 5 === word);
        lists.slot.push(slot);
        lists.word.push(word);
        lists.mask.push(here.reduce((bits, { split }) => bits | (1 << (split & 31)), 0));
        lists.want.push(here.reduce((bits, { split, left }) => (left ? bits | (1 << (split & 31)) : bits), 0));
      }
    });
    lists.columnsFrom.push(lists.column.length);
    lists.conditionsFrom.push(lists.slot.length);
  };
  const walk = (node: number, path: readonly Step[]): void => {
    const column = nodes.column[node];
    if (column < 0) {
      close(node, path);
      return;
    }
    const at = path.findIndex((step) => step.column === column);
    for (const side of [0, 1]) {
      const child = nodes.left[node] + side;
      const before = at < 0 ? { column, share: 1, splits: [] } : path[at];
      const step: Step = { column, share: (before.share * nodes.cover[child]) / nodes.cover[node], splits: [...before.splits, { split: splitOf[node], left: side === 0 }] };
      walk(child, at < 0 ? [...path, step] : path.with(at, step));
    }
  };
  let mostSplits = 0;
  for (let t = 0; t < trees; t++) {
    let splits = 0;
    for (let node = starts[t]; node < starts[t + 1]; node++) if (nodes.column[node] >= 0) splitOf[node] = splits++;
    mostSplits = Math.max(mostSplits, splits);
    walk(starts[t], []);
    leaves[t + 1] = lists.value.length;
  }
  return {
    leaves,
    mostSplits,
    mostColumns: lists.columnsFrom.reduce((most, from, leaf) => Math.max(most, from - (lists.columnsFrom[leaf - 1] ?? 0)), 1),
    value: Float64Array.from(lists.value),
    columnsFrom: Int32Array.from(lists.columnsFrom),
    conditionsFrom: Int32Array.from(lists.conditionsFrom),
    column: Int32Array.from(lists.column),
    share: Float64Array.from(lists.share),
    slot: Int32Array.from(lists.slot),
    word: Int32Array.from(lists.word),
    mask: Int32Array.from(lists.mask),
    want: Int32Array.from(lists.want),
  };
}
