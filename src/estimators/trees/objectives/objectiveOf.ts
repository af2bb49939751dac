/** From the name of an objective to its functions, and what its targets must be. */
import type { TrainingData } from '../../contract.ts';
import { amountProblem, binaryProblem, refuse } from '../../rows.ts';
import type { FitFailure } from '../../contract.ts';
import type { BoostedTreesParams } from '../boostedParams.ts';
import { logLoss, softmax } from './classification.ts';
import { cox } from './cox.ts';
import type { Objective, Targets } from './objective.ts';
import { absoluteError, poisson, quantileLoss, squaredError, tweedie } from './regression.ts';
import { aft } from './survival.ts';

/** Rows below which nothing is worth growing. */
export const LEAST_ROWS = 20;
/** Classes at most: each has a tree per round. */
const MOST_CLASSES = 1000;

type Problem = { readonly ok: false; readonly reason: FitFailure; readonly detail: string } | undefined;
type ObjectiveParams = Pick<BoostedTreesParams, 'objective' | 'tweediePower' | 'alpha' | 'aftDistribution' | 'aftScale'>;

/** The first thing that keeps the targets from fitting the objective, or undefined. */
export function targetProblem({ y, observed }: TrainingData, { objective }: Pick<BoostedTreesParams, 'objective'>): Problem {
  if (objective === 'log_loss') return binaryProblem(y, LEAST_ROWS);
  if (objective === 'tweedie' || objective === 'poisson') return amountProblem(y, LEAST_ROWS);
  if (y.length < LEAST_ROWS) return refuse('too_few_rows', `${y.length} rows; at least ${LEAST_ROWS} are needed.`);
  if (!y.every(Number.isFinite)) return refuse('unsupported_target', 'The target must be a finite number in every row.');
  if (objective === 'softmax') return classProblem(y);
  if (objective !== 'gamma' && objective !== 'cox' && objective !== 'aft') return undefined;
  if (!y.every((v) => v > 0)) return refuse('unsupported_target', `The objective ${objective} needs targets above 0 in every row.`);
  if (objective !== 'gamma' && observed?.every((seen) => seen === 0) === true) return refuse('one_class', `All ${y.length} rows are still waiting; no event was seen.`);
  return undefined;
}

function classProblem(y: Float64Array): Problem {
  const most = y.reduce((max, v) => Math.max(max, v), 0);
  if (!y.every((v) => Number.isInteger(v) && v >= 0) || most >= MOST_CLASSES) return refuse('unsupported_target', `Classes must be whole numbers from 0 to ${MOST_CLASSES - 1}.`);
  return y.every((v) => v === y[0]) ? refuse('one_class', `All ${y.length} rows have the class ${y[0]}.`) : undefined;
}

export function classesOf(y: Float64Array): number {
  return y.reduce((max, v) => Math.max(max, v), 1) + 1;
}

export function objectiveOf({ objective, tweediePower, alpha, aftDistribution, aftScale }: ObjectiveParams, targets: Targets): Objective {
  switch (objective) {
    case 'log_loss': return logLoss(targets);
    case 'softmax': return softmax(classesOf(targets.y), targets);
    case 'squared_error': return squaredError(targets);
    case 'absolute_error': return absoluteError(targets);
    case 'quantile': return quantileLoss(alpha, targets);
    case 'poisson': return poisson(targets);
    case 'gamma': return tweedie(2, targets, 'gamma');
    case 'tweedie': return tweedie(tweediePower, targets);
    case 'cox': return cox(targets);
    case 'aft': return aft(aftDistribution, aftScale, targets);
  }
}
