/** The customers that a condition selects, in pages by store id, with the tags that are asked for. */
import { AppError } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { checkNames } from '../conditions/names.ts';
import type { Condition } from '../conditions/schema.ts';
import { bindInt8, sql } from '../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../conditions/sql/plan.ts';
import type { Store } from '../store/connection.ts';
import { OPTED_OUT } from './consent.ts';
import { customerRanges, windowSize } from './context.ts';
import type { SegmentContext, SegmentOptions } from './context.ts';
import { checkPage } from './page.ts';
import type { PageOptions } from './page.ts';
import { startRunner } from './run.ts';
import { checkTagKeys, tagsOf } from './tagValues.ts';
import type { SegmentTag } from './tagValues.ts';

export type { SegmentTag } from './tagValues.ts';

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

function checkTags(tags: readonly string[], context: SegmentContext): void {
  if (tags.length > MAX_TAGS) throw new AppError('invalid_input', `A list shows at most ${MAX_TAGS} tags, and ${tags.length} were asked for.`, { hint: 'Ask for fewer tags.' });
  checkTagKeys(tags, context);
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
