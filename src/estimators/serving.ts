/**
 * From an estimator's raw output to what is served: level, then shape, then intervals. One function for evaluation, the nightly run and on demand.
 *
 * Level moves all predictions together: log-odds are shifted, amounts multiplied. Shape is a monotone calibration map of probabilities.
 * Intervals of amounts come from conformal quantiles around the prediction; days come from the estimator's own distribution at recalibrated levels (waiting.ts).
 */
import { z } from 'zod';
import type { LocalDate } from '../base/time.ts';
import type { Matrix } from '../base/matrix.ts';
import { applyCalibration, applyConformalInterval, calibrationSchema, conformalSchema } from './calibration/index.ts';
import type { Estimator, Task } from './contract.ts';
import { conditionalDays, waitsOf } from './waiting.ts';
import { WAITING_GROUPS, waitingGroups } from './waitingGroups.ts';

export const levelSchema = z.strictObject({
  /** Where the level comes from: the same season a year before, the newest finished period, the periods that the fit learned from, or nothing to learn it from. */
  source: z.enum(['season', 'newest_period', 'training_periods', 'none']),
  /** Shift of the log-odds, or of the log of the amount, from the date on; ascending, at least one. */
  steps: z.array(z.strictObject({ from: z.string(), amount: z.number() })).min(1),
});
export type Level = z.infer<typeof levelSchema>;

export const servingSchema = z.strictObject({
  level: levelSchema,
  shape: calibrationSchema.nullable(),
  conformal: conformalSchema.nullable(),
  /** `duration`: days given an order within the window, and the level to ask for in place of each of {@link INTERVAL_LEVELS}. */
  waiting: z
    .strictObject({
      windowDays: z.number().positive(),
      levels: z.array(z.number()).length(5).nullable(),
      /** Levels of a group's own, in the order of {@link WAITING_GROUPS}; null where it has too few rows and the shop's levels hold. */
      groups: z.array(z.array(z.number()).length(5).nullable()).length(WAITING_GROUPS.length).optional(),
    })
    .nullable(),
});
export type Serving = z.infer<typeof servingSchema>;

export const INTERVAL_LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9] as const;
export const PLAIN_SERVING: Serving = { level: { source: 'none', steps: [{ from: '0000-01-01', amount: 0 }] }, shape: null, conformal: null, waiting: null };

export interface Served {
  readonly prediction: Float64Array;
  /** Ends of the intervals; NaN in all four for a row that has none. */
  readonly low80?: Float64Array;
  readonly high80?: Float64Array;
  readonly low50?: Float64Array;
  readonly high50?: Float64Array;
}

/** The step that holds on a date; the first one before its time. */
export function levelOn(level: Level, date: LocalDate): number {
  let amount = level.steps[0].amount;
  for (const step of level.steps) if (step.from <= date) amount = step.amount;
  return amount;
}

/** Moves raw predictions by a level: log-odds for probabilities, a factor for amounts, days stay. */
export function shifted(task: Task, raw: Float64Array, amount: number): Float64Array {
  if (amount === 0 || task === 'duration') return raw;
  if (task === 'amount') return raw.map((value) => value * Math.exp(amount));
  return raw.map((p) => {
    if (p <= 0 || p >= 1) return p;
    return 1 / (1 + ((1 - p) / p) * Math.exp(-amount));
  });
}

/** Everything of the serving pipeline after the raw prediction. */
export function finish<Artefact extends { readonly kind: string }>(
  estimator: Estimator<Artefact, unknown>,
  task: Task,
  artefact: Artefact,
  serving: Serving,
  x: Matrix,
  raw: Float64Array,
  asOf: LocalDate,
): Served {
  const moved = shifted(task, raw, levelOn(serving.level, asOf));
  if (task === 'binary') return { prediction: serving.shape === null ? moved : applyCalibration(serving.shape, moved) };
  if (task === 'amount') {
    if (serving.conformal === null) return { prediction: moved };
    const wide = applyConformalInterval(serving.conformal, moved, 0.8);
    const middle = applyConformalInterval(serving.conformal, moved, 0.5);
    // Where nothing at all is what happens to four in five, an interval from nothing to nothing would say less than the amount itself: none is given.
    const given = (bounds: Float64Array): Float64Array => bounds.map((value, row) => (wide.high[row] > 0 ? value : Number.NaN));
    return { prediction: moved, low80: given(wide.low), high80: given(wide.high), low50: given(middle.low), high50: given(middle.high) };
  }
  const windowDays = serving.waiting?.windowDays ?? Infinity;
  const waits = waitsOf(estimator, artefact, x);
  if (waits === undefined) return { prediction: moved.map((days) => Math.min(days, windowDays)) };
  const [low80, low50, prediction, high50, high80] = conditionalDays(waits, windowDays, waitingLevels(serving.waiting, x), INTERVAL_LEVELS.length);
  return { prediction, low80, low50, high50, high80 };
}

/** Levels to ask for in place of {@link INTERVAL_LEVELS}, by row: those of its group where it has any, otherwise the shop's. */
export function waitingLevels(waiting: Serving['waiting'], x: Matrix): (row: number) => readonly number[] {
  const shop = waiting?.levels ?? INTERVAL_LEVELS;
  const groups = waiting?.groups === undefined ? undefined : waitingGroups(x);
  return groups === undefined ? () => shop : (row) => waiting?.groups?.[groups[row]] ?? shop;
}

/** Served predictions of every row as of a business day. */
export function serve<Artefact extends { readonly kind: string }>(
  estimator: Estimator<Artefact, unknown>,
  task: Task,
  artefact: Artefact,
  serving: Serving,
  x: Matrix,
  asOf: LocalDate,
): Served {
  // Days come from the distribution, not from the prediction: asking for both would double the work.
  const fromDistribution = task === 'duration' && estimator.quantiles !== undefined;
  return finish(estimator, task, artefact, serving, x, fromDistribution ? new Float64Array(x.rows) : estimator.predict(artefact, x), asOf);
}
