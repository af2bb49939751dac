import { AppError } from '../../../base/errors.ts';
import { checkArtefact } from '../../codec.ts';
import type { Task } from '../../contract.ts';
import { boostedTreesSchema, type BoostedTreesArtefact } from '../artefact.ts';
import type { Forest, Link } from '../forest.ts';

const LINKS: Readonly<Record<Task, readonly Link[]>> = { binary: ['logistic'], amount: ['exp', 'identity'], duration: [] };

/**
 * A forest from elsewhere as what `boosted_trees` reads, for a target of this task: probabilities from a logistic link, amounts from a logarithmic one or
 * as they are (never below 0).
 * @throws AppError `artefact_invalid` for a forest that predicts something else.
 */
export function asBoostedTrees(forest: Forest, objective: string, task: Task): BoostedTreesArtefact {
  if (forest.outputs !== 1 || !LINKS[task].includes(forest.link)) {
    const wanted = { binary: 'one probability per row (binary, binary:logistic, cross_entropy)', amount: 'one amount per row (regression, poisson, gamma, tweedie)', duration: 'a distribution of days, which no model from elsewhere does' }[task];
    throw new AppError('artefact_invalid', `The model was trained for "${objective.slice(0, 40)}" with ${forest.outputs} output(s); this one needs ${wanted}.`, { hint: 'Train it with another objective, or import it under another name.' });
  }
  const fitted = forest.link === 'logistic' ? { name: 'log_loss' as const } : forest.link === 'exp' ? { name: 'tweedie' as const, power: objective.includes('gamma') ? 2 : 1.5 } : { name: 'squared_error' as const };
  return checkArtefact({ kind: 'boosted_trees', objective: fitted, floor: forest.link === 'identity' ? 0 : null, forest }, boostedTreesSchema);
}
