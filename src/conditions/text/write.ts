/** A condition in the text form. Reading it again gives the same condition (an empty list of filters is left out). */
import { plainDecimal } from '../decimal.ts';
import type { Comparison } from '../comparison.ts';
import type { EventAggregate, EventFilter, Window } from '../eventLeaf.ts';
import type { Condition, Leaf } from '../schema.ts';
import type { Sequence } from '../sequenceLeaf.ts';

const WORD = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** Words that would be read as something else where a value stands. */
const TAKEN = new Set(['true', 'false']);

const key = (name: string): string => (WORD.test(name) ? name : JSON.stringify(name));

function literal(value: string | number | boolean, bare: boolean): string {
  if (typeof value === 'number') return plainDecimal(value);
  if (typeof value === 'boolean') return String(value);
  return bare && WORD.test(value) && !TAKEN.has(value) ? value : JSON.stringify(value);
}

/** `bare`: texts are codes of a closed list and need no quotes. */
function comparison(one: Comparison, bare = false): string {
  const { op } = one;
  switch (op) {
    case 'in':
    case 'not_in': return `${op === 'in' ? 'in' : 'not in'} (${one.values.map((value) => literal(value, bare)).join(', ')})`;
    case 'contains':
    case 'has': return `${op} ${literal(one.value, false)}`;
    case 'starts_with': return `starts with ${literal(one.value, false)}`;
    case 'last_days': return `within last ${one.value} days`;
    case 'next_days': return `within next ${one.value} days`;
    case 'before_last_days': return `more than ${one.value} days ago`;
    case 'exists':
    case 'missing': return op;
    case '=':
    case '!=': return `${op} ${literal(one.value, bare)}`;
    // With an order operator a text is a day.
    default: return `${op} ${typeof one.value === 'number' ? plainDecimal(one.value) : one.value}`;
  }
}

function windowText(window: Window): string {
  if (window === 'all') return '';
  if ('lastDays' in window) return ` last ${window.lastDays} days`;
  if ('lastWeeks' in window) return ` last ${window.lastWeeks} weeks`;
  if ('lastMonths' in window) return ` last ${window.lastMonths} months`;
  if ('fromDaysAgo' in window) return ` from ${window.fromDaysAgo} to ${window.toDaysAgo} days ago`;
  return 'sinceLast' in window ? ` since last ${window.sinceLast}` : ` from ${window.from} to ${window.to}`;
}

function filters(word: 'where' | 'that', list: readonly EventFilter[] | undefined): string {
  if (list === undefined || list.length === 0) return '';
  const parts = list.map((filter) => ('property' in filter ? `properties.${key(filter.property)} ${comparison(filter)}` : `${filter.column} ${comparison(filter, filter.column === 'kind')}`));
  return ` ${word} ${parts.join(' and ')}`;
}

const kindsText = (kinds: readonly string[] | undefined): string => (kinds === undefined ? '*' : kinds.join('|'));

function eventsText(events: EventAggregate): string {
  const { aggregate, kinds, where = [], window } = events;
  const of = 'of' in events ? events.of : undefined;
  const tail = `${windowText(window)} ${comparison(events)}`;
  if (aggregate === 'distinct' && of === 'order' && kinds?.length === 1 && kinds[0] === 'order' && where.length === 0) return `orders${tail}`;
  const source = of === undefined ? '' : typeof of === 'string' ? `.${of}` : `.properties.${key(of.property)}`;
  return `${aggregate}(${kindsText(kinds)}${source}${filters('where', where)}${'part' in events ? filters('that', events.part) : ''})${tail}`;
}

function sequenceText({ first, followedBy }: Sequence): string {
  const steps = followedBy.map(({ absent, kinds, where, within }) => {
    const time = 'days' in within ? `${within.days} days` : `${within.hours} hours`;
    return ` then ${absent === true ? 'no ' : ''}${kindsText(kinds)}${filters('where', where)} within ${time}`;
  });
  return `sequence(${kindsText(first.kinds)}${filters('where', first.where)}${windowText(first.window)}${steps.join('')})`;
}

function leafText(leaf: Leaf): string {
  if ('attribute' in leaf) return `attr.${key(leaf.attribute)} ${comparison(leaf)}`;
  if ('events' in leaf) return eventsText(leaf.events);
  if ('sequence' in leaf) return sequenceText(leaf.sequence);
  if ('tag' in leaf) return `tag.${leaf.tag}.${leaf.field} ${comparison(leaf, leaf.field === 'band' || leaf.field === 'status')}`;
  if ('stage' in leaf) return `stage in (${leaf.stage.join(', ')})${leaf.days === undefined ? '' : ` for ${comparison(leaf.days)} days`}`;
  if ('consent' in leaf) return `consent.${leaf.consent} in (${leaf.in.join(', ')})`;
  if ('segment' in leaf) return `${leaf.op === 'in' ? '' : 'outside '}segment.${leaf.segment}`;
  return `identity.${key(leaf.identity)} ${leaf.op}`;
}

function nodeText(condition: Condition, inside: boolean): string {
  if ('not' in condition) return `not ${nodeText(condition.not, true)}`;
  const group = 'all' in condition ? { word: 'and', name: 'all', children: condition.all } : 'any' in condition ? { word: 'or', name: 'any', children: condition.any } : undefined;
  if (group === undefined) return leafText(condition as Leaf);
  // A group of one has no word to stand between its parts.
  if (group.children.length === 1) return `${group.name}(${nodeText(group.children[0], false)})`;
  const text = group.children.map((child) => nodeText(child, true)).join(` ${group.word} `);
  return inside ? `(${text})` : text;
}

export function writeCondition(condition: Condition): string {
  return nodeText(condition, false);
}
