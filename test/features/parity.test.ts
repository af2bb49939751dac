/** The golden parity test: DuckDB over columns and SQL on the store give the same numbers, on every store, in every awkward case. */
import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { featuresFor } from '../../features/index.ts';
import { startOfDay } from '../../src/base/time.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { featuresOfCustomer } from '../../src/features/customer.ts';
import { featurePlan } from '../../src/features/plan.ts';
import type { FeatureMatrix } from '../../src/features/matrix.ts';
import type { FeaturePlan } from '../../src/features/plan.ts';
import type { Store } from '../../src/store/connection.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { LANGUAGE } from './language.ts';
import { fillStore, shopColumns } from './shop.ts';
import type { Shop, ShopEvent } from './shop.ts';

const ALL = featuresFor({ graceDays: 14 });

/** Compares a build with the store, customer by customer; 1e-9 relative, integers and missing values exactly. */
async function compare(store: Store, plan: FeaturePlan, shop: Shop, asOf: number): Promise<FeatureMatrix> {
  const columns = await shopColumns(shop);
  try {
    const built = await buildFeatures(columns, plan, { asOf });
    let row = 0;
    for (let id = 1; id <= shop.customers.length; id++) {
      const one = await featuresOfCustomer(store, plan, id, asOf);
      expect(one.matrix.rows, `customer ${id} is in both or in none`).toBe(built.customerIds[row] === id ? 1 : 0);
      if (one.matrix.rows === 0) continue;
      const differences = built.matrix.columns.flatMap(({ name, values }, column) => {
        const [a, b] = [values[row], one.matrix.columns[column].values[0]];
        const same = Object.is(a, b) || (!Number.isInteger(a) && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
        return same ? [] : [{ id, name, columns: a, store: b }];
      });
      expect(differences).toEqual([]);
      row += 1;
    }
    expect(row).toBe(built.matrix.rows);
    return built;
  } finally {
    columns.close();
  }
}

const H = 3_600_000;
const day = (asOf: number, days: number): string => new Date(asOf + days * 24 * H + 12 * H).toISOString().slice(0, 10);
const zones = { 'Europe/Berlin': '2025-03-31', 'America/Santiago': '2025-09-08', 'Asia/Shanghai': '2026-01-01', 'Pacific/Apia': '2012-01-02' } as const;

function contractEvents(asOf: number): ShopEvent[] {
  const booked = (customer: number, at: number, properties: Record<string, unknown>, more: Partial<ShopEvent> = {}): ShopEvent => ({ customer, at: asOf - at * 24 * H - 1, kind: 'contract', amount: '99.9', product: 'gold', orderRef: 'k1', properties, ...more });
  return [
    booked(0, 400, { starts: day(asOf, -400), ends: day(asOf, -35), auto_renew: true }), booked(0, 40, { starts: day(asOf, -34), ends: day(asOf, -5), auto_renew: 'yes' }), booked(0, 20, { starts: day(asOf, -20), ends: day(asOf, 11), auto_renew: 0 }, { product: '茶', amount: '120' }),
    booked(0, 20, { starts: day(asOf, -20), ends: day(asOf, 11) }, { product: '茶', amount: '0' }), { customer: 0, at: asOf - 5, kind: 'contract_cancelled', orderRef: 'k1' }, booked(0, -1, { ends: day(asOf, 400) }),
    booked(1, 300, { days: 30 }, { orderRef: undefined }), booked(1, 100, { days: '45', starts: day(asOf, -90) }), booked(1, 10, { starts: `${day(asOf, -9)}T10:00:00`, days: 90.5 }, { amount: undefined }), booked(1, 9, { ends: 'soon', starts: '2025-13-01' }),
    { customer: 1, at: asOf - 4 * 24 * H, kind: 'contract_cancelled', orderRef: 'k1', properties: { ends: day(asOf, -60) } }, { customer: 1, at: asOf - 3 * 24 * H, kind: 'contract_resumed', orderRef: 'k1' },
    booked(2, 2, { starts: '2026-02-31', ends: '2026-02-31T23:00:00Z' }), booked(2, 2, { starts: day(asOf, -1), ends: day(asOf, -3) }), booked(3, 1, { starts: '0001-01-01', ends: '2100-12-31' }), booked(3, 1, { ends: '2199-12-31', days: 12, auto_renew: null }),
  ];
}

/** Nulls, ties, duplicates, unicode, midnight edges of daylight-saving days, orders without reference, refunds of every sort, absurd amounts. */
function awkwardShop(asOf: number): Shop {
  const order = (customer: number, at: number, more: Partial<ShopEvent> = {}): ShopEvent => ({ customer, at, kind: 'order', amount: '10.0000', quantity: '1', product: 'p', channel: 'web', ...more });
  const hours = Array.from({ length: 80 }, (_, i) => order(1, asOf - i * H - 1, { orderRef: `h${i}`, amount: `${i}.3333`, category: i % 3 === 0 ? '茶' : 'Ärmel "x"', session: `s${i % 7}` }));
  return {
    customers: [{ createdAt: asOf - 5 * H, attributes: { age: ' 41.5 ', '等级 x': '黄金' } }, { createdAt: 0, attributes: { age: '12 pcs', '等级 x': 'none' } }, { createdAt: asOf - 1 }, { createdAt: asOf }, { createdAt: asOf + 1, attributes: { age: 7 } }, { createdAt: asOf + 9 }, { createdAt: asOf - 3 }],
    events: [
      ...hours,
      // Two lines of one order an hour apart, a duplicate line, a tie with another order, a refund that reduces it and one that names nothing.
      order(0, asOf - 40 * H, { orderRef: 'a' }), order(0, asOf - 39 * H, { orderRef: 'a', discount: '0.0001' }), order(0, asOf - 39 * H, { orderRef: 'a', discount: '0.0001' }),
      order(0, asOf - 40 * H, { orderRef: 'b', amount: '0' }), order(0, asOf - 40 * H), order(0, asOf - 40 * H), { customer: 0, at: asOf - 10, kind: 'refund', amount: '-4.5', orderRef: 'a' },
      { customer: 0, at: asOf - 9, kind: 'refund', amount: '-1' }, { customer: 0, at: asOf - 8, kind: 'refund', amount: '-1', orderRef: 'unknown' }, order(0, asOf - 365 * 24 * H, { amount: undefined, quantity: undefined }),
      // Contracts: a renewal, an upgrade that overlaps, a return after a lapse, one stopped early, dates that are none, a period without an end, booked before and after it starts.
      ...contractEvents(asOf),
      // At the cut-off and after it: these do not exist yet.
      order(0, asOf, { orderRef: 'a', amount: '999' }), order(4, asOf + 1), order(3, asOf - 1, { channel: "o'c", campaign: '😀' }),
      // 1970, the largest amounts, one event only.
      order(4, 0, { amount: '99999999999999.9999' }), order(4, 1, { amount: '99999999999999.9999', orderRef: '' }), order(4, 7 * H, { amount: '0.0001', orderRef: 'x' }), { customer: 5, at: asOf - 1, kind: 'view' },
    ],
  };
}

describeOnEachStore('features', (getStore) => {
  for (const [timeZone, date] of Object.entries(zones)) {
    test(`build and on demand agree in ${timeZone} around ${date}`, async () => {
      const plan = featurePlan([...ALL, ...LANGUAGE], { timeZone });
      const asOf = startOfDay(date, timeZone);
      const shop = awkwardShop(asOf);
      await fillStore(getStore(), shop);
      const built = await compare(getStore(), plan, shop, asOf);
      // Customer 7 has no event, customer 4 came at the cut-off but bought before it.
      expect([...built.customerIds]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });
  }

  test('build and on demand agree on random small shops', async () => {
    const plan = featurePlan([...ALL, ...LANGUAGE], { timeZone: 'America/Santiago' });
    const asOf = startOfDay('2025-04-07', 'America/Santiago');
    const amount = fc.integer({ min: 0, max: 3_000_000 }).map((n) => (n / 10_000).toFixed(4));
    const name = fc.constantFrom('a', 'b', 'ß', '茶', "o'c", 'web');
    const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 3 });
    const event = fc.record({
      customer: fc.integer({ min: 0, max: 2 }), at: fc.oneof(fc.integer({ min: 0, max: 60 * 24 }).map((h) => asOf - h * H), fc.integer({ min: -2, max: 400 * 24 * 60 }).map((m) => asOf - m * 60_000 - 1)),
      kind: fc.constantFrom('order', 'order', 'order', 'refund', 'view', 'cart', 'visit', 'message_sent', 'message_open', 'complaint', 'own_kind', 'contract', 'contract', 'contract_cancelled', 'contract_resumed'),
      properties: maybe(fc.record({ starts: maybe(fc.integer({ min: -300, max: 20 }).map((d) => day(asOf, d))), ends: maybe(fc.integer({ min: -300, max: 60 }).map((d) => day(asOf, d))), days: maybe(fc.constantFrom<unknown>(30, '31', -1, 'x')), auto_renew: maybe(fc.constantFrom<unknown>(true, false, 'Yes', 2)) })),
      amount: maybe(amount), quantity: maybe(fc.constantFrom('1', '2', '0.5')), discount: maybe(amount), product: maybe(name), category: maybe(name), channel: maybe(name), session: maybe(name), orderRef: maybe(name),
    }).map((e): ShopEvent => {
      const given = Object.fromEntries(Object.entries(e).filter(([, v]) => v !== undefined)) as unknown as ShopEvent;
      return given.kind === 'refund' && given.amount !== undefined ? { ...given, amount: `-${given.amount}` } : given;
    });
    let runs = 0;
    await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (list) => {
      const shop = { customers: [0, asOf - 1, asOf + 1].map((createdAt) => ({ createdAt })), events: list };
      await fillStore(getStore(), shop);
      await compare(getStore(), plan, shop, asOf);
      runs += 1;
    }), { numRuns: 12, seed: 7 });
    expect(runs).toBeGreaterThanOrEqual(12);
  });
});
