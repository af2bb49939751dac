/** Whether days come as often as their levels say, among those who came back within the window. */
import { INTERVAL_LEVELS, waitingLevels } from '../../estimators/serving.ts';
import { conditionalLevels, waitsOf } from '../../estimators/waiting.ts';
import { interpolate } from '../../math/stats/index.ts';
import { candidateMatrix } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import type { TestedCandidate } from '../tested.ts';
import { tidy } from './curves.ts';
import type { HeadDiagnostics } from './schema.ts';
import { outcomeRange } from './tables.ts';

/** Days of the window at which shares are compared, at most. */
const DAYS = 60;

/** Null for a candidate that gives one number and no distribution. */
export function survivalCalibration({ x, y }: Dataset, { fitted, served, serving, brier }: TestedCandidate, windowDays: number): HeadDiagnostics['survival'] {
  const waits = waitsOf(fitted.estimator, fitted.artefact, candidateMatrix(x, fitted.candidate));
  const { low80, low50, prediction, high50, high80 } = served;
  if (y.length === 0 || waits === undefined || low80 === undefined || low50 === undefined || high50 === undefined || high80 === undefined) return null;
  const quantiles = [low80, low50, prediction, high50, high80];
  const levels = INTERVAL_LEVELS.map((level, k) => ({ level, share: outcomeRange(y.map((days, row) => (days <= quantiles[k][row] ? 1 : 0)), 'share') }));
  // What is asked for in place of a level is served as that level: the way back from the estimator's own distribution.
  const levelsOf = waitingLevels(serving.waiting, x);
  const said = [0, ...INTERVAL_LEVELS, 1];
  const every = Math.max(1, Math.ceil(windowDays / DAYS));
  const byDay: [number, number, number][] = [];
  for (let day = every; day <= windowDays; day += every) {
    const own = conditionalLevels(waits, new Float64Array(y.length).fill(day), windowDays);
    const predicted = own.reduce((sum, level, row) => sum + interpolate([0, ...levelsOf(row), 1], said, level), 0) / y.length;
    byDay.push([day, tidy(predicted), tidy(y.filter((days) => days <= day).length / y.length)]);
  }
  return { levels, byDay, ...(brier === undefined ? {} : { brier: brier.map(([day, model, same]): [number, number, number] => [day, tidy(model), tidy(same)]) }) };
}
