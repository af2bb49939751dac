/**
 * Season. A model that learned on spring and summer cut-offs is asked about autumn. What the same weeks of the year before looked like is known
 * by then, so its level is carried over: the rate of the target among recently active customers at the cut-off 364 days (52 whole weeks) earlier,
 * against the same rate at the training cut-offs. Only customers who ordered in the last 90 days count, which keeps the comparison fair when the
 * older cut-off has less history behind it. Calendar columns in a model do worse: with less than several years they extrapolate.
 */
import { columnOf } from '../base/matrix.ts';
import { addDays, daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { Task } from '../estimators/contract.ts';
import type { Dataset } from './dataset.ts';

export const SEASON_LAG_DAYS = 364;
/** History that a cut-off of the year before needs. */
export const SEASON_HISTORY_DAYS = 180;
const RECENT_DAYS = 90;
const LEAST_CUSTOMERS = 150;
/** Share of the seasonal change that is applied: probabilities lose little and gain much at three quarters; amounts need all of it. */
const STRENGTH: Readonly<Record<Task, number>> = { binary: 0.75, amount: 1, duration: 0 };
/** A change beyond this is more likely a broken history than a season (log-odds, or log of a factor). */
const LIMIT = 1.5;

/** Cut-off of the year before for rows as of `date`, or undefined where its window is not over by `end` or its history is short. */
export function sameSeasonCutoff(date: LocalDate, end: LocalDate, firstEvent: LocalDate, horizonDays: number): LocalDate | undefined {
  const before = addDays(date, -SEASON_LAG_DAYS);
  if (addDays(before, horizonDays) > end) return undefined;
  return daysBetween(firstEvent, before) >= SEASON_HISTORY_DAYS ? before : undefined;
}

/** Level of one period: log-odds of the target, or log of (spend in the window ÷ spend in the 90 days before), among recently active customers. */
function levelOf(data: Dataset, period: number, task: Task): number | undefined {
  const silence = columnOf(data.x, 'days_since_last_order');
  const before = columnOf(data.x, 'net_spend_90d');
  if (silence === undefined || (task === 'amount' && before === undefined)) return undefined;
  const rows: number[] = [];
  for (let i = 0; i < data.y.length; i++) if (data.period[i] === period && silence[i] <= RECENT_DAYS) rows.push(i);
  if (rows.length < LEAST_CUSTOMERS) return undefined;
  if (task === 'binary') {
    const positives = rows.reduce((sum, i) => sum + data.y[i], 0);
    return Math.log((positives + 0.5) / (rows.length - positives + 0.5));
  }
  const after = winsorisedSum(rows.map((i) => data.y[i]));
  const known = winsorisedSum(rows.map((i) => Math.max(0, before?.[i] ?? 0)));
  return after > 0 && known > 0 ? Math.log(after / known) : undefined;
}

/** Sum with the largest half percent cut back to that quantile, so that one giant order is no season. */
function winsorisedSum(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cap = sorted[Math.min(sorted.length - 1, Math.floor(0.995 * sorted.length))];
  return sorted.reduce((sum, value) => sum + Math.min(value, cap), 0);
}

/**
 * Change of level to expect against the training cut-offs: added to log-odds (binary) or to the log of the amount.
 * @param training rows the model was fitted on
 * @param yearBefore rows of the cut-off 364 days before the one that is predicted
 */
export function seasonalShift(task: Task, training: Dataset, yearBefore: Dataset): number | undefined {
  if (STRENGTH[task] === 0) return undefined;
  const levels = training.cutoffs.map((_, period) => levelOf(training, period, task)).filter((level) => level !== undefined);
  const then = levelOf(yearBefore, 0, task);
  if (then === undefined || levels.length === 0) return undefined;
  const typical = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.max(-LIMIT, Math.min(LIMIT, STRENGTH[task] * (then - typical)));
}
