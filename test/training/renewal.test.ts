/** Labels and readiness of renewals: for everyone from the columns, for one customer from the store. */
import { expect, test } from 'vitest';
import { featuresFor } from '../../features/index.ts';
import { modelsFor } from '../../models/index.ts';
import { addDays, startOfDay } from '../../src/base/time.ts';
import { numbersOf } from '../../src/store/columns/columns.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { columnSource } from '../../src/training/columnSource.ts';
import { modelColumns, outcomeKey, populationRows } from '../../src/training/dataset.ts';
import { readiness } from '../../src/training/readiness.ts';
import { contractFacts, renewalOfCustomer, renewalOutcomes } from '../../src/training/renewal.ts';
import { timeSplit } from '../../src/training/splits.ts';
import { fillStore, shopColumns } from '../features/shop.ts';
import type { Shop, ShopEvent } from '../features/shop.ts';
import { describeOnEachStore } from '../support/stores.ts';

const ZONE = 'Asia/Shanghai';
const CUTOFF = '2026-07-01';
const plan = featurePlan(featuresFor({ graceDays: 14 }), { timeZone: ZONE });
const window = { from: startOfDay(CUTOFF, ZONE), until: startOfDay(addDays(CUTOFF, 30 + 14), ZONE), graceDays: 14 };

type Booking = readonly [booked: string, properties: Readonly<Record<string, string>>, kind?: string];
/** What came after a contract until 9 July, and whether it was a renewal. */
const STORIES: readonly { readonly name: string; readonly later: readonly Booking[]; readonly renewed: boolean | undefined; readonly before?: readonly Booking[] }[] = [
  { name: 'nothing', later: [], renewed: false },
  { name: 'renewed ahead', later: [['2026-07-03', { starts: '2026-07-10', ends: '2026-08-08' }]], renewed: true },
  { name: 'on the last day of grace', later: [['2026-07-23', { ends: '2026-08-22' }]], renewed: true },
  { name: 'a day after the grace', later: [['2026-07-24', { ends: '2026-08-22' }]], renewed: false },
  { name: 'told late of a start in time', later: [['2026-07-24', { starts: '2026-07-10', ends: '2026-08-08' }]], renewed: false },
  { name: 'booked in time, starts too late', later: [['2026-07-02', { starts: '2026-07-24', ends: '2026-08-22' }]], renewed: false },
  { name: 'an upgrade that pays no further', later: [['2026-07-02', { ends: '2026-07-09' }]], renewed: false },
  { name: 'an upgrade that does', later: [['2026-07-02', { ends: '2026-07-31' }]], renewed: true },
  { name: 'given back', later: [['2026-07-03', { starts: '2026-07-10', ends: '2026-08-08' }], ['2026-07-05', { ends: '2026-07-04' }, 'contract_cancelled']], renewed: false },
  { name: 'cancelled, and renewed all the same', later: [['2026-07-02', {}, 'contract_cancelled'], ['2026-07-09', { starts: '2026-07-10', ends: '2026-08-08' }]], renewed: true },
  { name: 'no contract before', later: [['2026-07-03', { ends: '2026-08-08' }]], renewed: undefined, before: [] },
];
const eventOf = (customer: number, [booked, properties, kind = 'contract']: Booking): ShopEvent => ({ customer, at: startOfDay(booked, ZONE) + 12 * 3_600_000, kind, properties, orderRef: 'k' });
const shop: Shop = {
  customers: STORIES.map(() => ({ createdAt: 0 })),
  events: STORIES.flatMap(({ later, before = [['2026-06-10', { ends: '2026-07-09' }]] as const }, customer) => [...before, ...later].map((booking) => eventOf(customer, booking))),
};

