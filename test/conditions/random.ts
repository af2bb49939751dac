/** Random conditions and customers over small vocabularies, so that they meet often, with values at every edge that a comparison has. */
import * as fc from '../support/properties.ts';
import type { CustomerFacts, EventFacts, TagFacts } from '../../src/conditions/facts.ts';
import type { ConditionNames } from '../../src/conditions/names.ts';
import type { Condition } from '../../src/conditions/schema.ts';
import { DAY_MS, addDays, localDate, startOfDay } from '../../src/base/time.ts';

export const NAMES: ConditionNames = {
  tags: [
    { key: 'churn_risk_band', label: { zh: '流失风险等级', en: 'Churn risk' }, bands: [{ code: 'safe', label: { zh: '安全', en: 'Safe' } }, { code: 'high', label: { zh: '高风险', en: 'High' } }] },
    { key: 'next_order_date', label: { zh: '预计下次下单日', en: 'Next order date' } },
    { key: 'night_owl', label: { zh: '夜猫子', en: 'Night owl' }, bands: [{ code: 'yes', label: { zh: '是', en: 'Yes' } }], rule: { id: 3, band: 'yes', evaluatedOn: '2026-03-09', expiresOn: '2026-03-11' } },
    { key: 'old_news', label: { zh: '过期规则', en: 'Old news' }, bands: [{ code: 'yes', label: { zh: '是', en: 'Yes' } }], rule: { id: 12, band: 'yes', evaluatedOn: '2026-03-01', expiresOn: '2026-03-10' } },
    { key: 'pref_category_top3', label: { zh: '品类偏好', en: 'Preferred categories' } },
  ],
  stages: ['lead', 'new', 'loyal', 'dormant'].map((code) => ({ code, label: { zh: code, en: code } })),
  segments: ['vip', 'never_built'].map((key) => ({ key, label: { zh: key, en: key } })),
};
const TAGS = NAMES.tags.filter(({ rule }) => rule === undefined).map(({ key }) => key);
const RULES = NAMES.tags.flatMap(({ key, rule }) => (rule === undefined ? [] : [{ key, rule }]));
const STAGES = NAMES.stages.map(({ code }) => code);

export const NASTY = ["'", "''; drop table customers; --", '?', '??', '$1', '\\', '"', '%', '_', '😀', 'ß', '北京', "a' or '1'='1", '\u2019', ':x', '/*', '__proto__', 'constructor'];

const texts = fc.constantFrom('a', 'b', 'ab', 'A', 'true', '5', '-0.5', '2026-02-27', '2026-02-30', ...NASTY);
const keys = fc.constantFrom('k', 'city', 'k?', "k'", '__proto__', '键');
const numbers = fc.constantFrom(0, 1, 2, 3, 5, -0.5, 0.1, 0.3, 0.5, 12.3456, 1e-7, 99999.99);
const moneys = fc.constantFrom('0', '1', '2.0000', '0.1', '0.2', '5.00', '-0.5', '12.3456', '99999.99');
const json = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null), fc.constant(''), fc.array(texts, { maxLength: 3 }), fc.constant({ k: 'a' }), fc.constantFrom('007', '1e3', '+5', '5.', '2026-02-27T23:00:00Z', '2026-03-01 x', ' 5'));
const document = fc.dictionary(keys, json, { maxKeys: 4 });

export interface Setting {
  readonly asOf: number;
  readonly timeZone: string;
}
/** Shanghai has no daylight saving; New York's clocks go forward on 2026-03-08, two days before the second cut-off. */
export const SETTINGS: readonly Setting[] = ['Asia/Shanghai', 'America/New_York'].map((timeZone) => ({ timeZone, asOf: startOfDay('2026-03-10', timeZone) }));

const offsets = fc.constantFrom(-400, -91, -90, -30, -10, -7, -3, -2, -1, 0, 1, 5);
const dates = offsets.map((days) => addDays('2026-03-10', days));
const windowDays = fc.constantFrom(1, 2, 3, 7, 30, 90, 400);

