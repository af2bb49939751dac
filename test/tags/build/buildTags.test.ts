import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { SignalKind, Signals } from '../../../src/features/activity/signals.ts';
import type { CustomerFacts } from '../../../src/scoring/facts.ts';
import { intentSignals } from '../../../src/scoring/signals.ts';
import { BUILT_TAGS, PERSONAL_KINDS, buildTags } from '../../../src/tags/build/buildTags.ts';
import { scoreKey } from '../../../src/tags/build/context.ts';
import type { CustomerInput, PreviousTag, RunContext, ScoreOfHead } from '../../../src/tags/build/context.ts';
import { windowState } from '../../../src/tags/build/cycle.ts';
import { rankOf } from '../../../src/tags/build/intent.ts';
import { tierOf } from '../../../src/tags/build/value.ts';
import { DEFAULT_LIFECYCLE } from '../../../src/tags/lifecycle/rules.ts';
import { TAG_STATUSES, tagSchema } from '../../../src/tags/tag.ts';
import type { Tag } from '../../../src/tags/tag.ts';

const percent = Array.from({ length: 101 }, (_, i) => i / 100);
const money = Array.from({ length: 101 }, (_, i) => 10 * i);
const model = (name: string, horizons: readonly number[], grid: readonly number[], baseRate: number) =>
  [name, { name, version: 3, heads: horizons.map((horizonDays) => ({ horizonDays, baseRate, grid, confidence: 'high' as const })) }] as const;

const run: RunContext = {
  asOf: '2026-04-01', runId: 9, lifecycle: { asOf: '2026-04-01', cutoff: Date.parse('2026-03-31T16:00:00Z'), rules: DEFAULT_LIFECYCLE, rulesVersion: 2, rulesChanged: false, lastCutoff: null, startOf: (day) => Date.parse(`${day}T00:00:00+08:00`) }, themeOf: (feature) => ({ visits_30d: 'interest', account_age_days: 'tenure', refunds_90d: 'refunds' })[feature] ?? 'silence',
  models: new Map([model('churn', [90, 30, 60, 180], percent, 0.3), model('purchase_intent', [30, 14, 7], percent, 0.2), model('repurchase_cycle', [180], percent, 30), model('clv', [365, 90, 180], money, 100)]),
};
const facts: CustomerFacts = { orders: 4, ordersInYear: 3, silenceDays: 20, netSpend: 400, refundShare: 0, discountShare: 0.1, lastGapDays: 28, cycleDays: 30, ownWeight: 0.7, regularity: 'regular' };
const reason = { direction: 'up', feature: 'visits_30d', weight: 0.5, value: 1, typical: 4, text: { zh: '近 30 天到访', en: 'Visits' } } as const;
const score = (value: number, more: Partial<ScoreOfHead> = {}): ScoreOfHead => ({ value, interval: null, reasons: [reason], ...more });

function customer(more: Partial<CustomerInput> & { churn?: number; value?: number } = {}): CustomerInput {
  const { churn = 0.4, value = 500, ...rest } = more;
  return {
    optedOut: false, facts, previous: new Map(), stage: undefined, churnBefore: undefined,
    scores: new Map([
      ...[90, 30, 60, 180].map((h) => [scoreKey('churn', h), score(churn)] as const), ...[30, 14, 7].map((h) => [scoreKey('purchase_intent', h), score(0.3)] as const),
      [scoreKey('repurchase_cycle', 180), score(12.7, { interval: { low: 5.2, high: 25.9, level: 0.5 } })], ...[365, 90, 180].map((h) => [scoreKey('clv', h), score(value, { interval: { low: 100, high: 900, level: 0.8 } })] as const),
    ]),
    ...rest,
  };
}
const tagsBy = (input: CustomerInput, context = run): Map<string, Tag> => new Map(buildTags(context, input).map((tag) => [tag.key, tag]));
const before = (tags: Readonly<Record<string, string>>): Map<string, PreviousTag> => new Map(Object.entries(tags).map(([key, code]) => [key, { status: 'ok', band: code, value: code }]));

