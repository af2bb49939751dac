/** What a cut-off means on the business calendar: its day number and the first instants of the days before it. */
import { addDays, localDate, startOfDay } from '../base/time.ts';

export interface Cutoff {
  /** Epoch ms. */
  readonly asOf: number;
  /** Days since 1970-01-01 of the business day that `asOf` falls into. */
  readonly day: number;
  /** Day of the year as an angle in [0, 2π): 0 on 1 January. */
  readonly yearAngle: number;
  /** First instant (epoch ms) of the business day `days` days before; 0 is the cut-off itself. */
  startOf(days: number): number;
}

export function cutoffAt(asOf: number, timeZone: string): Cutoff {
  const date = localDate(asOf, timeZone);
  const starts = new Map<number, number>();
  const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const year = Number(date.slice(0, 4));
  const newYear = Date.UTC(year, 0, 1) / 86_400_000;
  const yearLength = Date.UTC(year + 1, 0, 1) / 86_400_000 - newYear;
  return {
    asOf,
    day,
    yearAngle: (2 * Math.PI * (day - newYear)) / yearLength,
    startOf(days) {
      if (days === 0) return asOf;
      let start = starts.get(days);
      if (start === undefined) {
        start = startOfDay(addDays(date, -days), timeZone);
        starts.set(days, start);
      }
      return start;
    },
  };
}
