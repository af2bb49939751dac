/**
 * Instants and business days. An instant is epoch milliseconds (UTC). A business day is a `YYYY-MM-DD` in the shop's time zone;
 * a cut-off `asOf` is always the first instant of a business day, and what is known as of it happened strictly before.
 */
import { Temporal } from 'temporal-polyfill';
import { AppError } from './errors.ts';

export const DAY_MS = 86_400_000;
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

/** `YYYY-MM-DD`. */
export type LocalDate = string;

/** First instant (epoch ms) of a business day. On days whose midnight is skipped by daylight saving it is the first instant that exists. */
export function startOfDay(date: LocalDate, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).startOfDay().epochMilliseconds;
}

/** The business day that an instant (epoch ms) falls into. */
export function localDate(instant: number, timeZone: string): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The same day of the month, `months` months later (earlier when negative); the last day of the month where there is none. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ months }, { overflow: 'constrain' }).toString();
}

/** Whole calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** Checks a date that a person typed. */
export function parseLocalDate(text: string, what: string): LocalDate {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString();
  } catch (cause) {
    throw new AppError('invalid_input', `${what} is not a day of the calendar: "${text.slice(0, 40)}".`, { hint: 'Write it as YYYY-MM-DD, for example 2026-03-31.', cause });
  }
  throw new AppError('invalid_input', `${what} is not a date: "${text.slice(0, 40)}".`, { hint: 'Write it as YYYY-MM-DD, for example 2026-03-31.' });
}

export function checkTimeZone(timeZone: string): string {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return timeZone;
  } catch (cause) {
    throw new AppError('invalid_config', `Unknown time zone "${timeZone.slice(0, 60)}".`, { hint: 'Use an IANA name such as Asia/Shanghai or Europe/London.', cause });
  }
}
