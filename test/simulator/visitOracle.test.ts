/** The oracle of the visit under way: calibrated on what the simulator did, blind to what comes later, and certain where the equations are. */
import { describe, expect, test } from 'vitest';
import { visitOracle } from '../../src/simulator/visitOracle.ts';
import { simulateShop } from '../../src/simulator/shop.ts';
import type { NewEvent } from '../../src/store/events.ts';
import { auc, calibrationError } from './support.ts';

const shop = simulateShop({ seed: 'visit oracle', customers: 500, days: 300, endDate: '2026-04-01', futureDays: 1 });
const byCustomer = new Map<string, NewEvent[]>();
for (const event of shop.events) byCustomer.set(event.customer, [...(byCustomer.get(event.customer) ?? []), event]);
const FROM = shop.endsAt - 150 * 86_400_000;
const PARTICLES = { particles: 45 };

/** Online visits of the last 150 days that begin with an event of their own, at their first event or some seconds after their second. */
const rows = shop.customers.flatMap((customer) => {
  const events = byCustomer.get(customer.customer) ?? [];
  const sessions = [...new Set(events.filter(({ occurredAt, session }) => occurredAt >= FROM && session !== undefined).map(({ session }) => session ?? ''))];
  return sessions.flatMap((session, i) => {
    const own = events.filter((event) => event.session === session);
    const moment = i % 2 === 0 ? own[0].occurredAt : own[1] === undefined ? undefined : own[1].occurredAt + (i % 4) * 3000;
    if (moment === undefined || own.some(({ kind, occurredAt }) => kind === 'order' && occurredAt <= moment)) return [];
    return [{ customer, events, session, moment, ordered: own.some(({ kind }) => kind === 'order') }];
  });
});

describe('the oracle of a visit', () => {
  const answers = rows.flatMap(({ customer, events, session, moment, ordered }) => {
    const probability = visitOracle(shop, customer, events, session, moment, PARTICLES);
    return probability === undefined ? [] : [{ probability, ordered }];
  });

  test('is calibrated and tells those who order from the others', () => {
    const [probabilities, outcomes] = [answers.map(({ probability }) => probability), answers.map(({ ordered }) => ordered)];
    expect(answers.length).toBeGreaterThan(600);
    const spread = Math.sqrt(probabilities.reduce((sum, p) => sum + p * (1 - p), 0)) / answers.length;
    const off = probabilities.reduce((sum, p, i) => sum + p - Number(outcomes[i]), 0) / answers.length;
    expect(Math.abs(off)).toBeLessThan(3 * spread);
    expect(calibrationError(probabilities, outcomes)).toBeLessThan(0.06);
    expect(auc(probabilities, outcomes)).toBeGreaterThan(0.62);
  });

  test('does not look past the moment', () => {
    for (const { customer, events, session, moment } of rows.filter((_, i) => i % 60 === 0)) {
      const past = events.filter(({ occurredAt }) => occurredAt <= moment);
      expect(visitOracle(shop, customer, past, session, moment, PARTICLES)).toBe(visitOracle(shop, customer, events, session, moment, PARTICLES));
    }
  });

  test('a minute after the cart without an order there is none to come, and after an order neither', () => {
    const carts = rows.filter(({ events, session }) => events.some((event) => event.session === session && event.kind === 'cart'));
    const answered = carts.slice(0, 20).flatMap(({ customer, events, session }) => {
      const at = events.find((event) => event.session === session && event.kind === 'cart')?.occurredAt ?? 0;
      const soon = visitOracle(shop, customer, events, session, at + 30_000, PARTICLES);
      return soon === undefined ? [] : [{ soon, late: visitOracle(shop, customer, events, session, at + 61_000, PARTICLES) }];
    });
    expect(answered.length).toBeGreaterThan(5);
    expect(answered.every(({ late }) => late === 0)).toBe(true);
    expect(answered.reduce((sum, { soon }) => sum + soon, 0) / answered.length).toBeGreaterThan(0.2);
  });
});
