/**
 * How a forest is explained, worked out once per forest. A tree falls into groups of neighbouring leaves: the largest subtrees for which the columns
 * tested above (passed or failed) and the splits inside (left or right) make at most {@link GROUP_BITS} bits. All that a group contributes to a row is a
 * function of those bits, so it is worked out once per pattern and then looked up, one lookup for several leaves.
 */
import type { Forest } from '../forest.ts';

/** Bits of a group of several leaves: more make larger tables that fewer rows share, fewer make more lookups. */
const GROUP_BITS = 11;
/** Most columns of a path whose patterns are numbered; beyond it a leaf is worked out row by row. */
export const MOST_BITS = 16;

/** A leaf as its group sees it: per distinct column of its path the place in the group's columns, the share of training weight that passes all splits on it, and which bits decide. */
export interface PathLeaf {
  readonly value: number;
  readonly place: Int32Array;
  readonly share: Float64Array;
  /** A row fails the column where its bits differ from `want` under `mask`. */
  readonly mask: Int32Array;
  readonly want: Int32Array;
}

export interface Group {
  /** Columns of the forest that the leaves' paths test. */
  readonly columns: Int32Array;
  readonly leaves: readonly PathLeaf[];
  readonly bits: number;
  /** Bit of the first split inside; bits below it belong to columns tested above. */
  readonly firstSplit: number;
  /** Numbers, within the tree, of the splits inside. */
  readonly splits: Int32Array;
}

/** A leaf behind too many columns: the steps of its path as split, side (1 right) and place in the group's columns. */
export interface LongLeaf {
  readonly columns: Int32Array;
  readonly leaf: PathLeaf;
  readonly steps: readonly { readonly split: number; readonly side: number; readonly place: number }[];
}

/** In the order of a walk from the root: `extend` makes the pattern of depth + 1 from that of `depth` and one more decision. */
export type Step =
  | { readonly kind: 'extend'; readonly depth: number; readonly split: number; readonly side: number; readonly slot: number }
  | { readonly kind: 'group'; readonly depth: number; readonly group: Group }
  | { readonly kind: 'long'; readonly leaf: LongLeaf };

export interface TreePlan {
  /** Nodes that split, in order: split s of the tree is node splits[s]. */
  readonly splits: Int32Array;
  readonly steps: readonly Step[];
  /** Mean of the leaf values over the training weights. */
  readonly expected: number;
}

interface PathColumn {
  readonly column: number;
  readonly share: number;
  /** Decisions on this column so far. */
  readonly steps: readonly { readonly split: number; readonly side: number }[];
}

const known = new WeakMap<Forest, readonly TreePlan[]>();

export function explanationPlan(forest: Forest): readonly TreePlan[] {
  const before = known.get(forest);
  if (before !== undefined) return before;
  const plans = Array.from({ length: forest.starts.length - 1 }, (_, t) => treePlan(forest, t));
  known.set(forest, plans);
  return plans;
}

