import type { Random } from '../../base/random.ts';
import { columnsPerTree } from './columnsPerTree.ts';
import type { TrainingSet } from './data/trainingSet.ts';
import { fineGrid, logisticGrid, narrowGrid, type TreeGrid } from './growth/grid.ts';
import type { GrowthParams } from './growth/growthParams.ts';
import { growTree, type LeafRange } from './growth/growTree.ts';
import type { GrownTree } from './growth/grownTree.ts';
import { renewedValue } from './growth/renewal.ts';
import { gradientLevels, oneSideSample, type OneSideDrawn } from './growth/oneSideSample.ts';
import { sampleRows, type RowSampling } from './growth/sampleRows.ts';
import { treeFollower } from './growth/followTree.ts';
import { workspaceOf } from './growth/workspace.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Objective } from './objectives/objective.ts';

export interface BoostingParams extends GrowthParams {
  /** Share of rows that each tree sees; with more than `rowsPerTree` rows it is lowered to that many. */
  readonly rowSample: number;
  readonly rowsPerTree: number;
  /** Share of columns that each tree sees. */
  readonly columnSample: number;
  /** Above 0: rows by the size of their gradients, see {@link OneSide}; `rowSample` and `rowsPerTree` do not count then. */
  readonly gossTop: number;
  readonly gossRest: number;
}

export interface BoostingLimit {
  readonly rounds: number;
  /** Rows marked 1 take no part in growing. */
  readonly held?: Uint8Array | undefined;
  /** Rounds without a better loss on the held rows before boosting stops. */
  readonly patience?: number;
  /** Scores that earlier trees gave, one array per output, and how many rounds those were. */
  readonly from?: { readonly scores: readonly Float64Array[]; readonly base: Float64Array; readonly rounds: number } | undefined;
}

export interface Boosted {
  readonly base: Float64Array;
  /** Tree t belongs to output t mod outputs. */
  readonly trees: readonly GrownTree[];
  /** Loss on the held rows after each round; empty without held rows. */
  readonly heldLoss: readonly number[];
  /** Final scores per output. */
  readonly scores: readonly Float64Array[];
  readonly grown: Int32Array;
}

