/**
 * The demo shop. Everything in it is simulated: customer ids start with `SIM-`, and what a shop can never know
 * (personal rates, drop-out, future orders) is kept in `truth`, so that tests can hold models to it.
 */
import { AppError } from '../base/errors.ts';
import { DEFAULT_TIME_ZONE, addDays } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { NewEvent } from '../store/events.ts';
import type { SimulatedCalendar } from './calendar.ts';
import { simulatedCalendar } from './calendar.ts';
import type { SimulatedCustomer, SimulatedTruth } from './customers.ts';
import { simulateLife } from './customers.ts';
import type { ShopParameters } from './parameters.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';

export interface ShopOptions {
  readonly seed: number | string;
  readonly customers: number;
  /** Visible days, the last of them is the day before `endDate`. */
  readonly days: number;
  /** First business day that is not visible; the natural cut-off for scoring. */
  readonly endDate: LocalDate;
  readonly timeZone?: string;
  /** Days after `endDate` that only `truth` knows. */
  readonly futureDays?: number;
  readonly parameters?: ShopParameters;
}

export interface SimulatedShop {
  readonly options: Required<ShopOptions>;
  readonly calendar: SimulatedCalendar;
  /** Epoch ms of the start of `endDate`: events are strictly before it. */
  readonly endsAt: number;
  readonly customers: readonly SimulatedCustomer[];
  /** Customer by customer, sorted by time within each. Made afresh by every iteration, so that memory stays small. */
  readonly events: Iterable<NewEvent>;
  /** In the order of `customers`. */
  readonly truth: readonly SimulatedTruth[];
}

/** The shop of `tagcast quickstart`: 1,000 days of history that end before 2026-04-01, so that a year ahead can be learned and tested too. */
export const DEMO_SHOP = Object.freeze({ seed: 20260401, customers: 3000, days: 1000, endDate: '2026-04-01', timeZone: DEFAULT_TIME_ZONE, futureDays: 365 });

function complete(options: ShopOptions): Required<ShopOptions> {
  const full = { timeZone: DEFAULT_TIME_ZONE, futureDays: 365, parameters: DEFAULT_PARAMETERS, ...options };
  for (const [name, least] of [['customers', 0], ['days', 1], ['futureDays', 0]] as const) {
    if (!Number.isInteger(full[name]) || full[name] < least) {
      throw new AppError('invalid_input', `The simulated shop needs a whole number of ${name} that is at least ${least}, not ${full[name]}.`, { hint: 'For example 3000 customers and 730 days.' });
    }
  }
  return Object.freeze(full);
}

function calendarOf(o: Required<ShopOptions>): SimulatedCalendar {
  return simulatedCalendar(addDays(o.endDate, -o.days), o.days + o.futureDays, o.parameters.campaignEveryDays, o.timeZone);
}

/** The part of a life that is visible before `endsAt`. */
function visible(events: readonly NewEvent[], endsAt: number): readonly NewEvent[] {
  return events.filter(({ occurredAt }) => occurredAt < endsAt);
}

/** Simulates a shop. Customer i is the same for every number of customers, so that a smaller shop is a prefix of a larger one. */
export function simulateShop(options: ShopOptions): SimulatedShop {
  const o = complete(options);
  const calendar = calendarOf(o);
  const endsAt = calendar.starts[o.days];
  const life = (index: number) => simulateLife(o.seed, index, o.parameters, calendar, o.days);
  const customers: SimulatedCustomer[] = [];
  const truth: SimulatedTruth[] = [];
  for (let i = 0; i < o.customers; i++) {
    const { customer, truth: hidden } = life(i);
    customers.push(customer);
    truth.push(hidden);
  }
  const events: Iterable<NewEvent> = {
    *[Symbol.iterator]() {
      for (let i = 0; i < o.customers; i++) yield* visible(life(i).events, endsAt);
    },
  };
  return Object.freeze({ options: o, calendar, endsAt, customers, events, truth });
}

/** The visible events of the whole shop by time; ties keep the order of the customers. Holds all of them in memory. */
export function eventsByTime(shop: SimulatedShop): NewEvent[] {
  return [...shop.events].sort((a, b) => a.occurredAt - b.occurredAt);
}

/** What really happened to one customer in [from, to): orders, and their amount in cents before and after refunds (whenever they came). */
export function realised(truth: SimulatedTruth, from: number, to: number): { readonly orders: number; readonly cents: number; readonly netCents: number; readonly firstAt: number | null } {
  const inside = truth.orders.filter(({ occurredAt }) => occurredAt >= from && occurredAt < to);
  const cents = inside.reduce((sum, order) => sum + order.cents, 0);
  return { orders: inside.length, cents, netCents: cents - inside.reduce((sum, order) => sum + order.refundedCents, 0), firstAt: inside[0]?.occurredAt ?? null };
}
