/** The first step of a head: candidates, found ones included, judged on rows that they have not seen, and the choice among them. */
import type { Task } from '../../estimators/contract.ts';
import type { Dataset } from '../dataset.ts';
import type { Standing } from '../champion/standing.ts';
import type { ModelDefinition } from '../define.ts';
import { refuseLeaks } from '../leakCheck.ts';
import { search } from '../search/search.ts';
import type { Found } from '../search/search.ts';
import type { LeaderboardRow } from '../trained.ts';
import { choose, withErrors } from './choose.ts';
import type { HeadRequest, Tried } from './request.ts';
import { cameBack } from './rows.ts';
import { tryRival } from './rival.ts';
import type { Rival } from './rival.ts';
import { tryCandidates } from './tryCandidates.ts';

/** Rows that choosing learns from, at most: a candidate that is better on these is better on a million, and the fits that are tested and that serve see all. */
export const SELECTION_ROWS = 150_000;

export interface Selected {
  /** With the candidates that were found added to its declaration. */
  readonly request: HeadRequest;
  readonly chosen: Tried;
  readonly baseline: Tried;
  /** Absent where no champion is compared. */
  readonly rival?: Rival;
  readonly leaderboard: readonly LeaderboardRow[];
  readonly searched: Found | undefined;
  readonly rows: { readonly train: number; readonly calibration: number };
}

/** The rows of the training cut-offs live in here and nowhere longer. @throws AppError `leak_suspected`, `cancelled`; NoCandidate */
export async function select(asked: HeadRequest, task: Task, test: Dataset, standing?: Standing): Promise<Selected> {
  const { split } = asked;
  const train = split.mode === 'label_free' ? undefined : await asked.rowsAt(split.train, SELECTION_ROWS);
  if (train !== undefined && task === 'binary') refuseLeaks(asked.definition.name, train.x, train.y, asked.definition.deciding);
  const searched = train === undefined ? undefined : await searchFirst(asked, train);
  const request = searched === undefined ? asked : { ...asked, definition: { ...asked.definition, candidates: [...asked.definition.candidates, ...searched.candidates] } };
  const period = split.calibration === undefined ? undefined : await request.rowsAt([split.calibration]);
  const judged = period === undefined ? train : cameBack(task, period);
  // Without labels to learn from, candidates look at the history of the customers of the test.
  const learned = split.mode === 'label_free' ? test.y.length : (train?.y.length ?? 0) + (judged?.y.length ?? 0);
  if (learned === 0) throw new NoCandidate(nobody(request.definition));
  const { tried, failed } = await tryCandidates(request, task, train, judged, test, task === 'duration' ? period : undefined);
  const baseline = tried.find((one) => one.candidate.name === request.definition.baseline.name);
  const chosen = choose(withErrors(tried.filter((one) => one !== baseline))) ?? baseline;
  if (baseline === undefined || chosen === undefined) throw new NoCandidate(failed.map((row) => `${row.candidate}: ${row.failure ?? 'unknown'}`).join('; '));
  const rival = standing === undefined ? undefined : await tryRival(standing, request, { task, train, judged, test, tried });
  return {
    request, chosen, baseline, searched, ...(rival === undefined ? {} : { rival }),
    leaderboard: [...tried.map((one) => one.row), ...failed].sort((a, b) => (a.loss ?? Infinity) - (b.loss ?? Infinity)),
    rows: { train: train?.y.length ?? 0, calibration: split.calibration === undefined ? 0 : (judged?.y.length ?? 0) },
  };
}

/** Looks for better parameters within the training rows, where that was asked for. */
async function searchFirst(request: HeadRequest, train: Dataset): Promise<Found | undefined> {
  const { definition, split, estimators, rng, signal, threads, onStep, now } = request;
  if (request.search === undefined) return undefined;
  const found = await search({
    ...request.search, definition, train, estimators, horizonDays: split.horizonDays, windowDays: split.windowDays, rng: rng.fork('search'),
    ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }), ...(onStep === undefined ? {} : { onStep }), ...(now === undefined ? {} : { now }),
  });
  if (found !== undefined) request.onFound?.(found.candidates);
  return found;
}

/** Said once, in place of what every candidate says about no rows. */
function nobody({ population }: ModelDefinition): string {
  const rules = population.map(({ feature, atLeast, atMost }) => `${feature}${atLeast === undefined ? '' : ` at least ${atLeast}`}${atMost === undefined ? '' : ` at most ${atMost}`}`);
  return `nobody belongs to its population at the cut-offs of this history (${rules.length === 0 ? 'everybody' : rules.join(', ')})`;
}

/** No candidate could be fitted, the baseline included. */
export class NoCandidate extends Error {}
