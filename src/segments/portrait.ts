/**
 * What a segment is like: its share of every band of every tag, every rule tag and every value of an attribute, beside everybody's, ordered by how much they differ.
 * Customers who refused scoring are on neither side.
 */
import { throwIfCancelled } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { calendarOf } from '../conditions/context.ts';
import { checkNames } from '../conditions/names.ts';
import type { Condition } from '../conditions/schema.ts';
import { sql } from '../conditions/sql/fragment.ts';
import type { Sql } from '../conditions/sql/fragment.ts';
import { planSelection } from '../conditions/sql/plan.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import type { SegmentContext } from './context.ts';

export interface PortraitValue {
  /** Code of a band, value of an attribute, `yes` of a rule tag, or `1` … `5` for the fifth of everybody that a number falls into, lowest first. */
  readonly value: string;
  readonly inSegment: number;
  readonly everybody: number;
  /** Shares of those of whom something is known. */
  readonly segmentShare: number;
  readonly everybodyShare: number;
  /** segmentShare ÷ everybodyShare; null where nobody has the value. */
  readonly lift: number | null;
}

export interface PortraitDimension {
  /** `list`: items of a tag that holds several; a customer may have more than one of them. */
  readonly kind: 'tag' | 'rule' | 'number' | 'list' | 'attribute';
  readonly key: string;
  /** Of numbers: the four edges between the fifths. */
  readonly edges?: readonly number[];
  /** Members and customers of whom it is known. */
  readonly known: { readonly inSegment: number; readonly everybody: number };
  /** Largest share first; of numbers in their order. */
  readonly values: readonly PortraitValue[];
  /** Jensen–Shannon divergence of the two distributions in bits, 0 (alike) to 1 (Lin 1991, eq. 4.1 with equal weights); of lists that of the item that differs most, having it or not. */
  readonly difference: number;
}

export interface Portrait {
  readonly members: number;
  readonly customers: number;
  /** Most different first. */
  readonly dimensions: readonly PortraitDimension[];
}

/** Attributes with more values than this say little about a group, and those with hardly anybody per value name people; both are left out. */
const MOST_VALUES = 50;
const LEAST_PER_VALUE = 5;
/** Below this many members a share is an anecdote. */
export const LEAST_MEMBERS = 20;

const REFUSED = sql`exists (select from consents k where k.customer_id = c.customer_id and k.purpose = 'scoring' and k.state = 'refused')`;

interface CountRow {
  readonly key: string;
  readonly value: string;
  readonly members: number;
  readonly everybody: number;
}

/** Entropy of a share list in bits. */
function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
}

export function jensenShannon(a: readonly number[], b: readonly number[]): number {
  return Math.max(0, entropy(a.map((share, i) => (share + b[i]) / 2)) - (entropy(a) + entropy(b)) / 2);
}

function dimension(kind: PortraitDimension['kind'], key: string, rows: readonly CountRow[], known: { inSegment: number; everybody: number }, edges?: readonly number[]): PortraitDimension {
  const values = rows.map(({ value, members, everybody }): PortraitValue => {
    const segmentShare = members / Math.max(1, known.inSegment);
    const everybodyShare = everybody / Math.max(1, known.everybody);
    return { value, inSegment: members, everybody, segmentShare, everybodyShare, lift: everybodyShare > 0 ? segmentShare / everybodyShare : null };
  });
  // Of a rule tag only the carriers have a row; the rest is what is left.
  const rest = (shares: readonly number[]): number[] => [...shares, Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0))];
  const difference = jensenShannon(rest(values.map(({ segmentShare }) => segmentShare)), rest(values.map(({ everybodyShare }) => everybodyShare)));
  return { kind, key, ...(edges === undefined ? {} : { edges }), known, values: kind === 'number' ? values : values.toSorted((a, b) => b.segmentShare - a.segmentShare || (a.value < b.value ? -1 : 1)), difference };
}

function grouped(kind: 'tag' | 'attribute', rows: readonly CountRow[]): PortraitDimension[] {
  const byKey = new Map<string, CountRow[]>();
  for (const row of rows) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return [...byKey].map(([key, own]) => dimension(kind, key, own, { inSegment: own.reduce((sum, { members }) => sum + members, 0), everybody: own.reduce((sum, { everybody }) => sum + everybody, 0) }));
}

interface ItemRow extends CountRow {
  /** Members and customers who have the tag with any items. */
  readonly known_members: number;
  readonly known_everybody: number;
}

/** Items of lists that enough customers have, the most frequent ones. */
function lists(rows: readonly ItemRow[]): PortraitDimension[] {
  const byKey = new Map<string, ItemRow[]>();
  for (const row of rows) if (row.everybody >= LEAST_PER_VALUE) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return [...byKey].map(([key, own]) => {
    const most = own.toSorted((a, b) => b.everybody - a.everybody || (a.value < b.value ? -1 : 1)).slice(0, MOST_VALUES);
    const made = dimension('list', key, most, { inSegment: most[0].known_members, everybody: most[0].known_everybody });
    return { ...made, difference: Math.max(...made.values.map(({ segmentShare: a, everybodyShare: b }) => jensenShannon([a, 1 - a], [b, 1 - b]))) };
  });
}

