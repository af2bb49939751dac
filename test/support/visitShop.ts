/** A shop whose visitors are known to the last chance: a cart makes an order likely, and some customers order more often than others. */
import { seededRandom } from '../../src/base/random.ts';
import { DEFAULT_TIME_ZONE, startOfDay } from '../../src/base/time.ts';
import type { NewEvent } from '../../src/store/events.ts';

export const VISIT_END = '2026-04-01';
export const VISIT_ENDS_AT = startOfDay(VISIT_END, DEFAULT_TIME_ZONE);
const DAY = 86_400_000;
const MINUTE = 60_000;

/** Chance of an order after a view: of every fourth customer, of the others, and of anybody with something in the cart. */
const CHANCE = { often: 0.08, seldom: 0.02, cart: 0.5 } as const;

/** A visit every other day or so, over the days before {@link VISIT_END}; ties, a removal, a device, and orders without a visit are among them. */
export function visitEvents(customers: number, days: number): NewEvent[] {
  return Array.from({ length: customers }, (_, u) => {
    const customer = `V${String(u).padStart(4, '0')}`;
    const random = seededRandom('visitors', customer);
    const events: NewEvent[] = [];
    let orders = 0;
    const push = (occurredAt: number, kind: string, more: Partial<NewEvent> = {}): void => { events.push({ customer, occurredAt, kind, ...more }); };
    for (let day = days; day >= 1; day--) {
      if (random.next() < 0.5) continue;
      let at = VISIT_ENDS_AT - day * DAY + Math.floor(random.next() * 23 * 60) * MINUTE;
      const seen = { channel: u % 2 === 0 ? 'app' : 'web', ...(u % 3 === 0 ? { properties: { device: u % 6 === 0 ? 'phone' : 'desk' } } : {}) };
      push(at, 'visit', seen);
      let cart = false;
      for (let step = 0; step < 12; step++) {
        const product = `P${random.int(5)}`;
        push(at, 'view', { ...seen, product, category: 'C' });
        if (!cart && random.next() < 0.25) {
          cart = true;
          push(at, 'cart', { ...seen, product, quantity: '1' });
        } else if (cart && random.next() < 0.1) {
          cart = false;
          push(at, step % 2 === 0 ? 'cart_remove' : 'cart', { ...seen, product, ...(step % 2 === 0 ? {} : { quantity: '-1' }) });
        }
        if (random.next() < (cart ? CHANCE.cart : u % 4 === 0 ? CHANCE.often : CHANCE.seldom)) {
          push(at + 30_000, 'order', { amount: '20', product, orderRef: `${customer}-${++orders}` });
          push(at + 30_000, 'order', { amount: '5', product: 'P9', orderRef: `${customer}-${orders}` });
          if (random.next() < 0.5) push(at + 90_000, 'view', { ...seen, product: 'P9' });
          break;
        }
        if (random.next() < 0.3) break;
        at += 10_000 + random.int(4 * MINUTE);
      }
      if (random.next() < 0.03) push(VISIT_ENDS_AT - day * DAY + 12 * 60 * MINUTE, 'order', { amount: '9', orderRef: `${customer}-S${day}` });
    }
    return events;
  }).flat();
}
