/**
 * Conditions to one set-based query: customers, left-joined with one aggregate row per customer of a single scan of the events, and with
 * the tags, stage, consents and identities that are asked for. Several conditions share the scan and equal aggregates.
 */
import { calendarOf } from '../context.ts';
import type { Calendar, ConditionContext } from '../context.ts';
import type { ConditionNames, RuleTagName } from '../names.ts';
import type { Condition, ConsentLeaf, IdentityLeaf, Leaf, SegmentLeaf, StageLeaf, TagLeaf } from '../schema.ts';
import { compareSql, inList, infix, jsonOperand } from './comparison.ts';
import { eventsSql, reachOf, scanFilter } from './events.ts';
import type { Reach } from './events.ts';
import { NOTHING, UNKNOWN, alias, and, bindDay, bindFloat, bindInstant, bindInt8, bindInt8s, bindNumeric, bindText, join, sql } from './fragment.ts';
import type { Sql } from './fragment.ts';
import { withSpellings } from '../spellings.ts';
import { sequenceSql } from './sequence.ts';

/** Which customers are looked at: a range of store ids, both included, or just these ids. */
export type CustomerRange = { readonly from: number; readonly to: number } | { readonly ids: readonly number[] };

/** Where the rule tags of a customer stand: published ones, or those that a run has staged over them. */
export interface RuleSource {
  readonly stagedBy?: number;
}

/** Different sets of kinds that get a scan of their own; the rest share one over all their events. */
const MOST_SCANS = 8;

/** `from` follows the word FROM and names `customers c`; each predicate is true, false or NULL for one customer. */
export interface SelectionPlan {
  readonly from: Sql;
  readonly predicates: readonly Sql[];
}

/** Keeps pieces apart by text and values, and numbers them. */
function registry<Item>(): { readonly items: Item[]; has(key: string): boolean; indexOf(key: string, make: () => Item): number } {
  const items: Item[] = [];
  const seen = new Map<string, number>();
  return {
    items,
    has: (key) => seen.has(key),
    indexOf(key, make) {
      const known = seen.get(key);
      if (known !== undefined) return known;
      seen.set(key, items.length);
      items.push(make());
      return items.length - 1;
    },
  };
}

/** One pass over the events of some kinds, and the aggregates that are read from it. */
interface Scan {
  readonly slots: ReturnType<typeof registry<Sql>>;
  readonly reaches: Reach[];
  /** Kinds whose last event opens a window. */
  readonly lasts: ReturnType<typeof registry<string>>;
}

interface Sources {
  readonly calendar: Calendar;
  readonly names: ConditionNames;
  /** By the kinds that an aggregate looks at: orders are few and page views are many, and an aggregate of orders should not see the views. */
  readonly scans: ReturnType<typeof registry<Scan>>;
  readonly tags: ReturnType<typeof registry<string>>;
  readonly consents: ReturnType<typeof registry<string>>;
  readonly identities: ReturnType<typeof registry<string>>;
  readonly segments: ReturnType<typeof registry<string>>;
  stage: boolean;
  rules: boolean;
}

/** The shared scan's key; no set of kinds reads like it. */
const EVERYTHING = '*';

function scanFor(kinds: readonly string[] | undefined, sources: Sources): { readonly scan: Scan; readonly index: number } {
  const wanted = kinds === undefined ? EVERYTHING : [...kinds].sort().join('|');
  const key = sources.scans.has(wanted) || sources.scans.items.length < MOST_SCANS - 1 ? wanted : EVERYTHING;
  const index = sources.scans.indexOf(key, () => ({ slots: registry<Sql>(), reaches: [], lasts: registry<string>() }));
  return { scan: sources.scans.items[index], index };
}

/** A rule tag: true, or not there. It lives as one number in the customer's row, and turns stale for everybody on the same day. */
function ruleSql(leaf: TagLeaf, rule: RuleTagName, sources: Sources): Sql {
  const { calendar } = sources;
  sources.rules = true;
  const carried = sql`ru.tag_ids @> array[${bindInt8(rule.id)}]::int4[]`;
  const fresh = rule.evaluatedOn !== null && (rule.expiresOn === null || rule.expiresOn > calendar.today);
  if (leaf.field === 'status') return inList(sql`case when ${carried} then ${bindText(fresh ? 'ok' : 'stale')} else 'absent' end`, leaf.op, leaf.values.map(bindText));
  if (leaf.field !== 'value' && leaf.field !== 'band') return UNKNOWN;
  return compareSql(fresh ? { text: sql`case when ${carried} then ${bindText(rule.band)} end` } : {}, leaf, calendar);
}