describe('every tag', () => {
  test('is a valid envelope, once per key of the catalogue, whatever the customer is like', () => {
    const number = fc.oneof(fc.double({ min: 0, max: 1000, noNaN: true }), fc.constant(Number.NaN));
    const someFacts = fc.record({ orders: fc.nat(20), ordersInYear: fc.nat(20), silenceDays: number, netSpend: number, refundShare: number, discountShare: number, lastGapDays: number, cycleDays: number, ownWeight: fc.double({ min: 0, max: 0.99, noNaN: true }), regularity: fc.constantFrom('regular' as const, 'average' as const, 'irregular' as const, 'unknown' as const) });
    fc.assert(fc.property(fc.option(someFacts, { nil: undefined }), fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), fc.boolean(), (some, optedOut, churn, scored, trained) => {
      const input = customer({ facts: some, optedOut, churn, ...(scored ? {} : { scores: new Map() }) });
      const tags = buildTags(trained ? run : { ...run, models: new Map() }, input);
      expect(tags.map(({ key }) => key)).toEqual(BUILT_TAGS.map(({ key }) => key));
      for (const tag of tags) {
        expect(tagSchema.safeParse(tag).error).toBeUndefined();
        expect(TAG_STATUSES).toContain(tag.status);
        const numbers = [tag.value, tag.band, tag.probability, tag.percentile, tag.lift, tag.interval, tag.confidence];
        expect(tag.status === 'ok' || numbers.every((value) => value === null)).toBe(true);
        const definition = BUILT_TAGS.find(({ key }) => key === tag.key);
        expect(tag.band === null || definition?.bands === undefined || definition.bands.some(({ code }) => code === tag.band)).toBe(true);
      }
    }));
  });

  test('carries horizon, percentile, lift, expiry and lineage', () => {
    expect(tagsBy(customer()).get('churn_prob_90d')).toEqual({
      key: 'churn_prob_90d', kind: 'predictive', status: 'ok', value: 0.4, band: null, probability: 0.4, percentile: 41, lift: 0.4 / 0.3, interval: null, horizonDays: 90, asOf: '2026-04-01',
      validFrom: '2026-04-01', expiresAt: '2026-04-08', source: { name: 'churn', version: 3, run: 9 }, confidence: 'high', reasons: [reason],
    });
  });

  test('says why it is empty: paused, not eligible, horizon not learned, refused', () => {
    const status = (input: CustomerInput, key: string, context = run) => tagsBy(input, context).get(key)?.status;
    expect(status(customer(), 'churn_risk_band', { ...run, models: new Map() })).toBe('model_paused');
    expect(status(customer({ scores: new Map() }), 'churn_risk_band')).toBe('not_eligible');
    expect(status(customer(), 'churn_prob_30d', { ...run, models: new Map([model('churn', [90], percent, 0.3)]) })).toBe('insufficient_data');
    expect(status(customer({ facts: undefined }), 'orders_total')).toBe('insufficient_data');
    const refused = buildTags(run, customer({ optedOut: true }));
    for (const tag of refused) expect(tag.status === 'opted_out').toBe(PERSONAL_KINDS.includes(tag.kind));
  });
});