describeOnEachStore('labels of renewals', (getStore) => {
  test('one customer of the store has the label that everyone has in the columns', async () => {
    await fillStore(getStore(), shop);
    const columns = await shopColumns(shop);
    try {
      const renewed = new Set(numbersOf(await renewalOutcomes(columns, plan.zone, window), 'customer_id'));
      for (const [i, story] of STORIES.entries()) {
        expect(renewed.has(i + 1), story.name).toBe(story.renewed ?? false);
        expect(await renewalOfCustomer(getStore(), plan, i + 1, window), story.name).toBe(story.renewed);
      }
      const { byKey } = await columnSource(columns, plan).outcomes({ kind: 'renewal', graceDays: 14 }, CUTOFF, 30);
      expect([...byKey.keys()].sort()).toEqual([...renewed].map((id) => outcomeKey(id)).sort());
    } finally {
      columns.close();
    }
  });
});

test('readiness counts ends whose grace days are over, and says what is left out', async () => {
  const lapse = eventOf(0, ['2026-01-01', { ends: '2026-01-31' }]);
  const columns = await shopColumns({ customers: [{ createdAt: 0 }, { createdAt: 0 }], events: [lapse, eventOf(0, ['2026-03-01', { ends: '2026-03-31' }]), eventOf(0, ['2026-03-31', { starts: '2026-04-01', ends: '2026-06-20' }]), eventOf(1, ['2026-06-01', { ends: '2026-06-30' }]), eventOf(1, ['2026-06-02', {}])] });
  try {
    const counted = await contractFacts(columns, plan, CUTOFF, 14);
    // The first customer lapsed after January and renewed in March; the end of 20 June is within its grace days, that of the second customer as well.
    expect(counted).toEqual({ customers: 2, renewed: 1, lapsed: 1, withoutEnd: 1 });
    const [model] = modelsFor({ horizonsDays: [30, 90], graceDays: 14 }).slice(-1);
    const found = readiness(model, { customers: 0, orders: 0, repeatCustomers: 0, firstEvent: '2026-01-01', end: CUTOFF, contracts: counted });
    expect(found.filter(({ required, passed }) => required && !passed).map(({ name, needed, found: n }) => [name, needed, n])).toEqual([['contract_customers', 200, 2], ['contract_ends', 200, 2], ['contract_renewals', 30, 1], ['contract_lapses', 30, 1]]);
    expect(found[1].fix?.en).toContain('1 contract events are left out');
    // 90 days before the first cut-off, 30 to the end and 14 of grace.
    expect(found.find(({ name }) => name === 'history_days')).toMatchObject({ needed: 134, found: 181 });
  } finally {
    columns.close();
  }
});

test('a head speaks of contracts that end within its horizon, and its labels are known after the grace days', () => {
  const [model] = modelsFor({ horizonsDays: [90, 30], graceDays: 14 }).slice(-1);
  expect(model.horizons).toEqual([30, 90]);
  const matrix = { rows: 5, columns: [{ name: 'contract_days_left', values: Float64Array.of(-1, 0, 29, 30, Number.NaN) }] };
  expect([...populationRows(matrix, model.population, model.name, 30)]).toEqual([1, 2]);
  expect([...populationRows(matrix, model.population, model.name, 90)]).toEqual([1, 2, 3]);
  const split = timeSplit({ end: CUTOFF, earliest: '2025-01-01', horizonDays: 30, windowDays: 44, everyDays: 28, most: 3 });
  expect(split).toMatchObject({ mode: 'three_way', test: addDays(CUTOFF, -44), calibration: addDays(CUTOFF, -88) });
  expect(split?.train.at(-1)).toBe(addDays(CUTOFF, -132));
});

test('no other model is offered what is known of contracts', () => {
  const groups = new Map(plan.definitions.map(({ name, group }) => [name, group]));
  const offered = modelsFor({ horizonsDays: [30], graceDays: 14 }).map((model) => [model.name, modelColumns(plan.names, model, (name) => groups.get(name) ?? '').filter((name) => name.startsWith('contract_')).length]);
  expect(offered.filter(([, columns]) => columns !== 0)).toEqual([['renewal', 18]]);
  expect(modelsFor(undefined).map(({ name }) => name)).not.toContain('renewal');
});
