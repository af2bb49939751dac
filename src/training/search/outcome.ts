/** What a search hands on. */
import type { Candidate } from '../define.ts';
import type { SearchReport, SearchRequest, Trial } from './search.ts';
import type { Family } from './space.ts';

export type Best = ReadonlyMap<string, { readonly trial: Trial; readonly loss: number }>;

const beats = (best: Best, declaredLoss: ReadonlyMap<string, number>, family: string): boolean => (best.get(family)?.loss ?? Infinity) < (declaredLoss.get(family) ?? -Infinity);

/** Candidates to try beside the declared ones: the best of each family that beat its declaration, and a stack of the families where the estimator exists. */
export function candidatesOf({ definition, estimators, horizonDays }: Pick<SearchRequest, 'definition' | 'estimators' | 'horizonDays'>, families: readonly Family[], best: Best, declaredLoss: ReadonlyMap<string, number>): Candidate[] {
  const winners = families.filter(({ candidate }) => beats(best, declaredLoss, candidate)).flatMap(({ candidate }) => best.get(candidate)?.trial.candidate ?? []);
  // Each family once, found or declared, blended where that wins; the estimator decides on rows of its own whether it does.
  const members = families.flatMap(({ candidate }) => winners.find(({ name }) => name === `${candidate}_found`) ?? definition.candidates.find(({ name }) => name === candidate) ?? []);
  if (!Object.hasOwn(estimators, 'stacked') || members.length < 2 || winners.length === 0) return winners;
  const params = members.map(({ estimator, params: own }) => ({ estimator, params: typeof own === 'function' ? own(horizonDays) : (own ?? {}) }));
  return [...winners, { name: 'stack_found', rung: 'boosting', estimator: 'stacked', found: true, params: { members: params } }];
}

export function reportOf(families: readonly Family[], best: Best, declaredLoss: ReadonlyMap<string, number>): SearchReport['found'] {
  return families.flatMap(({ candidate }) => {
    const found = best.get(candidate);
    if (found === undefined || !beats(best, declaredLoss, candidate)) return [];
    const { params } = found.trial.candidate;
    return [{ candidate: `${candidate}_found`, trial: found.trial.number, loss: found.loss, declaredLoss: declaredLoss.get(candidate) ?? 0, params: typeof params === 'function' || params === undefined ? {} : params }];
  });
}
