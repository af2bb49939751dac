import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { startOfDay } from '../../src/base/time.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { jensenShannon, portrait } from '../../src/segments/portrait.ts';
import { loadCustomers } from '../conditions/load.ts';
import { NAMES } from '../conditions/random.ts';
import type { CustomerFacts } from '../../src/conditions/facts.ts';
import { describeOnEachStore } from '../support/stores.ts';

const timeZone = 'Asia/Shanghai';
const context = { asOf: startOfDay('2026-03-10', timeZone), timeZone, names: NAMES };

/** Forty customers: every second lives in 北京 and is a night owl, every fourth is at high risk; spend rises with the number. */
const people = Array.from({ length: 40 }, (_, i): CustomerFacts => ({
  attributes: { city: i % 2 === 0 ? '北京' : '上海', id: `unique ${i}` }, identities: new Set(), consents: i === 39 ? { scoring: 'refused' } : {}, events: [], segments: new Map(), stages: [],
  tags: new Map([
    ['churn_risk_band', { status: 'ok', valueText: i % 4 === 0 ? 'high' : 'safe', band: i % 4 === 0 ? 'high' : 'safe' }],
    ['next_order_date', { status: 'ok', valueNumber: i }],
    ['pref_category_top3', { status: 'insufficient_data' }],
    ['pref_content_topic', { status: 'ok', valueList: i % 2 === 0 ? ['tea', 'pet'] : i === 1 ? ['pet', 'one person\'s'] : ['pet'] }],
    ...(i % 2 === 0 ? [['night_owl', { status: 'ok', valueText: 'yes', band: 'yes' }] as const] : []),
    ['old_news', { status: 'ok', valueText: 'yes', band: 'yes' }],
  ]),
}));

describeOnEachStore('portraits', (getStore) => {
  test('a segment beside everybody, most different first', async () => {
    await loadCustomers(getStore(), people);
    const found = await portrait(getStore(), readCondition('attr.city = "北京"'), context);
    expect([found.members, found.customers]).toEqual([20, 39]);
    const of = (key: string) => found.dimensions.find((one) => one.key === key);
    expect(of('city')?.values).toMatchObject([{ value: '北京', inSegment: 20, everybody: 20, segmentShare: 1, lift: expect.closeTo(39 / 20, 12) as number }, { value: '上海', inSegment: 0, everybody: 19, lift: 0 }]);
    expect(of('night_owl')).toMatchObject({ kind: 'rule', values: [{ value: 'yes', inSegment: 20, everybody: 20 }] });
    expect(of('churn_risk_band')?.values).toMatchObject([{ value: 'high', inSegment: 10, everybody: 10, segmentShare: 0.5 }, { value: 'safe', inSegment: 10, everybody: 29 }]);
    expect(of('next_order_date')).toMatchObject({ kind: 'number', known: { inSegment: 20, everybody: 39 } });
    expect(of('next_order_date')?.values.map(({ value }) => value)).toEqual(['1', '2', '3', '4', '5']);
    expect(of('pref_content_topic'), 'items of a list, several for one customer; those of hardly anybody left out').toMatchObject({
      kind: 'list', known: { inSegment: 20, everybody: 39 }, values: [{ value: 'pet', inSegment: 20, everybody: 39, segmentShare: 1, lift: 1 }, { value: 'tea', inSegment: 20, everybody: 20, lift: expect.closeTo(39 / 20, 12) as number }],
    });
    expect(of('pref_content_topic')?.difference).toBeCloseTo(jensenShannon([1, 0], [20 / 39, 19 / 39]), 12);
    expect(of('next_order_date')?.edges).toHaveLength(4);
    expect(found.dimensions.map(({ key }) => key), 'one value each, stale rules and tags without a value say nothing').not.toEqual(expect.arrayContaining(['id']));
    for (const absent of ['old_news', 'pref_category_top3']) expect(of(absent)).toBeUndefined();
    expect(found.dimensions.slice(0, 2).map(({ key }) => key).sort()).toEqual(['city', 'night_owl']);
    expect([...found.dimensions].sort((a, b) => b.difference - a.difference)).toEqual(found.dimensions);
    expect((await portrait(getStore(), readCondition('attr.city = "北京"'), context, { exclude: ['night_owl'] })).dimensions.some(({ key }) => key === 'night_owl')).toBe(false);
  });

  test('everybody beside everybody differs in nothing', async () => {
    await loadCustomers(getStore(), people);
    const found = await portrait(getStore(), readCondition('attr.city exists'), context);
    expect(found.dimensions.length).toBeGreaterThan(3);
    for (const { difference, values } of found.dimensions) {
      expect(difference).toBeLessThan(1e-12);
      for (const { lift } of values) expect(lift).toBe(1);
    }
  });
});

test('the divergence of two distributions is symmetric, 0 for equal ones, and at most one bit', () => {
  const shares = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }).map((raw) => raw.map((one) => one / raw.reduce((sum, other) => sum + other, 0)));
  fc.assert(fc.property(shares, shares, (a, b) => {
    const size = Math.max(a.length, b.length);
    const [p, q] = [a, b].map((list) => Array.from({ length: size }, (_, i) => list[i] ?? 0));
    expect(jensenShannon(p, q)).toBeCloseTo(jensenShannon(q, p), 12);
    expect(jensenShannon(p, q)).toBeLessThanOrEqual(1 + 1e-12);
    expect(jensenShannon(p, p)).toBeLessThan(1e-12);
  }));
  expect(jensenShannon([1, 0], [0, 1])).toBe(1);
});
