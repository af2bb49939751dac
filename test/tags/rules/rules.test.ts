import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startOfDay } from '../../../src/base/time.ts';
import { matches } from '../../../src/conditions/evaluate.ts';
import type { CustomerFacts, EventFacts } from '../../../src/conditions/facts.ts';
import { EVENT_KINDS } from '../../../src/store/events.ts';
import { STAGES } from '../../../src/tags/catalogue/lifecycle.ts';
import { defineRuleTag } from '../../../src/tags/rules/definition.ts';
import { evaluateRules } from '../../../src/jobs/rules.ts';
import { ruleTagsOf } from '../../../src/tags/rules/read.ts';
import { ruleBatches } from '../../../src/tags/rules/stage.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { RULE_TAGS } from '../../../tags/index.ts';
import { loadCustomers } from '../../conditions/load.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const timeZone = 'Asia/Shanghai';
const context = { asOf: startOfDay('2026-03-10', timeZone), timeZone, names: { tags: RULE_TAGS, stages: STAGES, eventKinds: EVENT_KINDS } };

let eventId = 0;
const at = (day: string, kind: string, more: Partial<EventFacts> & { hour?: number } = {}): EventFacts => {
  const { hour = 12, ...columns } = more;
  return { eventId: ++eventId, occurredAt: startOfDay(day, timeZone) + hour * 3_600_000, kind, ...columns };
};
const repeat = (times: number, make: (i: number) => EventFacts): EventFacts[] => Array.from({ length: times }, (_, i) => make(i));
const person = (events: EventFacts[], more: Partial<CustomerFacts> = {}): CustomerFacts => ({ attributes: {}, identities: new Set(), consents: {}, events, tags: new Map(), segments: new Map(), stages: [], ...more });

/** One customer who carries the tag, and one who misses it by a little. */
const PEOPLE: Readonly<Record<string, readonly [CustomerFacts, CustomerFacts]>> = {
  cart_not_ordered_7d: [person([at('2026-03-05', 'cart')]), person([at('2026-03-05', 'cart'), at('2026-03-06', 'order')])],
  discount_shopper: [
    person(repeat(5, (i) => at('2026-01-05', 'order', { discount: i < 4 ? '1' : '0' }))),
    person(repeat(5, (i) => at('2026-01-05', 'order', { discount: i < 3 ? '1' : null }))),
  ],
  dormant_high_spender: [person([at('2025-06-01', 'order', { amount: '1200' }), at('2025-06-05', 'refund', { amount: '-200' })]), person([at('2025-06-01', 'order', { amount: '1200' }), at('2025-06-05', 'refund', { amount: '-200.01' })])],
  first_order_30d: [person([at('2026-02-08', 'order')]), person([at('2026-02-07', 'order'), at('2026-03-01', 'order')])],
  frequent_buyer_half_year: [person(repeat(3, (i) => at('2026-01-05', 'order', { orderRef: `o${i}` }))), person(repeat(3, () => at('2026-01-05', 'order', { orderRef: 'o' })))],
  new_lead_with_phone: [person([at('2026-03-01', 'visit')], { identities: new Set(['phone']) }), person([at('2026-03-01', 'visit')], { attributes: { phone: '' } })],
  night_shopper: [person(repeat(4, (i) => at('2026-01-05', 'order', { hour: i < 2 ? 23 : 12 }))), person(repeat(4, (i) => at('2026-01-05', 'order', { hour: i < 2 ? 5 : 12 })))],
  paid_search_beijing_woman: [
    person([...repeat(6, () => at('2026-03-01', 'view')), at('2026-03-02', 'order')], { attributes: { source: '百度', gender: '女', city: '北京', phone: '1' } }),
    person([...repeat(5, () => at('2026-03-01', 'view')), at('2026-03-02', 'order')], { attributes: { source: '百度', gender: '女', city: '北京', phone: '1' } }),
  ],
  recent_complaint: [person([at('2026-03-09', 'complaint')]), person([at('2026-03-10', 'complaint')])],
  refund_heavy: [person([...repeat(6, () => at('2026-01-05', 'order')), ...repeat(2, () => at('2026-01-06', 'refund'))]), person([...repeat(7, () => at('2026-01-05', 'order')), ...repeat(2, () => at('2026-01-06', 'refund'))])],
  // 2026-01-03 is a Saturday.
  weekend_shopper: [person(repeat(3, (i) => at(i < 2 ? '2026-01-03' : '2026-01-05', 'order'))), person(repeat(3, (i) => at(i < 1 ? '2026-01-03' : '2026-01-05', 'order')))],
};

