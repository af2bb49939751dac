/** Usefulness reports on both stores: what they say of a shop whose every published tag and order is known is what a replay in memory says. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { addDays, startOfDay } from '../../../src/base/time.ts';
import { readCondition } from '../../../src/conditions/text/read.ts';
import { evaluateRules } from '../../../src/jobs/rules.ts';
import { keptTagReports, reportOnAllTags, reportOnTags, reportWeekly } from '../../../src/jobs/tagReports.ts';
import type { Outcome, SeparationKnown, TagReport } from '../../../src/reports/tags/document.ts';
import { inReportOrder } from '../../../src/reports/tags/problems.ts';
import { recordConsents } from '../../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../../src/store/repositories/customers.ts';
import { appendEvents } from '../../../src/store/repositories/events.ts';
import { takeRun } from '../../../src/store/repositories/runs.ts';
import { publishTags, stageTags } from '../../../src/store/repositories/tagPublish.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { ruleFrom } from '../../../src/tags/catalogue/draft.ts';
import { createRule } from '../../../src/tags/catalogue/edit.ts';
import type { Tag } from '../../../src/tags/tag.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const timeZone = 'Asia/Shanghai';
const FIRST = '2026-01-05';
const TODAY = '2026-02-20';
const DAYS = [FIRST, '2026-01-19', '2026-02-12', TODAY] as const;
const HISTORY = ['churn_risk_band', 'churn_reason'];

interface Order {
  readonly customer: number;
  readonly day: string;
  readonly amount: number;
}

const envelope = (key: string, asOf: string, status: Tag['status'], value: Tag['value'], band: string | null): Tag => ({
  key, kind: 'predictive', status, value, band, probability: null, percentile: null, lift: null, interval: null, horizonDays: null, asOf, validFrom: asOf, expiresAt: addDays(asOf, 7), source: { name: 'churn', version: 1, run: 1 }, confidence: null, reasons: [],
});

/** 240 customers with a rate of their own; their band follows it loosely, and half of them change it from one publication to the next. */
function shop() {
  const random = seededRandom('tag report test');
  const rates = Array.from({ length: 240 }, () => random.next());
  const orders = rates.flatMap((rate, customer) => Array.from({ length: 46 }, (_, i) => ({ customer, day: addDays(FIRST, i), amount: 10 + random.int(90) })).filter(() => random.next() < rate / 15));
  const published = DAYS.map((day) => ({
    day,
    tags: rates.map((rate): Tag[] => {
      const noisy = rate + random.normal() / 5;
      const band = noisy > 0.66 ? 'safe' : noisy > 0.33 ? 'watch' : 'critical';
      const reason = ['overdue', 'visits_down', 'other'][random.int(3)];
      return [
        random.next() < 0.1 ? envelope('churn_risk_band', day, 'insufficient_data', null, null) : envelope('churn_risk_band', day, 'ok', band, band),
        envelope('churn_reason', day, 'ok', reason, null), envelope('orders_total', day, 'ok', Math.floor(rate * 20), null),
      ];
    }),
  }));
  return { orders, published };
}

/** What the report has to say, told by going through everybody. */
function replay(valueOf: (customer: number) => string | null, people: readonly number[], orders: readonly Order[], from: string, days: number): Map<string | null, { customers: number; ordered: number; spend: number }> {
  const found = new Map<string | null, { customers: number; ordered: number; spend: number }>();
  for (const customer of people) {
    const own = orders.filter((order) => order.customer === customer && order.day >= from && order.day < addDays(from, days));
    const one = found.get(valueOf(customer)) ?? { customers: 0, ordered: 0, spend: 0 };
    found.set(valueOf(customer), { customers: one.customers + 1, ordered: one.ordered + (own.length > 0 ? 1 : 0), spend: one.spend + own.reduce((sum, { amount }) => sum + amount, 0) });
  }
  return found;
}

