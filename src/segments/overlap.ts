/** How saved segments lie over each other: every combination that occurs, and every pair. Customers who refused scoring or marketing are not counted, as they are not listed. */
import { AppError } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { bindInt8, bindText, join, sql } from '../conditions/sql/fragment.ts';
import type { Bilingual } from '../base/text.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { OPTED_OUT } from './consent.ts';
import { builtSegment } from './members.ts';

export interface OverlapSegment {
  readonly key: string;
  readonly label: Bilingual;
  /** Build that was looked at. */
  readonly version: number;
  readonly members: number;
}

export interface Combination {
  readonly segments: readonly string[];
  /** Customers in these segments and in no other one of the question. */
  readonly only: number;
  /** Customers in these segments, whatever else they are in. */
  readonly all: number;
}

export interface OverlapPair {
  readonly a: string;
  readonly b: string;
  readonly both: number;
  /** both ÷ customers in either (Jaccard); null where both are empty. */
  readonly jaccard: number | null;
  /** both ÷ members of a, and of b. */
  readonly shareOfA: number | null;
  readonly shareOfB: number | null;
}

export interface Overlap {
  readonly segments: readonly OverlapSegment[];
  /** Customers in at least one. */
  readonly customers: number;
  /** Those that occur, most customers first. */
  readonly combinations: readonly Combination[];
  readonly pairs: readonly OverlapPair[];
}

export const MOST_OVERLAPPING = 8;

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** What the counts by combination say. @param masks bit i is segment i; each combination once */
export function overlapOf(segments: readonly Omit<OverlapSegment, 'members'>[], masks: readonly { readonly mask: number; readonly customers: number }[]): Overlap {
  const within = (wanted: number): number => masks.reduce((sum, { mask, customers }) => ((mask & wanted) === wanted ? sum + customers : sum), 0);
  const counted = segments.map((segment, i) => ({ ...segment, members: within(1 << i) }));
  const pairs = counted.flatMap((a, i) => counted.slice(i + 1).map((b, k): OverlapPair => {
    const both = within((1 << i) | (1 << (i + 1 + k)));
    return { a: a.key, b: b.key, both, jaccard: share(both, a.members + b.members - both), shareOfA: share(both, a.members), shareOfB: share(both, b.members) };
  }));
  const combinations = masks.map(({ mask, customers }): Combination => ({ segments: segments.filter((_, i) => (mask & (1 << i)) !== 0).map(({ key }) => key), only: customers, all: within(mask) }));
  return {
    segments: counted, customers: masks.reduce((sum, { customers }) => sum + customers, 0), pairs,
    combinations: combinations.sort((a, b) => b.only - a.only || a.segments.length - b.segments.length || (a.segments.join() < b.segments.join() ? -1 : 1)),
  };
}

/**
 * Of the members of the last builds, in one pass over them.
 * @param keys 2 to {@link MOST_OVERLAPPING} segments, each once
 * @throws AppError `invalid_input`; `not_found`, also for a segment that has never been built
 */
export async function overlap(store: Store, keys: readonly string[]): Promise<Overlap> {
  if (keys.length < 2 || keys.length > MOST_OVERLAPPING || new Set(keys).size < keys.length) {
    throw new AppError('invalid_input', `An overlap is of 2 to ${MOST_OVERLAPPING} different segments, and ${keys.length} were named.`, { hint: 'For example `tagcast segment overlap rescue regulars`.' });
  }
  const segments = await Promise.all(keys.map(async (key) => {
    const { label, liveVersion } = await builtSegment(store, key);
    return { key, label, version: liveVersion };
  }));
  const wanted = join(segments.map(({ key, version }, i) => sql`(${bindText(key)}, ${bindInt8(version)}, ${bindInt8(1 << i)})`), ', ');
  const { sql: text, bindings } = statementOf(sql`select mask::int4 as mask, count(*) as customers from (
    select c.customer_id, bit_or(s.bit) as mask from (values ${wanted}) s (key, version, bit) join segment_members c on c.segment_key = s.key and c.version = s.version where not ${OPTED_OUT} group by c.customer_id) as m group by mask order by mask`);
  return overlapOf(segments, await selectRows<{ mask: number; customers: number }>(store.db, text, [...bindings]));
}
