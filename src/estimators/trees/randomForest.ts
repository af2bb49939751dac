/**
 * Random forest (Breiman 2001) on the same trees as boosting: each grown on a bootstrap of the rows with a sample of the columns at every split, no
 * shrinkage, leaves are means or class shares, and the forest is the mean of its trees.
 */
import { z } from 'zod';
import { finite } from '../codec.ts';
import { checkCancelled, defineEstimator, refuse } from '../rows.ts';
import { bag } from './bagging.ts';
import { TREE_DEFAULTS } from './boostedTrees.ts';
import { checkTreeParams, type TreeParams } from './boostedParams.ts';
import type { FitReport } from '../contract.ts';
import { exactSum } from './data/exactSum.ts';
import { exactWeights, trainingSet } from './data/trainingSet.ts';
import { growthOf, narrowEnough } from './fitTrees.ts';
import { flattenTrees } from './flatten.ts';
import { checkedForestSchema } from './forestCheck.ts';
import { withKernel } from './kernel/choose.ts';
import { bytesNeeded } from './memory.ts';
import { classesOf, targetProblem } from './objectives/objectiveOf.ts';
import { squaredError } from './objectives/regression.ts';
import { explainTrees } from './predictions.ts';
import { forestColumns } from './serve/columns.ts';
import { forestScores } from './serve/scores.ts';

const schema = z
  .object({
    kind: z.literal('random_forest'),
    /** `share` of ones, `shares` of classes, or the `mean` of a quantity. */
    target: z.enum(['share', 'shares', 'mean']),
    floor: finite.nullable(),
    /** Leaf values are divided by the number of trees: the sum is the mean. */
    forest: checkedForestSchema,
  })
  .superRefine(({ target, forest }, context) => {
    if (forest.link !== 'identity') context.addIssue({ code: 'custom', message: `a random forest goes with the link identity, not ${forest.link}` });
    if ((target === 'shares') !== (forest.outputs > 1)) context.addIssue({ code: 'custom', message: `${forest.outputs} outputs do not go with the target ${target}` });
  });
export type RandomForestArtefact = z.infer<typeof schema>;

export interface RandomForestParams extends TreeParams {
  /** What leaves hold: `share` of y = 1 (y in {0, 1}), `shares` of classes (y in {0 … K−1}), `mean` of any number. */
  readonly target: 'share' | 'shares' | 'mean';
  /** Whether rows are drawn with replacement, `rowSample` being the mean number of times that each is drawn. */
  readonly replacement: boolean;
}

export const randomForest = defineEstimator<RandomForestArtefact, RandomForestParams>({
  kind: 'random_forest',
  tasks: ['binary', 'amount', 'multiclass', 'number', 'count'],
  schema,
  defaults: {
    ...TREE_DEFAULTS,
    target: 'share',
    trees: 300,
    maxLeaves: 1_000_000,
    maxDepth: 64,
    minRows: 5,
    l2: 0,
    rowSample: 1,
    replacement: true,
    columnSample: 1,
    // Half: the usual √p is a single one of a few columns, and what takes two columns together is then hardly ever found.
    columnSampleByNode: 0.5,
    // A category with few rows in a bootstrap says nothing.
    categoryRows: 5,
  },

  fit(train, params, context) {
    checkCancelled(context);
    checkTreeParams('random_forest', params, train.x);
    const problem = targetProblem(train, { objective: params.target === 'share' ? 'log_loss' : params.target === 'shares' ? 'softmax' : 'squared_error' });
    if (problem !== undefined) return problem;
    const outputs = params.target === 'shares' ? classesOf(train.y) : 1;
    return withKernel(train.x.rows, bytesNeeded(train, params, outputs), context.threads, (kernel) => {
      const weighted = exactWeights(train.weights, train.x.rows);
      const fine = !narrowEnough(squaredError({ y: train.y, weights: weighted.weights, observed: undefined }), weighted, train.x.rows);
      const set = trainingSet(kernel, train, train.y, weighted, fine, params.maxBins);
      if (set === undefined) return refuse('no_columns', `None of ${train.x.columns.length} columns varies over ${train.x.rows} rows.`);
      const targets = params.target === 'shares' ? Array.from({ length: outputs }, (_, k) => train.y.map((v) => (v === k ? 1 : 0))) : [train.y];
      const growth = { ...params, ...growthOf(params, set), minRows: params.minRows, learningRate: 1, maxStep: Infinity };
      const { trees, outOfBag } = bag(kernel, set, targets, growth, context.rng, () => checkCancelled(context));
      const flat = flattenTrees(trees, set.columns);
      const artefact: RandomForestArtefact = {
        kind: 'random_forest',
        target: params.target,
        floor: params.target === 'mean' && train.y.every((v) => v >= 0) ? 0 : null,
        forest: { outputs, base: new Float64Array(outputs), link: 'identity', ...flat, nodes: { ...flat.nodes, value: flat.nodes.value.map((v) => v / params.trees) } },
      };
      return { ok: true, artefact, report: { rows: train.x.rows, trees: params.trees, nodes: flat.nodes.column.length, ...outOfBagError(outOfBag, targets) } };
    });
  },

  predict({ target, floor, forest }, x) {
    const scores = forestScores(forest, forestColumns(forest, x), x.rows);
    if (target === 'share') return scores.map((p) => Math.min(Math.max(p, 0), 1));
    if (target === 'mean') return floor === null ? scores : scores.map((v) => Math.max(v, floor));
    for (let from = 0; from < scores.length; from += forest.outputs) {
      const row = scores.subarray(from, from + forest.outputs);
      const sum = row.reduce((total, p) => total + Math.max(p, 0), 0);
      row.forEach((p, k) => {
        row[k] = sum > 0 ? Math.max(p, 0) / sum : 1 / forest.outputs;
      });
    }
    return scores;
  },

  explain: ({ floor, forest }, x) => explainTrees({ objective: { name: 'squared_error' }, floor, forest }, x),
});

/** Mean squared error of each row's trees that did not see it, summed over the outputs. */
function outOfBagError(outOfBag: readonly Float64Array[], targets: readonly Float64Array[]): FitReport {
  const errors = outOfBag[0].map((_, i) => outOfBag.reduce((sum, said, k) => sum + (said[i] - targets[k][i]) ** 2, 0)).filter((error) => !Number.isNaN(error));
  return { outOfBagRows: errors.length, outOfBagSquaredError: errors.length === 0 ? 0 : exactSum(errors) / errors.length };
}