/** Gradient boosting (Friedman 2001) with Newton leaves. `checkpoint` runs before each tree and may throw to stop. */
export function boost(kernel: Kernel, set: TrainingSet, objective: Objective, params: BoostingParams, limit: BoostingLimit, rng: Random, checkpoint: () => void): Boosted {
  const { rows, store, weights } = set;
  const { held, from } = limit;
  const grown = rowsWhere(rows, held, 0);
  const kept = inKernel(kernel, held === undefined ? new Int32Array(0) : rowsWhere(rows, held, 1));
  const base = from?.base ?? objective.base(grown);
  const scores = Array.from({ length: objective.outputs }, (_, k) => {
    const start = kernel.doubles(rows);
    if (from === undefined) start.fill(base[k]);
    else start.set(from.scores[k]);
    return start;
  });
  const grownWeight = weights === undefined ? grown.length : grown.reduce((sum, i) => sum + weights[i], 0);
  const goss = params.gossTop > 0;
  const sampling: RowSampling = { share: goss ? 1 : Math.min(params.rowSample, params.rowsPerTree / grownWeight), replacement: false, repeat: !store.fine };
  const slots = columnsPerTree(params.columnSample, set.columns.length);
  const workspace = workspaceOf(kernel, set, sampling.repeat ? Math.ceil(grownWeight) : grown.length, slots);
  const logistic = objective.logistic === true && !store.fine && !goss;
  const [gradients, hessians] = logistic ? [new Float64Array(0), new Float64Array(0)] : [kernel.doubles(rows), kernel.doubles(rows)];
  const follow = treeFollower(kernel, store);
  const trees: GrownTree[] = [];
  const heldLoss: number[] = [];
  let best = held === undefined ? Infinity : objective.loss(scores, kept);
  let sinceBest = 0;
  const [sizes, levels] = goss ? [new Float64Array(rows), new Int32Array(rows)] : [new Float64Array(0), new Int32Array(0)];
  const drawOneSided = (seed: number): OneSideDrawn => {
    sizes.fill(0);
    for (let output = 0; output < objective.outputs; output++) {
      objective.write(scores, output, grown, grown.length, gradients, hessians);
      for (const row of grown) sizes[row] += Math.abs(gradients[row]);
    }
    gradientLevels(grown, sizes, levels);
    return oneSideSample(set, grown, levels, { top: params.gossTop, rest: params.gossRest }, sampling.repeat, seed, workspace.order, workspace.others);
  };
  const first = from?.rounds ?? 0;
  for (let round = first; round < first + limit.rounds; round++) {
    const seed = rng.fork('rows', round).int(4294967296);
    objective.prepare?.(scores, grown);
    const { order, others } = workspace;
    // The first trees move all scores by so much that gradients of the start say little (as LightGBM has it).
    const oneSide = goss && round * params.learningRate >= 1 ? drawOneSided(seed) : undefined;
    const { count, left } = oneSide ?? sampleRows(set, grown, sampling, seed, order, others);
    for (let output = 0; output < objective.outputs; output++) {
      checkpoint();
      const treeSeed = rng.fork('tree', round, output).int(4294967296);
      const active = sampleColumns(set.columns.length, slots, rng.fork('columns', round, output));
      let grid: TreeGrid;
      if (logistic) {
        const steps = logisticGrid(count);
        kernel.logistic(store, order, count, scores[output], set.y, set.hashes, treeSeed, steps.hessianSteps);
        grid = steps;
      } else {
        objective.write(scores, output, order, count, gradients, hessians);
        oneSide?.weigh(gradients, hessians);
        grid = store.fine ? fineGrid(order, count, gradients, hessians, weights, set.whole, set.totalWeight) : narrowGrid(order, count, gradients, hessians);
        if (store.fine) kernel.quantiseFine(store, order, count, gradients, hessians, weights, set.whole, grid);
        else kernel.quantiseNarrow(store, order, count, gradients, hessians, set.hashes, treeSeed, grid);
      }
      const { tree, leaves } = growTree(kernel, set, workspace, params, { count, active, grid, seed: treeSeed });
      if (objective.renewAt !== undefined) renew(tree, leaves, order, set, scores[output], objective.renewAt, params);
      trees.push(tree);
      kernel.addValues(order, leaves.map(({ start, end, node }) => ({ start, end, value: tree.value[node] })), scores[output]);
      if (left > 0) follow(tree, others, left, scores[output]);
      if (kept.length > 0) follow(tree, kept, kept.length, scores[output]);
    }
    if (held === undefined) continue;
    const loss = objective.loss(scores, kept);
    heldLoss.push(loss);
    if (loss < best) {
      best = loss;
      sinceBest = 0;
    } else if (limit.patience !== undefined && ++sinceBest >= limit.patience) break;
  }
  return { base, trees, heldLoss, scores, grown };
}

function renew(tree: GrownTree, leaves: readonly LeafRange[], order: Int32Array, set: TrainingSet, scores: Float64Array, level: number, { learningRate, maxStep }: BoostingParams): void {
  for (const leaf of leaves) tree.value[leaf.node] = renewedValue(leaf, order, set, scores, level, maxStep) * learningRate;
}

/** Rows whose mark is `wanted`, ascending; all of them without marks. */
function rowsWhere(rows: number, marks: Uint8Array | undefined, wanted: number): Int32Array {
  const found = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) if (marks === undefined || marks[i] === wanted) found[count++] = i;
  return found.subarray(0, count);
}

function inKernel(kernel: Kernel, rows: Int32Array): Int32Array {
  const copy = kernel.ints(rows.length);
  copy.set(rows);
  return copy;
}

export function sampleColumns(count: number, take: number, rng: Random): Int32Array {
  const all = Int32Array.from({ length: count }, (_, c) => c);
  if (take === count) return all;
  for (let i = 0; i < take; i++) {
    const j = i + rng.int(count - i);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, take).sort();
}
