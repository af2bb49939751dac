/** Visits: which events make one up, what is read off it at a moment, and that nothing after the moment is. */
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { DEFAULT_TIME_ZONE } from '../../src/base/time.ts';
import { VISIT_COLUMNS, visitColumns } from '../../src/features/visit/columns.ts';
import { BROWSING_KINDS, NO_HISTORY } from '../../src/features/visit/kinds.ts';
import { mergedEvents, visitUnderWay } from '../../src/features/visit/underWay.ts';
import type { TimedEvent } from '../../src/features/visit/underWay.ts';
import { visitValues } from '../../src/features/visit/values.ts';
import { offsetPeriods } from '../../src/features/zone.ts';

const ZONE = offsetPeriods(DEFAULT_TIME_ZONE);
const LEVELS = { channels: ['app', 'web'], devices: ['desk', 'phone'] };
const MINUTE = 60_000;
const SILENCE = 30 * MINUTE;
/** Wednesday, 20:00 in Shanghai. */
const AT = Date.parse('2026-04-01T12:00:00Z');
const event = (minutes: number, kind: string, more: Partial<TimedEvent> = {}): TimedEvent => ({ at: AT + minutes * MINUTE, kind, product: null, category: null, channel: null, device: null, quantity: null, orderRef: null, ...more });

const events = fc.array(
  fc.record({
    minutes: fc.integer({ min: -300, max: 300 }), kind: fc.constantFrom(...BROWSING_KINDS, 'order'), product: fc.option(fc.constantFrom('a', 'b', 'c')), channel: fc.option(fc.constantFrom('app', 'web', 'shop')),
    quantity: fc.option(fc.constantFrom(-1, 1)), orderRef: fc.option(fc.constantFrom('1', '2')),
  }).map(({ minutes, kind, ...more }) => event(minutes, kind, more)), { maxLength: 40 },
);
const sorted = (list: readonly TimedEvent[]): TimedEvent[] => list.toSorted((a, b) => a.at - b.at);

describe('the visit under way', () => {
  test('less than the silence between events keeps them together, as much of it parts them', () => {
    const start = (list: readonly TimedEvent[], moment: number): number | undefined => visitUnderWay(sorted(list), AT + moment * MINUTE, SILENCE)?.startMs;
    expect(start([event(0, 'view'), event(29, 'view'), event(58, 'view')], 60)).toBe(AT);
    expect(start([event(0, 'view'), event(30, 'view')], 31)).toBe(AT + 30 * MINUTE);
    expect(start([event(0, 'view')], 29)).toBe(AT);
    expect(start([event(0, 'view')], 30)).toBeUndefined();
    // An order alone is no visit; one in a visit keeps it together and answers its question.
    expect(start([event(0, 'order')], 5)).toBeUndefined();
    expect(visitUnderWay([event(0, 'view'), event(20, 'order'), event(45, 'view')], AT + 46 * MINUTE, SILENCE)).toMatchObject({ startMs: AT, ordered: true, lastMs: AT + 45 * MINUTE });
    expect(visitUnderWay([event(0, 'order'), event(20, 'view')], AT + 21 * MINUTE, SILENCE)).toMatchObject({ startMs: AT + 20 * MINUTE, ordered: false });
  });

  test('an event that is handed in and stored counts once; two that differ count twice', () => {
    const stored = [event(0, 'view', { product: 'a' }), event(1, 'cart', { product: 'a' })];
    const handed = [event(1, 'cart', { product: 'a' }), event(2, 'view', { product: 'a' }), event(2, 'view', { product: 'b' }), event(9, 'view')];
    expect(mergedEvents(stored, handed, AT + 3 * MINUTE).map(({ kind, product }) => `${kind} ${product ?? ''}`)).toEqual(['view a', 'cart a', 'view a', 'view b']);
  });

  test('what comes after the moment changes neither the visit nor its numbers, and the order of the events does not matter', () => {
    fc.assert(fc.property(events, events, fc.integer({ min: -60, max: 200 }), (before, after, minutes) => {
      const moment = AT + minutes * MINUTE;
      const later = after.map((one) => ({ ...one, at: moment + 1 + Math.abs(one.at - AT) }));
      const read = (list: readonly TimedEvent[], turned: boolean): unknown => {
        const visit = visitUnderWay(mergedEvents([], turned ? list.toReversed() : list, moment), moment, SILENCE);
        return visit === undefined ? undefined : { ...visit, events: visit.events.length, values: Array.from(visitValues(NO_HISTORY, turned ? visit.events.toReversed() : visit.events, moment, ZONE, LEVELS)) };
      };
      const known = before.map((one) => (one.at > moment ? { ...one, at: 2 * moment - one.at } : one));
      expect(read([...known, ...later], false)).toEqual(read(known, false));
      expect(read([...known, ...later], true)).toEqual(read(known, false));
    }));
  });
});