test('every file in tags/ is listed, has both names, and has its two people here', () => {
  const files = readdirSync(new URL('../../../tags/', import.meta.url)).filter((name) => name !== 'index.ts');
  const snake = files.map((name) => name.replace('.ts', '').replaceAll(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`));
  expect(RULE_TAGS.map(({ key }) => key).sort()).toEqual(snake.sort());
  expect(Object.keys(PEOPLE).sort()).toEqual(RULE_TAGS.map(({ key }) => key).sort());
  for (const { label, description } of RULE_TAGS) expect([label.zh, label.en, description.zh, description.en].every((words) => words.length > 1)).toBe(true);
});

test.each(RULE_TAGS.map((tag) => [tag.key, tag] as const))('%s is carried by the one and not by the other', (key, { condition }) => {
  expect(PEOPLE[key].map((customer) => matches(condition, customer, context))).toEqual([true, false]);
});

test('rules are split between statements, never within a rule, and in order', () => {
  const many = Array.from({ length: 80 }, (_, n) => RULE_TAGS.map((tag, i) => ({ ...tag, id: n * RULE_TAGS.length + i + 1 }))).flat();
  const batches = ruleBatches(many);
  expect(batches.length).toBeGreaterThan(4);
  expect(batches.flat()).toEqual(many);
});

test('a rule with a wrong condition or key cannot be defined', () => {
  const words = { zh: '测试', en: 'Test' };
  const input = { key: 'x', label: words, category: 'behaviour', description: words, ttlDays: 1, condition: { attribute: 'k', op: 'exists' } } as const;
  expect(defineRuleTag(input).bands).toEqual([{ code: 'yes', label: { zh: '是', en: 'Yes' } }]);
  expect(() => defineRuleTag({ ...input, condition: { attribute: 'k', op: 'matches' } })).toThrow('condition.op');
  expect(() => defineRuleTag({ ...input, key: 'X-1' })).toThrow('snake_case');
  expect(() => defineRuleTag({ ...input, ttlDays: 0 })).toThrow('life time');
});

describeOnEachStore('rule tags', (getStore) => {
  test('of a run are those of the evaluator in memory', async () => {
    const store = getStore();
    const people = Object.values(PEOPLE).flat().flatMap((customer) => [customer, customer]);
    let last = 0;
    const ids = await loadCustomers(store, people.map((customer) => ({ ...customer, events: customer.events.map((event) => ({ ...event, eventId: ++last })) })));
    const report = await evaluateRules({ store, clock: store.clock, owner: 'test', ruleTags: RULE_TAGS, timeZone, names: { eventKinds: EVENT_KINDS }, limits: { chunkCustomers: 7 } }, { asOf: '2026-03-10' });
    expect(report).toMatchObject({ state: 'done', rules: RULE_TAGS.length, customers: people.length });
    const { rules } = await loadCatalogue(store.db);
    const carried = await ruleTagsOf(store.db, rules, ids);
    for (const { key, condition } of RULE_TAGS) {
      const wanted = ids.filter((_, i) => matches(condition, people[i], context));
      expect(ids.filter((id) => carried.get(id)?.some((tag) => tag.key === key) === true)).toEqual(wanted);
      expect(wanted.length).toBeGreaterThan(1);
    }
  });
});
