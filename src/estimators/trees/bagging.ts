import type { Random } from '../../base/random.ts';
import { sampleColumns } from './boosting.ts';
import { columnsPerTree } from './columnsPerTree.ts';
import type { TrainingSet } from './data/trainingSet.ts';
import { fineGrid, narrowGrid } from './growth/grid.ts';
import type { GrowthParams } from './growth/growthParams.ts';
import { growTree } from './growth/growTree.ts';
import type { GrownTree } from './growth/grownTree.ts';
import { sampleRows, type RowSampling } from './growth/sampleRows.ts';
import { treeFollower } from './growth/followTree.ts';
import { workspaceOf } from './growth/workspace.ts';
import type { Kernel } from './kernel/kernel.ts';

export interface BaggingParams extends GrowthParams {
  readonly trees: number;
  readonly rowSample: number;
  readonly replacement: boolean;
  readonly rowsPerTree: number;
  readonly columnSample: number;
}

export interface Bagged {
  /** Tree t belongs to output t mod outputs. */
  readonly trees: readonly GrownTree[];
  /** Per output and row what the trees say that did not see the row, NaN where all did. */
  readonly outOfBag: readonly Float64Array[];
}

/**
 * Bagged regression trees (Breiman 2001): each grows on a sample of the rows, and its leaves are means of `targets`, one array per output. Least squares
 * from zero: gradients −y, second derivatives 1. Samples go by the rows' hashes, so all outputs of a round see the same rows.
 */
export function bag(kernel: Kernel, set: TrainingSet, targets: readonly Float64Array[], params: BaggingParams, rng: Random, checkpoint: () => void): Bagged {
  const { rows, store, weights } = set;
  const slots = columnsPerTree(params.columnSample, set.columns.length);
  const sampling: RowSampling = { share: Math.min(params.rowSample, params.rowsPerTree / set.totalWeight), replacement: params.replacement, repeat: !store.fine };
  const workspace = workspaceOf(kernel, set, Math.ceil(1.2 * (store.fine ? rows : set.totalWeight) * Math.min(1, sampling.share)) + 1000, slots);
  const all = kernel.ints(rows);
  for (let i = 0; i < rows; i++) all[i] = i;
  const [gradients, hessians] = [kernel.doubles(rows), kernel.doubles(rows).fill(1)];
  const [sum, saw] = [kernel.doubles(rows), new Int32Array(rows)];
  const follow = treeFollower(kernel, store);
  const perOutput = targets.map((y, output) => {
    for (let i = 0; i < rows; i++) gradients[i] = -y[i];
    const grid = store.fine ? fineGrid(all, rows, gradients, hessians, weights, set.whole, set.totalWeight * 8) : narrowGrid(all, rows, gradients, hessians, 8 * workspace.order.length);
    if (store.fine) kernel.quantiseFine(store, all, rows, gradients, hessians, weights, set.whole, grid);
    else kernel.quantiseNarrow(store, all, rows, gradients, hessians, set.hashes, rng.fork('round', output).int(4294967296), grid);
    sum.fill(0);
    saw.fill(0);
    const trees = Array.from({ length: params.trees }, (_, t) => {
      checkpoint();
      const seed = rng.fork('rows', t).int(4294967296);
      let drawn = sampleRows(set, all, sampling, seed, workspace.order, workspace.others);
      while (drawn.count < 0) {
        workspace.lengthen(kernel);
        drawn = sampleRows(set, all, sampling, seed, workspace.order, workspace.others);
      }
      const active = sampleColumns(set.columns.length, slots, rng.fork('columns', t, output));
      const { tree } = growTree(kernel, set, workspace, params, { count: drawn.count, active, grid, seed: rng.fork('tree', t, output).int(4294967296) });
      if (drawn.left > 0) follow(tree, workspace.others, drawn.left, sum);
      for (let k = 0; k < drawn.left; k++) saw[workspace.others[k]]++;
      return tree;
    });
    return { trees, outOfBag: sum.map((total, i) => (saw[i] === 0 ? NaN : total / saw[i])) };
  });
  return {
    trees: Array.from({ length: params.trees }, (_, t) => perOutput.map(({ trees }) => trees[t])).flat(),
    outOfBag: perOutput.map(({ outOfBag }) => outOfBag),
  };
}
