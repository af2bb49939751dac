/** Wall-clock times of one time zone as instants, fast enough for every row of an import. */
import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../base/time.ts';

/** Instant (epoch ms) of a wall-clock time that is given as if it were UTC (epoch ms). */
export type ZoneClock = (wall: number) => number;

const MAX_DAYS = 50_000;

function exact(wall: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/**
 * Days whose two midnights have the same offset, and no transition between them, need one look-up; on the others every time is
 * worked out on its own. Times that daylight saving skips move forward by the gap, times that happen twice mean the first one.
 */
export function zoneClock(timeZone: string): ZoneClock {
  /** Offset of a whole day; NaN: the offset changes within it. */
  const offsets = new Map<number, number>();
  const offsetOf = (day: number): number => {
    const start = exact(day * DAY_MS, timeZone);
    const end = exact((day + 1) * DAY_MS, timeZone);
    const next = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone).getTimeZoneTransition('next');
    const calm = end - start === DAY_MS && (next === null || next.epochMilliseconds > end);
    return calm ? day * DAY_MS - start : Number.NaN;
  };
  return (wall) => {
    const day = Math.floor(wall / DAY_MS);
    let offset = offsets.get(day);
    if (offset === undefined) {
      if (offsets.size >= MAX_DAYS) offsets.clear();
      offset = offsetOf(day);
      offsets.set(day, offset);
    }
    return Number.isNaN(offset) ? exact(wall, timeZone) : wall - offset;
  };
}