describe('churn', () => {
  test('the band stays within its margin of the band before', () => {
    // At 1.5 × the base odds of 0.3 the edge is p = 0.3913; with a margin of 0.1 it is 0.4154 upwards and 0.3677 downwards.
    const band = (churn: number, was?: string) => tagsBy(customer({ churn, previous: was === undefined ? new Map() : before({ churn_risk_band: was }) })).get('churn_risk_band')?.band;
    expect([band(0.4), band(0.4, 'watch'), band(0.42, 'watch'), band(0.38, 'at_risk'), band(0.36, 'at_risk')]).toEqual(['at_risk', 'watch', 'at_risk', 'at_risk', 'watch']);
  });

  test('the trend is in points against seven days ago', () => {
    const trend = (churnBefore: number | undefined) => tagsBy(customer({ churn: 0.4, churnBefore })).get('churn_risk_trend');
    expect([trend(0.34)?.band, trend(0.46)?.band, trend(0.38)?.band, trend(undefined)?.status]).toEqual(['rising', 'falling', 'steady', 'insufficient_data']);
  });

  test('the alert is an event on entry', () => {
    const alert = (more: Parameters<typeof customer>[0]) => tagsBy(customer(more)).get('high_value_churn_alert')?.value;
    const risky = { churn: 0.8, value: 950 };
    expect(alert(risky)).toBe('entered');
    expect(alert({ ...risky, previous: before({ high_value_churn_alert: 'entered' }) })).toBe('ongoing');
    expect(alert({ ...risky, previous: before({ high_value_churn_alert: 'ongoing' }) })).toBe('ongoing');
    expect(alert({ ...risky, previous: before({ high_value_churn_alert: 'none' }) })).toBe('entered');
    expect([alert({ churn: 0.8, value: 500 }), alert({ churn: 0.1, value: 950 })]).toEqual(['none', 'none']);
  });

  test('the reason is the strongest one up that says what to do about it', () => {
    expect(tagsBy(customer()).get('churn_reason')).toMatchObject({ value: 'visits_down', reasons: [reason] });
    const told = (...features: string[]) => tagsBy(customer({ scores: new Map([[scoreKey('churn', 90), score(0.5, { reasons: features.map((feature) => ({ ...reason, feature })) })]]) })).get('churn_reason')?.value;
    expect([told('account_age_days', 'refunds_90d', 'visits_30d'), told('days_since_last_order'), told('account_age_days')]).toEqual(['complaint_or_return', 'overdue', 'other']);
    const scores = new Map([[scoreKey('churn', 90), score(0.5, { reasons: [{ ...reason, direction: 'down' }] })]]);
    expect(tagsBy(customer({ scores })).get('churn_reason')?.status).toBe('insufficient_data');
  });
});

