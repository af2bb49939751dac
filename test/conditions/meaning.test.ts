/** What conditions mean, on one customer whose answer can be seen by eye. */
import { describe, expect, test } from 'vitest';
import { startOfDay } from '../../src/base/time.ts';
import { describeCondition } from '../../src/conditions/describe.ts';
import { evaluateCondition } from '../../src/conditions/evaluate.ts';
import type { CustomerFacts, EventFacts, TagFacts } from '../../src/conditions/facts.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import { STAGES } from '../../src/tags/catalogue/lifecycle.ts';
import { PREDICTIVE_TAGS } from '../../src/tags/catalogue/predictive.ts';
import { RULE_TAGS } from '../../tags/index.ts';

const timeZone = 'Asia/Shanghai';
const setting = { timeZone, asOf: startOfDay('2026-03-10', timeZone) };
const nobody: CustomerFacts = { attributes: {}, identities: new Set(), consents: {}, events: [], tags: new Map(), segments: new Map(), stages: [] };
let eventId = 0;
const event = (day: string, kind: string, more: Partial<EventFacts> = {}): EventFacts => ({ eventId: ++eventId, occurredAt: startOfDay(day, timeZone) + 3_600_000, kind, ...more });
const holds = (condition: unknown, customer: Partial<CustomerFacts>): boolean | null => evaluateCondition(parseCondition(condition), { ...nobody, ...customer }, setting);
const tagged = (tag: TagFacts): Partial<CustomerFacts> => ({ tags: new Map([['churn_risk_band', tag]]) });

describe('three values', () => {
  const high = { tag: 'churn_risk_band', field: 'band', op: '=', value: 'critical' };
  const state = { tag: 'churn_risk_band', field: 'status', op: 'in', values: ['absent', 'stale', 'insufficient_data'] };

  test('"not critical" is true only where the tag says something else', () => {
    expect(holds({ not: high }, tagged({ status: 'ok', band: 'safe' }))).toBe(true);
    expect(holds({ not: high }, tagged({ status: 'ok', band: 'critical' }))).toBe(false);
    expect(holds({ not: high }, nobody)).toBe(null);
    expect(holds({ not: high }, tagged({ status: 'insufficient_data', band: null }))).toBe(null);
    expect(holds({ not: high }, tagged({ status: 'ok', band: 'safe', expiresAt: '2026-03-10' }))).toBe(null);
    expect(holds({ not: high }, tagged({ status: 'ok', band: 'safe', expiresAt: '2026-03-11' }))).toBe(true);
    expect(holds({ ...high, op: '!=' }, nobody)).toBe(null);
  });

  test('the status is always known', () => {
    expect(holds(state, nobody)).toBe(true);
    expect(holds(state, tagged({ status: 'ok', band: 'safe', expiresAt: '2026-03-10' }))).toBe(true);
    expect(holds({ not: state }, tagged({ status: 'ok', band: 'safe' }))).toBe(true);
    expect(holds({ any: [{ not: high }, state] }, nobody)).toBe(true);
  });

  test('all and any decide past an unknown child only where it cannot matter', () => {
    const unknown = { attribute: 'x', op: '=', value: 1 };
    const yes = { attribute: 'x', op: 'missing' };
    const no = { attribute: 'x', op: 'exists' };
    expect([holds({ all: [unknown, yes] }, {}), holds({ all: [unknown, no] }, {}), holds({ any: [unknown, yes] }, {}), holds({ any: [unknown, no] }, {}), holds({ not: { all: [unknown, no] } }, {})]).toEqual([null, false, true, null, true]);
  });

  test('an average of nothing is unknown, a count and a sum of nothing are 0', () => {
    const of = (aggregate: string): unknown => ({ events: { aggregate, of: 'amount', window: 'all', op: '<=', value: 5 } });
    expect([holds(of('avg'), {}), holds(of('max'), {}), holds(of('sum'), {})]).toEqual([null, null, true]);
  });
});

test('the last 30 days are the 30 business days before the cut-off', () => {
  const views = { events: { kinds: ['view'], aggregate: 'count', window: { lastDays: 30 }, op: '=', value: 1 } };
  const at = (instant: number): Partial<CustomerFacts> => ({ events: [{ eventId: 1, occurredAt: instant, kind: 'view' }] });
  expect([-1, 0].map((shift) => holds(views, at(startOfDay('2026-02-08', timeZone) + shift)))).toEqual([false, true]);
  expect([-1, 0].map((shift) => holds(views, at(setting.asOf + shift)))).toEqual([true, false]);
});

