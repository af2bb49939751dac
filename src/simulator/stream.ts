/** A large stream of simulated events for benchmarks: same process, less browsing and fewer campaigns per customer. */
import { AppError } from '../base/errors.ts';
import { DEFAULT_TIME_ZONE, addDays } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { NewEvent } from '../store/events.ts';
import { simulatedCalendar } from './calendar.ts';
import type { SimulatedCustomer } from './customers.ts';
import { simulateLife } from './customers.ts';
import type { ShopParameters } from './parameters.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';

export interface StreamOptions {
  readonly seed: number | string;
  readonly customers: number;
  /** Number of events to hand out, met within half a percent from some thousand customers on; the result says how many there were. */
  readonly eventsTotal: number;
  readonly days?: number;
  readonly endDate?: LocalDate;
  readonly timeZone?: string;
}

const PILOT_CUSTOMERS = 2000;
/** Aimed above the total, so that leaving out some views meets it closely. */
const MARGIN = 1.05;

/** `activity` 1 is the demo shop. Less: longer cycles, fewer visits and campaigns. */
function scaled(activity: number): ShopParameters {
  const p = DEFAULT_PARAMETERS;
  return {
    ...p,
    cycle: { ...p.cycle, logMean: p.cycle.logMean - 0.5 * Math.log(activity) },
    visits: { ...p.visits, logMean: p.visits.logMean + Math.log(activity) },
    missionVisits: p.missionVisits * activity,
    campaignEveryDays: Math.max(7, Math.round(p.campaignEveryDays / activity)),
  };
}

/** Leaves out up to `excess` views, the latest first. */
function withoutViews(events: readonly NewEvent[], excess: number): readonly NewEvent[] {
  let left = excess;
  if (left <= 0) return events;
  return events.toReversed().filter(({ kind }) => kind !== 'view' || left-- <= 0).toReversed();
}

/**
 * Simulates customer by customer and hands each customer's visible events (sorted by time) to `receive`; nothing is kept.
 * The activity that gives `eventsTotal` is found by bisection on the first customers; views above the running quota are left out.
 */
export function simulateEvents(options: StreamOptions, receive: (events: readonly NewEvent[], customer: SimulatedCustomer) => void): { readonly customers: number; readonly events: number; readonly activity: number } {
  const { seed, customers, eventsTotal, days = 365, endDate = '2026-04-01', timeZone = DEFAULT_TIME_ZONE } = options;
  const calendars = new Map<number, ReturnType<typeof simulatedCalendar>>();
  const calendarFor = (p: ShopParameters) => {
    const known = calendars.get(p.campaignEveryDays);
    if (known !== undefined) return known;
    const made = simulatedCalendar(addDays(endDate, -days), days, p.campaignEveryDays, timeZone);
    calendars.set(p.campaignEveryDays, made);
    return made;
  };
  const pilot = Math.min(customers, PILOT_CUSTOMERS);
  const expected = (activity: number): number => {
    const p = scaled(activity);
    let count = 0;
    for (let i = 0; i < pilot; i++) count += simulateLife(seed, i, p, calendarFor(p), days).events.length;
    return (count / pilot) * customers;
  };

  let low = 0.02;
  let high = 8;
  if (!(eventsTotal > expected(low) && eventsTotal < expected(high))) {
    throw new AppError('invalid_input', `${eventsTotal} events are out of reach for ${customers} simulated customers in ${days} days.`, { hint: 'Ask for 5 to 100 events per customer, for example 200000 customers and 5000000 events.' });
  }
  for (let i = 0; i < 8; i++) {
    const middle = Math.sqrt(low * high);
    if (expected(middle) > MARGIN * eventsTotal) high = middle;
    else low = middle;
  }
  const activity = Math.sqrt(low * high);
  const p = scaled(activity);
  const calendar = calendarFor(p);
  let events = 0;
  for (let i = 0; i < customers; i++) {
    const life = simulateLife(seed, i, p, calendar, days);
    const kept = withoutViews(life.events, events + life.events.length - Math.ceil((eventsTotal * (i + 1)) / customers));
    events += kept.length;
    receive(kept, life.customer);
  }
  return { customers, events, activity };
}