const told = (values: readonly Outcome[]): Map<string | null, { customers: number; ordered: number; spend: number }> =>
  new Map(values.map(({ value, customers, ordered, meanSpend }) => [value, { customers, ordered, spend: Math.round(meanSpend * customers) }]));
const known = ({ separation }: TagReport, days: number): SeparationKnown => {
  const found = separation.find((one) => one.days === days);
  if (found?.state !== 'known') throw new Error(`nothing is known of ${days} days: ${JSON.stringify(found)}`);
  return found;
};

describeOnEachStore('usefulness reports', (getStore, about) => {
  test('say what a replay of every publication and order says, and add up to everybody', async () => {
    const [store, { clock }] = [getStore(), about()];
    const { orders, published } = shop();
    clock.set(new Date(startOfDay(FIRST, timeZone) - 86_400_000).toISOString());
    const ids = await upsertCustomers(store.db, Array.from({ length: 240 }, (_, i) => ({ externalId: `c${i}` })), clock.now());
    const idOf = (customer: number): number => ids.get(`c${customer}`) ?? 0;
    const rule = ruleFrom('bought_lately', { condition: readCondition('orders last 14 days >= 1'), label: { zh: '近期购买', en: 'Bought lately' }, owner: 'ann' }, (await loadCatalogue(store.db)).names);
    await createRule(store, await loadCatalogue(store.db), rule, 'enabled', { actor: 'test' });
    for (const { day, tags } of published) {
      clock.set(new Date(startOfDay(day, timeZone) + 3 * 3_600_000).toISOString());
      await appendEvents(store.db, orders.filter((order) => order.day < day).map(({ customer, day: on, amount }) => ({ customer: `c${customer}`, occurredAt: startOfDay(on, timeZone) + 43_200_000, kind: 'order', amount: String(amount), eventId: `${on}-${customer}` })), { source: 'test', at: clock.now() });
      const run = await takeRun(store.db, { job: 'score', asOf: day, owner: 'test', leaseMs: 60_000, at: clock.now() });
      if (!run.ok) throw new Error(run.detail);
      await store.db.transaction((trx) => stageTags(trx, run.value, tags.flatMap((own, customer) => own.map((tag) => ({ customerId: idOf(customer), tag })))));
      await publishTags(store.db, run.value, { at: clock.now(), historyKeys: HISTORY });
      await evaluateRules({ store, clock, owner: 'test', ruleTags: [], timeZone }, { asOf: day });
    }
    // Somebody who refuses is left out, also of what was before.
    await recordConsents(store.db, [{ customerId: idOf(3), purpose: 'scoring', state: 'refused', recordedAt: clock.now(), source: 'test' }]);
    // Somebody who came later is no part of earlier days.
    await upsertCustomers(store.db, [{ externalId: 'late' }], clock.now());
    const people = Array.from({ length: 240 }, (_, i) => i).filter((customer) => customer !== 3);

    const reports = await reportOnAllTags({ store, timeZone }, TODAY);
    const of = (key: string): TagReport => reports.find((one) => one.key === key) as TagReport;
    for (const { customers, statuses, values, numbers } of reports) {
      expect([customers, statuses.reduce((sum, one) => sum + one.customers, 0)]).toEqual([241, 241]);
      const valid = statuses.find(({ status }) => status === 'ok')?.customers ?? 0;
      expect(values === null ? valid : values.others + values.top.reduce((sum, one) => sum + one.customers, 0)).toBe(valid);
      const bins = numbers === null ? [] : [numbers.histogram, numbers.tenths];
      expect(bins.map(({ edges, counts }) => [counts.length - edges.length, counts.reduce((sum, n) => sum + n, 0)])).toEqual(bins.map(() => [1, valid]));
    }

    const at = DAYS[1];
    const tagsThen = published[1].tags;
    for (const [key, place] of [['churn_risk_band', 0], ['churn_reason', 1]] as const) {
      const found = known(of(key), 30);
      expect([found.day, found.customers]).toEqual([at, 239]);
      const wanted = replay((customer) => tagsThen[customer][place].band ?? (tagsThen[customer][place].value as string | null), people, orders, at, 30);
      expect(told(found.values)).toEqual(wanted);
      expect(of(key).separation[1]).toEqual({ state: 'unknown', why: 'too_short', from: addDays(FIRST, 90), days: 90 });
    }
    expect(known(of('churn_risk_band'), 30).values.map(({ value }) => value)).toEqual(['safe', 'watch', 'critical', null]);
    expect(['strongly', 'clearly']).toContain(known(of('churn_risk_band'), 30).verdict);
    expect(['hardly', 'not_at_all']).toContain(known(of('churn_reason'), 30).verdict);
    const carried = (customer: number): boolean => orders.some((order) => order.customer === customer && order.day >= addDays(at, -14) && order.day < at);
    expect(known(of('bought_lately'), 30)).toMatchObject({ day: at, version: 1 });
    expect(told(known(of('bought_lately'), 30).values)).toEqual(replay((customer) => (carried(customer) ? 'yes' : 'no'), people, orders, at, 30));
    expect(of('orders_total').separation[0]).toMatchObject({ state: 'unknown', why: 'no_history' });
    expect(of('clv_tier')).toMatchObject({ asOf: null, problems: ['never_published'], separation: [{ why: 'never_published' }, {}] });

    const [week, now] = [published[2].tags, published[3].tags];
    const differs = people.filter((customer) => week[customer][0].status !== now[customer][0].status || week[customer][0].band !== now[customer][0].band).length;
    expect(of('churn_risk_band').change).toMatchObject({ state: 'known', day: DAYS[2], customers: 239, changed: differs });
    const boughtBefore = (customer: number, day: string): boolean => orders.some((order) => order.customer === customer && order.day >= addDays(day, -14) && order.day < day);
    expect(of('bought_lately').change).toMatchObject({ customers: 239, changed: people.filter((customer) => boughtBefore(customer, DAYS[2]) !== boughtBefore(customer, TODAY)).length });
    expect(of('orders_total').change).toEqual({ state: 'unknown', why: 'too_short', from: addDays(TODAY, 7) });
    expect(await reportOnTags({ store, timeZone }, TODAY, ['churn_reason'])).toEqual([of('churn_reason')]);
    expect((await keptTagReports(store))?.reports).toHaveLength(reports.length);
  });

  test('a week later numbers are compared with the report that was kept; the night makes reports once a week; orders of an overview', async () => {
    const [store, { clock }] = [getStore(), about()];
    expect(await reportWeekly({ store, timeZone }, addDays(TODAY, 6))).toBe('not_due');
    const later = addDays(TODAY, 7);
    clock.set(new Date(startOfDay(later, timeZone)).toISOString());
    await store.db.raw(`UPDATE customer_tags SET expires_at = NULL, value_number = value_number + 12 WHERE tag_key = 'orders_total'`);
    expect(await reportWeekly({ store, timeZone }, later)).toEqual({ tags: (await loadCatalogue(store.db)).tags.filter(({ onDemand }) => onDemand !== true).length });
    const kept = await keptTagReports(store);
    const reports = kept?.reports ?? [];
    expect(kept?.day).toBe(later);
    const total = reports.find(({ key }) => key === 'orders_total') as TagReport;
    expect(total.change).toMatchObject({ state: 'known', day: TODAY, changed: null });
    expect(total.change.state === 'known' && total.change.stability > total.change.noise && total.problems.includes('shifted')).toBe(true);
    expect(inReportOrder(reports, 'usefulness')[0].key).toMatch(/bought_lately|churn_risk_band/);
    const weights = inReportOrder(reports, 'problems').map(({ problems }) => problems.filter((problem) => problem !== 'unused').length);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(inReportOrder(reports, 'key').map(({ key }) => key)).toEqual(reports.map(({ key }) => key).toSorted());
  });
});