function tagSql(leaf: TagLeaf, sources: Sources): Sql {
  const { calendar } = sources;
  const rule = sources.names.tags.find(({ key }) => key === leaf.tag)?.rule;
  if (rule !== undefined) return ruleSql(leaf, rule, sources);
  const t = alias('t', sources.tags.indexOf(leaf.tag, () => leaf.tag));
  const today = bindDay(calendar.today);
  if (leaf.field === 'status') {
    const status = sql`case when ${t}.customer_id is null then 'absent' when ${t}.status = 'ok' and ${t}.expires_at <= ${today} then 'stale' else ${t}.status end`;
    return inList(status, leaf.op, leaf.values.map(bindText));
  }
  const live = (column: Sql): Sql => sql`case when ${t}.status = 'ok' and (${t}.expires_at is null or ${t}.expires_at > ${today}) then ${column} end`;
  if (leaf.field === 'band') return compareSql({ text: live(sql`${t}.band`) }, leaf, calendar);
  if (leaf.field === 'value') {
    return compareSql(
      { text: live(sql`${t}.value_text`), number: live(sql`${t}.value_number::float8`), bindNumber: bindFloat, day: live(sql`${t}.value_date`), list: live(sql`${t}.value_list`) },
      leaf,
      calendar,
    );
  }
  const columns = { probability: sql`${t}.probability::float8`, percentile: sql`${t}.percentile::float8`, lift: sql`${t}.lift::float8` };
  return compareSql({ number: live(columns[leaf.field]), bindNumber: bindFloat }, leaf, calendar);
}

function stageSql(leaf: StageLeaf, sources: Sources): Sql {
  sources.stage = true;
  const parts = [inList(sql`st.stage`, 'in', leaf.stage.map(bindText))];
  if (leaf.days !== undefined) parts.push(infix(sql`${bindDay(sources.calendar.today)} - st.entered_on`, leaf.days.op, bindNumeric(leaf.days.value)));
  return sql`(${and(parts)})`;
}

function consentSql(leaf: ConsentLeaf, sources: Sources): Sql {
  const k = alias('k', sources.consents.indexOf(leaf.consent, () => leaf.consent));
  return inList(sql`coalesce(${k}.state, 'not_recorded')`, 'in', leaf.in.map(bindText));
}

function identitySql(leaf: IdentityLeaf, sources: Sources): Sql {
  const i = alias('i', sources.identities.indexOf(leaf.identity, () => leaf.identity));
  return leaf.op === 'exists' ? sql`${i}.customer_id is not null` : sql`${i}.customer_id is null`;
}

function segmentSql(leaf: SegmentLeaf, sources: Sources): Sql {
  const g = alias('g', sources.segments.indexOf(leaf.segment, () => leaf.segment));
  const member = leaf.op === 'in' ? sql`${g}.customer_id is not null` : sql`${g}.customer_id is null`;
  return sql`case when exists (select from segments x where x.key = ${bindText(leaf.segment)} and x.live_version is not null) then ${member} end`;
}

function leafSql(leaf: Leaf, sources: Sources): Sql {
  if ('attribute' in leaf) return compareSql(jsonOperand(sql`c.attributes`, leaf.attribute), leaf, sources.calendar);
  if ('tag' in leaf) return tagSql(leaf, sources);
  if ('stage' in leaf) return stageSql(leaf, sources);
  if ('consent' in leaf) return consentSql(leaf, sources);
  if ('identity' in leaf) return identitySql(leaf, sources);
  if ('segment' in leaf) return segmentSql(leaf, sources);
  if ('sequence' in leaf) return sequenceSql(leaf.sequence, sources.calendar);
  const { scan, index } = scanFor(leaf.events.kinds, sources);
  scan.reaches.push(reachOf(leaf.events, sources.calendar));
  const slot = (aggregate: Sql): Sql => sql`${alias('ev', index)}.${alias('a', scan.slots.indexOf(JSON.stringify([aggregate.text, aggregate.bindings]), () => aggregate))}`;
  const lastOf = (kind: string): Sql => sql`${alias('l', scan.lasts.indexOf(kind, () => kind))}.at`;
  return eventsSql(leaf.events, slot, lastOf, sources.calendar);
}

function conditionSql(condition: Condition, sources: Sources): Sql {
  if ('all' in condition) return sql`(${join(condition.all.map((child) => conditionSql(child, sources)), ' and ')})`;
  if ('any' in condition) return sql`(${join(condition.any.map((child) => conditionSql(child, sources)), ' or ')})`;
  if ('not' in condition) return sql`(not ${conditionSql(condition.not, sources)})`;
  return sql`(${leafSql(condition, sources)})`;
}

