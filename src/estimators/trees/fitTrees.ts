/** Fitting boosted trees with one kernel: how many on held-out rows, then on all rows. */
import type { FitContext, FitFailure, TrainingData } from '../contract.ts';
import { checkCancelled, refuse } from '../rows.ts';
import { winsorise, type Winsorised } from '../winsorise.ts';
import { LINK_OF, type BoostedTreesArtefact } from './artefact.ts';
import { boost, type BoostingLimit, type BoostingParams } from './boosting.ts';
import type { BoostedTreesParams, TreeParams } from './boostedParams.ts';
import { columnBounds } from './columnRules.ts';
import { exactSum } from './data/exactSum.ts';
import { heldRows } from './data/holdOut.ts';
import { exactWeights, NARROW_FROM, trainingSet, type TrainingSet, type Weights } from './data/trainingSet.ts';
import { flattenTrees } from './flatten.ts';
import { joinForests } from './joinForests.ts';
import type { Kernel } from './kernel/kernel.ts';
import { objectiveOf } from './objectives/objectiveOf.ts';
import type { Objective } from './objectives/objective.ts';
import { forestColumns } from './serve/columns.ts';
import { forestScores } from './serve/scores.ts';

/** Trees × learning rate when there are too few rows to hold some out: what is left to learn has shrunk to e⁻⁴. */
const SMALL_DATA_STEPS = 4;
/** Narrow derivatives serve while the largest is at most this many times their root mean square. */
const NARROW_SPAN = 100;

export type TreesOutcome =
  | { readonly ok: true; readonly artefact: BoostedTreesArtefact; readonly report: { readonly trees: number; readonly heldOut: boolean; readonly heldLoss: number } }
  | { readonly ok: false; readonly reason: FitFailure; readonly detail: string };

/** Least rows in a leaf: lowered to a 40th of the rows where there are few. */
export const leastRows = (minRows: number, totalWeight: number): number => Math.min(minRows, Math.max(Math.min(5, minRows), totalWeight / 40));

export function growthOf(params: TreeParams, set: TrainingSet): Omit<BoostingParams, 'learningRate' | 'maxStep' | 'gossTop' | 'gossRest'> {
  const { categorySmoothing, categoryL2, maxCategories, oneVersusRest, categoryRows } = params;
  return {
    ...params,
    minRows: leastRows(params.minRows, set.totalWeight),
    ...columnBounds(params, set),
    categories: { smoothing: categorySmoothing, l2: categoryL2, most: maxCategories, oneVersusRest, minRows: Math.min(categoryRows, leastRows(params.minRows, set.totalWeight)) },
  };
}

export function fitTrees(kernel: Kernel, train: TrainingData, params: BoostedTreesParams, context: FitContext): TreesOutcome {
  const weighted = exactWeights(train.weights, train.x.rows);
  const cut = params.objective === 'tweedie' ? winsorised(train.y, weighted.weights, params.winsorLevel) : undefined;
  const y = cut?.y ?? train.y;
  const objective = objectiveOf(params, { y, weights: weighted.weights, observed: train.observed });
  const fine = !narrowEnough(objective, weighted, train.x.rows);
  const set = trainingSet(kernel, train, y, weighted, fine, params.maxBins);
  if (set === undefined) return refuse('no_columns', `None of ${train.x.columns.length} columns varies over ${train.x.rows} rows.`);
  // Scores in the unit of the target have no natural largest step.
  const boosting: BoostingParams = { ...params, ...growthOf(params, set), ...(LINK_OF[params.objective] === 'identity' ? { maxStep: Infinity } : {}) };
  const checkpoint = (): void => checkCancelled(context);
  const from = earlier(params.continueFrom, train, cut?.scale ?? 1);

  const held = params.patience === 0 ? undefined : usableHoldOut(set, train, params, context.rng.fork('hold-out').int(4294967296));
  let rounds = params.patience === 0 ? params.trees : Math.min(params.trees, Math.ceil(SMALL_DATA_STEPS / params.learningRate));
  let heldLoss = 0;
  if (held !== undefined) {
    const trial = boost(kernel, set, objective, boosting, { rounds: params.trees, held, patience: params.patience, from }, context.rng, checkpoint);
    rounds = trial.heldLoss.reduce((best, loss, t) => (loss < (trial.heldLoss[best - 1] ?? Infinity) ? t + 1 : best), 1);
    heldLoss = trial.heldLoss[rounds - 1] ?? 0;
  }
  const final = boost(kernel, set, objective, boosting, { rounds, from }, context.rng, checkpoint);
  const total = TOTAL_DRIFTS.has(params.objective) ? keptTotal(final.scores[0], y, weighted.weights) : 1;
  const shift = Math.log((cut?.scale ?? 1) * total);
  const forest = { outputs: objective.outputs, base: final.base.map((base) => base + shift), link: LINK_OF[params.objective], ...flattenTrees(final.trees, set.columns) };
  const artefact: BoostedTreesArtefact = {
    kind: 'boosted_trees',
    objective: objective.fitted(final.scores, final.grown),
    floor: LINK_OF[params.objective] === 'identity' && y.every((v) => v >= 0) ? 0 : null,
    forest: params.continueFrom === null ? forest : joinForests(params.continueFrom.forest, forest),
  };
  return { ok: true, artefact, report: { trees: rounds, heldOut: held !== undefined, heldLoss, ...(cut === undefined ? {} : { winsorisedAt: cut.limit, scale: cut.scale }), ...(total === 1 ? {} : { total }) } };
}

