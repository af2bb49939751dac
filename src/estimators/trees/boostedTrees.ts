/**
 * Histogram gradient boosting: trees grown leaf by leaf on at most 255 bins per column, the number of trees chosen on the latest period (or, without
 * periods, on rows drawn by their hash), then fitted on all rows. All sums are exact, so the artefact does not depend on the order of rows or columns.
 */
import type { Random } from '../../base/random.ts';
import { sigmoid } from '../../math/stats/index.ts';
import { amountProblem, binaryProblem, canonicalRows, checkCancelled, defineEstimator, holdOut, refuse, type CanonicalRows } from '../rows.ts';
import { winsorise } from '../winsorise.ts';
import { boostedTreesSchema, LINK_OF, type BoostedTreesArtefact } from './artefact.ts';
import { binMatrix } from './binnedMatrix.ts';
import { findCuts } from './binning.ts';
import { boost, type BoostingData, type BoostingParams } from './boosting.ts';
import { flattenTrees } from './flatten.ts';
import { objectiveOf, type ObjectiveName } from './objective.ts';
import { forestColumns } from './serve/columns.ts';
import { forestScores } from './serve/scores.ts';
import { treeContributions } from './shap/treeShap.ts';

export interface BoostedTreesParams {
  /** `log_loss` for binary targets, `tweedie` or `squared_error` for amounts. */
  readonly objective: ObjectiveName;
  /** Variance power of the Tweedie objective, in (1, 2]. */
  readonly tweediePower: number;
  /** Tweedie only: amounts above this quantile of the amounts above 0 are cut down to it during the fit; the total is kept. */
  readonly winsorLevel: number;
  /** Most trees; fewer when the held-out loss stops falling. */
  readonly trees: number;
  /** Trees without a better held-out loss before boosting stops. */
  readonly patience: number;
  /** Most bins of present values per column, up to 255. */
  readonly maxBins: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** Least rows (by weight) in a leaf; it is lowered to a 40th of the rows where there are few. */
  readonly minRows: number;
  readonly minHessian: number;
  readonly l2: number;
  readonly maxStep: number;
  readonly rowSample: number;
  readonly columnSample: number;
  /** Most rows that one tree sees; with more, each tree takes a smaller sample, and time stops growing with the rows. */
  readonly rowsPerTree: number;
}

/** Trees when there are too few rows to hold some out. */
const SMALL_DATA_TREES = 50;
/** Rows (by weight) below which nothing is worth growing. */
const LEAST_ROWS = 20;

