/** The simulated days: their instants, seasons and campaigns. Day 0 is the shop's first day. */
import { addDays, startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';

export interface SimulatedCalendar {
  readonly dates: readonly LocalDate[];
  /** First instant of day i; one more entry than there are days. */
  readonly starts: Float64Array;
  /** Factor on the wish to buy on day i. */
  readonly season: Float64Array;
  /** Extra probability of a discount on day i. */
  readonly promotion: Float64Array;
  /** Name of the campaign that is sent on day i, or undefined. */
  readonly campaigns: readonly (string | undefined)[];
}

interface Season {
  /** `MM-DD`, both days included. */
  readonly from: string;
  readonly to: string;
  readonly factor: number;
  readonly promotion: number;
}

/** Moderate on purpose: strong enough to be seen in the months, weak enough for a model without last year's peak. */
const SEASONS: readonly Season[] = [
  { from: '01-20', to: '02-20', factor: 0.8, promotion: 0 }, // spring festival: parcels rest
  { from: '06-01', to: '06-20', factor: 1.35, promotion: 0.3 }, // 618
  { from: '11-01', to: '11-12', factor: 1.5, promotion: 0.4 }, // Double 11
  { from: '12-10', to: '12-12', factor: 1.3, promotion: 0.3 }, // Double 12
];

function seasonOf(date: LocalDate): { factor: number; promotion: number } {
  const day = date.slice(5);
  const season = SEASONS.find(({ from, to }) => from <= day && day <= to);
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const weekend = weekday === 0 || weekday === 6 ? 1.15 : 1;
  return { factor: (season?.factor ?? 1) * weekend, promotion: season?.promotion ?? 0 };
}

/** Calendar of `days` days from `firstDate`; campaigns go out every `campaignEveryDays` days. */
export function simulatedCalendar(firstDate: LocalDate, days: number, campaignEveryDays: number, timeZone: string): SimulatedCalendar {
  const dates = Array.from({ length: days }, (_, day) => addDays(firstDate, day));
  const starts = Float64Array.from({ length: days + 1 }, (_, day) => startOfDay(addDays(firstDate, day), timeZone));
  const seasons = dates.map(seasonOf);
  return Object.freeze({
    dates,
    starts,
    season: Float64Array.from(seasons, ({ factor }) => factor),
    promotion: Float64Array.from(seasons, ({ promotion }) => promotion),
    campaigns: dates.map((date, day) => (day % campaignEveryDays === campaignEveryDays - 1 ? `sim-campaign-${date}` : undefined)),
  });
}
