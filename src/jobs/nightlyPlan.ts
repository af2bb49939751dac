/** Which nightly runs are due, derived from the table of runs alone: missed ticks, restarts, two processes and daylight saving all come to the same question. */
import { AppError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { addDays, localDate, startOfDay } from '../base/time.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { Temporal } from 'temporal-polyfill';
import type { Store } from '../store/connection.ts';
import { RULES_JOB } from './rules.ts';
import { SCORING_JOB } from './scoring/deps.ts';

export interface NightlyTimes {
  /** IANA name of the business time zone. */
  readonly timeZone: string;
  /** Wall-clock time from which a day's run is due, HH:MM; default 02:30. Where daylight saving skips it, the first instant after the gap. */
  readonly at?: string;
  /** Days in the past that are still made up for when nothing ran; default 1. The newest day makes older ones pointless, so at most the newest due day is named. */
  readonly catchUpDays?: number;
}

export interface DueRun {
  readonly job: string;
  /** Business day. */
  readonly asOf: string;
}

/** First instant of `at` on a business day: in a gap the instant the clocks jump to, in an overlap the first of the two. */
export function dueInstant(day: string, at: string, timeZone: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at);
  if (match === null) throw new AppError('invalid_config', `The nightly time "${at.slice(0, 20)}" is no time of day.`, { hint: 'Write it as HH:MM, for example 02:30.' });
  const zoned = Temporal.PlainDateTime.from(`${day}T${at}:00`).toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const start = startOfDay(day, timeZone);
  if (zoned.toPlainDateTime().toString() === `${day}T${at}:00`) return Math.max(start, zoned.epochMilliseconds);
  // The wall clock never shows this time: due when the gap ends.
  const after = zoned.getTimeZoneTransition('next');
  return Math.max(start, after === null ? zoned.epochMilliseconds : after.epochMilliseconds);
}

/**
 * Business days whose run is due now and not finished, oldest first: never two for one day, however often the time of day comes round.
 * A held run waits for a person; one that another process holds with a live lease is not due, and is again once the lease has run out.
 */
export async function dueRuns(store: Store, clock: Clock, times: NightlyTimes): Promise<DueRun[]> {
  const { timeZone, at = '02:30', catchUpDays = 1 } = times;
  const now = clock.now();
  const today = localDate(now, timeZone);
  const days = Array.from({ length: Math.max(1, catchUpDays + 1) }, (_, i) => addDays(today, i - catchUpDays)).filter((day) => dueInstant(day, at, timeZone) <= now);
  const newest = days.at(-1);
  if (newest === undefined) return [];
  const rows = await selectRows<{ job: string; asOf: string; state: string; settled: boolean }>(
    store.db,
    `SELECT job, as_of AS "asOf", state, (state IN ('done', 'held') OR (state = 'running' AND lease_expires_at > clock_timestamp())) AS settled FROM runs WHERE job IN (?, ?) AND as_of >= ?::date`,
    [SCORING_JOB, RULES_JOB, days[0]],
  );
  // Tags of a later day are there or on their way: an older day could not replace them. Rule tags come last, so a night is over when they are; a held one has none.
  if (rows.some(({ job, asOf, state, settled }) => settled && asOf >= newest && (job === RULES_JOB || state !== 'done'))) return [];
  return [{ job: SCORING_JOB, asOf: newest }];
}