const equality = fc.constantFrom('=', '!=');
const order = fc.constantFrom('<', '<=', '>', '>=');
const listOp = fc.constantFrom('in', 'not_in');
const numberOp = fc.oneof(equality, order);
const dayOp = fc.constantFrom('last_days', 'next_days', 'before_last_days');
const presence = fc.record({ op: fc.constantFrom('exists', 'missing') });
const oneOrMore = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(item, { minLength: 1, maxLength: 3 });
const valueComparison = fc.oneof(
  fc.record({ op: equality, value: fc.oneof(texts, numbers, fc.boolean()) }),
  fc.record({ op: order, value: fc.oneof(numbers, dates) }),
  fc.record({ op: listOp, values: fc.oneof(oneOrMore(texts), oneOrMore(numbers)) }),
  fc.record({ op: fc.constantFrom('contains', 'starts_with', 'has'), value: texts }),
  fc.record({ op: dayOp, value: windowDays }),
);
const anyComparison = fc.oneof({ weight: 4, arbitrary: valueComparison }, { weight: 1, arbitrary: presence });
const numberComparison = fc.oneof(fc.record({ op: numberOp, value: numbers }), fc.record({ op: listOp, values: oneOrMore(numbers) }), presence);
const textComparison = fc.oneof(fc.record({ op: fc.oneof(equality, fc.constantFrom('contains', 'starts_with')), value: texts }), fc.record({ op: listOp, values: oneOrMore(texts) }), presence);
const joined = (head: fc.Arbitrary<object>, tail: fc.Arbitrary<object>): fc.Arbitrary<object> => fc.tuple(head, tail).map(([a, b]) => ({ ...a, ...b }));

const numberColumns = fc.constantFrom('amount', 'quantity', 'discount');
const textColumns = fc.constantFrom('product', 'category', 'channel', 'campaign', 'session', 'order_ref');
const kinds = fc.constantFrom('order', 'refund', 'view');
const property = fc.record({ property: keys });
const filter = fc.oneof(
  joined(fc.record({ column: numberColumns }), numberComparison),
  joined(fc.record({ column: fc.constant('local_hour') }), fc.record({ op: order, value: fc.constantFrom(0, 1, 3, 12, 23) })),
  joined(fc.record({ column: fc.constant('local_weekday') }), fc.record({ op: listOp, values: oneOrMore(fc.constantFrom(1, 2, 6, 7)) })),
  joined(fc.record({ column: textColumns }), textComparison),
  fc.record({ column: fc.constant('kind'), op: listOp, values: oneOrMore(kinds) }),
  joined(property, anyComparison),
);
const spanWindow = fc.oneof(
  fc.constant('all'),
  fc.record({ lastDays: windowDays }),
  fc.record({ lastWeeks: fc.constantFrom(1, 2, 13) }),
  fc.record({ lastMonths: fc.constantFrom(1, 3, 12) }),
  fc.tuple(fc.constantFrom(0, 1, 2, 10), fc.constantFrom(1, 7, 89, 390)).map(([to, more]) => ({ fromDaysAgo: to + more, toDaysAgo: to })),
  fc.tuple(dates, dates).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
);
const window = fc.oneof({ weight: 4, arbitrary: spanWindow }, fc.record({ sinceLast: fc.constantFrom('order', 'refund') }));
const selection = fc.record({ kinds: oneOrMore(kinds), where: fc.array(filter, { maxLength: 2 }), window }, { requiredKeys: ['window'] });
const numberResult = fc.record({ op: numberOp, value: numbers });
const edge = fc.record({ aggregate: fc.constantFrom('first', 'last') });
const aggregate = fc.oneof(
  joined(fc.record({ aggregate: fc.constant('count') }), numberResult),
  joined(fc.record({ aggregate: fc.constant('distinct'), of: fc.oneof(textColumns, fc.constantFrom('order', 'local_date'), property) }), numberResult),
  joined(fc.record({ aggregate: fc.constantFrom('sum', 'avg', 'min', 'max'), of: fc.oneof(numberColumns, property) }), numberResult),
  joined(fc.record({ aggregate: fc.constant('share'), part: fc.array(filter, { minLength: 1, maxLength: 2 }) }), numberResult),
  joined(joined(edge, fc.record({ of: numberColumns })), numberResult),
  joined(joined(edge, fc.record({ of: fc.oneof(textColumns, property) })), fc.oneof(fc.record({ op: fc.constantFrom('=', '!=', 'contains', 'starts_with'), value: texts }), fc.record({ op: listOp, values: oneOrMore(texts) }))),
  joined(joined(edge, fc.record({ of: fc.constant('occurred_at') })), fc.oneof(fc.record({ op: order, value: dates }), fc.record({ op: fc.constantFrom('last_days', 'before_last_days'), value: windowDays }))),
);

