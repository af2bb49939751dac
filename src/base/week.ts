/** ISO weeks: Monday to Sunday; week 1 of a year is the one with its first Thursday (ISO 8601). */
import { AppError } from './errors.ts';
import { addDays, daysBetween, parseLocalDate } from './time.ts';
import type { LocalDate } from './time.ts';

/** `YYYY-Www`. */
export type IsoWeek = string;

/** Monday of the week that a day lies in. */
export function mondayOf(day: LocalDate): LocalDate {
  // 1970-01-05 was a Monday.
  return addDays(day, -(((daysBetween('1970-01-05', day) % 7) + 7) % 7));
}

/** The week that a day lies in. */
export function weekOf(day: LocalDate): IsoWeek {
  const monday = mondayOf(day);
  const year = addDays(monday, 3).slice(0, 4);
  return `${year}-W${String(1 + Math.round(daysBetween(mondayOf(`${year}-01-04`), monday) / 7)).padStart(2, '0')}`;
}

/** Monday of a week that a person typed, as a week or as any day of it. @throws AppError `invalid_input`. */
export function parseWeek(text: string, what: string): LocalDate {
  const match = /^(\d{4})-W(\d{2})$/.exec(text);
  if (match === null && /^\d{4}-\d{2}-\d{2}$/.test(text)) return mondayOf(parseLocalDate(text, what));
  const monday = match === null ? undefined : addDays(mondayOf(`${match[1]}-01-04`), 7 * (Number(match[2]) - 1));
  if (monday === undefined || weekOf(monday) !== text) {
    throw new AppError('invalid_input', `${what} is not a week of the calendar: "${text.slice(0, 40)}".`, { hint: 'Write it as an ISO week, for example 2026-W14, or as a day in it, 2026-03-31.' });
  }
  return monday;
}
