/**
 * Conditions for counting everybody: each leaf as the set of customers for whom it is true, read from the table and the index that it is about, so that a count touches no more than it has to.
 * The general plan (plan.ts) looks at every customer and joins everything to them; this one joins sets. Both select the same customers (test/conditions/sameCustomers.test.ts).
 */
import { calendarOf } from '../context.ts';
import type { Calendar, ConditionContext } from '../context.ts';
import type { ConditionNames } from '../names.ts';
import type { Condition, ConsentLeaf, EventsLeaf, Leaf, SegmentLeaf, StageLeaf, TagLeaf } from '../schema.ts';
import { withSpellings } from '../spellings.ts';
import { holds } from '../values.ts';
import { compareSql, inList, infix, jsonOperand } from './comparison.ts';
import type { Operand } from './comparison.ts';
import { eventsSql, reachOf, scanFilter } from './events.ts';
import { UNKNOWN, and, bindDay, bindFloat, bindInt8, bindNumeric, bindText, join, sql } from './fragment.ts';
import type { Sql } from './fragment.ts';

/** The customers of a SELECT of `customer_id`, each at least once, or everybody but them. */
interface CustomerSet {
  readonly select: Sql;
  readonly others: boolean;
}

type Names = Pick<ConditionNames, 'tags'>;

const of = (select: Sql): CustomerSet => ({ select, others: false });
const butNot = (select: Sql): CustomerSet => ({ select, others: true });

function tagSet(leaf: TagLeaf, { tags }: Names, calendar: Calendar): CustomerSet | undefined {
  const rule = tags.find(({ key }) => key === leaf.tag)?.rule;
  if (rule !== undefined) {
    const fresh = rule.evaluatedOn !== null && (rule.expiresOn === null || rule.expiresOn > calendar.today);
    if (leaf.field !== 'value' && leaf.field !== 'band') return undefined;
    const wanted = compareSql(fresh ? { text: bindText(rule.band) } : {}, leaf, calendar);
    return of(sql`select ru.customer_id from customer_rules ru where ru.tag_ids @> array[${bindInt8(rule.id)}]::int4[] and ${wanted}`);
  }
  if (leaf.field === 'status') return undefined;
  const columns: Readonly<Record<Exclude<TagLeaf['field'], 'status'>, Operand>> = {
    band: { text: sql`t.band` },
    value: { text: sql`t.value_text`, number: sql`t.value_number::float8`, bindNumber: bindFloat, day: sql`t.value_date`, list: sql`t.value_list` },
    probability: { number: sql`t.probability::float8`, bindNumber: bindFloat },
    percentile: { number: sql`t.percentile::float8`, bindNumber: bindFloat },
    lift: { number: sql`t.lift::float8`, bindNumber: bindFloat },
  };
  return of(sql`select t.customer_id from customer_tags t where t.tag_key = ${bindText(leaf.tag)} and t.status = 'ok' and (t.expires_at is null or t.expires_at > ${bindDay(calendar.today)}) and ${compareSql(columns[leaf.field], leaf, calendar)}`);
}

function stageSet(leaf: StageLeaf, calendar: Calendar): CustomerSet {
  const today = bindDay(calendar.today);
  const since = leaf.days === undefined ? sql`true` : infix(sql`${today} - h.entered_on`, leaf.days.op, bindNumeric(leaf.days.value));
  return of(sql`select h.customer_id from lifecycle_history h where ${inList(sql`h.stage`, 'in', leaf.stage.map(bindText))} and h.entered_on <= ${today} and ${since}
    and not exists (select from lifecycle_history later where later.customer_id = h.customer_id and later.entered_on > h.entered_on and later.entered_on <= ${today})`);
}

/** Whether the comparison is true for a customer without any event in its reach; undefined where that is not decided by a number. */
function holdsForNone({ events }: EventsLeaf): boolean {
  return (events.aggregate === 'count' || events.aggregate === 'sum' || events.aggregate === 'distinct') && holds(0, events.op, events.value);
}

function eventsSet(leaf: EventsLeaf, calendar: Calendar): CustomerSet | undefined {
  const reach = reachOf(leaf.events, calendar);
  // A window that begins at another event needs that event beside each one.
  if (reach.span.sinceLast !== undefined) return undefined;
  const holding = eventsSql(leaf.events, (aggregate) => aggregate, () => UNKNOWN, calendar);
  const counted = sql`select e.customer_id from events e where ${scanFilter([reach], calendar)} group by e.customer_id having`;
  return holdsForNone(leaf) ? butNot(sql`${counted} not (${holding})`) : of(sql`${counted} ${holding}`);
}

function consentSet(leaf: ConsentLeaf): CustomerSet {
  const said = (states: readonly string[]): Sql => sql`select k.customer_id from consents k where k.purpose = ${bindText(leaf.consent)} and ${states.length === 0 ? sql`false` : inList(sql`k.state`, 'in', states.map(bindText))}`;
  // Who is not recorded has no row: everybody but those with another word.
  return leaf.in.includes('not_recorded') ? butNot(said((['granted', 'refused'] as const).filter((state) => !leaf.in.includes(state)))) : of(said(leaf.in));
}

