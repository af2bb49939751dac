/**
 * One tree, grown by splitting leaves. With threads, small leaves are split ahead of their turn, one to a thread; a leaf whose turn does not come is
 * forgotten, so the tree is the same for any number of threads.
 */
import type { TrainingSet } from '../data/trainingSet.ts';
import { slotTotals } from '../kernel/twinSplit.ts';
import type { Kernel, LeafTask, TreeView } from '../kernel/kernel.ts';
import { chooseSplit, leftSums, type SplitSearch } from './chooseSplit.ts';
import { allowedSlots, childBounds } from './constraints.ts';
import type { TreeGrid } from './grid.ts';
import type { GrowthParams } from './growthParams.ts';
import { TreeBuilder, writeTable, type GrownTree } from './grownTree.ts';
import { outputOf, UNBOUND, type Bounds, type Split, type StepRules, type Sums } from './split.ts';
import { leafQueue } from './leafQueue.ts';
import { IN_FLIGHT, type Workspace } from './workspace.ts';

/** Rows of a leaf from which on all threads work on it together. */
const TOGETHER = 16_384;

export interface TreeSample {
  /** Rows in the workspace's order. */
  readonly count: number;
  /** Columns that the tree sees, ascending. */
  readonly active: Int32Array;
  readonly grid: TreeGrid;
  /** Decides which columns a node sees. */
  readonly seed: number;
}

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

