/** The champion beside the candidates of a new version: tried and tested as they are, and never chosen. */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import type { Task } from '../../estimators/contract.ts';
import { measure } from '../champion/measure.ts';
import type { HeadComparison } from '../champion/schema.ts';
import type { Standing } from '../champion/standing.ts';
import type { Dataset } from '../dataset.ts';
import { IMPORTED } from '../imported.ts';
import { sameRecipe } from '../recipe.ts';
import type { TestedCandidate } from '../tested.ts';
import type { HeadRequest, Tried } from './request.ts';
import { tryCandidates } from './tryCandidates.ts';

export interface Rival {
  readonly standing: Standing;
  /** Where its method is fitted anew: as it was tried, and with what it is fitted; or why it could not be. */
  readonly tried?: { readonly of: Tried; readonly by: HeadRequest } | { readonly failure: string };
}

interface Trial {
  readonly task: Task;
  readonly train: Dataset | undefined;
  readonly judged: Dataset | undefined;
  readonly test: Dataset;
  readonly tried: readonly Tried[];
}

/** A candidate of the declaration that is the champion's method was tried already. */
export async function tryRival(standing: Standing, request: HeadRequest, { task, train, judged, test, tried }: Trial): Promise<Rival> {
  if (standing.as !== 'recipe') return { standing };
  const { candidate, champion } = standing;
  const columns = test.x.columns.map(({ name }) => name);
  const known = candidate.name === IMPORTED ? undefined : tried.find((one) => one.candidate.name !== IMPORTED && sameRecipe(one.candidate, candidate, request.split.horizonDays, columns));
  if (known !== undefined) return { standing, tried: { of: known, by: request } };
  const by: HeadRequest = {
    ...request, estimators: standing.estimators, definition: { ...standing.definition, baseline: candidate, candidates: [] },
    onStep: (step) => request.onStep?.(`version ${champion.version}: ${step}`),
  };
  try {
    const { tried: [own], failed: [why] } = await tryCandidates(by, task, train, judged, test);
    return { standing, tried: own === undefined ? { failure: why?.failure ?? 'nothing was fitted' } : { of: own, by } };
  } catch (error) {
    // Parameters that the estimator no longer has, say: no reason not to train a successor.
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error;
    return { standing, tried: { failure: error.message } };
  }
}

interface AtTest {
  readonly task: Task;
  readonly test: Dataset;
  readonly winner: TestedCandidate;
  /** Tested already. */
  readonly known: readonly TestedCandidate[];
}

/** @param asTested fits a tried candidate on what was over by the test cut-off and serves the rows of the test */
export async function compared({ standing, tried }: Rival, request: HeadRequest, { task, test, winner, known }: AtTest, asTested: (one: Tried, by: HeadRequest) => Promise<TestedCandidate>): Promise<HeadComparison> {
  const { signal, split, rng } = request;
  throwIfCancelled(signal, 'Training');
  request.onStep?.(`version ${standing.champion.version} on the same test`);
  return measure(standing, { task, split, test, challenger: winner.served, rng: rng.fork('champion') }, async () => {
    if (tried === undefined || 'failure' in tried) return { failure: tried?.failure ?? 'nothing was fitted' };
    const own = known.find(({ fitted }) => fitted.candidate === tried.of.candidate) ?? await asTested(tried.of, tried.by);
    return { served: own.served, same: own === winner };
  });
}