describe('value, intent and cycle', () => {
  test('the value of the next order has its interval; times the probability of 30 days it is expected revenue, without one', () => {
    const context = { ...run, models: new Map([...run.models, model('next_order_value', [90], money, 80)]) };
    const scores = new Map([...customer().scores, [scoreKey('next_order_value', 90), score(250, { interval: { low: 90, high: 460, level: 0.8 } })] as const]);
    const tags = tagsBy(customer({ scores }), context);
    expect(tags.get('next_order_value')).toMatchObject({ status: 'ok', value: 250, interval: { low: 90, high: 460, level: 0.8 }, horizonDays: null, kind: 'value', source: { name: 'next_order_value' } });
    expect(tags.get('expected_revenue_30d')).toMatchObject({ status: 'ok', value: 0.3 * 250, interval: null, horizonDays: 30, probability: null });
    expect(tags.get('expected_revenue_30d')?.value).toBe((tags.get('purchase_prob_30d')?.probability ?? 0) * 250);
    expect(tagsBy(customer({ scores }), { ...context, models: new Map([...context.models].filter(([name]) => name !== 'purchase_intent')) }).get('expected_revenue_30d')?.status).toBe('model_paused');
    expect(tagsBy(customer(), context).get('next_order_value')?.status).toBe('not_eligible');
  });

  test('orders to come are an expected count with its interval, never a probability', () => {
    const context = { ...run, models: new Map([...run.models, model('order_count', [90], money, 0.8)]) };
    const scores = new Map([...customer().scores, [scoreKey('order_count', 90), score(2.4, { interval: { low: 1, high: 4, level: 0.8 } })] as const]);
    expect(tagsBy(customer({ scores }), context).get('orders_next_90d')).toMatchObject({
      status: 'ok', value: 2.4, interval: { low: 1, high: 4, level: 0.8 }, horizonDays: 90, probability: null, lift: null, band: null, percentile: 1, source: { name: 'order_count', version: 3 }, expiresAt: '2026-04-08',
    });
    const status = (input: CustomerInput, of: RunContext = context) => tagsBy(input, of).get('orders_next_90d')?.status;
    expect([status(customer()), status(customer({ scores, facts: undefined })), status(customer({ scores }), run), status(customer({ scores, optedOut: true }))]).toEqual(['not_eligible', 'insufficient_data', 'model_paused', 'opted_out']);
  });

  test('leads have a grade with its action, one-time buyers a probability; everybody else is not meant', () => {
    const context: RunContext = { ...run, models: new Map([...run.models, model('second_purchase', [60], percent, 0.2), model('lead_intent', [30], percent, 0.1)]) };
    const lead = (p: number, was?: string) => tagsBy(customer({ facts: { ...facts, orders: 0 }, scores: new Map([[scoreKey('lead_intent', 30), score(p)]]), previous: was === undefined ? new Map() : before({ lead_intent_grade: was }) }), context);
    // The base odds are 1/9, so the edges lie at 1/28, 1/10 and 1/4.
    expect([0.03, 0.05, 0.12, 0.3].map((p) => lead(p).get('lead_intent_grade')?.band)).toEqual(['d', 'c', 'b', 'a']);
    expect([lead(0.26, 'b'), lead(0.28, 'b')].map((tags) => tags.get('lead_intent_grade')?.band)).toEqual(['b', 'a']);
    expect(lead(0.3).get('lead_intent_grade')).toMatchObject({ status: 'ok', value: 'a', probability: 0.3, percentile: 31, lift: expect.closeTo(3) as number, horizonDays: 30, source: { name: 'lead_intent', version: 3 }, reasons: [reason], expiresAt: '2026-04-04' });
    expect(lead(0.3).get('second_purchase_prob_60d')?.status).toBe('not_eligible');
    const once = customer({ facts: { ...facts, orders: 1 }, scores: new Map([[scoreKey('second_purchase', 60), score(0.25)]]) });
    expect(tagsBy(once, context).get('second_purchase_prob_60d')).toMatchObject({ status: 'ok', value: 0.25, probability: 0.25, percentile: 26, lift: 1.25, horizonDays: 60, band: null, reasons: [reason] });
    expect(['second_purchase_prob_60d', 'lead_intent_grade'].flatMap((key) => [
      tagsBy(customer(), context).get(key)?.status, tagsBy(once).get(key)?.status, tagsBy({ ...once, facts: undefined }, context).get(key)?.status, tagsBy({ ...once, optedOut: true }, context).get(key)?.status,
    ])).toEqual(['not_eligible', 'model_paused', 'insufficient_data', 'opted_out', 'not_eligible', 'model_paused', 'insufficient_data', 'opted_out']);
  });

  test('signals of intent: strongest first, none where there is none, unknown where nothing was seen', () => {
    const lastMs = run.lifecycle.cutoff - 3_600_000;
    const signal = (kind: SignalKind, product: string | null, n: number) => ({ kind, product, n, lastMs });
    const of = (signals: Signals | undefined) => tagsBy(customer({ signals: intentSignals(signals, run.lifecycle.cutoff) })).get('intent_signal');
    const tag = of([signal('inquiry', null, 1), signal('repeated_views', 'P-2', 3), signal('repeated_views', 'P-1', 5)]);
    expect(tag).toMatchObject({ status: 'ok', value: ['repeated_views', 'inquiry'], source: { name: 'facts' }, reasons: [{ value: 5, text: { zh: '7天内浏览P-1 5次而未购买，最近1天内', en: 'Viewed P-1 5 times in 7 days without buying it, last within a day' } }, { value: 1 }] });
    expect(tag?.reasons.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 3);
    expect([of([])?.value, of(undefined)?.status]).toEqual([['none'], 'insufficient_data']);
  });

  test('tiers, ranks and window states by their edges', () => {
    expect([30, 31, 70, 71, 90, 91].map(tierOf)).toEqual(['low', 'middle', 'middle', 'high', 'high', 'top']);
    expect([80, 81, 90, 91, 95, 96].map(rankOf)).toEqual(['rest', 'top20', 'top20', 'top10', 'top10', 'top5']);
    expect([0, 17.9, 18, 24, 37.4, 37.5, 60].map((days) => windowState(days, 30))).toEqual(['not_due', 'not_due', 'due_soon', 'in_window', 'in_window', 'overdue', 'long_overdue']);
    expect(windowState(5, Number.NaN)).toBeUndefined();
  });

  test('value against risk, tier moves, totals with their interval', () => {
    const quadrant = (churn: number, value: number) => tagsBy(customer({ churn, value })).get('value_risk_quadrant')?.band;
    expect([quadrant(0.8, 950), quadrant(0.05, 950), quadrant(0.8, 100), quadrant(0.05, 100)]).toEqual(['rescue', 'keep_close', 'win_back_cheaply', 'nurture']);
    const moveOf = (tier: string) => tagsBy(customer({ value: 500, previous: before({ clv_tier: tier }) })).get('clv_tier_move')?.band;
    expect([moveOf('low'), moveOf('middle'), moveOf('top')]).toEqual(['up', 'same', 'down']);
    expect(tagsBy(customer()).get('clv_total')).toMatchObject({ value: 900, interval: { low: 500, high: 1300, level: 0.8 } });
  });

  test('a next date only where the rhythm is steady', () => {
    // Epoch day of 2026-04-01 is 20544.
    expect(tagsBy(customer()).get('next_order_date')).toMatchObject({ value: '2026-04-13', interval: { low: 20549, high: 20569, level: 0.5 } });
    const status = (regularity: CustomerFacts['regularity']) => tagsBy(customer({ facts: { ...facts, regularity } })).get('next_order_date')?.status;
    expect([status('average'), status('irregular'), status('unknown')]).toEqual(['ok', 'not_eligible', 'insufficient_data']);
    expect(tagsBy(customer()).get('overdue_days')?.value).toBe(0);
    expect(tagsBy(customer({ facts: { ...facts, silenceDays: 45 } })).get('overdue_days')?.value).toBe(15);
  });

  test('the next stage has its probability, the rest of the distribution, and why, in both languages', () => {
    const tag = tagsBy(customer()).get('lifecycle_next_stage');
    // 50 days of silence are 1.7 of 30-day cycles; an order (0.3 in 30 days) would keep the customer growing, or make the fifth.
    expect(tag).toMatchObject({ status: 'ok', value: 'slipping', band: 'slipping', horizonDays: 30, source: { name: 'purchase_intent', version: 3 }, confidence: 'high', kind: 'lifecycle', percentile: null });
    expect(tag?.probability).toBeCloseTo(0.7, 2);
    expect(tag?.reasons.map(({ feature, direction, value }) => [feature, direction, value])).toEqual([
      ['purchase_prob_30d', 'down', 0.3], ['overdue_ratio', 'up', expect.closeTo(50 / 30, 4)], ['next_stage:loyal', 'down', expect.closeTo(0.3, 2)],
    ]);
    expect(tag?.reasons.map(({ text }) => text)).toEqual([
      { zh: '未来30天下单的概率：30%', en: 'Probability of an order in 30 days: 30%' },
      { zh: '若不下单，2026-05-01时沉默50天，为个人周期的1.7倍：衰退', en: 'Without an order 50 days of silence on 2026-05-01, 1.7 personal cycles: Slipping' },
      { zh: '也可能是成熟：30%', en: 'Or Loyal: 30%' },
    ]);
    const status = (input: CustomerInput, context = run) => tagsBy(input, context).get('lifecycle_next_stage')?.status;
    expect([
      status(customer(), { ...run, models: new Map() }), status(customer({ scores: new Map() })), status(customer({ facts: undefined })), status(customer({ facts: { ...facts, cycleDays: NaN } })), status(customer({ optedOut: true })),
    ]).toEqual(['model_paused', 'not_eligible', 'insufficient_data', 'insufficient_data', 'opted_out']);
    expect(tagsBy(customer(), { ...run, lifecycle: { ...run.lifecycle, rules: { ...DEFAULT_LIFECYCLE, forecastDays: 7 } } }).get('lifecycle_next_stage')).toMatchObject({ band: 'growing', horizonDays: 7 });
  });

  test('the stage knows the stage before', () => {
    const stage = (was?: CustomerInput['stage']) => tagsBy(customer({ stage: was })).get('lifecycle_stage');
    expect([stage()?.band, stage({ stage: 'churned', enteredOn: '2026-03-01', orders: 3, lastOrderMs: 0 })?.band]).toEqual(['growing', 'reactivated']);
    expect(stage()?.source).toEqual({ name: 'lifecycle', version: 2, run: 9 });
  });
});
