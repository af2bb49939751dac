/** How leaves of one tree become two: rows are parted, the child with fewer rows counted, the other subtracted, and the best split of each looked for. */
import type { TrainingSet } from '../data/trainingSet.ts';
import type { Kernel, LeafTask, TreeView } from '../kernel/kernel.ts';
import { slotTotals } from '../kernel/twinSplit.ts';
import { chooseSplit, leftSums, type SplitSearch } from './chooseSplit.ts';
import { allowedSlots, childBounds } from './constraints.ts';
import type { TreeGrid } from './grid.ts';
import type { GrowthParams } from './growthParams.ts';
import { writeTable } from './grownTree.ts';
import type { OpenLeaf } from './openLeaf.ts';
import { stepRules, UNBOUND, type Split, type StepRules, type Sums } from './split.ts';
import type { Workspace } from './workspace.ts';

export interface TreeSample {
  /** Rows in the workspace's order. */
  readonly count: number;
  /** Columns that the tree sees, ascending. */
  readonly active: Int32Array;
  readonly grid: TreeGrid;
  /** Decides which columns a node sees. */
  readonly seed: number;
}

export interface LeafSplitter {
  readonly rules: StepRules;
  /** All rows as one leaf, node 0. */
  readonly root: () => OpenLeaf;
  /** Splits leaves; each gets its children, which may be split in turn if `further`. `together`: all threads work on one leaf after the other. */
  readonly expand: (leaves: readonly OpenLeaf[], together: boolean, further: boolean) => void;
}

export function leafSplitter(kernel: Kernel, set: TrainingSet, workspace: Workspace, params: GrowthParams, { count, active, grid, seed }: TreeSample): LeafSplitter {
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

  const root = (): OpenLeaf => {
    const [flight] = flights;
    const histogram = workspace.takeHistogram();
    const allowed = allowedAt([], 1);
    const none = flight.cutsLarge;
    kernel.split([{ start: 0, end: count, column: -1, table: flight.table, smallIsLeft: true, small: histogram, scanSmall: mask(flight.maskSmall, allowed), cutsLarge: none, cutsSmall: flight.cutsSmall, middle: 0 }], false);
    const [g, h, w] = slotTotals(view, histogram, 0);
    const sums = { g, h, w };
    const split = splittable(0, sums) ? chooseSplit(search, histogram, allowed, sums, UNBOUND, flight.cutsSmall) : undefined;
    return { start: 0, end: count, depth: 0, sums, bounds: UNBOUND, path: [], key: 1, node: 0, turn: 0, histogram, split, children: undefined };
  };

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

  return { rules, root, expand };
}

/** Where missing values go; where the leaf has none they will follow the heavier child. */
function missingSide(view: TreeView, histogram: Float64Array, split: Split, sums: Sums): boolean {
  return split.missingLeft ?? 2 * leftSums(view, histogram, split, false).w >= sums.w;
}