export const boostedTrees = defineEstimator<BoostedTreesArtefact, BoostedTreesParams>({
  kind: 'boosted_trees',
  tasks: ['binary', 'amount'],
  schema: boostedTreesSchema,
  defaults: {
    objective: 'log_loss',
    tweediePower: 1.5,
    winsorLevel: 0.999,
    trees: 200,
    patience: 20,
    maxBins: 63,
    learningRate: 0.08,
    maxLeaves: 12,
    maxDepth: 8,
    minRows: 50,
    minHessian: 1e-3,
    l2: 2,
    maxStep: 4,
    rowSample: 0.8,
    columnSample: 0.3,
    rowsPerTree: 50_000,
  },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = params.objective === 'log_loss' ? binaryProblem(train.y, LEAST_ROWS) : params.objective === 'tweedie' ? amountProblem(train.y, LEAST_ROWS) : tooFew(train.y);
    if (problem !== undefined) return problem;
    const raw = canonicalRows(train);
    const cut = params.objective === 'tweedie' ? winsorise(raw.y, raw.weights, params.winsorLevel) : undefined;
    const rows = cut === undefined ? raw : { ...raw, y: cut.y };
    const unweighted = rows.weights.every((w) => w === 1);
    const cuts = rows.columns.map((values) => findCuts(values, unweighted ? undefined : rows.weights, params.maxBins));
    // A column with one value and no gap cannot split anything; with a gap, "missing or not" can.
    const used = shuffled(rows.names.flatMap((_, c) => (cuts[c].length > 0 || varies(rows.columns[c]) ? [c] : [])), context.rng.fork('groups'));
    if (used.length === 0) return refuse('no_columns', `None of ${rows.names.length} columns varies over ${rows.rows} rows.`);
    const matrix = binMatrix(used.map((c) => rows.columns[c]), used.map((c) => cuts[c]), rows.rows);
    const data: BoostingData = { matrix, y: rows.y, weights: rows.weights, hashes: rows.hashes };
    const objective = objectiveOf(params.objective, params.tweediePower);
    const boosting: BoostingParams = { ...params, minRows: Math.max(5, Math.min(params.minRows, rows.totalWeight / 40)) };
    const checkpoint = (): void => checkCancelled(context);

    const held = usableHoldOut(rows, params.objective, context.rng.fork('hold-out').int(4294967296));
    let count = Math.min(params.trees, SMALL_DATA_TREES);
    let heldLoss = 0;
    if (held !== undefined) {
      const trial = boost(data, objective, boosting, { trees: params.trees, held, patience: params.patience }, context.rng, checkpoint);
      count = trial.heldLoss.reduce((best, loss, t) => (loss < (trial.heldLoss[best - 1] ?? Infinity) ? t + 1 : best), 1);
      heldLoss = trial.heldLoss[count - 1] ?? 0;
    }
    const final = boost(data, objective, boosting, { trees: count }, context.rng, checkpoint);
    const artefact: BoostedTreesArtefact = {
      kind: 'boosted_trees',
      objective: params.objective === 'tweedie' ? { name: 'tweedie', power: params.tweediePower } : { name: params.objective },
      floor: params.objective === 'squared_error' && rows.y.every((v) => v >= 0) ? 0 : null,
      forest: { outputs: 1, base: Float64Array.of(final.base + Math.log(cut?.scale ?? 1)), link: LINK_OF[params.objective], ...flattenTrees(final.trees, used.map((c) => rows.names[c])) },
    };
    return { ok: true, artefact, report: { rows: rows.rows, trees: count, nodes: artefact.forest.nodes.column.length, heldOut: held !== undefined, heldLoss, ...(cut === undefined ? {} : { winsorisedAt: cut.limit, scale: cut.scale }) } };
  },

  predict({ objective, floor, forest }, x) {
    const scores = forestScores(forest, forestColumns(forest, x), x.rows);
    if (objective.name === 'log_loss') return scores.map(sigmoid);
    if (objective.name === 'tweedie') return scores.map(Math.exp);
    return floor === null ? scores : scores.map((score) => Math.max(score, floor));
  },

  explain({ objective, forest }, x) {
    const { base, contributions } = treeContributions(forest, forestColumns(forest, x), x.rows);
    const scale = objective.name === 'log_loss' ? 'log_odds' : objective.name === 'tweedie' ? 'log' : 'identity';
    return { scale, base, columns: forest.columns, contributions };
  },
});

function tooFew(y: Float64Array): ReturnType<typeof refuse> | undefined {
  return y.length < LEAST_ROWS ? refuse('too_few_rows', `${y.length} rows; at least ${LEAST_ROWS} are needed.`) : undefined;
}

/** Trees sample columns by groups of four neighbours; names that begin alike mean alike, and must not always come and go together. */
function shuffled(columns: readonly number[], rng: Random): number[] {
  const mixed = [...columns];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

const varies = (values: Float64Array): boolean => values.some(Number.isNaN) && !values.every(Number.isNaN);

/** Rows to stop by, if both they and the rest have something to learn from. */
function usableHoldOut(rows: CanonicalRows, objective: ObjectiveName, seed: number): Uint8Array | undefined {
  const held = holdOut(rows, seed);
  if (held === undefined || objective === 'squared_error') return held;
  const happens = (side: number, wanted: boolean): boolean => rows.y.some((v, i) => held[i] === side && v > 0 === wanted);
  // Amounts need something that was spent on either side; binary targets need both classes.
  const usable = happens(0, true) && happens(1, true) && (objective === 'tweedie' || (happens(0, false) && happens(1, false)));
  return usable ? held : undefined;
}
