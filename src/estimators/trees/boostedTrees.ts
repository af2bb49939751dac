/**
 * Histogram gradient boosting (Friedman 2001; Chen & Guestrin 2016; Ke et al. 2017): trees on at most 255 bins per column, their number chosen on the
 * latest period (or, without periods, on rows drawn by their hash), then fitted on all rows. All sums are exact, so the artefact does not depend on the
 * order of rows or columns, on the number of threads, or on whether the compiled kernel or its twin made it.
 */
import { AppError } from '../../base/errors.ts';
import { checkCancelled, defineEstimator } from '../rows.ts';
import { boostedTreesSchema, type BoostedTreesArtefact } from './artefact.ts';
import { checkTreeParams, type BoostedTreesParams } from './boostedParams.ts';
import { fitTrees } from './fitTrees.ts';
import { withKernel } from './kernel/choose.ts';
import { bytesNeeded } from './memory.ts';
import { classesOf, targetProblem } from './objectives/objectiveOf.ts';
import { explainTrees, predictTrees } from './predictions.ts';
import { waitDistribution } from './waits.ts';

export type { BoostedTreesParams } from './boostedParams.ts';

/** What trees of either kind start from. */
export const TREE_DEFAULTS = {
  maxBins: 63,
  growth: 'leaf',
  minHessian: 1e-3,
  minGain: 0,
  l1: 0,
  rowsPerTree: 50_000,
  columnSampleByNode: 1,
  monotone: {},
  interactions: [],
  categorySmoothing: 10,
  categoryL2: 10,
  maxCategories: 32,
  oneVersusRest: 4,
  categoryRows: 20,
} as const;

export const boostedTrees = defineEstimator<BoostedTreesArtefact, BoostedTreesParams>({
  kind: 'boosted_trees',
  tasks: ['binary', 'amount', 'duration', 'multiclass', 'number', 'count'],
  schema: boostedTreesSchema,
  defaults: {
    ...TREE_DEFAULTS,
    objective: 'log_loss',
    tweediePower: 1.5,
    alpha: 0.5,
    aftDistribution: 'normal',
    aftScale: 0,
    winsorLevel: 0.999,
    trees: 200,
    patience: 20,
    learningRate: 0.08,
    maxLeaves: 12,
    maxDepth: 8,
    minRows: 50,
    l2: 2,
    maxStep: 4,
    rowSample: 0.8,
    columnSample: 0.3,
    gossTop: 0,
    gossRest: 0.1,
    continueFrom: null,
  },

  fit(train, params, context) {
    checkCancelled(context);
    checkTreeParams('boosted_trees', params, train.x);
    const problem = targetProblem(train, params);
    if (problem !== undefined) return problem;
    const outputs = params.objective === 'softmax' ? classesOf(train.y) : 1;
    checkContinuation(params, outputs);
    const outcome = withKernel(train.x.rows, bytesNeeded(train, params, outputs), context.threads, (kernel) => fitTrees(kernel, train, params, context));
    if (!outcome.ok) return outcome;
    const { artefact, report } = outcome;
    return { ok: true, artefact, report: { rows: train.x.rows, nodes: artefact.forest.nodes.column.length, ...report } };
  },

  predict: predictTrees,
  distribution: waitDistribution,
  explain: explainTrees,
});

function checkContinuation({ continueFrom, objective }: BoostedTreesParams, outputs: number): void {
  if (continueFrom === null || (continueFrom.objective.name === objective && continueFrom.forest.outputs === outputs)) return;
  throw new AppError('invalid_input', `The trees to go on from were fitted with ${continueFrom.objective.name} and ${continueFrom.forest.outputs} output(s); these parameters ask for ${objective} and ${outputs}.`, {
    hint: 'Go on with the same objective and the same classes, or start anew with continueFrom null.',
  });
}
