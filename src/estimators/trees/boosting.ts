import type { Random } from '../../base/random.ts';
import { hashUniform } from '../../math/stats/index.ts';
import type { BinnedMatrix } from './binnedMatrix.ts';
import { packDerivatives } from './derivatives.ts';
import { growTree, workspaceOf, type GrowthParams } from './growTree.ts';
import type { GrownTree } from './grownTree.ts';
import type { Objective } from './objective.ts';

export interface BoostingData {
  readonly matrix: BinnedMatrix;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** Content hash per row, for samples that do not depend on the order of rows. */
  readonly hashes: Float64Array;
}

export interface BoostingParams extends GrowthParams {
  /** Share of rows, and of groups of four columns, that each tree sees. */
  readonly rowSample: number;
  readonly columnSample: number;
  /** Most rows that a tree sees: with more rows `rowSample` is lowered. */
  readonly rowsPerTree: number;
}

export interface Boosted {
  readonly base: number;
  readonly trees: readonly GrownTree[];
  /** Weighted mean loss on the held-out rows after each tree; empty without held-out rows. */
  readonly heldLoss: readonly number[];
}

/**
 * Gradient boosting (Friedman 2001) with Newton leaves. Rows marked in `held` take no part in growing; with `patience` given, boosting stops
 * after so many trees without a better loss on them. `checkpoint` runs before each tree and may throw to stop.
 */
export function boost(
  data: BoostingData,
  objective: Objective,
  params: BoostingParams,
  limit: { readonly trees: number; readonly held?: Uint8Array | undefined; readonly patience?: number },
  rng: Random,
  checkpoint: () => void,
): Boosted {
  const { matrix, y, hashes } = data;
  const n = y.length;
  const whole = data.weights.every((w) => Number.isInteger(w));
  const weights = whole ? data.weights : onWeightGrid(data.weights);
  const { held } = limit;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const grown = all.filter((i) => held === undefined || held[i] === 0);
  const kept = held === undefined ? new Int32Array(0) : all.filter((i) => held[i] === 1);
  const base = objective.base(weightedMean(y, weights, grown));
  const scores = new Float64Array(n).fill(base);
  const rowShare = Math.min(params.rowSample, params.rowsPerTree / grown.reduce((sum, i) => sum + weights[i], 0));
  const workspace = workspaceOf(matrix);
  const { order } = workspace;
  const others = new Int32Array(n);
  const trees: GrownTree[] = [];
  const heldLoss: number[] = [];
  let best = held === undefined ? Infinity : meanLoss(objective, y, scores, weights, kept);
  let sinceBest = 0;
  for (let t = 0; t < limit.trees; t++) {
    checkpoint();
    const seed = rng.fork('rows', t).int(4294967296);
    let count = 0;
    let left = 0;
    for (let k = 0; k < grown.length; k++) {
      const i = grown[k];
      if (rowShare >= 1 || hashUniform(hashes[i], seed) < rowShare) order[count++] = i;
      else others[left++] = i;
    }
    const grid = packDerivatives(objective, y, scores, weights, whole, order, count, workspace);
    const groups = sampleGroups(matrix.groups, params.columnSample, rng.fork('columns', t));
    const tree = growTree(matrix, weights, { count, groups, grid }, params, workspace, scores);
    addTree(tree, matrix, others, left, scores);
    trees.push(tree);
    if (held === undefined) continue;
    addTree(tree, matrix, kept, kept.length, scores);
    const loss = meanLoss(objective, y, scores, weights, kept);
    heldLoss.push(loss);
    if (loss < best) {
      best = loss;
      sinceBest = 0;
    } else if (limit.patience !== undefined && ++sinceBest >= limit.patience) break;
  }
  return { base, trees, heldLoss };
}

/** Fractional weights in steps of 2⁻²⁰, so that sums and differences of them are exact. */
function onWeightGrid(weights: Float64Array): Float64Array {
  return weights.map((w) => Math.max(1, Math.round(w * 1048576)) / 1048576);
}

function sampleGroups(count: number, share: number, rng: Random): Int32Array {
  const all = Int32Array.from({ length: count }, (_, c) => c);
  const take = Math.min(count, Math.max(1, Math.round(share * count)));
  if (take === count) return all;
  for (let i = 0; i < take; i++) {
    const j = i + rng.int(count - i);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, take).sort();
}

/** Adds a tree's values to the scores of `rows[0 … count)`, rows that it did not see. */
function addTree({ column, bin, missingLeft, left, value }: GrownTree, { words, groups }: BinnedMatrix, rows: Int32Array, count: number, scores: Float64Array): void {
  for (let k = 0; k < count; k++) {
    const from = rows[k] * groups;
    let node = 0;
    let c = column[0];
    while (c >= 0) {
      const b = (words[from + (c >> 2)] >>> ((c & 3) << 3)) & 255;
      const goesLeft = b === 0 ? missingLeft[node] : b <= bin[node] ? 1 : 0;
      node = left[node] + 1 - goesLeft;
      c = column[node];
    }
    scores[rows[k]] += value[node];
  }
}

function weightedMean(y: Float64Array, weights: Float64Array, rows: Int32Array): number {
  let [sum, total] = [0, 0];
  for (let k = 0; k < rows.length; k++) {
    sum += weights[rows[k]] * y[rows[k]];
    total += weights[rows[k]];
  }
  return sum / total;
}

function meanLoss(objective: Objective, y: Float64Array, scores: Float64Array, weights: Float64Array, rows: Int32Array): number {
  let [sum, total] = [0, 0];
  for (let k = 0; k < rows.length; k++) {
    sum += weights[rows[k]] * objective.loss(y[rows[k]], scores[rows[k]]);
    total += weights[rows[k]];
  }
  return sum / total;
}
