/** One tree as parallel arrays, one entry per node; `column` −1 marks a leaf and the right child is `left` + 1. */
export interface GrownTree {
  readonly nodes: number;
  readonly column: Int32Array;
  /** Bins 1 … `bin` go left. */
  readonly bin: Int32Array;
  readonly threshold: Float64Array;
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  /** What a leaf adds to the score. */
  readonly value: Float64Array;
  /** Weight of the training rows that came through. */
  readonly cover: Float64Array;
}

/** A tree of room for `nodes` nodes, all of them leaves that add nothing. */
export function emptyTree(nodes: number): GrownTree {
  const ints = (): Int32Array => new Int32Array(nodes);
  const doubles = (): Float64Array => new Float64Array(nodes);
  return { nodes, column: ints().fill(-1), bin: ints(), threshold: doubles(), missingLeft: new Uint8Array(nodes), left: ints(), value: doubles(), cover: doubles() };
}

/** The first `nodes` nodes. */
export function trimmed(tree: GrownTree, nodes: number): GrownTree {
  return {
    nodes,
    column: tree.column.slice(0, nodes),
    bin: tree.bin.slice(0, nodes),
    threshold: tree.threshold.slice(0, nodes),
    missingLeft: tree.missingLeft.slice(0, nodes),
    left: tree.left.slice(0, nodes),
    value: tree.value.slice(0, nodes),
    cover: tree.cover.slice(0, nodes),
  };
}
