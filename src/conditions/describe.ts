/** A condition in plain words, Chinese or English. */
import type { Comparison } from './comparison.ts';
import type { EventAggregate, EventFilter, Window } from './eventLeaf.ts';
import type { Sequence, SequenceStep } from './sequenceLeaf.ts';
import type { ConditionNames, Named } from './names.ts';
import type { AttributeLeaf, Condition, StageLeaf, TagLeaf } from './schema.ts';
import { COLUMN_WORDS, CONSENT_WORDS, EVENT_KIND_WORDS, FIELD_WORDS, OP_WORDS, PURPOSE_WORDS, STATUS_WORDS } from './words.ts';
import type { Language } from './words.ts';
import type { Bilingual } from '../base/text.ts';

export interface DescribeOptions {
  readonly language: Language;
  readonly names: ConditionNames;
}

interface Speaker extends DescribeOptions {
  readonly say: (zh: string, en: string) => string;
  readonly list: (items: readonly string[]) => string;
}

const label = (named: readonly Named[], code: string, { language }: Speaker): string => named.find((item) => item.code === code)?.label[language] ?? code;

function quoted(literal: string | number | boolean, speaker: Speaker): string {
  if (typeof literal === 'boolean') return literal ? speaker.say('是', 'yes') : speaker.say('否', 'no');
  return typeof literal === 'number' ? String(literal) : speaker.say(`“${literal}”`, `“${literal}”`);
}

/** `show` words the literals, e.g. the name of a band for its code. */
function comparisonWords(subject: string, comparison: Comparison, speaker: Speaker, show = (literal: string | number | boolean): string => quoted(literal, speaker)): string {
  const { op } = comparison;
  switch (op) {
    case 'exists': return speaker.say(`${subject}已知`, `${subject} is known`);
    case 'missing': return speaker.say(`${subject}未知`, `${subject} is not known`);
    case 'last_days': return speaker.say(`${subject}在最近${comparison.value}天内`, `${subject} is within the last ${comparison.value} days`);
    case 'next_days': return speaker.say(`${subject}在未来${comparison.value}天内`, `${subject} is within the next ${comparison.value} days`);
    case 'before_last_days': return speaker.say(`${subject}早于${comparison.value}天前`, `${subject} is more than ${comparison.value} days ago`);
    case 'in':
    case 'not_in': return `${subject} ${OP_WORDS[op][speaker.language]} ${speaker.list(comparison.values.map(show))}`;
    case '<':
    case '<=':
    case '>':
    case '>=': return `${subject} ${OP_WORDS[op][speaker.language]} ${String(comparison.value)}`;
    default: return `${subject} ${OP_WORDS[op][speaker.language]} ${show(comparison.value)}`;
  }
}

const kindWord = (kind: string, { language }: Speaker): string => (Object.hasOwn(EVENT_KIND_WORDS, kind) ? EVENT_KIND_WORDS[kind][language] : kind);

function windowWords(window: Window, speaker: Speaker): string {
  if (window === 'all') return '';
  if ('lastDays' in window) return speaker.say(`最近${window.lastDays}天`, ` in the last ${window.lastDays} days`);
  if ('lastWeeks' in window) return speaker.say(`最近${window.lastWeeks}周`, ` in the last ${window.lastWeeks} weeks`);
  if ('lastMonths' in window) return speaker.say(`最近${window.lastMonths}个月`, ` in the last ${window.lastMonths} months`);
  if ('fromDaysAgo' in window) return speaker.say(`${window.fromDaysAgo}天前至${window.toDaysAgo}天前`, ` from ${window.fromDaysAgo} to ${window.toDaysAgo} days ago`);
  if ('sinceLast' in window) return speaker.say(`最近一次${kindWord(window.sinceLast, speaker)}之后`, ` since the last ${kindWord(window.sinceLast, speaker)}`);
  return speaker.say(`${window.from}至${window.to}`, ` from ${window.from} to ${window.to}`);
}

