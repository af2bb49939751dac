/**
 * One tree, grown by splitting leaves. With threads, small leaves are split ahead of their turn, one to a thread; a leaf whose turn does not come is
 * forgotten, so the tree is the same for any number of threads.
 */
import type { TrainingSet } from '../data/trainingSet.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { GrowthParams } from './growthParams.ts';
import { TreeBuilder, type GrownTree } from './grownTree.ts';
import { leafQueue } from './leafQueue.ts';
import { leafSplitter, type TreeSample } from './leafSplitter.ts';
import { giveBackAll, type OpenLeaf } from './openLeaf.ts';
import { outputOf, type Bounds, type StepRules } from './split.ts';
import { IN_FLIGHT, type Workspace } from './workspace.ts';

/** Rows of a leaf from which on all threads work on it together. */
const TOGETHER = 16_384;

/** A leaf of the finished tree: its rows in the order, and its node. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
  readonly node: number;
  readonly bounds: Bounds;
}

export interface Grown {
  readonly tree: GrownTree;
  readonly leaves: readonly LeafRange[];
}

export function growTree(kernel: Kernel, set: TrainingSet, workspace: Workspace, params: GrowthParams, sample: TreeSample): Grown {
  const { count, active, grid } = sample;
  const { rules, root, expand } = leafSplitter(kernel, set, workspace, params, sample);
  const builder = new TreeBuilder();
  const first = root();
  builder.leaf(first.sums.w / grid.weight);
  // Where the limit on leaves cannot bind, any order of splits gives the same tree, and going down first keeps fewest histograms.
  const unlimited = params.maxLeaves >= Math.min(count, (first.sums.w / grid.weight) / Math.max(params.minRows, Number.MIN_VALUE));
  const queue = leafQueue<OpenLeaf>((a, b) => {
    if (unlimited) return a.turn > b.turn;
    if (params.growth === 'depth' && a.depth !== b.depth) return a.depth < b.depth;
    const [x, y] = [a.split?.gain ?? 0, b.split?.gain ?? 0];
    return x === y ? a.turn < b.turn : x > y;
  });
  const finished: OpenLeaf[] = [];
  const accept = (leaf: OpenLeaf): void => {
    if (leaf.split === undefined) finished.push(leaf);
    else queue.push(leaf);
  };
  accept(first);
  const { threads } = kernel;
  let leaves = 1;
  for (let turn = 1; leaves < params.maxLeaves; turn += 2) {
    const leaf = queue.pop();
    if (leaf === undefined) break;
    if (leaf.children === undefined) {
      const left = params.maxLeaves - leaves;
      if (threads === 1 || leaf.end - leaf.start >= TOGETHER) expand([leaf], true, left > 1);
      else {
        const others = queue.soon(Math.min(left, 2 * threads, IN_FLIGHT) - 1).filter((one) => one.children === undefined && one.end - one.start < TOGETHER);
        expand([leaf, ...others], false, left > 1);
      }
    }
    const { split, children } = leaf;
    if (split === undefined || children === undefined) throw new Error('a split leaf has children');
    const node = builder.split(leaf.node, active[split.slot], split.bin, split.set, split.missingLeft === true, children[0].sums.w / grid.weight, children[1].sums.w / grid.weight);
    children.forEach((child, side) => {
      child.node = node + side;
      child.turn = turn + side;
      accept(child);
    });
    leaves++;
  }
  const open = [...finished, ...queue.rest()];
  for (const leaf of open) {
    giveBackAll(workspace, leaf);
    builder.setValue(leaf.node, leafValue(leaf, rules, params));
  }
  return { tree: builder.finish(), leaves: open.map(({ start, end, node, bounds }) => ({ start, end, node, bounds })) };
}

/** Newton step within the bounds and ±maxStep, times the learning rate. */
function leafValue({ sums, bounds }: OpenLeaf, rules: StepRules, { maxStep, learningRate }: GrowthParams): number {
  const step = outputOf(sums, rules, 0, bounds) / rules.perStep;
  return learningRate * Math.min(Math.max(step, -maxStep), maxStep) + 0;
}
