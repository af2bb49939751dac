/**
 * From an estimator's raw output to what is served: level, then shape, then intervals. One function for evaluation, the nightly run and on demand.
 *
 * Level moves all predictions together: log-odds are shifted, amounts multiplied. Shape is a monotone calibration map of probabilities.
 * Intervals of amounts come from conformal quantiles around the prediction, intervals of days from the estimator's own quantiles at recalibrated levels.
 */
import { z } from 'zod';
import type { LocalDate } from '../base/time.ts';
import type { Matrix } from '../base/matrix.ts';
import { applyCalibration, applyConformalInterval, calibrationSchema, conformalSchema } from './calibration/index.ts';
import type { Estimator, Task } from './contract.ts';

export const levelSchema = z.strictObject({
  /** Where the level comes from: the same season a year before, the newest finished period, or nothing to learn it from. */
  source: z.enum(['season', 'newest_period', 'none']),
  /** Shift of the log-odds, or of the log of the amount, from the date on; ascending, at least one. */
  steps: z.array(z.strictObject({ from: z.string(), amount: z.number() })).min(1),
});
export type Level = z.infer<typeof levelSchema>;

export const servingSchema = z.strictObject({
  level: levelSchema,
  shape: calibrationSchema.nullable(),
  conformal: conformalSchema.nullable(),
  /** `duration`: the level to ask the estimator for so that the share of {@link INTERVAL_LEVELS} is met. */
  quantileLevels: z.array(z.number()).length(5).nullable(),
});
export type Serving = z.infer<typeof servingSchema>;

export const INTERVAL_LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9] as const;
export const PLAIN_SERVING: Serving = { level: { source: 'none', steps: [{ from: '0000-01-01', amount: 0 }] }, shape: null, conformal: null, quantileLevels: null };

export interface Served {
  readonly prediction: Float64Array;
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
    return { prediction: moved, low80: wide.low, high80: wide.high, low50: middle.low, high50: middle.high };
  }
  if (estimator.quantiles === undefined) return { prediction: moved };
  const table = estimator.quantiles(artefact, x, serving.quantileLevels ?? INTERVAL_LEVELS);
  const column = (index: number): Float64Array => Float64Array.from({ length: x.rows }, (_, row) => table[row * INTERVAL_LEVELS.length + index]);
  return { prediction: column(2), low80: column(0), low50: column(1), high50: column(3), high80: column(4) };
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
  return finish(estimator, task, artefact, serving, x, estimator.predict(artefact, x), asOf);
}
