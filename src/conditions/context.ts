/** What a condition is evaluated against: the cut-off and the calendar. Both are literals of the statement, never the machine's own time. */
import { addDays, addMonths, localDate, startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { Window } from './eventLeaf.ts';

export interface ConditionContext {
  /** Epoch ms, first instant of a business day. Events at or after it do not exist; windows end at it. */
  readonly asOf: number;
  /** IANA name of the business time zone. */
  readonly timeZone: string;
}

export interface Calendar extends ConditionContext {
  /** The business day that begins at asOf. */
  readonly today: LocalDate;
  startOf(day: LocalDate): number;
  /** today + n. */
  day(offset: number): LocalDate;
}

export function calendarOf({ asOf, timeZone }: ConditionContext): Calendar {
  const today = localDate(asOf, timeZone);
  return { asOf, timeZone, today, startOf: (day) => startOfDay(day, timeZone), day: (offset) => addDays(today, offset) };
}

/** A window as instants: from ≤ occurred_at < to. No `from` means since ever. */
export interface Span {
  readonly from?: number;
  readonly to: number;
  /** Only events later than the customer's last event of this kind, where there is one. */
  readonly sinceLast?: string;
}

export function spanOf(window: Window, calendar: Calendar): Span {
  if (window === 'all') return { to: calendar.asOf };
  if ('lastDays' in window) return { from: calendar.startOf(calendar.day(-window.lastDays)), to: calendar.asOf };
  if ('lastWeeks' in window) return { from: calendar.startOf(calendar.day(-7 * window.lastWeeks)), to: calendar.asOf };
  if ('lastMonths' in window) return { from: calendar.startOf(addMonths(calendar.today, -window.lastMonths)), to: calendar.asOf };
  if ('fromDaysAgo' in window) return { from: calendar.startOf(calendar.day(-window.fromDaysAgo)), to: calendar.startOf(calendar.day(-window.toDaysAgo)) };
  if ('sinceLast' in window) return { to: calendar.asOf, sinceLast: window.sinceLast };
  return { from: calendar.startOf(window.from), to: Math.min(calendar.asOf, calendar.startOf(addDays(window.to, 1))) };
}

/** Half-open range of days that a comparison with days relative to today means; an absent edge is open. */
export function relativeDays(op: 'last_days' | 'next_days' | 'before_last_days', days: number, calendar: Calendar): { readonly from?: LocalDate; readonly to?: LocalDate } {
  if (op === 'last_days') return { from: calendar.day(-days), to: calendar.today };
  if (op === 'next_days') return { from: calendar.today, to: calendar.day(days) };
  return { to: calendar.day(-days) };
}
