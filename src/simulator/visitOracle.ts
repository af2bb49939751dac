/**
 * The oracle of the visit that is under way: P(an order before it ends | everything visible up to a moment), from the equations of life.ts and writer.ts and the population, never from `truth`.
 * A visit is one of three: without a wish, with a wish and no order, or the one that ends in an order. Their rates on the morning of the day come from the forward filter, averaged over the posterior of the latent
 * values; what the visit has shown so far is weighed by how each of the three would look. Exact but for one thing: two visits less than the
 * silence apart, which a shop sees as one, are not thought of.
 */
import { seededRandom } from '../base/random.ts';
import type { NewEvent } from '../store/events.ts';
import type { SimulatedCustomer } from './customers.ts';
import { filterTrack, trackOf } from './filter.ts';
import { dayOf, visibleHistory } from './history.ts';
import { posteriorMeans } from './oracle.ts';
import type { OracleOptions } from './oracle.ts';
import type { ShopParameters } from './parameters.ts';
import type { SimulatedShop } from './shop.ts';

const SECOND = 1000;
/** writer.ts: the part of a day in which visits begin, evenly spread. */
const HOURS = { from: 1 / 3, to: 0.9 } as const;
/** writer.ts: seconds from one event to the next view, from the last view to what may follow it. */
const VIEW = { least: 5, spread: 60 } as const;
const FAVOURITE = { after: 7, chance: 0.05 } as const;
const CART_AFTER = 60;
const ORDER_AFTER_CART = 60;

/** What the visit has shown up to the moment: times in seconds since its last view. */
interface Shown {
  readonly views: number;
  readonly favourite: boolean;
  /** Seconds since the last view, and since the cart where there is one. */
  readonly sinceView: number;
  readonly sinceCart: number | undefined;
  readonly inquiry: boolean;
}

const KINDS = ['without', 'with', 'order'] as const;
type Kind = (typeof KINDS)[number];

/** How likely a visit of the kind is to look like this by now; factors that all kinds share are left out. */
function look(p: ShopParameters, kind: Kind, { views, favourite, sinceView, sinceCart, inquiry }: Shown): number {
  const state = kind === 'without' ? 0 : 1;
  const more = p.moreViews[state];
  const cart = kind === 'order' ? 1 : p.cart[state];
  if (views === 0) return inquiry ? 0 : 1;
  const viewed = more ** (views - 1);
  if (sinceCart !== undefined) {
    // The order, and the question of a visit without one, come a minute after the cart.
    if (sinceCart < ORDER_AFTER_CART) return viewed * (1 - more) * cart;
    return kind === 'order' ? 0 : viewed * (1 - more) * cart * (inquiry ? p.inquiry[state] : 1 - p.inquiry[state]);
  }
  const end = favourite ? FAVOURITE.after : 0;
  const over = (): number => {
    // The chance that nothing more was shown although the last view was the last one.
    const noFavourite = favourite || sinceView < FAVOURITE.after ? 1 : 1 - FAVOURITE.chance;
    const noCart = sinceView < end + CART_AFTER ? 1 : 1 - cart;
    if (inquiry) return kind === 'order' ? 0 : noFavourite * (1 - cart) * p.inquiry[state];
    return noFavourite * noCart * (kind !== 'order' && sinceView >= end + 2 * CART_AFTER ? 1 - p.inquiry[state] : 1);
  };
  const stillGoing = favourite || inquiry ? 0 : Math.min(1, Math.max(0, (VIEW.least + VIEW.spread - sinceView) / VIEW.spread));
  return viewed * (more * stillGoing + (1 - more) * over());
}

/**
 * P(order before the visit ends) at `moment` (epoch ms) for a customer whose events up to it are `events` (of the visit and before, by time), the visit having the shop's session id `session`.
 * Undefined on the day of joining, which has rules of its own.
 */
export function visitOracle(shop: SimulatedShop, customer: SimulatedCustomer, events: readonly NewEvent[], session: string, moment: number, options: OracleOptions = {}): number | undefined {
  const { calendar } = shop;
  const p = shop.options.parameters;
  const day = dayOf(calendar, moment);
  const history = visibleHistory(customer, events, calendar, calendar.starts[day]);
  if (history.joinDay >= day) return undefined;
  const today = events.filter(({ occurredAt }) => occurredAt >= calendar.starts[day] && occurredAt <= moment);
  // There is one order a day: after it, a visit has none.
  if (today.some(({ kind }) => kind === 'order')) return 0;
  const own = today.filter((event) => event.session === session);
  const times = (kind: string): number[] => own.filter((event) => event.kind === kind).map(({ occurredAt }) => occurredAt);
  const lastView = Math.max(...times('view'));
  const [cart] = times('cart');
  const shown: Shown = {
    views: times('view').length, favourite: times('favourite').length > 0, sinceView: (moment - lastView) / SECOND, sinceCart: cart === undefined ? undefined : (moment - cart) / SECOND, inquiry: times('inquiry').length > 0,
  };
  const before = visibleHistory(customer, today.filter((event) => event.session !== session), calendar, moment).days.get(day);
  const k = before?.visits ?? 0;
  const looked = (state: 0 | 1): number => (before === undefined ? 1 : p.cart[state] ** before.carts * (1 - p.cart[state]) ** (k - before.carts) * p.inquiry[state] ** before.inquiries * (1 - p.inquiry[state]) ** (k - before.inquiries) * p.moreViews[state] ** Math.max(0, before.moreViews) * (1 - p.moreViews[state]) ** k);
  const track = trackOf(history, day, p);
  // How much of the time in which visits begin is over: what has not come by now may still come.
  const began = (own[0].occurredAt - calendar.starts[day]) / (calendar.starts[day + 1] - calendar.starts[day]);
  const over = Math.min(1, Math.max(0, (began - HOURS.from) / (HOURS.to - HOURS.from)));
  const noOrder = new Float64Array(2);
  const morning = new Float64Array(2);
  const { means } = posteriorMeans(shop, track, history.cycleShift, KINDS.length, (latents, values) => {
    const logLikelihood = filterTrack(p, calendar, track, latents, noOrder, morning);
    const rate = latents.visits + p.missionVisits;
    values[0] = morning[0] * latents.visits ** (k + 1) * Math.exp(-latents.visits * over);
    values[1] = morning[1] * rate ** (k + 1) * Math.exp(-rate * over) * (1 - p.missionOrder * over);
    values[2] = morning[1] * rate ** k * Math.exp(-rate * over) * p.missionOrder;
    return logLikelihood;
  }, options.particles ?? 240, seededRandom('visit oracle', customer.customer, day));
  const weight = KINDS.map((kind, i) => means[i] * looked(kind === 'without' ? 0 : 1) * look(p, kind, shown));
  const total = weight.reduce((sum, one) => sum + one, 0);
  return total > 0 ? weight[2] / total : 0;
}