/** Objectives whose derivatives do not add up to the difference of the totals, so that boosting with small steps stops short of it: Σ (y − μ)·μ^(1−p) = 0 says little of Σ y − Σ μ where few amounts are most of the money. */
const TOTAL_DRIFTS: ReadonlySet<string> = new Set(['tweedie', 'gamma']);

/** Σ w·y / Σ w·exp(score) over the training rows: the factor on all predictions that keeps their total. The same for any order of the rows. */
function keptTotal(scores: Float64Array, y: Float64Array, weights: Float64Array | undefined): number {
  const sum = (values: Float64Array): number => exactSum(weights === undefined ? values : values.map((v, i) => v * weights[i]));
  const factor = sum(y) / sum(scores.map(Math.exp));
  return factor > 0 && Number.isFinite(factor) ? factor : 1;
}

/** The same cut and scale for any order of the rows: sums on a grid. */
function winsorised(y: Float64Array, weights: Float64Array | undefined, level: number): Winsorised {
  const given = weights ?? new Float64Array(y.length).fill(1);
  const cut = winsorise(y, given, level);
  const total = (values: Float64Array): number => exactSum(values.map((v, i) => v * given[i]));
  return { ...cut, scale: total(y) / total(cut.y) };
}

/** Whether 16 bits are enough: many rows, weights small and whole, and no derivative that dwarfs the others. */
export function narrowEnough(objective: Objective, { weights, whole, totalWeight }: Weights, rows: number): boolean {
  if (totalWeight < NARROW_FROM || !whole || (weights !== undefined && totalWeight > 4 * rows)) return false;
  if (objective.logistic === true) return true;
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const base = objective.base(all);
  const scores = Array.from(base, (score) => new Float64Array(rows).fill(score));
  objective.prepare?.(scores, all);
  const [gradients, hessians] = [new Float64Array(rows), new Float64Array(rows)];
  objective.write(scores, 0, all, rows, gradients, hessians);
  return [gradients, hessians].every((values) => {
    const most = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    return most <= NARROW_SPAN * Math.sqrt(exactSum(values.map((v) => v * v)) / rows);
  });
}

/** Rows to stop by, if both they and the rest have something to learn from. */
function usableHoldOut(set: TrainingSet, train: TrainingData, { objective }: BoostedTreesParams, seed: number): Uint8Array | undefined {
  const held = heldRows({ hashes: set.hashes, owners: set.owners, period: train.period, weights: set.weights }, seed);
  if (held === undefined) return undefined;
  const { y } = set;
  const { observed } = train;
  const happens = (side: number, what: (i: number) => boolean): boolean => {
    for (let i = 0; i < set.rows; i++) if (held[i] === side && what(i)) return true;
    return false;
  };
  const onBothSides = (what: (i: number) => boolean): boolean => happens(0, what) && happens(1, what);
  if (objective === 'log_loss') return onBothSides((i) => y[i] === 1) && onBothSides((i) => y[i] === 0) ? held : undefined;
  if (objective === 'tweedie' || objective === 'poisson') return onBothSides((i) => y[i] > 0) ? held : undefined;
  if (objective === 'cox' || objective === 'aft') return onBothSides((i) => observed === undefined || observed[i] === 1) ? held : undefined;
  return held;
}

/** Scores that the trees of an earlier artefact give to the training rows, on the scale on which boosting goes on. */
function earlier(artefact: BoostedTreesArtefact | null, train: TrainingData, scale: number): BoostingLimit['from'] {
  if (artefact === null) return undefined;
  const { forest } = artefact;
  const rows = train.x.rows;
  const shift = Math.log(scale);
  const all = forestScores(forest, forestColumns(forest, train.x), rows);
  const scores = Array.from({ length: forest.outputs }, (_, k) => Float64Array.from({ length: rows }, (__, i) => all[i * forest.outputs + k] - shift));
  return { scores, base: forest.base.map((base) => base - shift), rounds: (forest.starts.length - 1) / forest.outputs };
}