function within(column: Sql, range: CustomerRange | undefined): Sql {
  return range === undefined ? NOTHING : sql` and ${oneOf(column, range)}`;
}

function oneOf(column: Sql, range: CustomerRange): Sql {
  return 'ids' in range ? sql`${column} = any (${bindInt8s(range.ids)})` : sql`${column} between ${bindInt8(range.from)} and ${bindInt8(range.to)}`;
}

function scanSql({ slots, reaches, lasts }: Scan, ev: Sql, calendar: Calendar, range: CustomerRange | undefined): Sql {
  const columns = slots.items.map((aggregate, i) => sql`${aggregate} as ${alias('a', i)}`);
  const marks = lasts.items.map((kind, i) => {
    const l = alias('l', i);
    return sql`left join (select e.customer_id, max(e.occurred_at) as at from events e where e.kind = ${bindText(kind)} and e.occurred_at < ${bindInstant(calendar.asOf)}${within(sql`e.customer_id`, range)} group by e.customer_id) ${l} on ${l}.customer_id = e.customer_id`;
  });
  return sql`left join (select e.customer_id, ${join(columns, ', ')} from ${join([sql`events e`, ...marks], ' ')} where ${scanFilter(reaches, calendar)}${within(sql`e.customer_id`, range)} group by e.customer_id) ${ev} on ${ev}.customer_id = c.customer_id`;
}

function fromSql(sources: Sources, range: CustomerRange | undefined, source: RuleSource): Sql {
  const { calendar, scans, tags, consents, identities, segments } = sources;
  const parts = [sql`customers c`, ...scans.items.map((scan, i) => scanSql(scan, alias('ev', i), calendar, range))];
  if (sources.rules) {
    if (source.stagedBy === undefined) parts.push(sql`left join customer_rules ru on ru.customer_id = c.customer_id`);
    else parts.push(sql`left join customer_rules rp on rp.customer_id = c.customer_id left join staged_rules rs on rs.run_id = ${bindInt8(source.stagedBy)} and rs.customer_id = c.customer_id left join lateral (select coalesce(rs.tag_ids, rp.tag_ids) as tag_ids) ru on true`);
  }
  for (const [i, key] of tags.items.entries()) {
    const t = alias('t', i);
    parts.push(sql`left join customer_tags ${t} on ${t}.customer_id = c.customer_id and ${t}.tag_key = ${bindText(key)}`);
  }
  if (sources.stage) {
    parts.push(sql`left join (select distinct on (h.customer_id) h.customer_id, h.stage, case when h.stage is not null then h.entered_on end as entered_on from lifecycle_history h where h.entered_on <= ${bindDay(calendar.today)}${within(sql`h.customer_id`, range)} order by h.customer_id, h.entered_on desc) st on st.customer_id = c.customer_id`);
  }
  for (const [i, purpose] of consents.items.entries()) {
    const k = alias('k', i);
    parts.push(sql`left join consents ${k} on ${k}.customer_id = c.customer_id and ${k}.purpose = ${bindText(purpose)}`);
  }
  for (const [i, namespace] of identities.items.entries()) {
    const id = alias('i', i);
    parts.push(sql`left join (select distinct n.customer_id from identities n where n.namespace = ${bindText(namespace)}${within(sql`n.customer_id`, range)}) ${id} on ${id}.customer_id = c.customer_id`);
  }
  for (const [i, key] of segments.items.entries()) {
    const g = alias('g', i);
    parts.push(sql`left join (select m.customer_id from segments x join segment_members m on m.segment_key = x.key and m.version = x.live_version where x.key = ${bindText(key)}) ${g} on ${g}.customer_id = c.customer_id`);
  }
  return join(parts, ' ');
}

/** Plans conditions over the customers of `range` (absent: all). The caller restricts `c.customer_id` itself with {@link rangeSql}. */
export function planSelection(conditions: readonly Condition[], context: ConditionContext & { readonly names: ConditionNames }, range?: CustomerRange, source: RuleSource = {}): SelectionPlan {
  const sources: Sources = { calendar: calendarOf(context), names: context.names, scans: registry(), tags: registry(), consents: registry(), identities: registry(), segments: registry(), stage: false, rules: false };
  const predicates = conditions.map((condition) => conditionSql(withSpellings(condition, context.names.spellings), sources));
  return { from: fromSql(sources, range, source), predicates };
}

/** The range as a predicate on `customers c`; true where it is absent. */
export function rangeSql(range: CustomerRange | undefined): Sql {
  return range === undefined ? sql`true` : oneOf(sql`c.customer_id`, range);
}
