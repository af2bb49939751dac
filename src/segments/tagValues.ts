/** Tags of many customers at once, as lists and exports show them: what is stale has no value. */
import { AppError } from '../base/errors.ts';
import { calendarOf } from '../conditions/context.ts';
import type { RuleTagName } from '../conditions/names.ts';
import { suggestNames } from '../conditions/suggest.ts';
import type { Store } from '../store/connection.ts';
import { arrayLiteral, selectRows } from '../store/repositories/bulk.ts';
import type { Tag } from '../tags/tag.ts';
import type { SegmentContext } from './context.ts';

/** The part of a tag's envelope that a list shows. */
export type SegmentTag = Pick<Tag, 'status' | 'value' | 'band' | 'probability' | 'percentile' | 'asOf'>;

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

/** @throws AppError `unknown_name` with what may have been meant */
export function checkTagKeys(tags: readonly string[], context: SegmentContext): void {
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
  const rows = await selectRows<{ customer_id: number; tag_ids: number[] }>(store.db, 'SELECT customer_id, tag_ids FROM customer_rules WHERE customer_id = ANY(?::int8[])', [arrayLiteral('int8', ids)]);
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

/** By store id and key; a tag that a customer does not have is left out. */
export async function tagsOf(store: Store, ids: readonly number[], keys: readonly string[], { names, ...context }: SegmentContext): Promise<ReadonlyMap<number, ReadonlyMap<string, SegmentTag>>> {
  const found = new Map<number, Map<string, SegmentTag>>();
  if (ids.length === 0 || keys.length === 0) return found;
  const { today } = calendarOf(context);
  await addRuleTags(store, ids, names.tags.flatMap(({ key, rule }) => (rule !== undefined && keys.includes(key) ? [{ key, rule }] : [])), today, found);
  const rows = await selectRows<TagRow>(
    store.db,
    `SELECT customer_id, tag_key, status, value_number, value_text, value_date, value_list, band, probability, percentile, as_of, expires_at
     FROM customer_tags WHERE customer_id = ANY(?::int8[]) AND tag_key = ANY(?::text[])`, [arrayLiteral('int8', ids), arrayLiteral('text', keys)]);
  for (const row of rows) {
    const tags = found.get(row.customer_id) ?? new Map<string, SegmentTag>();
    found.set(row.customer_id, tags.set(row.tag_key, shownTag(row, today)));
  }
  return found;
}
