/** Turns a hidden life into events: sessions, order lines, refunds, messages. Timing of the life is not decided here. */
import type { Random } from '../base/random.ts';
import type { NewEvent } from '../store/events.ts';
import type { SimulatedCalendar } from './calendar.ts';
import { CATEGORIES, ONLINE_CHANNELS, STORE_CHANNEL } from './catalogue.ts';
import { dirichlet, geometric, pickIndex, poisson } from './draws.ts';
import type { Diary } from './life.ts';
import type { ShopParameters } from './parameters.ts';

const MINUTE = 60_000;
const PRODUCTS_PER_CATEGORY = 15;

/** Taste of one customer; independent of the timing. */
export interface Taste {
  /** Log of the median order amount in yuan. */
  readonly logBasket: number;
  /** Shares over CATEGORIES. */
  readonly categories: readonly number[];
  /** Shares over ONLINE_CHANNELS. */
  readonly channels: readonly number[];
  readonly discount: number;
  readonly refund: number;
}

export function drawTaste(random: Random): Taste {
  return {
    logBasket: Math.log(130) + 0.55 * random.normal(),
    categories: dirichlet(random, CATEGORIES.map(() => 0.5)),
    channels: dirichlet(random, [1.2, 0.7, 0.5]),
    discount: 0.1 + 0.5 * random.next() ** 2,
    refund: 0.02 + 0.1 * random.next() ** 2,
  };
}

/** One order as it really happened. Amounts in cents (分). */
export interface TrueOrder {
  readonly orderRef: string;
  readonly occurredAt: number;
  readonly cents: number;
  /** Refunded later, 0 ≤ refundedCents ≤ cents. */
  readonly refundedCents: number;
}

export interface EventWriter {
  readonly diary: Diary;
  /** In the order of writing; the caller sorts by time. */
  readonly events: NewEvent[];
  readonly orders: TrueOrder[];
}

/** Non-negative or negative cents as a decimal string, exact. */
export function yuan(cents: number): string {
  const size = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
}