interface NumberRow extends CountRow {
  readonly low: number;
}

/** Fifths of everybody; a number that most have in common leaves fewer of them. */
function numbers(rows: readonly NumberRow[]): PortraitDimension[] {
  const byKey = new Map<string, NumberRow[]>();
  for (const row of rows) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return [...byKey].map(([key, own]) => {
    const inOrder = own.toSorted((a, b) => Number(a.value) - Number(b.value));
    const known = { inSegment: own.reduce((sum, { members }) => sum + members, 0), everybody: own.reduce((sum, { everybody }) => sum + everybody, 0) };
    return dimension('number', key, inOrder, known, inOrder.slice(1).map(({ low }) => low));
  });
}

/**
 * The portrait of the customers of a condition.
 * @param exclude keys of tags to leave out: what the condition itself is about is no news
 * @throws AppError `unknown_name`, `cancelled`
 */
export async function portrait(store: Store, condition: Condition, context: SegmentContext, options: { readonly exclude?: readonly string[]; readonly signal?: AbortSignal } = {}): Promise<Portrait> {
  checkNames(condition, context.names);
  const plan = planSelection([condition], context);
  const everybody = sql`everybody as materialized (select c.customer_id, c.attributes, coalesce(${plan.predicates[0]}, false) as member from ${plan.from} where not ${REFUSED})`;
  const { today } = calendarOf(context);
  return store.db.transaction(async (trx) => {
    if (store.dialect === 'postgres') await trx.raw(`select set_config('jit', 'off', true)`);
    const rows = async <Row>(body: Sql): Promise<Row[]> => {
      throwIfCancelled(options.signal, 'The portrait');
      const { sql: text, bindings } = statementOf(sql`with ${everybody} ${body}`);
      return selectRows<Row>(trx, text, [...bindings]);
    };
    const [size] = await rows<{ members: number; customers: number }>(sql`select count(*) filter (where member) as members, count(*) as customers from everybody`);
    const known = { inSegment: size?.members ?? 0, everybody: size?.customers ?? 0 };
    const bands = await rows<CountRow>(sql`select t.tag_key as key, t.band as value, count(*) filter (where e.member) as members, count(*) as everybody
      from everybody e join customer_tags t on t.customer_id = e.customer_id where t.status = 'ok' and t.band is not null group by t.tag_key, t.band`);
    const spread = await rows<NumberRow>(sql`select q.key, q.fifth::text as value, min(q.number) as low, count(*) filter (where q.member) as members, count(*) as everybody
      from (select t.tag_key as key, t.value_number as number, e.member, 1 + floor(5 * (rank() over (partition by t.tag_key order by t.value_number) - 1) / count(*) over (partition by t.tag_key)) as fifth
        from everybody e join customer_tags t on t.customer_id = e.customer_id where t.status = 'ok' and t.band is null and t.value_number is not null) q group by q.key, q.fifth`);
    const items = await rows<ItemRow>(sql`select i.key, i.value, i.members, i.everybody, k.members as known_members, k.everybody as known_everybody
      from (select t.tag_key as key, l.item as value, count(*) filter (where e.member) as members, count(*) as everybody from everybody e join customer_tags t on t.customer_id = e.customer_id
        cross join lateral jsonb_array_elements_text(t.value_list) as l (item) where t.status = 'ok' and t.value_list is not null group by t.tag_key, l.item) i
      join (select t.tag_key as key, count(*) filter (where e.member) as members, count(*) as everybody from everybody e join customer_tags t on t.customer_id = e.customer_id
        where t.status = 'ok' and t.value_list is not null group by t.tag_key) k on k.key = i.key`);
    const rules = await rows<CountRow & { id: number }>(sql`select u.id, 'yes' as value, count(*) filter (where e.member) as members, count(*) as everybody
      from everybody e join customer_rules r on r.customer_id = e.customer_id cross join lateral unnest(r.tag_ids) as u (id) group by u.id`);
    const attributes = await rows<CountRow>(sql`select a.key, a.value, count(*) filter (where e.member) as members, count(*) as everybody
      from everybody e cross join lateral jsonb_each_text(e.attributes) as a (key, value) where a.value <> '' group by a.key, a.value`);
    const ruleDimensions = context.names.tags.flatMap(({ key, rule }) => {
      const own = rules.find(({ id }) => id === rule?.id);
      const fresh = rule !== undefined && rule.evaluatedOn !== null && (rule.expiresOn === null || rule.expiresOn > today);
      return own === undefined || !fresh ? [] : [dimension('rule', key, [{ ...own, key, value: rule.band }], known)];
    });
    const few = grouped('attribute', attributes).filter(({ values, known: some }) => values.length > 1 && values.length <= MOST_VALUES && some.everybody >= LEAST_PER_VALUE * values.length);
    const dimensions = [...grouped('tag', bands), ...numbers(spread), ...lists(items), ...ruleDimensions, ...few].filter(({ kind, key }) => kind === 'attribute' || options.exclude?.includes(key) !== true);
    return { members: known.inSegment, customers: known.everybody, dimensions: dimensions.sort((a, b) => b.difference - a.difference || (a.key < b.key ? -1 : 1)) };
  });
}
