import { hashUniform } from '../../math/stats/index.ts';
import type { Random } from '../../base/random.ts';
import { layoutOf, type RowDerivatives } from './histogram.ts';
import type { BinnedColumn } from './binning.ts';
import { growTree, type GrownNode, type GrownTree, type GrowthParams, type Workspace } from './growTree.ts';
import type { Objective } from './objective.ts';

export interface BoostingData {
  readonly columns: readonly BinnedColumn[];
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** Content hash per row, for samples that do not depend on the order of rows. */
  readonly hashes: Float64Array;
}

export interface BoostingParams extends GrowthParams {
  /** Share of rows and of columns that each tree sees. */
  readonly rowSample: number;
  readonly columnSample: number;
  /** Most rows that a tree sees: with more rows `rowSample` is lowered. */
  readonly rowsPerTree: number;
}

export interface Boosted {
  readonly base: number;
  readonly trees: readonly (readonly GrownNode[])[];
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
  const { columns, y, hashes } = data;
  const n = y.length;
  const weights = onWeightGrid(data.weights);
  const { held } = limit;
  const grown = Int32Array.from({ length: n }, (_, i) => i).filter((i) => held === undefined || held[i] === 0);
  const kept = held === undefined ? new Int32Array(0) : Int32Array.from({ length: n }, (_, i) => i).filter((i) => held[i] === 1);
  const base = objective.base(weightedMean(y, weights, grown));
  const scores = new Float64Array(n).fill(base);
  const layout = layoutOf(columns);
  const rowShare = Math.min(params.rowSample, params.rowsPerTree / grown.reduce((sum, i) => sum + weights[i], 0));
  const workspace: Workspace = { scratch: new Float64Array(n * 3), spare: new Int32Array(n), pool: [] };
  const derivatives = { gradients: new Float64Array(n), hessians: new Float64Array(n), weights };
  const trees: GrownTree['nodes'][] = [];
  const heldLoss: number[] = [];
  let best = held === undefined ? Infinity : meanLoss(objective, y, scores, weights, kept);
  let sinceBest = 0;
  for (let t = 0; t < limit.trees; t++) {
    checkpoint();
    differentiate(objective, y, scores, derivatives, grown);
    const sampleSeed = rng.fork('rows', t).int(4294967296);
    const rows = rowShare >= 1 ? grown.slice() : grown.filter((i) => hashUniform(hashes[i], sampleSeed) < rowShare);
    const active = sampleColumns(columns.length, params.columnSample, rng.fork('columns', t));
    const tree = growTree(columns, active, layout, rows, derivatives, params, workspace);
    const seen = new Uint8Array(n);
    for (const { node, start, end } of tree.leaves) {
      for (let i = start; i < end; i++) {
        scores[rows[i]] += tree.nodes[node].value;
        seen[rows[i]] = 1;
      }
    }
    for (let i = 0; i < n; i++) if (seen[i] === 0) scores[i] += binnedLeaf(tree.nodes, columns, i).value;
    trees.push(tree.nodes);
    if (held === undefined) continue;
    const loss = meanLoss(objective, y, scores, weights, kept);
    heldLoss.push(loss);
    if (loss < best) {
      best = loss;
      sinceBest = 0;
    } else if (limit.patience !== undefined && ++sinceBest >= limit.patience) break;
  }
  return { base, trees, heldLoss };
}

const isWhole = (weights: Float64Array): boolean => weights.every((w) => Number.isInteger(w));

/** Fractional weights in steps of 2⁻²⁰, so that sums and differences of them are exact; whole weights as they are. */
function onWeightGrid(weights: Float64Array): Float64Array {
  return isWhole(weights) ? weights : weights.map((w) => Math.max(1, Math.round(w * 1048576)) / 1048576);
}

/**
 * Weighted derivatives on a grid of 2⁻ᵏ, k as large as lets the sum over all rows stay below 2⁵² steps. Whole weights multiply after rounding,
 * so weight 2 is exactly the row twice.
 */
function differentiate(objective: Objective, y: Float64Array, scores: Float64Array, { gradients, hessians, weights }: RowDerivatives, rows: Int32Array): void {
  let [sumG, sumH, sumW] = [0, 0, 0];
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k];
    const g = objective.gradient(y[i], scores[i]);
    const h = objective.hessian(y[i], scores[i]);
    gradients[i] = g;
    hessians[i] = h;
    sumG = Math.max(sumG, Math.abs(g));
    sumH = Math.max(sumH, h);
    sumW += weights[i];
  }
  const whole = isWhole(weights);
  const gridOf = (most: number): number => 2 ** Math.min(60, Math.floor(50 - Math.log2(Math.max(most * sumW, 1e-300))));
  const gridG = gridOf(sumG);
  const gridH = gridOf(sumH);
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k];
    const w = weights[i];
    gradients[i] = whole ? (Math.round(gradients[i] * gridG) / gridG) * w : Math.round(gradients[i] * w * gridG) / gridG;
    hessians[i] = whole ? (Math.round(hessians[i] * gridH) / gridH) * w : Math.round(hessians[i] * w * gridH) / gridH;
  }
}

function sampleColumns(count: number, share: number, rng: Random): Int32Array {
  const all = Int32Array.from({ length: count }, (_, c) => c);
  const take = Math.min(count, Math.max(1, Math.round(share * count)));
  if (take === count) return all;
  for (let i = 0; i < take; i++) {
    const j = i + rng.int(count - i);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, take).sort();
}

function binnedLeaf(nodes: readonly GrownNode[], columns: readonly BinnedColumn[], row: number): GrownNode {
  let node = nodes[0];
  while (node.column >= 0) {
    const b = columns[node.column].bins[row];
    node = nodes[(b === 0 ? node.missingLeft : b <= node.bin) ? node.left : node.left + 1];
  }
  return node;
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
