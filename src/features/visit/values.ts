/** A visit at a moment as numbers: one pure function for training rows and for the visit that is under way, so that both get the same bits. */
import { DAY_MS } from '../../base/time.ts';
import type { OffsetPeriod } from '../zone.ts';
import type { VisitEvent, VisitHistory, VisitLevels } from './kinds.ts';

/** The last period that began before the instant; the first one reaches back to the beginning. */
function offsetAt(zone: readonly OffsetPeriod[], at: number): number {
  let [low, high] = [0, zone.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (zone[middle].from <= at) low = middle;
    else high = middle;
  }
  return zone[low].offset;
}

const isRemoval = ({ kind, quantity }: VisitEvent): boolean => kind === 'cart_remove' || (kind === 'cart' && quantity !== null && quantity < 0);

/** The newest name that an event carries; of several at one instant the first by code point, because they have no order. */
function newest(events: readonly VisitEvent[], of: 'channel' | 'device'): string | null {
  let [name, at]: [string | null, number] = [null, -Infinity];
  for (const event of events) {
    const own = event[of];
    if (own !== null && (event.at > at || (event.at === at && name !== null && own < name))) [name, at] = [own, event.at];
  }
  return name;
}

/** Half an order in one visit more, so that one visit can be told from nine. Missing before the first visit. */
const ownRate = ({ visits, converted }: VisitHistory): number => (visits === 0 ? Number.NaN : (converted + 0.5) / (visits + 1));

/** Cells of "something in the cart" × views, in the order in which an order becomes likelier. */
const MOST_RULE_VIEWS = 99;
const cartRule = (inCart: number, views: number): number => (inCart > 0 ? MOST_RULE_VIEWS + 1 : 0) + Math.min(views, MOST_RULE_VIEWS);

/**
 * The columns of src/features/visit/columns.ts, in their order.
 * @param events browsing events of the visit up to the moment, at least one, in any order
 * @param moment epoch ms, not before any of the events
 */
export function visitValues(history: VisitHistory, events: readonly VisitEvent[], moment: number, zone: readonly OffsetPeriod[], { channels, devices }: VisitLevels): Float64Array {
  const counts: Record<string, number> = {};
  const views = new Map<string, number>();
  const [products, categories] = [new Set<string>(), new Set<string>()];
  let [start, last, adds, removes] = [Infinity, -Infinity, 0, 0];
  for (const event of events) {
    start = Math.min(start, event.at);
    last = Math.max(last, event.at);
    if (isRemoval(event)) removes++;
    else if (event.kind === 'cart') adds++;
    else counts[event.kind] = (counts[event.kind] ?? 0) + 1;
    if (event.product !== null) {
      products.add(event.product);
      if (event.kind === 'view') views.set(event.product, (views.get(event.product) ?? 0) + 1);
    }
    if (event.category !== null) categories.add(event.category);
  }
  const count = (kind: string): number => counts[kind] ?? 0;
  const local = moment + offsetAt(zone, moment);
  const inCart = Math.max(0, adds - removes);
  const [channel, device] = [newest(events, 'channel'), newest(events, 'device')];
  return Float64Array.of(
    events.length, count('view'), products.size, categories.size, views.size === 0 ? 0 : Math.max(...views.values()), count('search'), count('favourite'), count('inquiry') + count('price_check'),
    adds, removes, inCart, count('checkout'),
    (moment - start) / 60_000, (moment - last) / 1000, events.length > 1 ? (last - start) / 1000 / (events.length - 1) : Number.NaN,
    // 1970-01-01 was a Thursday, the fourth day.
    Math.floor(local / 3_600_000) % 24, ((Math.floor(local / DAY_MS) + 3) % 7) + 1,
    history.visits, history.visits === 0 ? Number.NaN : history.converted / history.visits, history.orders, (moment - history.lastOrderMs) / DAY_MS, (start - history.lastVisitMs) / DAY_MS,
    ...channels.map((name) => Number(name === channel)), ...devices.map((name) => Number(name === device)),
    ownRate(history), cartRule(inCart, count('view')),
  );
}
