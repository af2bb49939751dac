/**
 * The other reading of waiting times, measured beside the one that is served (src/estimators/waiting.ts): the whole wait of every customer, cut at the window, with those who
 * do not come back at its end. An absolute error over all customers asks for this one, and tables of other libraries report it.
 */
import { conformalLevels } from '../estimators/calibration/index.ts';
import { INTERVAL_LEVELS } from '../estimators/serving.ts';
import { waitsOf, wholeDays, wholeLevels } from '../estimators/waiting.ts';
import type { Random } from '../base/random.ts';
import type { LocalDate } from '../base/time.ts';
import { meanAbsoluteError, spearman } from '../math/metrics/index.ts';
import { candidateMatrix } from './candidate.ts';
import type { Fitted } from './candidate.ts';
import type { Dataset } from './dataset.ts';
import type { Metric } from './evaluation.ts';
import { averaged } from './intervals.ts';
import type { TimeSplit } from './splits.ts';
import { waitingScores } from './waitingScores.ts';
import type { WaitingScores } from './waitingScores.ts';

/** Rows below which levels are not moved. */
const LEAST_ROWS = 50;

/** The level to ask for in place of each of {@link INTERVAL_LEVELS}, learned as in intervals.ts on rows that the fit had not seen, those still waiting among them. */
export function wholeWaitLevels(fitted: Fitted, data: Dataset, windowDays: number): readonly number[] {
  const waits = waitsOf(fitted.estimator, fitted.artefact, candidateMatrix(data.x, fitted.candidate));
  return waits === undefined || data.y.length < LEAST_ROWS ? INTERVAL_LEVELS : averaged([conformalLevels(wholeLevels(waits, data.y, windowDays), INTERVAL_LEVELS)]);
}

/** Error, ranking and coverage over all rows; `within_7_days` among those who came back, because nobody is within a week of never. */
export function wholeWaitMetrics(fitted: Fitted, data: Dataset, windowDays: number, levels: readonly number[]): Record<string, Metric> {
  const x = candidateMatrix(data.x, fitted.candidate);
  const waits = waitsOf(fitted.estimator, fitted.artefact, x);
  const y = data.y.map((days) => Math.min(days, windowDays));
  const [low, , predicted, , high] = waits === undefined
    ? [undefined, undefined, fitted.estimator.predict(fitted.artefact, x).map((days) => Math.min(days, windowDays)), undefined, undefined]
    : wholeDays(waits, windowDays, () => levels, INTERVAL_LEVELS.length);
  if (y.length === 0 || predicted === undefined) return {};
  const back = Array.from(y.keys()).filter((row) => data.observed?.[row] !== 0);
  const order = spearman(y, predicted);
  return {
    whole_mae_days: { value: meanAbsoluteError(y, predicted) },
    whole_within_7_days: { value: back.filter((row) => Math.abs(predicted[row] - y[row]) <= 7).length / Math.max(1, back.length) },
    whole_came_back: { value: back.length / y.length },
    ...(order === undefined ? {} : { whole_spearman: { value: order } }),
    ...(low === undefined || high === undefined
      ? {}
      : {
        whole_coverage_80: { value: y.filter((days, row) => low[row] <= days && days <= high[row]).length / y.length },
        whole_width_80: { value: high.reduce((sum, end, row) => sum + end - low[row], 0) / y.length },
      }),
  };
}

/** Levels from the calibration period by the fit before it, measured on `everyone` of the test period by the fit that is tested, with what needs no levels (src/training/waitingScores.ts). */
export async function wholeWait(split: TimeSplit, rowsAt: (cutoffs: readonly LocalDate[]) => Promise<Dataset>, everyone: Dataset, before: Fitted, tested: Fitted, rng: Random): Promise<WaitingScores> {
  const levels = split.calibration === undefined ? INTERVAL_LEVELS : wholeWaitLevels(before, await rowsAt([split.calibration]), split.horizonDays);
  const scores = waitingScores(tested, everyone, split.horizonDays, rng);
  return { ...scores, metrics: { ...scores.metrics, ...wholeWaitMetrics(tested, everyone, split.horizonDays, levels) } };
}
