/** From scores of a forest to predictions, and to explanations that add up to them. */
import type { Matrix } from '../../base/matrix.ts';
import type { Explanation } from '../contract.ts';
import type { Forest } from './forest.ts';
import type { FittedObjective } from './objectiveSchema.ts';
import { forestColumns } from './serve/columns.ts';
import { applyLink } from './serve/links.ts';
import { forestScores } from './serve/scores.ts';
import { treeContributions } from './shap/treeShap.ts';
import { logDays } from './waits.ts';

export interface FittedTrees {
  readonly objective: FittedObjective;
  readonly floor: number | null;
  readonly forest: Forest;
}

export function predictTrees(trees: FittedTrees, x: Matrix): Float64Array {
  const { objective, floor, forest } = trees;
  const scores = forestScores(forest, forestColumns(forest, x), x.rows);
  if (objective.name === 'cox' || objective.name === 'aft') return scores.map((score) => Math.exp(logDays(objective, score)));
  const predicted = applyLink(forest, scores);
  return floor === null ? predicted : predicted.map((value) => Math.max(value, floor));
}

export function explainTrees(trees: FittedTrees, x: Matrix): Explanation {
  const { objective, floor, forest } = trees;
  const columns = forestColumns(forest, x);
  if (forest.outputs > 1) return { scale: 'identity', columns: forest.columns, ...likeliestClass(forest, columns, x.rows) };
  const { base, contributions } = treeContributions(forest, columns, x.rows);
  const plain = { columns: forest.columns, base, contributions };
  if (objective.name === 'cox' || objective.name === 'aft') return { scale: 'log', ...plain, ...rescaled(base, contributions, (score) => logDays(objective, score)) };
  if (forest.link === 'logistic') return { scale: 'log_odds', ...plain };
  if (forest.link === 'exp') return { scale: 'log', ...plain };
  return { scale: 'identity', ...plain, ...(floor === null ? {} : rescaled(base, contributions, (score) => Math.max(score, floor))) };
}

/** Contributions to the score of the class that each row most likely is, counted from what that class scores on average: base 0. */
function likeliestClass(forest: Forest, columns: readonly Float64Array[], rows: number): Pick<Explanation, 'base' | 'contributions'> {
  const scores = forestScores(forest, columns, rows);
  const classes = Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let k = 1; k < forest.outputs; k++) if (scores[i * forest.outputs + k] > scores[i * forest.outputs + best]) best = k;
    return best;
  });
  const contributions = columns.map(() => new Float64Array(rows));
  for (let k = 0; k < forest.outputs; k++) {
    if (!classes.includes(k)) continue;
    const ofClass = treeContributions(forest, columns, rows, k).contributions;
    contributions.forEach((values, c) => {
      for (let i = 0; i < rows; i++) if (classes[i] === k) values[i] = ofClass[c][i];
    });
  }
  return { base: 0, contributions };
}

/** Contributions that add up to f(score) where f bends: each row's are stretched by the slope of the line from f(base) to f(score). */
function rescaled(base: number, contributions: readonly Float64Array[], f: (score: number) => number): Pick<Explanation, 'base' | 'contributions'> {
  const start = f(base);
  const rows = contributions[0]?.length ?? 0;
  const factors = Float64Array.from({ length: rows }, (_, i) => {
    const sum = contributions.reduce((total, values) => total + values[i], 0);
    return sum === 0 ? 0 : (f(base + sum) - start) / sum;
  });
  return { base: start, contributions: contributions.map((values) => values.map((v, i) => v * factors[i])) };
}
