/** What is known of contracts, computed by hand for named people; that one customer gives the same numbers, parity.test.ts holds. The shop lives in Shanghai time. */
import { expect, test } from 'vitest';
import { featuresFor } from '../../features/index.ts';
import { startOfDay } from '../../src/base/time.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { contracts, feature } from '../../src/features/define.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { shopColumns } from './shop.ts';
import type { ShopEvent } from './shop.ts';

const ZONE = 'Asia/Shanghai';
/** Noon of a local day, or another hour of it. */
const on = (date: string, hour = 12): number => startOfDay(date, ZONE) + hour * 3_600_000;
const [MEI, LIN, , BO] = [0, 1, 2, 3];
const period = (customer: number, booked: string, properties: Record<string, unknown>, more: Partial<ShopEvent> = {}): ShopEvent => ({ customer, at: on(booked), kind: 'contract', properties, ...more });
const cancelled = (customer: number, date: string, orderRef: string, hour = 12, properties?: Record<string, unknown>): ShopEvent => ({ customer, at: on(date, hour), kind: 'contract_cancelled', orderRef, ...(properties === undefined ? {} : { properties }) });

/**
 * Mei pays for March and, booked five days ahead, April; comes back on 26 May for 30 days, upgrades on 10 June, which pays until 9 July, and cancels that on 28 June at six in the evening.
 * Lin's 90 days from 1 June are stopped on 25 June. Ola, the third, has no contract. Bo pays for the year, and for a course besides, which he cancels.
 */
const events: ShopEvent[] = [
  period(MEI, '2026-03-01', { ends: '2026-03-31' }, { amount: '31', product: 'basic', orderRef: 'm1' }),
  period(MEI, '2026-03-26', { starts: '2026-04-01', ends: '2026-04-30' }, { amount: '30', product: 'basic', orderRef: 'm1' }),
  period(MEI, '2026-05-26', { starts: '2026-05-26', days: 30 }, { amount: '30', product: 'basic', orderRef: 'm2' }),
  period(MEI, '2026-06-10', { starts: '2026-06-10', ends: '2026-07-09', auto_renew: true }, { amount: '60', product: 'gold', orderRef: 'm2' }),
  cancelled(MEI, '2026-06-28', 'm2', 18),
  { customer: MEI, at: on('2026-07-02'), kind: 'contract_resumed', orderRef: 'm2' }, period(MEI, '2026-07-08', { starts: '2026-07-10', ends: '2026-08-08' }, { orderRef: 'm2' }),
  ...['2026-06-05', '2026-06-21', '2026-05-05', '2026-04-20', '2026-03-20'].map((date): ShopEvent => ({ customer: MEI, at: on(date), kind: 'visit' })),
  period(LIN, '2026-06-01', { days: 90, auto_renew: 'no' }, { amount: '90', orderRef: 'l1' }), cancelled(LIN, '2026-06-20', 'l1', 12, { ends: '2026-06-25' }),
  period(BO, '2026-01-01', { ends: '2026-12-31' }, { amount: '365', product: 'year', orderRef: 'y' }), period(BO, '2026-06-01', { ends: '2026-07-05' }, { amount: '35', product: 'course', orderRef: 'c' }), cancelled(BO, '2026-06-20', 'c'),
];

const NONE = Number.NaN;
/** Mei, Lin, Ola, Bo as of 1 July. */
const BY_HAND: Readonly<Record<string, readonly number[]>> = {
  contract_days_left: [8, -6, NONE, 183],
  contract_periods: [4, 1, 0, 1],
  contract_renewals: [1, 0, NONE, 0],
  contract_lapses: [1, 0, 0, 0],
  contract_tenure_days: [36, 30, NONE, 181],
  contract_known_days: [122, 30, NONE, 181],
  contract_term_days: [30, 25, NONE, 365],
  contract_amount: [60, 90, NONE, 365],
  contract_price_change: [2, NONE, NONE, NONE],
  contract_plans: [2, 0, 0, 2],
  contract_auto_renew: [1, 0, NONE, NONE],
  contract_cancelled: [1, 1, NONE, 0],
  contract_cancellations: [1, 1, 0, 1],
  contract_days_since_cancelled: [2.25, 10.5, NONE, 10.5],
  // Bo's course begins while the year is paid: 213 days before its end, and no renewal that pays further.
  contract_lead_days: [9.5, NONE, NONE, 213],
  contract_days_past_usual: [1.5, NONE, NONE, 30],
  contract_usage_change: [2, NONE, NONE, NONE],
  contract_days_since_visit: [9.5, NONE, NONE, NONE],
};

test('features of contracts are what one computes by hand, and nothing later is known', async () => {
  const definitions = featuresFor({ graceDays: 14 }).filter(({ group }) => group === 'contracts');
  expect(definitions.map(({ name }) => name).sort()).toEqual(Object.keys(BY_HAND).sort());
  const columns = await shopColumns({ customers: [0, 0, 0, 0].map((createdAt) => ({ createdAt })), events });
  try {
    const { matrix } = await buildFeatures(columns, featurePlan(definitions, { timeZone: ZONE }), { asOf: startOfDay('2026-07-01', ZONE) });
    for (const { name, values } of matrix.columns) expect([...values], name).toEqual(BY_HAND[name]);
  } finally {
    columns.close();
  }
});

test('a plan refuses to weigh paid periods by an age that they may not have', () => {
  const of = (value: ReturnType<typeof contracts.decayed>) => featurePlan([feature({ name: 'x', label: { zh: '测', en: 'x' }, meaning: { zh: '测', en: 'x' }, unit: 'score', group: 'x', missing: 'missing', value })], { timeZone: ZONE });
  expect(() => of(contracts.decayed(10))).toThrow(/may end after the cut-off/);
});
