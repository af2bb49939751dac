/** The measurement itself, at the one moment when the rows of the test period are in memory. */
import { AppError } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import type { Random } from '../../base/random.ts';
import type { Task } from '../../estimators/contract.ts';
import { serve } from '../../estimators/serving.ts';
import type { Served } from '../../estimators/serving.ts';
import type { Dataset } from '../dataset.ts';
import type { TimeSplit } from '../splits.ts';
import { notCompared } from './champion.ts';
import type { HeadChampion } from './champion.ts';
import { paired } from './paired.ts';
import type { HeadComparison, Measured } from './schema.ts';
import type { Standing } from './standing.ts';
import { verdictOf } from './verdict.ts';
import { measuredWords, refusals } from './words.ts';

export interface MeasureRequest {
  readonly task: Task;
  readonly split: Pick<TimeSplit, 'test' | 'horizonDays'>;
  readonly test: Dataset;
  /** Of the new version, on the rows of `test`. */
  readonly challenger: Served;
  /** A stream of its own. */
  readonly rng: Random;
}

/** The champion's method on the rows of the test, fitted anew: what it says, or why it could not be fitted. */
export type Refitted = { readonly served: Served; readonly same: boolean } | { readonly failure: string };

/** @param refitted asked for only where the champion cannot stand the test as it serves */
export async function measure(standing: Standing, request: MeasureRequest, refitted: () => Promise<Refitted>): Promise<HeadComparison> {
  const { champion } = standing;
  const { horizonDays } = request.split;
  if (standing.as === 'none') return notCompared(horizonDays, standing.refusal);
  if (request.test.y.length === 0) return notCompared(horizonDays, refusals.not_fitted(champion.version, champion.head.candidate, 'the test period has no rows'));
  const answer = standing.as === 'artefact' ? asItServes(champion, request) : await refitted();
  if ('failure' in answer) return notCompared(horizonDays, refusals.not_fitted(champion.version, champion.head.candidate, answer.failure));
  return measured(champion, request, standing.as === 'artefact' ? 'artefact' : answer.same ? 'same_recipe' : 'recipe', answer.served);
}

function measured({ version, end, head, level, featuresChanged }: HeadChampion, { task, split, test, challenger, rng }: MeasureRequest, compared: Measured['compared'], served: Served): Measured {
  const found = paired(task, test, challenger, served, { rng, level });
  const plain = { horizonDays: split.horizonDays, compared, candidate: head.candidate, beatBaseline: head.beatsBaseline, featuresChanged, test: split.test, level, ...found, verdict: verdictOf(found) };
  return { ...plain, words: { ...measuredWords(plain, version, end) } };
}

/** What the champion says of these rows on the first day of the test, with the level of that day. */
function asItServes({ head, columns, estimators }: HeadChampion, { task, test, split }: MeasureRequest): Refitted {
  const byName = new Map(test.x.columns.map((column) => [column.name, column]));
  // Columns by reference: the rows are in memory once.
  const x: Matrix = { rows: test.x.rows, columns: columns.flatMap(({ name }) => byName.get(name) ?? []) };
  const estimator = estimators[head.estimator];
  try {
    return { served: serve(estimator, task, head.artefact as { readonly kind: string }, head.serving, x, split.test), same: false };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error;
    return { failure: error.message };
  }
}
