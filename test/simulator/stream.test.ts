import { expect, test } from 'vitest';
import { simulateEvents } from '../../src/simulator/stream.ts';
import type { NewEvent } from '../../src/store/events.ts';
import { newEventSchema } from '../../src/store/events.ts';
import { hashEvents } from './support.ts';

test('a stream hands out the events asked for within half a percent, customer by customer, the same each time', () => {
  const run = (): { total: number; customers: number; hash: string } => {
    const all: NewEvent[] = [];
    const customers = new Set<string>();
    const { events } = simulateEvents({ seed: 3, customers: 3000, eventsTotal: 75_000 }, (own, { customer }) => {
      expect(own.every((event) => event.customer === customer)).toBe(true);
      customers.add(customer);
      all.push(...own);
    });
    expect(all).toHaveLength(events);
    expect(all.filter((_, i) => i % 500 === 0).every((event) => newEventSchema.safeParse(event).success)).toBe(true);
    return { total: events, customers: customers.size, hash: hashEvents(all) };
  };
  const first = run();
  expect(Math.abs(first.total - 75_000)).toBeLessThan(0.005 * 75_000);
  expect(first.customers).toBe(3000);
  expect(run()).toEqual(first);
});

test('a total out of reach is refused', () => {
  expect(() => simulateEvents({ seed: 3, customers: 100, eventsTotal: 10 }, () => undefined)).toThrow(/out of reach/);
});
