import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { ESTIMATORS } from '../../../src/estimators/index.ts';
import { fitEnsemble } from '../../../src/training/table/ensemble.ts';
import { membersFor, portfolioOf } from '../../../src/training/table/portfolio.ts';
import { splitPlan } from '../../../src/training/table/plan.ts';
import type { TableProblem } from '../../../src/training/table/problem.ts';

/** Quantities and a label that leans on the first two; one row in `every` can be positive. */
function problemOf(rows: number, quantities: number, every = 1): TableProblem {
  const rng = seededRandom('portfolio', rows, quantities);
  const columns = Array.from({ length: quantities }, (_, c) => ({ name: `c${c}`, values: Float64Array.from({ length: rows }, () => rng.normal()) }));
  const y = Float64Array.from({ length: rows }, (_, i) => (i % every === 0 && 1.2 * columns[0].values[i] - columns[1].values[i] + rng.normal() > 0 ? 1 : 0));
  return { task: 'binary', y, classes: ['no', 'yes'], x: { rows, columns }, fewValues: new Set(), notes: [], trainRows: Int32Array.from({ length: rows }, (_, i) => i), testRows: new Int32Array(0), unlabelledRows: new Int32Array(0) };
}
const linear = (problem: TableProblem): string[] => membersFor(problem, portfolioOf('binary'), problem.trainRows).filter(({ rung }) => rung === 'linear').map(({ name }) => name.replace('logistic_regression', ''));

test('what rows cannot tell apart is not tried: penalties on few rows, bends on few rows or few of the rarer label', () => {
  expect(linear(problemOf(120, 4))).toEqual(['']);
  expect(linear(problemOf(300, 4))).toEqual(['', '_path']);
  expect(linear(problemOf(1200, 4))).toEqual(['', '_path', '_bends']);
  expect(linear(problemOf(1200, 4, 5))).toEqual(['', '_path']);
  expect(linear(problemOf(6000, 2))).toEqual(['', '_bends']);
});

test('the blend serves small files too; a column alone does not, though it is within one standard error', async () => {
  const problem = problemOf(90, 3);
  const rng = seededRandom('table');
  const [fold] = splitPlan(problem, 3, 42, rng).folds;
  const { chosen, simplest, members, blend } = await fitEnsemble(problem, membersFor(problem, portfolioOf('binary'), fold.train), fold, { estimators: ESTIMATORS, rng });
  expect(chosen).toBe('blend');
  expect(members.map(({ member }) => member.name)).toEqual(['logistic_regression', 'boosted_trees', 'shallow_trees', 'random_forest']);
  expect(blend?.test.length).toBe(30);
  expect([...members.map(({ member }) => member.name), 'blend', 'best_column', 'base_rate']).toContain(simplest);
});
