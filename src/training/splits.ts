/**
 * Time splits. For an evaluation end E (everything known before E) and labels known after H days (the horizon, or longer) the last period starts at test = E − H.
 * Every label window of one part ends at or before the cut-off of the next part, so nothing about a later part is known in an earlier one:
 *
 *     three_way   train … ≤ calibration − H     calibration = test − H      test
 *     two_way     train … ≤ test − H, calibrated by folds over customers    test
 *     label_free  no labels before test: only candidates that learn from history alone
 *
 * The ladder is taken from the top; how much history there is decides. The test cut-off is evaluated once.
 */
import { addDays, daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';

export interface TimeSplit {
  readonly mode: 'three_way' | 'two_way' | 'label_free';
  readonly horizonDays: number;
  /** Days from a cut-off until its labels are known: the horizon, or longer. */
  readonly windowDays: number;
  /** Cut-offs the candidates are fitted on for selection, oldest first. */
  readonly train: readonly LocalDate[];
  /** Cut-off of the period that calibration and selection use; absent unless three_way. */
  readonly calibration?: LocalDate;
  /** First cut-off of the test period. */
  readonly test: LocalDate;
  /** All cut-offs of the test period, `test` first: one, or the days of the observed events. */
  readonly testCutoffs: readonly LocalDate[];
  /** Cut-offs whose windows have ended by the test cut-off: the chosen candidate is fitted again on these before its one test. */
  readonly refit: readonly LocalDate[];
  /** Cut-offs whose windows have ended by E: the model that serves is fitted on these. */
  readonly serve: readonly LocalDate[];
}

/** Cut-offs at `last`, `last − every`, …, not before `first`, oldest first, at most `most`. */
export function cutoffsBack(last: LocalDate, first: LocalDate, everyDays: number, most: number): LocalDate[] {
  const count = Math.min(most, Math.floor(daysBetween(first, last) / everyDays) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => addDays(last, -everyDays * (count - 1 - i)));
}

export interface SplitRequest {
  /** Evaluation end, exclusive: events of that day and later are unknown. */
  readonly end: LocalDate;
  /** First cut-off with enough history behind it. */
  readonly earliest: LocalDate;
  readonly horizonDays: number;
  /** Absent: the horizon. */
  readonly windowDays?: number;
  readonly everyDays: number;
  readonly most: number;
}

/** The richest split that the history allows, or undefined where even the test period does not fit. */
export function timeSplit({ end, earliest, horizonDays, windowDays = horizonDays, everyDays, most }: SplitRequest): TimeSplit | undefined {
  const test = addDays(end, -windowDays);
  if (test < earliest) return undefined;
  const calibration = addDays(test, -windowDays);
  const back = (last: LocalDate): LocalDate[] => cutoffsBack(last, earliest, everyDays, most);
  const shared = { horizonDays, windowDays, test, testCutoffs: [test], refit: back(calibration), serve: back(test) };
  const train = back(addDays(calibration, -windowDays));
  if (train.length > 0) return { mode: 'three_way', ...shared, train, calibration };
  if (shared.refit.length > 0) return { mode: 'two_way', ...shared, train: shared.refit };
  return { mode: 'label_free', ...shared, train: [] };
}

/** The first cut-off on which the three-way split becomes possible: what the readiness report promises. */
export function readyOn(earliest: LocalDate, horizonDays: number): LocalDate {
  return addDays(earliest, 3 * horizonDays);
}

/** A day on which events opened observations, and the first day after the last of their label windows. */
export interface ObservedDay {
  readonly date: LocalDate;
  readonly over: LocalDate;
}

export interface EventSplitRequest {
  readonly end: LocalDate;
  /** First day with enough history behind it. */
  readonly earliest: LocalDate;
  readonly horizonDays: number;
  /** First day of the test period; absent: the last third of the finished days. */
  readonly testFrom?: LocalDate;
}

/**
 * The split of observations that events open, on the days they happened (oldest first). The test period is the last third of the finished days, or all of
 * them from `testFrom` on; training keeps the days whose windows were over when it began. Folds over customers calibrate.
 */
export function eventSplit(days: readonly ObservedDay[], { end, earliest, horizonDays, testFrom }: EventSplitRequest): TimeSplit | undefined {
  const finished = days.filter(({ date, over }) => date >= earliest && over <= end);
  const test = finished.filter(({ date }, i) => (testFrom === undefined ? i >= Math.floor((2 * finished.length) / 3) : date >= testFrom));
  if (test.length === 0) return undefined;
  const begins = test[0].date;
  const before = finished.filter(({ over }) => over <= begins).map(({ date }) => date);
  if (before.length === 0) return undefined;
  return { mode: 'two_way', horizonDays, windowDays: horizonDays, test: begins, testCutoffs: test.map(({ date }) => date), train: before, refit: before, serve: finished.map(({ date }) => date) };
}
