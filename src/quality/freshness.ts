/** When events of a kind last arrived, beside the rhythm in which they usually do. */
import type { Knex } from 'knex';
import { addDays, daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { arrayLiteral, selectRows } from '../store/repositories/bulk.ts';

export interface Arrival {
  readonly ageHours: number;
  /** What nine of ten gaps between days with events of the last 90 days do not exceed, at least a day. */
  readonly gapHours: number;
}

const LOOK_BACK_DAYS = 90;
const USUAL = 0.9;

/** The gap that a share of all gaps does not exceed; one day where there are none. */
export function usualGapDays(days: readonly LocalDate[]): number {
  const gaps = days.slice(1).map((day, i) => daysBetween(days[i], day)).sort((a, b) => a - b);
  return gaps.length === 0 ? 1 : Math.max(1, gaps[Math.min(gaps.length - 1, Math.ceil(USUAL * gaps.length) - 1)]);
}

/** By kind; kinds of which the shop has never had an event are left out. */
export async function freshness(db: Knex, kinds: readonly string[], now: number, timeZone: string, today: LocalDate): Promise<Map<string, Arrival>> {
  const list = arrayLiteral('text', kinds);
  const at = new Date(now).toISOString();
  const rows = await selectRows<{ kind: string; day: LocalDate }>(
    db, `SELECT kind, (occurred_at AT TIME ZONE ?)::date AS day FROM events WHERE kind = ANY (?::text[]) AND occurred_at <= ?::timestamptz AND occurred_at >= ?::timestamptz - make_interval(days => ?) GROUP BY 1, 2 ORDER BY 1, 2`,
    [timeZone, list, at, at, LOOK_BACK_DAYS + 1]);
  const newest = await selectRows<{ kind: string; at: number }>(db, 'SELECT kind, max(occurred_at) AS at FROM events WHERE kind = ANY (?::text[]) AND occurred_at <= ?::timestamptz GROUP BY kind', [list, at]);
  return new Map(newest.map(({ kind, at: last }) => {
    const days = rows.filter((row) => row.kind === kind && row.day >= addDays(today, -LOOK_BACK_DAYS)).map(({ day }) => day);
    return [kind, { ageHours: (now - last) / 3_600_000, gapHours: 24 * usualGapDays(days) }];
  }));
}
