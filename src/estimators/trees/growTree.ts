import type { BinnedMatrix } from './binnedMatrix.ts';
import { thresholdOf } from './binning.ts';
import type { CoarseGrid, RowDerivatives } from './derivatives.ts';
import { emptyTree, trimmed, type GrownTree } from './grownTree.ts';
import { fillHistogram, subtractHistogram, type Histogram } from './histogram.ts';
import { bestSplit, splitScratch, type LeafRows, type Split, type SplitRules, type SplitScratch } from './split.ts';

export interface GrowthParams extends SplitRules {
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  /** Largest step of a leaf before the learning rate, on the scale of the score. */
  readonly maxStep: number;
}

interface OpenLeaf extends LeafRows {
  readonly node: number;
  readonly depth: number;
  readonly histogram: Histogram | undefined;
  readonly split: Split | undefined;
}

/** Buffers that live as long as a fit, so that trees do not allocate them anew; one entry per row of the matrix. */
export interface Workspace extends RowDerivatives {
  readonly order: Int32Array;
  readonly spare: Int32Array;
  readonly scratch: SplitScratch;
  /** Histograms that nobody uses at present. */
  readonly pool: Histogram[];
}

export function workspaceOf({ rows, groups }: BinnedMatrix): Workspace {
  const doubles = (): Float64Array => new Float64Array(rows);
  return { packed: doubles(), gradients: doubles(), hessians: doubles(), order: new Int32Array(rows), spare: new Int32Array(rows), scratch: splitScratch(groups * 4), pool: [] };
}

/** What one tree sees: the rows `order[0 … count)` of the workspace, derivatives written, and some groups of four columns. */
export interface TreeSample {
  readonly count: number;
  readonly groups: Int32Array;
  readonly grid: CoarseGrid;
}

/** Grows one tree leaf by leaf, always splitting the leaf with the largest gain, and adds each leaf's value to the `scores` of the sample's rows. */
export function growTree(matrix: BinnedMatrix, weights: Float64Array, { count, groups, grid }: TreeSample, params: GrowthParams, workspace: Workspace, scores: Float64Array): GrownTree {
  const { order, scratch, pool, packed } = workspace;
  const slots = groups.length * (4 << matrix.bits);
  const fill = (start: number, end: number): Histogram => {
    const histogram = pool.pop() ?? new Float64Array(matrix.groups * (4 << matrix.bits));
    fillHistogram(histogram, matrix, groups, packed, order, start, end);
    return histogram;
  };
  const splittable = (depth: number, weight: number): boolean => depth < params.maxDepth && weight >= 2 * params.minRows;
  const open = (node: number, depth: number, rows: LeafRows, histogram: Histogram | undefined): OpenLeaf => {
    const split = histogram === undefined ? undefined : bestSplit(histogram, matrix, groups, rows, weights, grid, params, scratch);
    if (histogram !== undefined && split === undefined) pool.push(histogram);
    return { ...rows, node, depth, histogram: split === undefined ? undefined : histogram, split };
  };

  const tree = emptyTree(2 * params.maxLeaves - 1);
  let [all, weight] = [0, 0];
  for (let i = 0; i < count; i++) {
    all += packed[order[i]];
    weight += weights[order[i]];
  }
  tree.cover[0] = weight;
  const leaves: OpenLeaf[] = [open(0, 0, { order, start: 0, end: count, packed: all, weight }, splittable(0, weight) ? fill(0, count) : undefined)];
  let nodes = 1;
  while (leaves.length < params.maxLeaves) {
    const pick = mostGain(leaves);
    const leaf = leaves[pick];
    if (leaf?.split === undefined || leaf.histogram === undefined) break;
    const { split, depth, start, end } = leaf;
    const { column } = split;
    const middle = partition(matrix, split, start, end, workspace);
    const [left, right] = halves(packed, weights, leaf, middle);
    tree.column[leaf.node] = column;
    tree.bin[leaf.node] = split.bin;
    tree.threshold[leaf.node] = thresholdOf(matrix.cuts[column], split.bin);
    // Where the leaf has no missing values they will follow the heavier child.
    tree.missingLeft[leaf.node] = (split.missingLeft ?? left.weight >= right.weight) ? 1 : 0;
    tree.left[leaf.node] = nodes;
    tree.cover[nodes] = left.weight;
    tree.cover[nodes + 1] = right.weight;
    const wanted = [splittable(depth + 1, left.weight), splittable(depth + 1, right.weight)];
    let histograms: readonly (Histogram | undefined)[] = [undefined, undefined];
    if (wanted[0] || wanted[1]) {
      // Only the smaller child is counted; the other is the parent minus it.
      const leftIsSmaller = middle - start <= end - middle;
      const smaller = leftIsSmaller ? fill(start, middle) : fill(middle, end);
      subtractHistogram(leaf.histogram, smaller, slots);
      histograms = leftIsSmaller ? [smaller, leaf.histogram] : [leaf.histogram, smaller];
    } else {
      pool.push(leaf.histogram);
    }
    histograms.forEach((histogram, side) => {
      if (!wanted[side] && histogram !== undefined) pool.push(histogram);
    });
    leaves[pick] = open(nodes, depth + 1, left, wanted[0] ? histograms[0] : undefined);
    leaves.push(open(nodes + 1, depth + 1, right, wanted[1] ? histograms[1] : undefined));
    nodes += 2;
  }
  for (const leaf of leaves) {
    if (leaf.histogram !== undefined) pool.push(leaf.histogram);
    tree.value[leaf.node] = leafValue(workspace, leaf, params);
    for (let i = leaf.start; i < leaf.end; i++) scores[order[i]] += tree.value[leaf.node];
  }
  return trimmed(tree, nodes);
}

