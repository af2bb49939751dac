/**
 * What the oracle may look at: the visible events before a cut-off and the customer record, reduced to one row per day.
 * Reads nothing from the truth.
 */
import type { NewEvent } from '../store/events.ts';
import type { SimulatedCalendar } from './calendar.ts';
import { cycleShiftOf, type SimulatedCustomer } from './customers.ts';

/** Sessions of one day that are evidence of a wish to buy: those without an order, and not the registration. */
export interface DayEvidence {
  visits: number;
  carts: number;
  inquiries: number;
  /** Views beyond the first of each visit. */
  moreViews: number;
  order: 'none' | 'online' | 'store';
  complaint: boolean;
  /** A message was sent to the customer on this day. */
  treated: boolean;
  opened: boolean;
}

export interface VisibleHistory {
  readonly joinDay: number;
  readonly orderAtJoin: boolean;
  readonly cycleShift: number;
  /** Messages can still be sent at the cut-off. */
  readonly reachable: boolean;
  readonly orders: number;
  /** By day of the calendar, only days on which something happened, after the day of joining. */
  readonly days: ReadonlyMap<number, Readonly<DayEvidence>>;
}

const quiet = (): DayEvidence => ({ visits: 0, carts: 0, inquiries: 0, moreViews: 0, order: 'none', complaint: false, treated: false, opened: false });

/** Day of the calendar that an instant falls into (binary search over the starts of the days). */
export function dayOf(calendar: SimulatedCalendar, instant: number): number {
  let low = 0;
  let high = calendar.starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (calendar.starts[middle] <= instant) low = middle;
    else high = middle;
  }
  return low;
}

/** Reduces one customer's events; those at or after `asOf` are left out. */
export function visibleHistory(customer: SimulatedCustomer, events: readonly NewEvent[], calendar: SimulatedCalendar, asOf: number): VisibleHistory {
  const joinDay = dayOf(calendar, customer.joinedAt);
  const past = events.filter(({ occurredAt }) => occurredAt < asOf);
  const orderSessions = new Set(past.filter(({ kind }) => kind === 'order').map(({ session }) => session));
  const orderRefs = new Set<string>();
  const days = new Map<number, DayEvidence>();
  let orderAtJoin = false;
  let reachable = customer.consents.marketing;
  for (const event of past) {
    const day = dayOf(calendar, event.occurredAt);
    if (event.kind === 'order') orderRefs.add(event.orderRef ?? '');
    if (event.kind === 'unsubscribe') reachable = false;
    if (day === joinDay) {
      if (event.kind === 'order') orderAtJoin = true;
      continue;
    }
    let row = days.get(day);
    if (row === undefined) days.set(day, (row = quiet()));
    const evidence = event.session !== undefined && !orderSessions.has(event.session);
    if (event.kind === 'visit' && evidence) {
      row.visits++;
      row.moreViews--;
    } else if (event.kind === 'view' && evidence) row.moreViews++;
    else if (event.kind === 'cart' && evidence) row.carts++;
    else if (event.kind === 'inquiry' && evidence) row.inquiries++;
    else if (event.kind === 'order') row.order = event.session === undefined ? 'store' : 'online';
    else if (event.kind === 'complaint') row.complaint = true;
    else if (event.kind === 'message_sent') row.treated = true;
    else if (event.kind === 'message_open') row.opened = true;
  }
  return { joinDay, orderAtJoin, cycleShift: cycleShiftOf(customer.attributes), reachable, orders: orderRefs.size, days };
}