const within = fc.oneof(fc.record({ days: fc.constantFrom(1, 3, 30) }), fc.record({ hours: fc.constantFrom(1, 24, 25) }));
const stepEvents = { kinds: oneOrMore(kinds), where: fc.array(filter, { maxLength: 1 }) };
const followed = fc.record({ ...stepEvents, within }, { requiredKeys: ['kinds', 'within'] });
const lastStep = fc.record({ ...stepEvents, within, absent: fc.constant(true) }, { requiredKeys: ['kinds', 'within'] });
const sequence = fc.record({
  first: fc.record({ ...stepEvents, window: spanWindow }, { requiredKeys: ['kinds', 'window'] }),
  followedBy: fc.tuple(fc.array(followed, { maxLength: 2 }), lastStep).map(([steps, last]) => [...steps, last]),
});

const statuses = fc.constantFrom('ok', 'insufficient_data', 'not_eligible', 'stale', 'opted_out', 'model_paused');
const tag = fc.record({ tag: fc.constantFrom(...TAGS, ...RULES.map(({ key }) => key)) });
const rule = fc.record({ tag: fc.constantFrom(...RULES.map(({ key }) => key)), field: fc.constant('band'), op: fc.constantFrom('=', '!='), value: fc.constant('yes') });
const bands = fc.constantFrom('safe', 'high');
const leaf = fc.oneof(
  { weight: 3, arbitrary: joined(fc.record({ attribute: keys }), anyComparison) },
  { weight: 5, arbitrary: joined(selection, aggregate).map((events) => ({ events })) },
  joined(joined(tag, fc.record({ field: fc.constant('value') })), valueComparison),
  joined(fc.record({ tag: fc.constant('churn_risk_band'), field: fc.constant('band') }), fc.oneof(fc.record({ op: equality, value: bands }), fc.record({ op: listOp, values: oneOrMore(bands) }))),
  joined(joined(tag, fc.record({ field: fc.constantFrom('probability', 'percentile', 'lift') })), numberResult),
  joined(joined(tag, fc.record({ field: fc.constant('status') })), fc.record({ op: listOp, values: oneOrMore(fc.oneof(statuses, fc.constant('absent'))) })),
  fc.record({ stage: oneOrMore(fc.constantFrom(...STAGES)), days: fc.record({ op: numberOp, value: fc.constantFrom(0, 1, 3, 30) }) }, { requiredKeys: ['stage'] }),
  fc.record({ consent: fc.constantFrom('scoring', 'marketing'), in: oneOrMore(fc.constantFrom('granted', 'refused', 'not_recorded')) }),
  { weight: 3, arbitrary: sequence.map((steps) => ({ sequence: steps })) },
  { weight: 2, arbitrary: rule },
  fc.record({ segment: fc.constantFrom('vip', 'never_built'), op: listOp }),
  fc.record({ identity: fc.constantFrom('phone', "p'?"), op: fc.constantFrom('exists', 'missing') }),
);

