import { describe, expect, test } from 'vitest';
import { addDays, localDate, startOfDay } from '../../src/base/time.ts';
import { CATEGORIES } from '../../src/simulator/catalogue.ts';
import { DEMO_SHOP, eventsByTime, realised, simulateShop } from '../../src/simulator/shop.ts';
import { EVENT_KINDS, newEventSchema } from '../../src/store/events.ts';
import { cents, hashEvents } from './support.ts';

const small = { seed: 7, customers: 150, days: 400, endDate: '2026-04-01', futureDays: 90 };

describe('events of the simulated shop', () => {
  const shop = simulateShop(small);
  const events = [...shop.events];

  test('pass the schema of the store, have known kinds and unique ids', () => {
    const kinds: readonly string[] = EVENT_KINDS;
    expect(events.filter((event) => !newEventSchema.safeParse(event).success || !kinds.includes(event.kind))).toEqual([]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    expect(shop.customers.every(({ customer }) => customer.startsWith('SIM-'))).toBe(true);
  });

  test('lie between the day of joining and the end, strictly inside their business day', () => {
    const joined = new Map(shop.customers.map(({ customer, joinedAt }) => [customer, joinedAt]));
    for (const { customer, occurredAt } of events) {
      expect(occurredAt).toBeGreaterThan(joined.get(customer) ?? Infinity);
      expect(occurredAt).toBeLessThan(shop.endsAt);
      const hour = (occurredAt - startOfDay(localDate(occurredAt, 'Asia/Shanghai'), 'Asia/Shanghai')) / 3_600_000;
      expect(hour).toBeGreaterThan(7);
      expect(hour).toBeLessThan(23);
    }
  });

  test('are sorted by time within a customer, and eventsByTime sorts all of them', () => {
    expect(events.every((event, i) => i === 0 || event.customer !== events[i - 1].customer || event.occurredAt >= events[i - 1].occurredAt)).toBe(true);
    const sorted = eventsByTime(shop);
    expect(sorted).toHaveLength(events.length);
    expect(sorted.every((event, i) => i === 0 || event.occurredAt >= sorted[i - 1].occurredAt)).toBe(true);
  });

  test('never refund more than was paid, never before the order, and discounts are not negative', () => {
    const orders = events.filter(({ kind }) => kind === 'order');
    const refunds = events.filter(({ kind }) => kind === 'refund');
    expect(orders.every(({ amount = '0', discount = '0.01' }) => cents(amount) > 0 && cents(discount) > 0)).toBe(true);
    expect(orders.some(({ discount }) => discount !== undefined)).toBe(true);
    expect(refunds.length).toBeGreaterThan(5);
    for (const { orderRef, amount = '0', occurredAt } of refunds) {
      const lines = orders.filter((order) => order.orderRef === orderRef);
      const sum = (rows: typeof events): number => rows.reduce((total, row) => total + cents(row.amount ?? '0'), 0);
      expect(cents(amount)).toBeLessThan(0);
      expect(-sum(refunds.filter((refund) => refund.orderRef === orderRef))).toBeLessThanOrEqual(sum(lines));
      expect(occurredAt).toBeGreaterThan(lines[0]?.occurredAt ?? Infinity);
    }
  });

  test('agree with the truth: every visible order is in it with its amount', () => {
    const seen = new Map<string, number>();
    for (const { kind, amount, customer } of events) if (kind === 'order' && amount !== undefined) seen.set(customer, (seen.get(customer) ?? 0) + cents(amount));
    for (const truth of shop.truth) expect(realised(truth, 0, shop.endsAt).cents).toBe(seen.get(truth.customer) ?? 0);
    expect(shop.truth.some((truth) => realised(truth, shop.endsAt, Infinity).orders > 0)).toBe(true);
  });

  test('show nothing of a customer who has dropped out but messages and late refunds', () => {
    const silent = new Set(['campaign', 'message_sent', 'refund', 'service']);
    const dropped = new Map(shop.truth.flatMap(({ customer, droppedAt }) => (droppedAt === null ? [] : [[customer, droppedAt]])));
    const afterwards = events.filter(({ customer, occurredAt }) => occurredAt >= (dropped.get(customer) ?? Infinity));
    expect(afterwards.length).toBeGreaterThan(50);
    expect(afterwards.filter(({ kind }) => !silent.has(kind))).toEqual([]);
  });

  test('send each message to the treated arm only', () => {
    const arms = new Map<string, unknown>();
    for (const { customer, kind, campaign, properties } of events) if (kind === 'campaign') arms.set(`${customer} ${campaign}`, properties?.arm);
    const sent = events.filter(({ kind }) => kind === 'message_sent');
    expect(sent.length).toBeGreaterThan(100);
    expect(sent.every(({ customer, campaign }) => arms.get(`${customer} ${campaign}`) === 'treated')).toBe(true);
    const control = [...arms.values()].filter((arm) => arm === 'control').length / arms.size;
    expect(control).toBeGreaterThan(0.06);
    expect(control).toBeLessThan(0.14);
  });
});

describe('determinism', () => {
  // Golden: this project's own simulator, version of 2026; changes only when the simulated process is changed on purpose.
  test('the same seed gives the same bytes', () => {
    const shop = simulateShop({ ...small, customers: 40 });
    expect(hashEvents(shop.events)).toBe('4e89fe7153cc9a737bf15d96794462ba15912d51ad66ed03e04b3051fbbfdb0b');
    expect(hashEvents(shop.events)).toBe(hashEvents(simulateShop({ ...small, customers: 40 }).events));
    expect(hashEvents(simulateShop({ ...small, customers: 40, seed: 8 }).events)).not.toBe(hashEvents(shop.events));
  });

  test('a smaller shop is a prefix of a larger one, truth included', () => {
    const few = simulateShop({ ...small, customers: 20 });
    const more = simulateShop({ ...small, customers: 21 });
    expect(more.customers.slice(0, 20)).toEqual(few.customers);
    expect(more.truth.slice(0, 20)).toEqual(few.truth);
    const last = more.customers[20].customer;
    expect(hashEvents([...more.events].filter(({ customer }) => customer !== last))).toBe(hashEvents(few.events));
  });

  test('the length of the hidden future changes nothing that is visible', () => {
    expect(hashEvents(simulateShop({ ...small, customers: 30, futureDays: 0 }).events)).toBe(hashEvents(simulateShop({ ...small, customers: 30, futureDays: 200 }).events));
  });

  test('days of 23 and 25 hours keep their events', () => {
    const zone = 'Europe/London';
    const shop = simulateShop({ ...small, timeZone: zone });
    const perDay = new Map<string, number>();
    for (const { occurredAt } of shop.events) perDay.set(localDate(occurredAt, zone), (perDay.get(localDate(occurredAt, zone)) ?? 0) + 1);
    expect(perDay.get('2026-03-29')).toBeGreaterThan(0);
    expect(shop.calendar.starts[shop.calendar.dates.indexOf('2026-03-30')] - shop.calendar.starts[shop.calendar.dates.indexOf('2026-03-29')]).toBe(23 * 3_600_000);
  });

  test('impossible sizes are refused', () => {
    expect(() => simulateShop({ ...small, customers: -1 })).toThrow(/whole number of customers/);
    expect(() => simulateShop({ ...small, days: 0 })).toThrow(/days/);
  });
});

test('the catalogue has eight categories of fifteen products with names in both languages', () => {
  expect(CATEGORIES).toHaveLength(8);
  const products = CATEGORIES.flatMap(({ products }) => products);
  expect(new Set(products.map(({ id }) => id)).size).toBe(120);
  for (const { name } of products) {
    expect(name.zh).toMatch(/\p{Script=Han}/u);
    expect(name.en).toMatch(/^[A-Za-z]/);
  }
});

describe('the demo shop looks like a shop', () => {
  const shop = simulateShop(DEMO_SHOP);
  const at = (days: number): number => startOfDay(addDays(DEMO_SHOP.endDate, days), DEMO_SHOP.timeZone);

  test('size', () => {
    let count = 0;
    for (const event of shop.events) count += event.occurredAt > 0 ? 1 : 0;
    expect(count).toBeGreaterThan(200_000);
    expect(count).toBeLessThan(350_000);
  });

  test.each([0, -90, -180])('activity, loss and one-time buyers %i days from the end', (offset) => {
    const asOf = at(offset);
    const buyers = shop.truth.filter((truth, i) => shop.customers[i].joinedAt < asOf && realised(truth, 0, asOf).orders > 0);
    const joined = shop.customers.filter(({ joinedAt }) => joinedAt < asOf).length;
    const monthly = shop.truth.filter((truth) => realised(truth, at(offset - 30), asOf).orders > 0).length / joined;
    const active = buyers.filter((truth) => realised(truth, at(offset - 90), asOf).orders > 0);
    const lost = active.filter((truth) => realised(truth, asOf, at(offset + 90)).orders === 0).length / active.length;
    const oneTime = buyers.filter((truth) => realised(truth, 0, asOf).orders === 1).length / buyers.length;
    // Of everyone who ever joined, those lost in the years before included.
    expect(monthly).toBeGreaterThan(0.1);
    expect(monthly).toBeLessThan(0.2);
    expect(lost).toBeGreaterThan(0.35);
    expect(lost).toBeLessThan(0.55);
    expect(oneTime).toBeGreaterThan(0.35);
    expect(oneTime).toBeLessThan(0.45);
    expect(buyers.length).toBeLessThan(joined);
  });

  test('seasons: a day of Double 11 sells more than the weeks around it, spring festival less', () => {
    const perDay = (from: string, to: string): number => {
      const [start, end] = [startOfDay(from, DEMO_SHOP.timeZone), startOfDay(to, DEMO_SHOP.timeZone)];
      return shop.truth.reduce((sum, truth) => sum + realised(truth, start, end).orders, 0) / ((end - start) / 86_400_000);
    };
    expect(perDay('2025-11-04', '2025-11-16') / perDay('2025-10-05', '2025-10-31')).toBeGreaterThan(1.1);
    expect(perDay('2026-01-28', '2026-02-24') / perDay('2026-03-05', '2026-04-01')).toBeLessThan(0.95);
  });
});
