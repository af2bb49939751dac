import { describe, expect, test } from 'vitest';
import { buildDataset, datasetRows, modelColumns, outcomeKey, populationRows, windowDays } from '../../src/training/dataset.ts';
import type { ObservationEvent } from '../../src/training/dataset.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import { COLUMNS, day, DEFINITION, randomWorld, sourceOf } from './world.ts';

/** Customer 1 orders on days 0, 50 and 119; 2 on 40 and 120; 3 on 130; 4 on 5. */
const source = sourceOf({ orders: [[0, 50, 119], [40, 120], [130], [5]] });
const of = (change: Partial<ModelDefinition>): ModelDefinition => ({ ...DEFINITION, ...change });

describe('rows at cut-offs', () => {
  test('features end before the cut-off, the window starts with it and ends before its end', async () => {
    const data = await buildDataset(source, of({}), COLUMNS, [day(50), day(90)], 30);
    expect([...data.customerIds]).toEqual([1, 2, 4, 1, 2, 4]);
    expect([...data.period]).toEqual([0, 0, 0, 1, 1, 1]);
    // Day 50: customer 1 orders on the cut-off day itself, which is in the window and not in the features. Day 90: 119 is in, 120 is not.
    expect([...data.y]).toEqual([0, 1, 1, 0, 1, 1]);
    expect([...data.x.columns[0].values]).toEqual([50, 10, 45, 40, 50, 85]);
    expect([...(data.x.columns.find(({ name }) => name === 'orders_total')?.values ?? [])]).toEqual([1, 1, 1, 2, 1, 1]);
  });

  test.each([
    [{ kind: 'order' } as const, [1, 0, 0], undefined],
    [{ kind: 'spend' } as const, [10, 0, 0], undefined],
    // Waiting customers are censored at the horizon.
    [{ kind: 'next_order' } as const, [29, 30, 30], [1, 0, 0]],
  ])('labels of %o', async (target, y, observed) => {
    const data = await buildDataset(source, of({ target }), COLUMNS, [day(90)], 30);
    expect([...data.y]).toEqual(y);
    expect(data.observed === undefined ? undefined : [...data.observed]).toEqual(observed);
  });

  test('the value of the next order has rows of those who ordered alone', async () => {
    const data = await buildDataset(source, of({ target: { kind: 'order_value' } }), COLUMNS, [day(50), day(90)], 31);
    expect([[...data.customerIds], [...data.y], [...data.period]]).toEqual([[1, 1, 2], [10, 39, 40], [0, 1, 1]]);
  });

  test('only the population, and a row of a dataset keeps everything it has', async () => {
    const data = await buildDataset(source, of({ target: { kind: 'next_order' }, population: [{ feature: 'days_since_last_order', atMost: 50 }] }), COLUMNS, [day(90)], 31);
    expect([...data.customerIds]).toEqual([1, 2]);
    const second = datasetRows(data, Int32Array.of(1));
    expect([...second.y, ...(second.observed ?? []), ...second.customerIds, ...second.period]).toEqual([30, 1, 2, 0]);
    expect(second.x.columns.map(({ values }) => values[0])).toEqual([50, 10, 1, 1]);
  });

  test('a population rule over an unknown feature names it', () => {
    expect(() => populationRows({ rows: 0, columns: [] }, [{ feature: 'shoe_size', atLeast: 1 }], 'm')).toThrow(/shoe_size/);
  });

  test('missing values belong to no population', () => {
    const matrix = { rows: 3, columns: [{ name: 'a', values: Float64Array.of(Number.NaN, 1, 5) }] };
    expect([...populationRows(matrix, [{ feature: 'a', atMost: 3 }], 'm')]).toEqual([1]);
  });

  test('columns are left out by name or by group, the rest stands in order', () => {
    expect(modelColumns(['c', 'b', 'a', 'd'], of({ withoutFeatures: ['b', 'group of d'] }), (name) => `group of ${name}`)).toEqual(['a', 'c']);
  });

  test('a cancelled training stops', async () => {
    await expect(buildDataset(source, of({}), COLUMNS, [day(50)], 30, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('rows that events open', () => {
  const event = (customerId: number, at: number, subject: string, properties: Record<string, string> = {}): ObservationEvent => ({ customerId, date: day(at), subject, properties });
  const definition = of({
    target: { kind: 'event', event: 'coupon_redeemed', sameSubject: true }, population: [],
    observations: { at: 'event', event: 'campaign', subject: 'campaign', properties: [{ property: 'type', levels: ['A', 'Big B'] }], until: 'last_day', subjectProducts: { beside: ['type_is_a'] } },
  });

  test('one row per customer and subject with the subject’s properties, its bought products and its own window', async () => {
    const asked: number[] = [];
    const campaigns = {
      ...sourceOf({ orders: [[0], [1], [200]], lines: { all: new Map([['1', 4]]), ofSubject: new Map([[outcomeKey(1, 'x'), 3]]) } }),
      outcomes: (_: unknown, __: unknown, days: number) => {
        asked.push(days);
        // Redeemed on the 20th day after the start: inside a window of 30 days, outside of one of 10.
        return Promise.resolve({ byKey: new Map(days > 20 ? [[outcomeKey(1, 'x'), 1], [outcomeKey(1, 'y'), 1], [outcomeKey(1), 1]] : []) });
      },
    };
    const events = [event(1, 60, 'x', { type: 'A' }), event(1, 60, 'y', { type: 'Big B', last_day: day(69) }), event(2, 60, 'x', { type: 'A' }), event(3, 60, 'x')];
    const data = await buildDataset(campaigns, definition, COLUMNS, [day(60)], 30, { events });
    // Customer 3 is not known yet on that day.
    expect([...data.customerIds]).toEqual([1, 1, 2]);
    expect([...data.y]).toEqual([1, 0, 0]);
    expect(asked.toSorted((a, b) => a - b)).toEqual([10, 30]);
    const column = (name: string): number[] => [...(data.x.columns.find((one) => one.name === name)?.values ?? [])];
    expect(column('type_is_a')).toEqual([1, 0, 1]);
    expect(column('type_is_big_b')).toEqual([0, 1, 0]);
    expect(column('subject_lines')).toEqual([3, 0, 0]);
    expect(column('subject_line_share')).toEqual([0.75, 0, Number.NaN]);
    expect(column('subject_lines_if_type_is_a')).toEqual([3, 0, 0]);
  });

  test('windows end with the last day of the subject, with the horizon where there is none', () => {
    expect(windowDays(event(1, 10, 'x', { last_day: day(10) }), 'last_day', 30)).toBe(1);
    expect(windowDays(event(1, 10, 'x', { last_day: day(16) }), 'last_day', 30)).toBe(7);
    expect(windowDays(event(1, 10, 'x', { last_day: day(3) }), 'last_day', 30)).toBe(1);
    expect(windowDays(event(1, 10, 'x', { last_day: 'soon' }), 'last_day', 30)).toBe(30);
    expect(windowDays(event(1, 10, 'x', { last_day: day(16) }), undefined, 30)).toBe(30);
  });
});

describe('a share of the customers', () => {
  const shop = sourceOf(randomWorld(2, 300, 200));
  test('is the same at every cut-off, of about the size asked for, and all of a small shop', async () => {
    const all = await buildDataset(shop, of({}), COLUMNS, [day(100), day(130)], 30);
    const some = await buildDataset(shop, of({}), COLUMNS, [day(100), day(130)], 30, { most: 200 });
    expect(some.y.length).toBeGreaterThan(140);
    expect(some.y.length).toBeLessThan(260);
    const at = (period: number): Set<number> => new Set(some.customerIds.filter((_, row) => some.period[row] === period));
    const [first, second] = [at(0), at(1)];
    expect([...first].filter((id) => second.has(id)).length).toBeGreaterThan(0.8 * first.size);
    expect(await buildDataset(shop, of({}), COLUMNS, [day(100), day(130)], 30, { most: all.y.length * 2 })).toEqual(all);
  });
});
