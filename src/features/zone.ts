/**
 * The business time zone as data: the periods of constant offset from UTC since 1970. Every engine counts local days with this
 * one table, so that a store with an older time zone database cannot disagree with the snapshot.
 */
import { Temporal } from 'temporal-polyfill';

export interface OffsetPeriod {
  /** First instant (epoch ms) of the period; the first period reaches back to the beginning. */
  readonly from: number;
  /** Local time − UTC in ms. */
  readonly offset: number;
}

/** Transitions are listed up to here; later instants keep the last offset. */
const HORIZON = Date.UTC(2100, 0, 1);

export function offsetPeriods(timeZone: string): readonly OffsetPeriod[] {
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  const periods: OffsetPeriod[] = [];
  while (at !== null && at.epochMilliseconds < HORIZON) {
    const offset = at.offsetNanoseconds / 1e6;
    if (periods.at(-1)?.offset !== offset) periods.push({ from: at.epochMilliseconds, offset });
    at = at.getTimeZoneTransition('next');
  }
  return Object.freeze(periods);
}

/** SQL that gives the offset (ms) at the instant `time` (epoch ms): a balanced tree of CASE, 8 comparisons for 130 years of daylight saving. */
export function offsetSql(periods: readonly OffsetPeriod[], time: string): string {
  if (periods.length === 1) return String(periods[0].offset);
  const middle = periods.length >> 1;
  return `CASE WHEN ${time} < ${periods[middle].from} THEN ${offsetSql(periods.slice(0, middle), time)} ELSE ${offsetSql(periods.slice(middle), time)} END`;
}

/** SQL that gives the local day (days since 1970-01-01, int8). Through float8 and floor, because integer division rounds towards zero before 1970. */
export function localDaySql(periods: readonly OffsetPeriod[], time: string): string {
  return `CAST(floor(CAST(${time} + (${offsetSql(periods, time)}) AS FLOAT8) / 86400000) AS INT8)`;
}

/** SQL that gives the local hour 0–23 (int8). */
export function localHourSql(periods: readonly OffsetPeriod[], time: string): string {
  const hours = `floor(CAST(${time} + (${offsetSql(periods, time)}) AS FLOAT8) / 3600000)`;
  return `CAST(${hours} - 24 * floor(${hours} / 24) AS INT8)`;
}
