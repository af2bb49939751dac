import type { Workspace } from './workspace.ts';
import type { Bounds, Split, Sums } from './split.ts';

/** A leaf of a tree that still grows. */
export interface OpenLeaf {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly sums: Sums;
  readonly bounds: Bounds;
  /** Columns of the splits above, and a number that names the path. */
  readonly path: readonly number[];
  readonly key: number;
  /** Node in the tree and turn in which it came, −1 while it is split ahead. */
  node: number;
  turn: number;
  histogram: Float64Array | undefined;
  split: Split | undefined;
  /** Made ahead of its turn. */
  children: readonly [OpenLeaf, OpenLeaf] | undefined;
}

/** Gives back the histograms of a leaf and of all that was made of it ahead of its turn. */
export function giveBackAll(workspace: Workspace, leaf: OpenLeaf): void {
  if (leaf.histogram !== undefined) workspace.giveBack(leaf.histogram);
  leaf.histogram = undefined;
  leaf.children?.forEach((child) => giveBackAll(workspace, child));
}
