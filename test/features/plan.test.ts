import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../features/index.ts';
import { bilingual } from '../../src/base/text.ts';
import { localDate, startOfDay } from '../../src/base/time.ts';
import { cutoffAt } from '../../src/features/cutoff.ts';
import { attribute, constant, events, feature, gaps, orderDays, orders, ratio } from '../../src/features/define.ts';
import { attributeNumber, deviationOf } from '../../src/features/evaluate.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { offsetPeriods, offsetSql } from '../../src/features/zone.ts';
import type { Expression } from '../../src/features/expression.ts';
import type { FeatureDefinition } from '../../src/features/define.ts';

const one = (value: Expression, more: Partial<FeatureDefinition> = {}): FeatureDefinition =>
  feature({ name: 'one', label: bilingual('一', 'one'), unit: 'times', meaning: bilingual('一', 'one'), missing: 0, group: 'test', value, ...more });
const zone = { timeZone: 'Asia/Shanghai' };

describe('feature plan', () => {
  test('orders by name, names equal aggregates once, and does not depend on the order of definitions', () => {
    const plan = featurePlan([one(ratio(orders.count(), orders.count()), { name: 'b' }), one(orders.count(), { name: 'a' })], zone);
    expect(plan.names).toEqual(['a', 'b']);
    expect(plan.aggregates.length).toBe(1);
    expect(featurePlan(FEATURES.toReversed(), zone).hash).toBe(featurePlan(FEATURES, zone).hash);
  });

  test('the hash follows what the numbers mean, not how they are called', () => {
    const { hash } = featurePlan([one(orders.count())], zone);
    expect(featurePlan([one(orders.count(), { label: bilingual('二', 'two') })], zone).hash).toBe(hash);
    const others = [featurePlan([one(orders.last(7).count())], zone), featurePlan([one(orders.count(), { missing: 'missing' })], zone), featurePlan([one(orders.count())], { timeZone: 'Europe/Berlin' })];
    expect(new Set([hash, ...others.map((plan) => plan.hash)]).size).toBe(4);
  });

  test.each<[string, FeatureDefinition]>([
    ['a bad name', one(orders.count(), { name: 'Orders' })],
    ['an empty meaning', one(orders.count(), { meaning: bilingual('', 'x') })],
    ['a window that is empty', one(orders.between(30, 30).count())],
    ['a window after the cut-off', one(orders.between(30, -1).count())],
    ['a kind that is SQL', one(events.ofKind("x'; drop table events").count())],
    ['a column that does not exist', one(orders.sum('nonsense' as 'net'))],
    ['a column of the prototype', one(orders.sum('constructor' as 'net'))],
    ['a sum of texts', one(events.sum('product'))],
    ['a number compared with texts', one(orders.whereIs('net', 'x').count())],
    ['kinds of orders', one(orders.ofKind('order').count())],
    ['rank weights of events', one(events.ewm('amount', 0.5))],
    ['a percentile beyond 1', one(gaps.percentile('gap', 1.1))],
    ['a half-life of zero', one(orderDays.decayed(0))],
    ['a constant that is not finite', one(constant(Number.POSITIVE_INFINITY))],
    ['an attribute key with a quote', one(attribute('a"b'))],
    ['a missing rule that is not finite', one(orders.count(), { missing: Number.NaN })],
  ])('refuses %s', (_, definition) => {
    expect(() => featurePlan([definition], zone)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('refuses two features of one name and an unknown time zone', () => {
    expect(() => featurePlan([one(orders.count()), one(orders.count())], zone)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => featurePlan(FEATURES, { timeZone: 'Mars/Olympus' })).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });
});

describe('the business calendar', () => {
  test('windows start at local midnight on both sides of daylight saving', () => {
    const cutoff = cutoffAt(startOfDay('2025-04-02', 'Europe/Berlin'), 'Europe/Berlin');
    expect(new Date(cutoff.startOf(0)).toISOString()).toBe('2025-04-01T22:00:00.000Z');
    expect(new Date(cutoff.startOf(7)).toISOString()).toBe('2025-03-25T23:00:00.000Z');
    expect(cutoff.day).toBe(Date.UTC(2025, 3, 2) / 86_400_000);
    // In Santiago the day of 2025-09-07 begins at 01:00, because midnight is skipped.
    expect(new Date(cutoffAt(startOfDay('2025-09-08', 'America/Santiago'), 'America/Santiago').startOf(1)).toISOString()).toBe('2025-09-07T04:00:00.000Z');
  });

  test.each(['Europe/Berlin', 'America/Santiago', 'Asia/Shanghai', 'Africa/Monrovia', 'Pacific/Apia', 'Asia/Kathmandu'])('the table of offsets gives the local day in %s', (timeZone) => {
    const periods = offsetPeriods(timeZone);
    const instants = periods.flatMap(({ from }) => [from - 1, from, from + 3_600_000]).filter((at) => at >= 0 && at < Date.UTC(2040, 0, 1));
    expect(instants.length).toBeGreaterThan(0);
    for (const at of instants) {
      const offset = periods.findLast(({ from }) => from <= at)?.offset ?? periods[0].offset;
      expect(new Date(Math.floor((at + offset) / 86_400_000) * 86_400_000).toISOString().slice(0, 10)).toBe(localDate(at, timeZone));
    }
    expect(offsetSql(periods, 't').match(/CASE/g)?.length ?? 0).toBe(periods.length - 1);
  });
});

describe('scalars', () => {
  test('a number is read from text only where all of it is a number', () => {
    expect([' 41.5 ', '-3', '1e3', '.5'].map(attributeNumber)).toEqual([41.5, -3, 1000, 0.5]);
    expect(['', ' ', '12 pcs', '0x10', 'Infinity', '1e999', '１２', null, undefined].map(attributeNumber)).toEqual(Array.from({ length: 9 }, () => Number.NaN));
  });

  test('equal values have no spread, one value has none to speak of', () => {
    expect(deviationOf(3, 0.1 * 3, 0.01 * 3)).toBe(0);
    expect(deviationOf(1, 5, 25)).toBeNaN();
    expect(deviationOf(2, 3, 5)).toBeCloseTo(Math.SQRT1_2, 15);
  });
});
