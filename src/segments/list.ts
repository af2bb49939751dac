/** The customers that a condition selects, in pages by store id, with the tags that are asked for. */
import { AppError } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { calendarOf } from '../conditions/context.ts';
import { checkNames } from '../conditions/names.ts';
import type { RuleTagName } from '../conditions/names.ts';
import type { Condition } from '../conditions/schema.ts';
import { bindInt8, sql } from '../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../conditions/sql/plan.ts';
import { suggestNames } from '../conditions/suggest.ts';
import type { Store } from '../store/connection.ts';
import type { Tag } from '../tags/tag.ts';
import { OPTED_OUT } from './consent.ts';
import { customerRanges, windowSize } from './context.ts';
import type { SegmentContext, SegmentOptions } from './context.ts';
import { checkPage } from './page.ts';
import type { PageOptions } from './page.ts';
import { startRunner } from './run.ts';

/** The part of a tag's envelope that a list shows. */
export type SegmentTag = Pick<Tag, 'status' | 'value' | 'band' | 'probability' | 'percentile' | 'asOf'>;

export interface SegmentRow {
  /** Store id; the cursor of the next page is the last one of a page. */
  readonly customerId: number;
  readonly externalId: string;
  /** By key, each key that was asked for; null where the customer has no such tag. */
  readonly tags: Readonly<Record<string, SegmentTag | null>>;
}

export interface SegmentPage {
  readonly rows: readonly SegmentRow[];
  /** `after` of the next page; null on the last one. */
  readonly next: number | null;
}

export interface ListOptions extends SegmentOptions, PageOptions {
  /** Keys of the tags to show, at most 20. */
  readonly tags?: readonly string[];
}

const MAX_TAGS = 20;
const FIRST_WINDOW = 10_000;

interface TagRow {
  customer_id: number;
  tag_key: string;
  status: Tag['status'];
  value_number: number | null;
  value_text: string | null;
  value_date: string | null;
  value_list: string[] | null;
  band: string | null;
  probability: number | null;
  percentile: number | null;
  as_of: string;
  expires_at: string | null;
}

function checkTags(tags: readonly string[], context: SegmentContext): void {
  if (tags.length > MAX_TAGS) throw new AppError('invalid_input', `A list shows at most ${MAX_TAGS} tags, and ${tags.length} were asked for.`, { hint: 'Ask for fewer tags.' });
  const known = context.names.tags.map(({ key }) => key);
  for (const key of tags) {
    if (known.includes(key)) continue;
    const suggestions = suggestNames(key, known);
    throw new AppError('unknown_name', `There is no tag "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'Run `tagcast tags list`.' });
  }
}

function shownTag(row: TagRow, today: string): SegmentTag {
  const stale = row.status === 'ok' && row.expires_at !== null && row.expires_at <= today;
  if (stale) return { status: 'stale', value: null, band: null, probability: null, percentile: null, asOf: row.as_of };
  return { status: row.status, value: row.value_number ?? row.value_text ?? row.value_date ?? row.value_list, band: row.band, probability: row.probability, percentile: row.percentile, asOf: row.as_of };
}

/** Rule tags share one row per customer. */
async function addRuleTags(store: Store, ids: readonly number[], rules: readonly { readonly key: string; readonly rule: RuleTagName }[], today: string, found: Map<number, Map<string, SegmentTag>>): Promise<void> {
  if (rules.length === 0) return;
  const rows = (await store.db('customer_rules').select('customer_id', 'tag_ids').whereIn('customer_id', ids)) as { customer_id: number; tag_ids: number[] }[];
  for (const { customer_id, tag_ids } of rows) {
    const tags = found.get(customer_id) ?? new Map<string, SegmentTag>();
    for (const { key, rule } of rules) {
      if (!tag_ids.includes(rule.id)) continue;
      const stale = rule.expiresOn !== null && rule.expiresOn <= today;
      tags.set(key, { status: stale ? 'stale' : 'ok', value: stale ? null : rule.band, band: stale ? null : rule.band, probability: null, percentile: null, asOf: rule.evaluatedOn ?? today });
    }
    found.set(customer_id, tags);
  }
}

async function tagsOf(store: Store, ids: readonly number[], keys: readonly string[], { names, ...context }: SegmentContext): Promise<ReadonlyMap<number, ReadonlyMap<string, SegmentTag>>> {
  const found = new Map<number, Map<string, SegmentTag>>();
  if (ids.length === 0 || keys.length === 0) return found;
  const { today } = calendarOf(context);
  await addRuleTags(store, ids, names.tags.flatMap(({ key, rule }) => (rule !== undefined && keys.includes(key) ? [{ key, rule }] : [])), today, found);
  const rows = (await store
    .db('customer_tags')
    .select('customer_id', 'tag_key', 'status', 'value_number', 'value_text', 'value_date', 'value_list', 'band', 'probability', 'percentile', 'as_of', 'expires_at')
    .whereIn('customer_id', ids)
    .whereIn('tag_key', keys)) as TagRow[];
  for (const row of rows) {
    const tags = found.get(row.customer_id) ?? new Map<string, SegmentTag>();
    found.set(row.customer_id, tags.set(row.tag_key, shownTag(row, today)));
  }
  return found;
}

/**
 * One page in order of store id. Customers that refused scoring or marketing are never in it.
 * @throws AppError `invalid_input`, `unknown_name`, `store_unavailable` past the time limit, `cancelled`.
 */
export async function listSegment(store: Store, condition: Condition, context: SegmentContext, options: ListOptions): Promise<SegmentPage> {
  checkNames(condition, context.names);
  checkPage(options);
  const { limit, after = 0, tags: keys = [] } = options;
  checkTags(keys, context);
  const runner = startRunner(store, options);
  const found: { customer_id: number; external_id: string }[] = [];
  for await (const range of customerRanges(store, windowSize(store, options), after, FIRST_WINDOW)) {
    const plan = planSelection([condition], context, range);
    found.push(
      ...(await runner.rows<{ customer_id: number; external_id: string }>(
        statementOf(sql`select c.customer_id, c.external_id from ${plan.from} where ${rangeSql(range)} and ${plan.predicates[0]} and not ${OPTED_OUT} order by c.customer_id limit ${bindInt8(limit + 1 - found.length)}`),
      )),
    );
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  const tags = await tagsOf(store, page.map(({ customer_id }) => customer_id), keys, context);
  return {
    rows: page.map(({ customer_id, external_id }) => ({
      customerId: customer_id,
      externalId: external_id,
      tags: Object.fromEntries(keys.map((key) => [key, tags.get(customer_id)?.get(key) ?? null])),
    })),
    next: found.length > limit ? (page.at(-1)?.customer_id ?? null) : null,
  };
}