/** Index of the leaf whose split gains most, the first of equals; −1 when none can be split. */
function mostGain(leaves: readonly OpenLeaf[]): number {
  let pick = -1;
  let most = 0;
  leaves.forEach(({ split }, i) => {
    if (split !== undefined && (pick < 0 || split.gain > most)) {
      pick = i;
      most = split.gain;
    }
  });
  return pick;
}

/** The two children of a leaf whose rows have been parted at `middle`. */
function halves(packed: Float64Array, weights: Float64Array, { order, start, end, packed: all, weight }: LeafRows, middle: number): readonly [LeafRows, LeafRows] {
  let [sum, w] = [0, 0];
  for (let i = start; i < middle; i++) {
    sum += packed[order[i]];
    w += weights[order[i]];
  }
  return [
    { order, start, end: middle, packed: sum, weight: w },
    { order, start: middle, end, packed: all - sum, weight: weight - w },
  ];
}

/** Newton step −G/(H+λ), kept within ±maxStep, times the learning rate. */
function leafValue({ gradients, hessians }: RowDerivatives, { order, start, end }: LeafRows, { l2, maxStep, learningRate }: GrowthParams): number {
  let [g, h] = [0, 0];
  for (let i = start; i < end; i++) {
    g += gradients[order[i]];
    h += hessians[order[i]];
  }
  const step = h + l2 > 0 ? -g / (h + l2) : 0;
  return learningRate * Math.min(Math.max(step, -maxStep), maxStep) + 0;
}

/** Moves the positions that go left to the front of the range, both sides in their old order; returns where the right side starts. */
function partition({ byColumn, rows }: BinnedMatrix, { column, bin, missingLeft }: Split, start: number, end: number, { order, spare }: Workspace): number {
  const from = column * rows;
  // Bin 0 (missing) becomes a bin beyond all others where it goes right.
  const missing = missingLeft === true ? 0 : 256;
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i];
    const b = byColumn[from + row];
    // Both places are written and one counter moves: no branch to guess.
    const goesLeft = ((b === 0 ? missing : b) - bin - 1) >>> 31;
    order[left] = row;
    spare[right] = row;
    left += goesLeft;
    right += 1 - goesLeft;
  }
  order.set(spare.subarray(0, right), left);
  return left;
}