function filterWords(filter: EventFilter, speaker: Speaker): string {
  if ('property' in filter) return comparisonWords(filter.property, filter, speaker);
  const subject = COLUMN_WORDS[filter.column][speaker.language];
  if (filter.column === 'kind') return comparisonWords(subject, filter, speaker, (kind) => kindWord(String(kind), speaker));
  return comparisonWords(subject, filter, speaker);
}

function measureWords(events: EventAggregate, what: string, speaker: Speaker): string {
  const { say } = speaker;
  if (events.aggregate === 'count') return say(`${what}次数`, `${what} count`);
  if (events.aggregate === 'share') {
    const part = events.part.map((filter) => filterWords(filter, speaker)).join(say('且', ' and '));
    return say(`${what}中${part}的占比`, `share of ${what} where ${part}`);
  }
  const source = typeof events.of === 'string' ? COLUMN_WORDS[events.of][speaker.language] : events.of.property;
  if (events.aggregate === 'distinct') return events.of === 'order' ? say(`${what}的订单数`, `number of orders by ${what}`) : say(`${what}的不同${source}数`, `number of different ${source} of ${what}`);
  const words = {
    sum: say(`${what}${source}合计`, `total ${source} of ${what}`),
    avg: say(`${what}平均${source}`, `average ${source} of ${what}`),
    min: say(`${what}最小${source}`, `smallest ${source} of ${what}`),
    max: say(`${what}最大${source}`, `largest ${source} of ${what}`),
    first: say(`首次${what}${source}`, `${source} of the first ${what}`),
    last: say(`最近一次${what}${source}`, `${source} of the last ${what}`),
  };
  return words[events.aggregate];
}

/** "order (channel = app)". */
function selectionWords({ kinds, where = [] }: { readonly kinds?: readonly string[] | undefined; readonly where?: readonly EventFilter[] | undefined }, speaker: Speaker): string {
  const { say } = speaker;
  const filters = where.map((filter) => filterWords(filter, speaker)).join(say('且', ' and '));
  const what = kinds === undefined ? say('任意行为', 'any event') : kinds.map((kind) => kindWord(kind, speaker)).join(say('或', ' or '));
  return `${what}${filters === '' ? '' : say(`（${filters}）`, ` (${filters})`)}`;
}

function stepWords(step: SequenceStep, speaker: Speaker): string {
  const what = selectionWords(step, speaker);
  const time = 'days' in step.within ? speaker.say(`${step.within.days}天内`, `within ${step.within.days} days`) : speaker.say(`${step.within.hours}小时内`, `within ${step.within.hours} hours`);
  return step.absent === true ? speaker.say(`之后${time}没有${what}`, `then no ${what} ${time}`) : speaker.say(`之后${time}${what}`, `then ${what} ${time}`);
}

function sequenceWords({ first, followedBy }: Sequence, speaker: Speaker): string {
  const what = selectionWords(first, speaker);
  const window = windowWords(first.window, speaker);
  return [speaker.say(`${window}${what}`, `${what}${window}`), ...followedBy.map((step) => stepWords(step, speaker))].join(speaker.say('，', ', '));
}

function eventsWords(events: EventAggregate, speaker: Speaker): string {
  const { say } = speaker;
  const plainOrders = events.aggregate === 'distinct' && events.of === 'order' && events.kinds?.length === 1 && events.kinds[0] === 'order' && (events.where ?? []).length === 0;
  const what = selectionWords(events, speaker);
  const window = windowWords(events.window, speaker);
  const measure = plainOrders ? say('订单数', 'number of orders') : measureWords(events, what, speaker);
  return comparisonWords(say(`${window}${measure}`, `${measure}${window}`), events, speaker);
}