function treePlan({ starts, nodes }: Forest, t: number): TreePlan {
  const root = starts[t];
  const splits: number[] = [];
  const numberOf = new Int32Array(starts[t + 1] - root).fill(-1);
  for (let node = root; node < starts[t + 1]; node++) if (nodes.column[node] >= 0) numberOf[node - root] = splits.push(node) - 1;
  const inside = new Int32Array(numberOf.length);
  // Children stand behind their parents.
  for (let node = starts[t + 1] - 1; node >= root; node--) if (nodes.column[node] >= 0) inside[node - root] = 1 + inside[nodes.left[node] - root] + inside[nodes.left[node] + 1 - root];

  const steps: Step[] = [];
  let expected = 0;

  const onto = (path: readonly PathColumn[], node: number, side: number): readonly PathColumn[] => {
    const column = nodes.column[node];
    const at = path.findIndex((one) => one.column === column);
    const before = at < 0 ? { column, share: 1, steps: [] } : path[at];
    const share = (before.share * nodes.cover[nodes.left[node] + side]) / nodes.cover[node];
    const after: PathColumn = { column, share, steps: [...before.steps, { split: numberOf[node - root], side }] };
    return at < 0 ? [...path, after] : path.with(at, after);
  };
  const leavesBelow = (node: number, path: readonly PathColumn[], close: (leaf: number, path: readonly PathColumn[]) => void): void => {
    if (nodes.column[node] < 0) close(node, path);
    else for (const side of [0, 1]) leavesBelow(nodes.left[node] + side, onto(path, node, side), close);
  };
  const splitsBelow = (node: number): number[] => (nodes.column[node] < 0 ? [] : [numberOf[node - root], ...splitsBelow(nodes.left[node]), ...splitsBelow(nodes.left[node] + 1)]);
  const groupAt = (node: number, above: readonly PathColumn[], depth: number): void => {
    const columns = above.map(({ column }) => column);
    const leaves: PathLeaf[] = [];
    const splitsInside = splitsBelow(node);
    leavesBelow(node, above, (leaf, path) => {
      expected += path.reduce((product, { share }) => product * share, nodes.value[leaf]);
      for (const { column } of path) if (!columns.includes(column)) columns.push(column);
      if (nodes.value[leaf] === 0 || path.length === 0) return;
      leaves.push(pathLeaf(nodes.value[leaf], path, columns, above.length, splitsInside));
    });
    if (leaves.length > 0) steps.push({ kind: 'group', depth, group: { columns: Int32Array.from(columns), leaves, bits: above.length + splitsInside.length, firstSplit: above.length, splits: Int32Array.from(splitsInside) } });
  };
  const longAt = (leaf: number, path: readonly PathColumn[]): void => {
    expected += path.reduce((product, { share }) => product * share, nodes.value[leaf]);
    if (nodes.value[leaf] === 0) return;
    const columns = Int32Array.from(path, ({ column }) => column);
    const one: PathLeaf = { value: nodes.value[leaf], place: Int32Array.from(path.keys()), share: Float64Array.from(path, ({ share }) => share), mask: new Int32Array(0), want: new Int32Array(0) };
    steps.push({ kind: 'long', leaf: { columns, leaf: one, steps: path.flatMap(({ steps: taken }, place) => taken.map((step) => ({ ...step, place }))) } });
  };
  const walk = (node: number, path: readonly PathColumn[], depth: number): void => {
    if (path.length > MOST_BITS) {
      leavesBelow(node, path, longAt);
      return;
    }
    if (nodes.column[node] < 0 || path.length + inside[node - root] <= GROUP_BITS) {
      groupAt(node, path, depth);
      return;
    }
    for (const side of [0, 1]) {
      const below = onto(path, node, side);
      steps.push({ kind: 'extend', depth, split: numberOf[node - root], side, slot: below.findIndex(({ column }) => column === nodes.column[node]) });
      walk(nodes.left[node] + side, below, depth + 1);
    }
  };
  walk(root, [], 0);
  return { splits: Int32Array.from(splits), steps, expected };
}

function pathLeaf(value: number, path: readonly PathColumn[], columns: readonly number[], above: number, splitsInside: readonly number[]): PathLeaf {
  const place = Int32Array.from(path, ({ column }) => columns.indexOf(column));
  const mask = new Int32Array(path.length);
  const want = new Int32Array(path.length);
  path.forEach(({ steps }, c) => {
    // A bit of a column tested above says "failed there".
    if (place[c] < above) mask[c] |= 1 << place[c];
    for (const { split, side } of steps) {
      const bit = splitsInside.indexOf(split);
      if (bit < 0) continue;
      mask[c] |= 1 << (above + bit);
      want[c] |= side << (above + bit);
    }
  });
  return { value, place, share: Float64Array.from(path, ({ share }) => share), mask, want };
}