/** A writer for one customer; all its chance comes from `random`. */
export function eventWriter(p: ShopParameters, customer: string, taste: Taste, calendar: SimulatedCalendar, random: Random): EventWriter {
  const events: NewEvent[] = [];
  const orders: TrueOrder[] = [];
  let sessions = 0;

  const at = (day: number, from: number, to: number): number => {
    const length = calendar.starts[day + 1] - calendar.starts[day];
    return calendar.starts[day] + Math.floor(length * (from + (to - from) * random.next()));
  };
  const push = (occurredAt: number, kind: string, fields: Partial<NewEvent> = {}): void => {
    events.push({ customer, occurredAt, kind, ...fields, eventId: `${customer}-E${events.length + 1}` });
  };
  const focus = (): number => pickIndex(random, taste.categories);
  /** Popular products come first: the square of a uniform number favours low indices. */
  const productOf = (category: number): string => CATEGORIES[category].products[Math.floor(random.next() ** 2 * PRODUCTS_PER_CATEGORY)].id;

  /** A visit with its views; returns what follows it. 08:00 to 21:36 at the start, so that it ends before midnight. */
  const browse = (day: number, likeWish: boolean): { time: number; session: string; channel: string; category: number; product: string } => {
    const channel = ONLINE_CHANNELS[pickIndex(random, taste.channels)];
    const session = `${customer}-S${++sessions}`;
    let time = at(day, 1 / 3, 0.9);
    const category = focus();
    push(time, 'visit', { channel, session });
    if (random.next() < 0.2) push((time += MINUTE), 'search', { channel, session, category: CATEGORIES[category].id });
    const views = 1 + Math.min(40, geometric(random, p.moreViews[likeWish ? 1 : 0]));
    let product = productOf(category);
    for (let i = 0; i < views; i++) {
      time += 5_000 + random.int(MINUTE);
      if (i > 0) product = productOf(category);
      push(time, 'view', { channel, session, category: CATEGORIES[category].id, product });
    }
    if (random.next() < 0.05) push((time += 7_000), 'favourite', { channel, session, category: CATEGORIES[category].id, product });
    return { time, session, channel, category, product };
  };

  const refundOrder = (day: number, orderRef: string, channel: string, lines: readonly { cents: number; category: string; product: string }[]): number => {
    const refundDay = day + 1 + random.int(14);
    const whole = random.next() < 0.4 || lines.length === 1;
    const back = whole ? lines : lines.slice(0, 1);
    if (refundDay < calendar.dates.length) {
      const occurredAt = at(refundDay, 0.4, 0.75);
      for (const { cents, category, product } of back) push(occurredAt, 'refund', { amount: yuan(-cents), category, product, channel, orderRef });
    }
    return back.reduce((sum, { cents }) => sum + cents, 0);
  };

  const order = (day: number, inStore: boolean): void => {
    const visit = inStore ? undefined : browse(day, true);
    const occurredAt = visit === undefined ? at(day, 10 / 24, 21 / 24) : visit.time + 2 * MINUTE;
    const channel = visit?.channel ?? STORE_CHANNEL;
    const session = visit === undefined ? {} : { session: visit.session };
    const orderRef = `${customer}-O${orders.length + 1}`;
    const promotion = calendar.promotion[day];
    const off = random.next() < taste.discount + promotion ? 0.05 + 0.2 * random.next() : 0;
    const lineCount = 1 + Math.min(4, poisson(random, 0.6));
    const total = Math.round(100 * Math.exp(taste.logBasket + 0.4 * random.normal()));
    const shares = lineCount === 1 ? [1] : dirichlet(random, Array.from({ length: lineCount }, () => 4));
    const main = visit?.category ?? focus();
    const lines = shares.map((share, i) => {
      const category = i === 0 || random.next() < 0.5 ? main : focus();
      return { cents: Math.max(1, Math.round(total * share)), category: CATEGORIES[category].id, product: i === 0 && visit !== undefined ? visit.product : productOf(category) };
    });
    if (visit !== undefined) {
      push(visit.time + MINUTE, 'cart', { channel, ...session, category: lines[0].category, product: lines[0].product, quantity: '1' });
    }
    for (const { cents, category, product } of lines) {
      const discount = Math.round((cents * off) / (1 - off));
      push(occurredAt, 'order', {
        amount: yuan(cents), quantity: String(1 + (random.next() < 0.15 ? 1 : 0)), category, product, channel, ...session, orderRef,
        ...(discount > 0 ? { discount: yuan(discount) } : {}),
      });
    }
    if (off > 0 && random.next() < 0.4) push(occurredAt, 'coupon_redeemed', { channel, orderRef });
    if (random.next() < 0.02) push(occurredAt + 10 * MINUTE, 'referral', { channel });
    if (random.next() < 0.03 && day + 1 < calendar.dates.length) push(at(day + 1, 0.4, 0.8), 'service', { channel });
    const refundedCents = random.next() < taste.refund ? refundOrder(day, orderRef, channel, lines) : 0;
    orders.push({ orderRef, occurredAt, cents: lines.reduce((sum, { cents }) => sum + cents, 0), refundedCents });
  };

  const diary: Diary = {
    join: (day) => push(at(day, 0.3, 1 / 3), 'visit', { channel: ONLINE_CHANNELS[pickIndex(random, taste.channels)], session: `${customer}-S${++sessions}`, properties: { registration: true } }),
    visit: (day, wish) => {
      const { time, session, channel, category, product } = browse(day, wish);
      const state = wish ? 1 : 0;
      if (random.next() < p.cart[state]) push(time + MINUTE, 'cart', { channel, session, category: CATEGORIES[category].id, product, quantity: '1' });
      if (random.next() < p.inquiry[state]) push(time + 2 * MINUTE, 'inquiry', { channel, session, category: CATEGORIES[category].id });
    },
    order,
    complaint: (day) => push(at(day, 0.4, 0.85), 'complaint', { channel: STORE_CHANNEL }),
    campaign: (day, campaign, treated) => {
      const time = calendar.starts[day] + 9 * 60 * MINUTE;
      push(time, 'campaign', { campaign, properties: { arm: treated ? 'treated' : 'control' } });
      if (treated) push(time + MINUTE, 'message_sent', { campaign, channel: 'wechat_mini' });
    },
    open: (day, campaign, click, unsubscribe) => {
      const time = at(day, 0.4, 0.95);
      push(time, 'message_open', { campaign, channel: 'wechat_mini' });
      if (click) push(time + MINUTE / 4, 'message_click', { campaign, channel: 'wechat_mini' });
      if (unsubscribe) push(time + MINUTE / 2, 'unsubscribe', { campaign, channel: 'wechat_mini' });
    },
  };
  return { diary, events, orders };
}