function tagWords(leaf: TagLeaf, speaker: Speaker): string {
  const tag = speaker.names.tags.find(({ key }) => key === leaf.tag);
  const name = tag?.label[speaker.language] ?? leaf.tag;
  const field = FIELD_WORDS[leaf.field][speaker.language];
  // "Churn probability, 90 days" needs no second "probability".
  const subject = leaf.field === 'probability' && /概率|probability/i.test(name) ? name : `${name}${field}`;
  if (leaf.field === 'status') return comparisonWords(subject, leaf, speaker, (status) => STATUS_WORDS[status as 'ok'][speaker.language]);
  return comparisonWords(subject, leaf, speaker, (literal) => (typeof literal === 'string' && (tag?.bands ?? []).some(({ code }) => code === literal) ? label(tag?.bands ?? [], literal, speaker) : quoted(literal, speaker)));
}

function stageWords(leaf: StageLeaf, speaker: Speaker): string {
  const stages = speaker.list(leaf.stage.map((code) => label(speaker.names.stages, code, speaker)));
  const place = speaker.say(`处于${stages}阶段`, `in stage ${stages}`);
  return leaf.days === undefined ? place : comparisonWords(speaker.say(`${place}的天数`, `days ${place}`), leaf.days, speaker);
}

function attributeWords(leaf: AttributeLeaf, speaker: Speaker): string {
  const words = speaker.names.attributes;
  const subject = words !== undefined && Object.hasOwn(words, leaf.attribute) ? words[leaf.attribute][speaker.language] : leaf.attribute;
  return comparisonWords(subject, leaf, speaker);
}

function nodeWords(condition: Condition, speaker: Speaker, inside: boolean): string {
  const { say } = speaker;
  const group = (children: readonly Condition[], separator: string): string => {
    const words = children.map((child) => nodeWords(child, speaker, children.length > 1)).join(separator);
    return inside && children.length > 1 ? say(`（${words}）`, `(${words})`) : words;
  };
  if ('all' in condition) return group(condition.all, say('，且', ', and '));
  if ('any' in condition) return group(condition.any, say('，或', ', or '));
  if ('not' in condition) return say(`不满足（${nodeWords(condition.not, speaker, false)}）`, `not (${nodeWords(condition.not, speaker, false)})`);
  if ('attribute' in condition) return attributeWords(condition, speaker);
  if ('events' in condition) return eventsWords(condition.events, speaker);
  if ('sequence' in condition) return `${say('（', '(')}${sequenceWords(condition.sequence, speaker)}${say('）', ')')}`;
  if ('segment' in condition) {
    const name = speaker.names.segments?.find(({ key }) => key === condition.segment)?.label[speaker.language] ?? condition.segment;
    return condition.op === 'in' ? say(`属于人群“${name}”`, `in segment “${name}”`) : say(`不属于人群“${name}”`, `not in segment “${name}”`);
  }
  if ('tag' in condition) return tagWords(condition, speaker);
  if ('stage' in condition) return stageWords(condition, speaker);
  if ('consent' in condition) {
    const states = speaker.list(condition.in.map((state) => CONSENT_WORDS[state][speaker.language]));
    return say(`${PURPOSE_WORDS[condition.consent].zh}授权${states}`, `consent to ${PURPOSE_WORDS[condition.consent].en} is ${states}`);
  }
  return condition.op === 'exists' ? say(`${condition.identity}已知`, `${condition.identity} is known`) : say(`${condition.identity}未知`, `${condition.identity} is not known`);
}

/** One sentence without a full stop. */
export function describeCondition(condition: Condition, options: DescribeOptions): string {
  const say = (zh: string, en: string): string => (options.language === 'zh' ? zh : en);
  return nodeWords(condition, { ...options, say, list: (items) => items.join(say('、', ', ')) }, false);
}

/** The condition in words of both languages. */
export function describeInBoth(condition: Condition, names: ConditionNames): Bilingual {
  return { zh: describeCondition(condition, { language: 'zh', names }), en: describeCondition(condition, { language: 'en', names }) };
}
