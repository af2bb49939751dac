/** The drawn moment knows nothing of how the visit goes on: otherwise every probability would be off. */
import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { drawMoment, momentOf } from '../../../src/training/visit/draw.ts';

const SILENCE = 30 * 60_000;

test('a moment is at a browsing event or in the silence after it, before the order, and does not depend on what comes after it', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: SILENCE - 1 }), fc.option(fc.integer({ min: 0, max: 4_000_000 })), (list, ordinal, waitMs, order) => {
    const times = list.toSorted((a, b) => a - b).filter((at) => order === null || at < order);
    const moment = momentOf({ ordinal, waitMs }, times, order ?? Number.NaN);
    if (moment === undefined) return;
    expect(moment).toBe(times[ordinal - 1] + waitMs);
    expect(order === null || moment < order).toBe(true);
    // The same past with another future gives the same moment.
    const past = times.filter((at) => at <= moment);
    expect(momentOf({ ordinal, waitMs }, past, Number.NaN)).toBe(moment);
    expect(momentOf({ ordinal, waitMs }, [...past, moment + 1], moment + 2)).toBe(moment);
  }));
});

test('ordinals are at least k with chance 1/k, whatever the visit, and the same seed draws the same', () => {
  const draws = Array.from({ length: 20_000 }, (_, i) => drawMoment(7, i, 1_700_000_000_000, SILENCE));
  for (const k of [2, 3, 5, 10]) expect(Math.abs(draws.filter(({ ordinal }) => ordinal >= k).length / draws.length - 1 / k)).toBeLessThan(0.015);
  expect(Math.abs(draws.filter(({ waitMs }) => waitMs > 0).length / draws.length - 1 / 3)).toBeLessThan(0.015);
  expect(draws.every(({ waitMs }) => waitMs === 0 || (waitMs >= 1000 && waitMs < SILENCE))).toBe(true);
  expect(drawMoment(7, 3, 5, SILENCE)).toEqual(drawMoment(7, 3, 5, SILENCE));
});

test('where visits that end in an order are longer, drawn rows keep the true rates and a random own event of each visit does not', () => {
  const random = seededRandom('draws');
  // Visitors leave with a chance of 0.4 after each of at most six events, and order with one of 0.3 from the third on: the outlook from an event follows backwards.
  const [leave, most] = [0.4, 6];
  const order = (event: number): number => (event >= 3 ? 0.3 : 0);
  const outlook = (event: number): number => (event === most ? order(event) : order(event) + (1 - order(event)) * (1 - leave) * outlook(event + 1));
  const rates = { drawn: [0, 0], own: [0, 0] };
  for (let visit = 0; visit < 60_000; visit++) {
    let [events, ordered] = [1, 0];
    for (;;) {
      if (random.next() < order(events)) { ordered = 1; break; }
      if (events === most || random.next() < leave) break;
      events++;
    }
    const times = Array.from({ length: events }, (_, i) => i * 60_000);
    const moment = momentOf({ ...drawMoment(1, visit, 0, SILENCE), waitMs: 0 }, times, ordered === 1 ? events * 60_000 - 30_000 : Number.NaN);
    if (moment === 0) { rates.drawn[0] += ordered; rates.drawn[1]++; }
    if (random.int(events) === 0) { rates.own[0] += ordered; rates.own[1]++; }
  }
  expect(Math.abs(rates.drawn[0] / rates.drawn[1] - outlook(1))).toBeLessThan(0.01);
  expect(rates.own[0] / rates.own[1]).toBeLessThan(outlook(1) - 0.02);
});