interface OpenLeaf {
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

export function growTree(kernel: Kernel, set: TrainingSet, workspace: Workspace, params: GrowthParams, { count, active, grid, seed }: TreeSample): Grown {
  const { order, spare, slotSize, flights } = workspace;
  const rules = stepRules(params, grid);
  const signs = params.monotone === undefined ? undefined : Int8Array.from(active, (column) => params.monotone?.[column] ?? 0);
  const plain = params.l1 === 0 && signs === undefined;
  const view: TreeView = {
    store: set.store, order, spare, active, bins: Int32Array.from(active, (column) => set.columns[column].bins), slotSize,
    lambda: rules.l2, minRows: rules.minRows, minHessian: rules.minHessian, minGain: rules.minGain, unit: grid.unit,
  };
  const search: SplitSearch = { view, columns: set.columns, rules, signs, plain };
  const quantities = Uint8Array.from(active, (column) => (plain && set.columns[column].names === undefined ? 1 : 0));
  const restricted = params.interactions !== undefined || params.columnSampleByNode < 1;
  const splittable = (depth: number, { h, w }: Sums): boolean => depth < params.maxDepth && w >= 2 * rules.minRows && h > 0;
  const allowedAt = (path: readonly number[], key: number): Uint8Array | undefined => (restricted ? allowedSlots(active, path, params, seed, key) : undefined);
  const mask = (out: Uint8Array, allowed: Uint8Array | undefined): Uint8Array => {
    for (let slot = 0; slot < active.length; slot++) out[slot] = quantities[slot] & (allowed?.[slot] ?? 1);
    return out;
  };

  kernel.startTree(view);
  const builder = new TreeBuilder();

  const openRoot = (): OpenLeaf => {
    const [flight] = flights;
    const histogram = workspace.takeHistogram();
    const allowed = allowedAt([], 1);
    const none = flight.cutsLarge;
    kernel.split([{ start: 0, end: count, column: -1, table: flight.table, smallIsLeft: true, small: histogram, scanSmall: mask(flight.maskSmall, allowed), cutsLarge: none, cutsSmall: flight.cutsSmall, middle: 0 }], false);
    const [g, h, w] = slotTotals(view, histogram, 0);
    const sums = { g, h, w };
    const split = splittable(0, sums) ? chooseSplit(search, histogram, allowed, sums, UNBOUND, flight.cutsSmall) : undefined;
    return { start: 0, end: count, depth: 0, sums, bounds: UNBOUND, path: [], key: 1, node: builder.leaf(w / grid.weight), turn: 0, histogram, split, children: undefined };
  };

  /** Splits leaves; each gets its children, which may be split in turn if `further`. */
  const expand = (leaves: readonly OpenLeaf[], together: boolean, further: boolean): void => {
    const plans = leaves.map((leaf, i) => {
      const { split, histogram, sums } = leaf;
      if (split === undefined || histogram === undefined) throw new Error('only leaves with a split can be split');
      const flight = flights[i];
      const missingLeft = missingSide(view, histogram, split, sums);
      writeTable(flight.table, split.bin, split.set, missingLeft);
      const left = leftSums(view, histogram, split, missingLeft);
      const right = { g: sums.g - left.g, h: sums.h - left.h, w: sums.w - left.w };
      const column = active[split.slot];
      const path = leaf.path.includes(column) ? leaf.path : [...leaf.path, column];
      const bounds = childBounds(leaf.bounds, left, right, rules, signs?.[split.slot] ?? 0);
      const [smallIsLeft, depth] = [left.w <= right.w, leaf.depth + 1];
      const wanted = [left, right].map((child) => further && splittable(depth, child));
      const allowed = [0, 1].map((side) => (wanted[side] ? allowedAt(path, Math.imul(leaf.key, 2) + side) : undefined));
      const counted = wanted[0] || wanted[1];
      const [small, large] = smallIsLeft ? [0, 1] : [1, 0];
      const smallHistogram = counted ? workspace.takeHistogram() : undefined;
      const task: LeafTask = {
        start: leaf.start, end: leaf.end, column, table: flight.table, smallIsLeft, large: counted ? histogram : undefined, small: smallHistogram,
        scanLarge: wanted[large] ? mask(flight.maskLarge, allowed[large]) : undefined, scanSmall: wanted[small] ? mask(flight.maskSmall, allowed[small]) : undefined,
        cutsLarge: flight.cutsLarge, cutsSmall: flight.cutsSmall, middle: 0,
      };
      return { leaf, task, left, right, bounds, path, wanted, allowed, small, missingLeft, split };
    });
    kernel.split(plans.map(({ task }) => task), !together);
    for (const { leaf, task, left, right, bounds, path, wanted, allowed, small, missingLeft, split } of plans) {
      const child = (side: 0 | 1): OpenLeaf => {
        const sums = side === 0 ? left : right;
        const histogram = side === small ? task.small : task.large;
        const found = wanted[side] && histogram !== undefined ? chooseSplit(search, histogram, allowed[side], sums, bounds[side], side === small ? task.cutsSmall : task.cutsLarge) : undefined;
        if (found === undefined && histogram !== undefined) workspace.giveBack(histogram);
        return {
          start: side === 0 ? leaf.start : task.middle, end: side === 0 ? task.middle : leaf.end, depth: leaf.depth + 1, sums, bounds: bounds[side], path,
          key: Math.imul(leaf.key, 2) + side, node: -1, turn: -1, histogram: found === undefined ? undefined : histogram, split: found, children: undefined,
        };
      };
      if (task.large === undefined && leaf.histogram !== undefined) workspace.giveBack(leaf.histogram);
      leaf.histogram = undefined;
      leaf.split = { ...split, missingLeft };
      leaf.children = [child(0), child(1)];
    }
  };

  // Where the limit on leaves cannot bind, any order of splits gives the same tree, and going down first keeps fewest histograms.
  const unlimited = params.maxLeaves >= count / Math.max(params.minRows, 1);
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
  accept(openRoot());
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

function giveBackAll(workspace: Workspace, leaf: OpenLeaf): void {
  if (leaf.histogram !== undefined) workspace.giveBack(leaf.histogram);
  leaf.histogram = undefined;
  leaf.children?.forEach((child) => giveBackAll(workspace, child));
}

/** Where missing values go; where the leaf has none they will follow the heavier child. */
function missingSide(view: TreeView, histogram: Float64Array, split: Split, sums: Sums): boolean {
  return split.missingLeft ?? 2 * leftSums(view, histogram, split, false).w >= sums.w;
}

/** Newton step within the bounds and ±maxStep, times the learning rate. */
function leafValue({ sums, bounds }: OpenLeaf, rules: StepRules, { maxStep, learningRate }: GrowthParams): number {
  const step = outputOf(sums, rules, 0, bounds) / rules.perStep;
  return learningRate * Math.min(Math.max(step, -maxStep), maxStep) + 0;
}

function stepRules({ l1, l2, minRows, minHessian, minGain, categories }: GrowthParams, grid: TreeGrid): StepRules {
  return {
    l1: l1 * grid.gradient,
    l2: l2 * grid.hessian,
    minRows: Math.max(minRows * grid.weight, Number.MIN_VALUE),
    minHessian: Math.max(minHessian * grid.hessian, 0.5),
    minGain: minGain * (grid.gradient / grid.hessian) * grid.gradient,
    perStep: grid.gradient / grid.hessian,
    categories: { ...categories, smoothing: categories.smoothing * grid.hessian, l2: categories.l2 * grid.hessian, minRows: categories.minRows * grid.weight },
  };
}