describe('numbers of a visit', () => {
  test('by hand', () => {
    const visit = [
      event(0, 'visit', { channel: 'web', device: 'desk' }), event(0, 'search', { channel: 'web' }), event(1, 'view', { product: 'a', category: 'x' }), event(2, 'view', { product: 'b', category: 'x' }), event(3, 'view', { product: 'a', category: 'x', channel: 'app' }),
      event(4, 'cart', { product: 'a' }), event(5, 'cart', { product: 'b', quantity: 2 }), event(6, 'cart_remove', { product: 'b' }), event(7, 'cart', { product: 'a', quantity: -1 }), event(8, 'cart', { product: 'a' }),
      event(9, 'price_check', { product: 'c' }), event(10, 'checkout'),
    ];
    const day = 86_400_000;
    const values = visitValues({ visits: 9, converted: 3, orders: 4, lastOrderMs: AT - 5 * day, lastVisitMs: AT - 2 * day }, visit, AT + 12 * MINUTE, ZONE, LEVELS);
    expect(Object.fromEntries(visitColumns(LEVELS).map(({ name }, c) => [name, values[c]]))).toEqual({
      visit_events: 12, visit_views: 3, visit_products: 3, visit_categories: 1, visit_repeated_views: 2, visit_searches: 1, visit_favourites: 0, visit_inquiries: 1, visit_cart_adds: 3, visit_cart_removes: 2, visit_in_cart: 1,
      visit_checkouts: 1, visit_minutes: 12, visit_silence_seconds: 120, visit_seconds_per_event: 600 / 11, visit_hour: 20, visit_weekday: 3, visits_before: 9, visits_order_share: 1 / 3, orders_before: 4,
      days_since_order_before: 5 + 12 / 1440, days_since_visit_before: 2, visit_channel_1: 1, visit_channel_2: 0, visit_device_1: 1, visit_device_2: 0, visit_own_rate: 0.35, visit_cart_rule: 103,
    });
  });

  test('the first visit of somebody: what is not known is missing, not 0', () => {
    const values = visitValues(NO_HISTORY, [event(0, 'view')], AT, ZONE, LEVELS);
    const missing = visitColumns(LEVELS).filter((_, c) => Number.isNaN(values[c])).map(({ name }) => name);
    expect(missing).toEqual(['visit_seconds_per_event', 'visits_order_share', 'days_since_order_before', 'days_since_visit_before', 'visit_own_rate']);
    expect(visitColumns(LEVELS).filter(({ missing: rule }) => rule === 'missing').map(({ name }) => name)).toEqual(missing);
  });

  test('every column has words in both languages, and any shop\'s columns are known to the registry', () => {
    const names = new Set(VISIT_COLUMNS.map(({ name }) => name));
    expect(visitColumns(LEVELS).every(({ name }) => names.has(name))).toBe(true);
    expect(VISIT_COLUMNS.filter(({ label }) => label.zh === '' || label.en === '')).toEqual([]);
  });
});