/** Conditions of the language, as JSON that a caller would send. */
export const conditions: fc.Arbitrary<Condition> = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'condition' },
    { weight: 3, arbitrary: leaf },
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3, depthIdentifier: 'condition' }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3, depthIdentifier: 'condition' }) }),
    fc.record({ not: tie('node') }),
  ),
})).node as fc.Arbitrary<Condition>;

/** Instants on, just before and just after the edges of business days, and anywhere. */
const instants = ({ timeZone }: Setting): fc.Arbitrary<number> =>
  fc.oneof(
    fc.tuple(dates, fc.constantFrom(-1, 0, 1, DAY_MS / 24)).map(([day, shift]) => startOfDay(day, timeZone) + shift),
    fc.integer({ min: startOfDay('2026-02-20', timeZone), max: startOfDay('2026-03-12', timeZone) }),
  );

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 });

const events = (setting: Setting): fc.Arbitrary<EventFacts> =>
  fc.record({
    eventId: fc.constant(0), occurredAt: instants(setting), kind: kinds, amount: optional(moneys), quantity: optional(moneys), discount: optional(moneys), product: optional(texts),
    category: optional(texts), channel: optional(texts), campaign: optional(texts), session: optional(texts), orderRef: optional(fc.constantFrom('1', '2', "o'")), properties: optional(document),
  });

const tagFacts: fc.Arbitrary<TagFacts> = fc
  .record({
    status: fc.oneof({ weight: 4, arbitrary: fc.constant('ok' as const) }, statuses),
    value: fc.oneof(numbers.map((valueNumber) => ({ valueNumber })), texts.map((valueText) => ({ valueText })), dates.map((valueDate) => ({ valueDate })), fc.array(texts, { maxLength: 3 }).map((valueList) => ({ valueList })), fc.constant({})),
    band: optional(bands), probability: optional(fc.constantFrom(0, 0.1, 0.3, 1, 0.30000000000000004)), percentile: optional(fc.constantFrom(1, 2, 5)), lift: optional(numbers), expiresAt: optional(dates),
  })
  .map(({ value, ...rest }) => ({ ...rest, ...value }));

/** Customers with their event ids numbered in ingestion order over all of them. */
export function customers(setting: Setting, count: number): fc.Arbitrary<CustomerFacts[]> {
  const today = localDate(setting.asOf, setting.timeZone);
  const one = fc.record({
    attributes: document,
    identities: fc.uniqueArray(fc.constantFrom('phone', "p'?"), { maxLength: 2 }).map((namespaces) => new Set(namespaces)),
    consents: fc.dictionary(fc.constantFrom('scoring', 'marketing', 'training'), fc.constantFrom('granted' as const, 'refused' as const)),
    events: fc.array(events(setting), { maxLength: 12 }),
    tags: fc.tuple(fc.dictionary(fc.constantFrom(...TAGS), tagFacts), fc.subarray(RULES)).map(([tags, carried]) => new Map([
      ...Object.entries(tags), ...carried.map(({ key, rule: { band, expiresOn } }): [string, TagFacts] => [key, { status: 'ok', valueText: band, band, expiresAt: expiresOn }]),
    ])),
    segments: fc.boolean().map((member) => new Map([['vip', member]])),
    stages: fc.uniqueArray(fc.tuple(fc.constantFrom<string | null>(...STAGES, null), offsets), { selector: ([, day]) => day, maxLength: 3 }).map((stages) => stages.map(([stage, day]) => ({ stage, enteredOn: addDays(today, day) }))),
  });
  return fc.array(one, { minLength: count, maxLength: count }).map((all) => {
    let eventId = 0;
    return all.map((customer) => ({ ...customer, events: customer.events.map((event) => ({ ...event, eventId: ++eventId })) }));
  });
}