function segmentSet(leaf: SegmentLeaf): CustomerSet {
  const members = sql`select m.customer_id from segment_members m join segments x on x.key = m.segment_key and x.live_version = m.version where m.segment_key = ${bindText(leaf.segment)}`;
  // Unknown, and so true for nobody, while the segment has never been built.
  return leaf.op === 'in' ? of(members) : of(sql`select a.customer_id from customers a where exists (select from segments x where x.key = ${bindText(leaf.segment)} and x.live_version is not null) and not exists (select from (${members}) i where i.customer_id = a.customer_id)`);
}

function leafSet(leaf: Exclude<Leaf, { attribute: string } | { sequence: unknown }>, names: Names, calendar: Calendar): CustomerSet | undefined {
  if ('tag' in leaf) return tagSet(leaf, names, calendar);
  if ('stage' in leaf) return stageSet(leaf, calendar);
  if ('events' in leaf) return eventsSet(leaf, calendar);
  if ('consent' in leaf) return consentSet(leaf);
  if ('segment' in leaf) return segmentSet(leaf);
  const named = sql`select n.customer_id from identities n where n.namespace = ${bindText(leaf.identity)}`;
  return leaf.op === 'exists' ? of(named) : butNot(named);
}

/** True of `customers c`, false or NULL otherwise. Undefined where the condition has no such form. */
function member(condition: Condition, names: Names, calendar: Calendar): Sql | undefined {
  if ('not' in condition || 'sequence' in condition) return undefined;
  if ('all' in condition) {
    const parts = condition.all.map((child) => member(child, names, calendar));
    return parts.every((part) => part !== undefined) ? sql`(${and(parts)})` : undefined;
  }
  if ('any' in condition) {
    const parts = condition.any.map((child) => selected(child, names, calendar));
    return parts.every((part) => part !== undefined) ? sql`c.customer_id in (${join(parts, ' union all ')})` : undefined;
  }
  if ('attribute' in condition) return sql`(${compareSql(jsonOperand(sql`c.attributes`, condition.attribute), condition, calendar)})`;
  const set = leafSet(condition, names, calendar);
  if (set === undefined) return undefined;
  // An anti-join and not NOT IN, which the planner cannot turn into one.
  return set.others ? sql`not exists (select from (${set.select}) o where o.customer_id = c.customer_id)` : sql`c.customer_id in (${set.select})`;
}

/** Customers of the whole condition, each at least once. */
function selected(condition: Condition, names: Names, calendar: Calendar): Sql | undefined {
  if (!('all' in condition) && !('any' in condition) && !('not' in condition) && !('sequence' in condition) && !('attribute' in condition)) {
    const set = leafSet(condition, names, calendar);
    if (set?.others === false) return set.select;
  }
  const holding = member(condition, names, calendar);
  return holding === undefined ? undefined : sql`select c.customer_id from customers c where ${holding}`;
}

const looksAtAttributes = (condition: Condition): boolean =>
  'attribute' in condition || ('all' in condition && condition.all.some(looksAtAttributes));

/** The set of a leaf that has each customer once, and only customers who are there. */
function wholeSet(condition: Condition, names: Names, calendar: Calendar): Sql | undefined {
  if (!('tag' in condition) && !('stage' in condition) && !('events' in condition)) return undefined;
  const set = leafSet(condition, names, calendar);
  return set?.others === false ? set.select : undefined;
}

/**
 * A SELECT of `customer_id` that has each selected customer once. It looks at the table of customers only where it must: for attributes, and for who is *not* in a set. Undefined as {@link memberSql} is.
 */
export function selectedIdsSql(asked: Condition, context: ConditionContext & { readonly names: ConditionNames }): Sql | undefined {
  const calendar = calendarOf(context);
  const { names } = context;
  const condition = withSpellings(asked, names.spellings);
  const alone = wholeSet(condition, names, calendar);
  if (alone !== undefined) return alone;
  if ('any' in condition) {
    const parts = condition.any.map((child) => selected(child, names, calendar));
    return parts.every((part) => part !== undefined) ? sql`select distinct u.customer_id from (${join(parts, ' union all ')}) u` : undefined;
  }
  if ('all' in condition && !looksAtAttributes(condition)) {
    const first = condition.all.findIndex((child) => wholeSet(child, names, calendar) !== undefined);
    const base = first < 0 ? undefined : wholeSet(condition.all[first], names, calendar);
    const rest = condition.all.filter((_, i) => i !== first).map((child) => member(child, names, calendar));
    if (base !== undefined) return rest.every((part) => part !== undefined) ? sql`select c.customer_id from (${base}) c where ${and(rest)}` : undefined;
  }
  const holding = member(condition, names, calendar);
  return holding === undefined ? undefined : sql`select c.customer_id from customers c where ${holding}`;
}

/**
 * A predicate on `customers c` that is true exactly for the customers whom the condition selects; NULL and false are the same. Undefined for conditions with `not`, sequences, statuses of tags and
 * windows since another event: those are for the general plan.
 */
export function memberSql(condition: Condition, context: ConditionContext & { readonly names: ConditionNames }): Sql | undefined {
  return member(withSpellings(condition, context.names.spellings), context.names, calendarOf(context));
}
