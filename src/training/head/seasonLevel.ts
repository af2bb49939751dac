/** The level that a head serves with on a date. */
import { addDays } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import type { Level } from '../../estimators/serving.ts';
import { candidateMatrix } from '../candidate.ts';
import type { Fitted } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import { taskOf } from '../define.ts';
import { matchingLevel } from '../level.ts';
import { sameSeasonCutoff, seasonalShift } from '../season.ts';
import type { HeadRequest } from './request.ts';

/**
 * The season's level where last year shows it; a season is looked up for the date and for four weeks later. Otherwise a fit that learned from labels keeps the level of the periods that it
 * learned from: `fallback` was measured on an earlier fit, which did not know the newest of them, and the same move once more would follow a trend that one step showed (and a season is no
 * trend). Fits without labels take `fallback`, the newest period's.
 */
export async function levelFor(request: HeadRequest, fitted: Fitted, training: Dataset, fallback: Level, date: LocalDate, known: LocalDate): Promise<Level> {
  const task = taskOf(request.definition.target);
  // Renewals follow when contracts were sold, which the rows of the population show by themselves.
  const { target, observations } = request.definition;
  if (observations.at !== 'cutoffs' || training.cutoffs.length < 2) return fallback;
  const { rung, labelFree } = fitted.candidate;
  const ofTraining = (): number => matchingLevel(task, training.y, fitted.estimator.predict(fitted.artefact, candidateMatrix(training.x, fitted.candidate)), training.cutoffs.length);
  let own: number | undefined;
  const steps: { from: LocalDate; amount: number }[] = [];
  for (const ahead of target.kind === 'renewal' ? [] : [0, 28]) {
    const before = sameSeasonCutoff(addDays(date, ahead), known, request.firstEvent, request.split.windowDays);
    if (before === undefined) break;
    const amount = seasonalShift(task, training, await request.rowsAt([before]));
    if (amount === undefined) break;
    // The season is measured against the training cut-offs, so the model is first brought to their level: customer-base models never saw their labels.
    own ??= ofTraining();
    steps.push({ from: ahead === 0 ? '0000-01-01' : addDays(date, ahead / 2), amount: own + amount });
  }
  if (steps.length > 0) return { source: 'season', steps };
  const learned = task !== 'duration' && rung !== 'customer_base' && labelFree !== true && request.split.mode === 'three_way';
  return learned ? { source: 'training_periods', steps: [{ from: '0000-01-01', amount: ofTraining() }] } : fallback;
}

