import { thresholdOf, type BinnedColumn } from './binning.ts';
import { fillHistogram, subtractHistogram, type Histogram, type HistogramLayout, type RowDerivatives } from './histogram.ts';
import { bestSplit, type Split, type SplitRules, type Totals } from './split.ts';

export interface GrowthParams extends SplitRules {
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  /** Largest step of a leaf before the learning rate, on the scale of the score. */
  readonly maxStep: number;
}

/** A node; `column` < 0 marks a leaf. The right child is `left` + 1. */
export interface GrownNode {
  column: number;
  bin: number;
  threshold: number;
  missingLeft: boolean;
  left: number;
  value: number;
  /** Weight of the training rows that came through. */
  readonly cover: number;
}

export interface GrownTree {
  readonly nodes: readonly GrownNode[];
  /** Per leaf: its node and the range of `rows` that ended in it. */
  readonly leaves: readonly { readonly node: number; readonly start: number; readonly end: number }[];
}

interface OpenLeaf {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly totals: Totals;
  readonly histogram: Histogram | undefined;
  readonly split: Split | undefined;
}

/** Buffers that live as long as a fit, so that trees do not allocate them anew. */
export interface Workspace {
  /** rows × 3. */
  readonly scratch: Float64Array;
  /** rows. */
  readonly spare: Int32Array;
  readonly pool: Histogram[];
}

/** Grows one tree leaf by leaf, always splitting the leaf with the largest gain. `rows` (ascending) is reordered so that each leaf is a range of it. */
export function growTree(
  columns: readonly BinnedColumn[],
  active: Int32Array,
  layout: HistogramLayout,
  rows: Int32Array,
  derivatives: RowDerivatives,
  params: GrowthParams,
  workspace: Workspace,
): GrownTree {
  const nodes: GrownNode[] = [];
  const addNode = ({ gradient, hessian, weight }: Totals): number => {
    const step = hessian + params.l2 > 0 ? -gradient / (hessian + params.l2) : 0;
    const value = params.learningRate * Math.min(Math.max(step, -params.maxStep), params.maxStep);
    return nodes.push({ column: -1, bin: 0, threshold: 0, missingLeft: false, left: 0, value: value + 0, cover: weight }) - 1;
  };
  const open = (node: number, start: number, end: number, depth: number, totals: Totals, histogram: Histogram | undefined): OpenLeaf => {
    const split = histogram === undefined ? undefined : bestSplit(histogram, columns, active, layout, totals, params);
    if (histogram !== undefined && split === undefined) workspace.pool.push(histogram);
    return { node, start, end, depth, totals, histogram: split === undefined ? undefined : histogram, split };
  };
  const splittable = (depth: number, { weight }: Totals): boolean => depth < params.maxDepth && weight >= 2 * params.minRows;
  const fill = (start: number, end: number): Histogram => {
    const histogram = workspace.pool.pop() ?? new Float64Array(layout.size * 3);
    fillHistogram(histogram, columns, active, layout, rows, start, end, derivatives, workspace.scratch);
    return histogram;
  };

  const all = sumOf(rows, derivatives);
  const leaves: OpenLeaf[] = [open(addNode(all), 0, rows.length, 0, all, splittable(0, all) ? fill(0, rows.length) : undefined)];
  while (leaves.length < params.maxLeaves) {
    let pick = -1;
    for (let i = 0; i < leaves.length; i++) {
      const gain = leaves[i].split?.gain;
      if (gain !== undefined && (pick < 0 || gain > (leaves[pick].split?.gain ?? 0))) pick = i;
    }
    const leaf = leaves[pick];
    if (leaf?.split === undefined || leaf.histogram === undefined) break;
    const { split, totals, depth, start, end } = leaf;
    const middle = partition(rows, start, end, columns[split.column].bins, split, workspace.spare);
    const right: Totals = { gradient: totals.gradient - split.left.gradient, hessian: totals.hessian - split.left.hessian, weight: totals.weight - split.left.weight };
    const leftNode = addNode(split.left);
    const rightNode = addNode(right);
    Object.assign(nodes[leaf.node], { column: split.column, bin: split.bin, threshold: thresholdOf(columns[split.column].cuts, split.bin), missingLeft: split.missingLeft, left: leftNode });
    const wanted = [splittable(depth + 1, split.left), splittable(depth + 1, right)];
    let leftHistogram: Histogram | undefined;
    let rightHistogram: Histogram | undefined;
    if (wanted[0] || wanted[1]) {
      // Only the smaller child is counted; the other is the parent minus it.
      const leftIsSmaller = middle - start <= end - middle;
      const smaller = leftIsSmaller ? fill(start, middle) : fill(middle, end);
      subtractHistogram(leaf.histogram, smaller);
      [leftHistogram, rightHistogram] = leftIsSmaller ? [smaller, leaf.histogram] : [leaf.histogram, smaller];
    } else {
      workspace.pool.push(leaf.histogram);
    }
    if (!wanted[0] && leftHistogram !== undefined) workspace.pool.push(leftHistogram);
    if (!wanted[1] && rightHistogram !== undefined) workspace.pool.push(rightHistogram);
    leaves[pick] = open(leftNode, start, middle, depth + 1, split.left, wanted[0] ? leftHistogram : undefined);
    leaves.push(open(rightNode, middle, end, depth + 1, right, wanted[1] ? rightHistogram : undefined));
  }
  for (const { histogram } of leaves) if (histogram !== undefined) workspace.pool.push(histogram);
  return { nodes, leaves: leaves.map(({ node, start, end }) => ({ node, start, end })) };
}

function sumOf(rows: Int32Array, { gradients, hessians, weights }: RowDerivatives): Totals {
  let [gradient, hessian, weight] = [0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    gradient += gradients[rows[i]];
    hessian += hessians[rows[i]];
    weight += weights[rows[i]];
  }
  return { gradient, hessian, weight };
}

/** Moves the rows that go left to the front of the range, both sides in their old order; returns where the right side starts. */
function partition(rows: Int32Array, start: number, end: number, bins: Uint8Array, { bin, missingLeft }: Split, spare: Int32Array): number {
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    const b = bins[row];
    if (b === 0 ? missingLeft : b <= bin) rows[left++] = row;
    else spare[right++] = row;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}
