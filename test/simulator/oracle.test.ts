import { beforeAll, describe, expect, test } from 'vitest';
import { addDays, startOfDay } from '../../src/base/time.ts';
import { seededRandom } from '../../src/base/random.ts';
import { filterTrack, trackOf } from '../../src/simulator/filter.ts';
import { dayOf, visibleHistory } from '../../src/simulator/history.ts';
import { liveThrough } from '../../src/simulator/life.ts';
import type { OracleScore } from '../../src/simulator/oracle.ts';
import { oracleScores, oracleScoresFor } from '../../src/simulator/oracle.ts';
import { DEFAULT_PARAMETERS, latentsFrom } from '../../src/simulator/parameters.ts';
import { realised, simulateShop } from '../../src/simulator/shop.ts';
import type { SimulatedShop } from '../../src/simulator/shop.ts';
import { auc, calibrationError } from './support.ts';

const options = { seed: 'oracle test', customers: 4000, days: 540, endDate: '2026-04-01', timeZone: 'Asia/Shanghai', futureDays: 90 };

describe('the oracle on 4,000 customers', () => {
  let shop: SimulatedShop;
  let scores: OracleScore[][];
  beforeAll(() => {
    shop = simulateShop(options);
    scores = oracleScoresFor(shop, shop.endsAt, [30, 90], { particles: 150 });
  });

  test.each([[0, 30], [1, 90]])('is calibrated and beats recency (horizon %#)', (k, days) => {
    const end = startOfDay(addDays(options.endDate, days), options.timeZone);
    const outcomes = shop.truth.map((truth) => realised(truth, shop.endsAt, end).orders > 0);
    const probabilities = scores[k].map(({ probability }) => probability);
    expect(probabilities).toHaveLength(4000);
    expect(calibrationError(probabilities, outcomes)).toBeLessThan(0.03);

    const lastOrder = shop.truth.map((truth) => truth.orders.findLast(({ occurredAt }) => occurredAt < shop.endsAt)?.occurredAt ?? 0);
    const recent = lastOrder.flatMap((at, i) => (at >= shop.endsAt - 365 * 86_400_000 ? [i] : []));
    const pick = <T>(values: readonly T[]): T[] => recent.map((i) => values[i]);
    expect(calibrationError(pick(probabilities), pick(outcomes))).toBeLessThan(0.03);
    expect(auc(pick(probabilities), pick(outcomes))).toBeGreaterThan(auc(pick(lastOrder), pick(outcomes)) + 0.04);
  });

  test('sees nothing at or after the cut-off, and nothing of the truth', () => {
    const asOf = startOfDay('2026-01-10', options.timeZone);
    const few = simulateShop({ ...options, customers: 60 });
    const blind = { ...few, truth: [], events: [...few.events].filter(({ occurredAt }) => occurredAt < asOf) };
    expect(oracleScores(blind, asOf, 30, { particles: 60 })).toEqual(oracleScores(few, asOf, 30, { particles: 60 }));
  });

  test('refuses cut-offs and horizons outside the calendar', () => {
    expect(() => oracleScores(shop, shop.endsAt + 1, 30)).toThrow(/cut-off/);
    expect(() => oracleScores(shop, shop.endsAt, 400)).toThrow(/horizons/);
  });
});

describe('the filter', () => {
  test('agrees with a direct simulation of the process for fixed latent values', () => {
    // A customer that joined the day before the cut-off: no history to condition on but the first day, so that
    // the forward probability must equal the share of simulated lives without an order (20,000 lives: 3 sd ≈ 0.01).
    const shop = simulateShop({ ...options, customers: 1, days: 2, futureDays: 90 });
    const z = [-0.5, 0.4, 0.6, 0.2, -0.1];
    const latents = latentsFrom(DEFAULT_PARAMETERS, z, 0, 0, false, true);
    const history = { joinDay: 1, orderAtJoin: false, cycleShift: 0, reachable: true, orders: 0, days: new Map() };
    const noOrder = new Float64Array(61);
    filterTrack(DEFAULT_PARAMETERS, shop.calendar, trackOf(history, 2, DEFAULT_PARAMETERS), latents, noOrder);
    let lives = 0;
    const silent = [0, 0, 0];
    const marks = [7, 30, 60];
    const nothing = (): void => undefined;
    for (let i = 0; lives < 20_000; i++) {
      let first = Infinity;
      const order = (day: number): void => void (first = Math.min(first, day));
      liveThrough(DEFAULT_PARAMETERS, latents, true, 1, shop.calendar, seededRandom('filter', i), { join: nothing, visit: nothing, order, complaint: nothing, campaign: nothing, open: nothing });
      if (first === 1) continue;
      lives++;
      marks.forEach((mark, k) => (silent[k] += first > 1 + mark ? 1 : 0));
    }
    marks.forEach((mark, k) => expect(Math.abs(noOrder[mark] - silent[k] / lives)).toBeLessThan(0.011));
  });

  test('forward probabilities and likelihood fit together: P(no order in h days) is the likelihood of seeing none', () => {
    // With browsing and messages switched off there is nothing else to see, so extending a silent history by h days
    // multiplies the likelihood by noOrder[h].
    const p = { ...DEFAULT_PARAMETERS, visits: { logMean: -60, logSd: 0 }, missionVisits: 0, complaint: 0, lift: 1 };
    const shop = simulateShop({ ...options, customers: 1, days: 200, futureDays: 0 });
    const latents = latentsFrom(p, [0.3, 1, -0.4, 0, 0], 0, 0, false, false);
    const silent = { joinDay: 3, orderAtJoin: true, cycleShift: 0, reachable: false, orders: 1, days: new Map() };
    const short = new Float64Array(41);
    const base = filterTrack(p, shop.calendar, trackOf(silent, 100, p), latents, short);
    const longer = filterTrack(p, shop.calendar, trackOf(silent, 140, p), latents, new Float64Array(1));
    expect(longer - base).toBeCloseTo(Math.log(short[40]), 9);
  });

  test('a day of a visible shop is found again', () => {
    const shop = simulateShop({ ...options, customers: 5, days: 60, futureDays: 0 });
    for (const [day, start] of [...shop.calendar.starts].slice(0, -1).entries()) {
      expect(dayOf(shop.calendar, start)).toBe(day);
      expect(dayOf(shop.calendar, shop.calendar.starts[day + 1] - 1)).toBe(day);
    }
    const customer = shop.customers[0];
    const history = visibleHistory(customer, [...shop.events].filter((event) => event.customer === customer.customer), shop.calendar, shop.endsAt);
    expect([...history.days.keys()].every((day) => day > history.joinDay && day < 60)).toBe(true);
    for (const row of history.days.values()) expect(row.moreViews).toBeGreaterThanOrEqual(0);
  });
});
