/** The text form: what people type, and that it says the same as the JSON form. */
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import type { Condition } from '../../src/conditions/schema.ts';
import { conditionFrom, readCondition } from '../../src/conditions/text/read.ts';
import { writeCondition } from '../../src/conditions/text/write.ts';
import { RULE_TAGS } from '../../tags/index.ts';
import { NASTY, conditions } from './random.ts';

/** An empty list of filters says nothing and is not written. */
const withoutEmptyFilters = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutEmptyFilters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, item]) => !(name === 'where' && Array.isArray(item) && item.length === 0)).map(([name, item]) => [name, withoutEmptyFilters(item)]));
};

/** What is refused of a text; nothing where it reads well. Any other error comes through. */
function refusal(text: string): AppError | undefined {
  try {
    parseCondition(readCondition(text));
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

test('any condition, written and read again, is the same condition', () => {
  let long = 0;
  fc.assert(
    fc.property(conditions, (generated) => {
      const condition = parseCondition(JSON.parse(JSON.stringify(generated)));
      const text = writeCondition(condition);
      expect(readCondition(text)).toEqual(withoutEmptyFilters(condition));
      expect(writeCondition(readCondition(text))).toBe(text);
      if (text.length > 80) long++;
    }),
    { seed: 11, numRuns: 600 },
  );
  expect(long).toBeGreaterThan(100);
});

test('the rule tags of the product can be written and read', () => {
  for (const { condition } of RULE_TAGS) expect(readCondition(writeCondition(condition))).toEqual(condition);
  expect(RULE_TAGS.length).toBeGreaterThan(5);
  expect(writeCondition(RULE_TAGS.find(({ key }) => key === 'frequent_buyer_half_year')?.condition as Condition)).toBe('orders last 180 days >= 3 or count(referral) >= 2');
});

describe('what people type', () => {
  test.each<[string, unknown]>([
    ['orders last 180 days >= 3', { events: { kinds: ['order'], window: { lastDays: 180 }, aggregate: 'distinct', of: 'order', op: '>=', value: 3 } }],
    ['Sum(order|refund.amount) LAST 3 months > 1000.5', { events: { kinds: ['order', 'refund'], window: { lastMonths: 3 }, aggregate: 'sum', of: 'amount', op: '>', value: 1000.5 } }],
    ['count(view) from 60 to 30 days ago > 5', { events: { kinds: ['view'], window: { fromDaysAgo: 60, toDaysAgo: 30 }, aggregate: 'count', op: '>', value: 5 } }],
    ['count(cart) since last order >= 1', { events: { kinds: ['cart'], window: { sinceLast: 'order' }, aggregate: 'count', op: '>=', value: 1 } }],
    ['avg(order.amount where channel = "app" and properties.size in ("M", "L")) from 2026-01-01 to 2026-03-31 < 50', { events: { kinds: ['order'], where: [{ column: 'channel', op: '=', value: 'app' }, { property: 'size', op: 'in', values: ['M', 'L'] }], window: { from: '2026-01-01', to: '2026-03-31' }, aggregate: 'avg', of: 'amount', op: '<', value: 50 } }],
    ['share(order that local_hour >= 22) > 0.5', { events: { kinds: ['order'], window: 'all', aggregate: 'share', part: [{ column: 'local_hour', op: '>=', value: 22 }], op: '>', value: 0.5 } }],
    ['first(*.occurred_at) within last 180 days', { events: { window: 'all', aggregate: 'first', of: 'occurred_at', op: 'last_days', value: 180 } }],
    ['sequence(view last 30 days then no order within 3 days)', { sequence: { first: { kinds: ['view'], window: { lastDays: 30 } }, followedBy: [{ kinds: ['order'], within: { days: 3 }, absent: true }] } }],
    ['attr.城市 in ("北京", "上海") and not attr."odd key" exists', { all: [{ attribute: '城市', op: 'in', values: ['北京', '上海'] }, { not: { attribute: 'odd key', op: 'exists' } }] }],
    ['attr.birthday >= 1990-01-01 or attr.member = true or attr.level = gold', { any: [{ attribute: 'birthday', op: '>=', value: '1990-01-01' }, { attribute: 'member', op: '=', value: true }, { attribute: 'level', op: '=', value: 'gold' }] }],
    ['tag.churn_risk_band.band in (at_risk, critical) and tag.churn_prob_90d.probability >= 0.8', { all: [{ tag: 'churn_risk_band', field: 'band', op: 'in', values: ['at_risk', 'critical'] }, { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.8 }] }],
    ['stage = dormant for > 30 days', { stage: ['dormant'], days: { op: '>', value: 30 } }],
    ['consent.marketing = granted and identity.phone exists', { all: [{ consent: 'marketing', in: ['granted'] }, { identity: 'phone', op: 'exists' }] }],
    ['in segment.vip and outside segment.staff', { all: [{ segment: 'vip', op: 'in' }, { segment: 'staff', op: 'not_in' }] }],
    ['（count(view) ≥ 1 and attr.city ≠ "（"）', { all: [{ events: { kinds: ['view'], window: 'all', aggregate: 'count', op: '>=', value: 1 } }, { attribute: 'city', op: '!=', value: '（' }] }],
    ['stage = new or stage = growing and not (stage = lead or stage = loyal)', { any: [{ stage: ['new'] }, { all: [{ stage: ['growing'] }, { not: { any: [{ stage: ['lead'] }, { stage: ['loyal'] }] } }] }] }],
  ])('%s', (text, wanted) => {
    expect(readCondition(text)).toEqual(wanted);
  });

  test.each([
    ['', 1, 'it ends here'],
    ['order last 3 days > 1', 1, 'did you mean orders'],
    ['tga.x.band = a', 1, 'did you mean tag'],
    ['tag.churn_risk_band = critical', 21, 'tag.churn_risk_band.band'],
    ['count(order', 12, 'closing parenthesis'],
    ['count(order) last 3 dys > 1', 21, 'did you mean days'],
    ['count(order) last 3 days', 25, 'a comparison must follow'],
    ["attr.city = 'Paris'", 13, 'double quotes'],
    ['attr.city = "Paris', 13, 'no closing quote'],
    ['stage = new stage = old', 13, '"and", "or" or the end'],
  ])('%s is refused at its place', (text, position, words) => {
    const error = refusal(text);
    expect(error?.code).toBe('invalid_input');
    expect(error?.message).toContain(words);
    expect(error?.details['position']).toBe(position);
  });

  test('five thousand open parentheses are refused before the stack ends', () => {
    expect(() => readCondition(`${'('.repeat(5000)}stage = new`)).toThrow('nested more than 100');
  });

  test('a text that reads well and says too much is refused by the language itself', () => {
    expect(() => readCondition('count(order) last 99999 days > 1')).toThrow('condition.events.window');
    expect(() => readCondition('stage in (Bad)')).toThrow('condition.stage[0]');
  });
});

test('texts with quotes, marks and other scripts come through', () => {
  for (const text of NASTY) expect(readCondition(writeCondition({ attribute: text, op: '=', value: text }))).toEqual({ attribute: text, op: '=', value: text });
  expect(NASTY.length).toBeGreaterThan(10);
});

test('any text at all is read or refused with a place, and never breaks', () => {
  const pieces = fc.constantFrom('attr', '.', 'a', '=', '"x"', '(', ')', 'and', 'or', 'not', 'count', 'order', 'last', '3', 'days', 'in', ',', 'sequence', 'then', '2026-01-01', 'within', '|', '*', '（', '≥', '\\', '"');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(' '))), (text) => {
      expect(refusal(text)?.code ?? 'invalid_input').toBe('invalid_input');
    }),
    { seed: 4, numRuns: 2000 },
  );
});

test('JSON and text are told apart by the first brace', () => {
  expect(conditionFrom(' {"stage": ["new"]}')).toEqual(conditionFrom('stage = new'));
  expect(() => conditionFrom('{"stage": [')).toThrow('JSON of the condition cannot be read');
});