test('sums of money are exact', () => {
  const total = { events: { aggregate: 'sum', of: 'amount', window: 'all', op: '=', value: 0.3 } };
  expect(holds(total, { events: [event('2026-03-01', 'order', { amount: '0.1000' }), event('2026-03-02', 'order', { amount: '0.2000' })] })).toBe(true);
});

describe('the two examples of the tag page', () => {
  const rule = (key: string): unknown => RULE_TAGS.find((tag) => tag.key === key)?.condition;
  const orders = (...days: string[]): EventFacts[] => days.map((day) => event(day, 'order', { orderRef: day, amount: '10' }));

  test('orders in the last half year ≥ 3 or referrals ≥ 2', () => {
    const condition = rule('frequent_buyer_half_year');
    expect(holds(condition, { events: orders('2025-10-01', '2025-12-01', '2026-03-09') })).toBe(true);
    expect(holds(condition, { events: orders('2025-08-01', '2025-12-01', '2026-03-09') })).toBe(false);
    expect(holds(condition, { events: [...orders('2026-01-01'), ...orders('2026-01-01'), ...orders('2026-01-02')] }), 'lines of one order are one order').toBe(false);
    expect(holds(condition, { events: [event('2020-01-01', 'referral'), event('2020-01-02', 'referral')] })).toBe(true);
  });

  test('the woman in Beijing', () => {
    const condition = rule('paid_search_beijing_woman');
    const views = Array.from({ length: 6 }, () => event('2026-03-01', 'view'));
    const her: Partial<CustomerFacts> = { attributes: { source: '百度', gender: '女', city: '北京' }, identities: new Set(['phone']), events: [...views, ...orders('2026-02-01')] };
    expect(holds(condition, her)).toBe(true);
    expect(holds(condition, { ...her, attributes: { gender: '女', city: '北京' }, events: [event('2026-01-01', 'visit', { channel: '腾讯广告' }), ...(her.events ?? [])] }), 'the source as the channel of the first event').toBe(true);
    expect(holds(condition, { ...her, identities: new Set() })).toBe(false);
    expect(holds(condition, { ...her, attributes: { ...her.attributes, city: '上海' } })).toBe(false);
    expect(holds(condition, { ...her, events: [...views.slice(1), ...orders('2026-02-01')] })).toBe(false);
    expect(holds(condition, { ...her, events: [...(her.events ?? []), event('2025-08-01', 'visit')] })).toBe(false);
    expect(holds(condition, { ...her, events: views })).toBe(false);
  });
});

describe('in words', () => {
  const names = { tags: PREDICTIVE_TAGS, stages: STAGES, attributes: { city: { zh: '城市', en: 'City' } } };
  const say = (json: unknown): readonly [string, string] => {
    const condition = parseCondition(json);
    return [describeCondition(condition, { language: 'zh', names }), describeCondition(condition, { language: 'en', names })];
  };

  test('of the first example', () => {
    expect(say(RULE_TAGS.find(({ key }) => key === 'frequent_buyer_half_year')?.condition)).toEqual([
      '最近180天订单数 ≥ 3，或推荐次数 ≥ 2',
      'number of orders in the last 180 days ≥ 3, or referral count ≥ 2',
    ]);
  });

  test('of every leaf', () => {
    expect(
      say({
        all: [
          { attribute: 'city', op: 'in', values: ['北京', '上海'] },
          { any: [{ tag: 'churn_risk_band', field: 'band', op: '=', value: 'critical' }, { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.5 }] },
          { not: { stage: ['lead'], days: { op: '>', value: 30 } } },
          { consent: 'marketing', in: ['granted'] },
          { identity: 'phone', op: 'exists' },
        ],
      }),
    ).toEqual([
      '城市 属于 “北京”、“上海”，且（流失风险等级 = 极高风险，或90天流失概率 ≥ 0.5），且不满足（处于潜客阶段的天数 > 30），且营销授权已同意，且phone已知',
      'City is one of “北京”, “上海”, and (Churn risk = Critical, or Churn probability, 90 days ≥ 0.5), and not (days in stage Lead > 30), and consent to marketing is granted, and phone is known',
    ]);
  });
});
