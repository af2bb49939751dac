/** The members of a saved segment as it was built last, and who entered and left with that build, in pages by store id. */
import { AppError } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { bindInt8, bindText, NOTHING, sql } from '../conditions/sql/fragment.ts';
import type { Sql } from '../conditions/sql/fragment.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import type { StoredSegment } from '../store/repositories/segments.ts';
import { OPTED_OUT } from './consent.ts';
import { segmentNamed } from './edit.ts';
import { holdoutSql } from './holdout.ts';
import { checkPage } from './page.ts';
import type { PageOptions } from './page.ts';

export interface PageOf<Row> {
  /** Build that the page is of. */
  readonly version: number;
  readonly rows: readonly Row[];
  /** `after` of the next page; null on the last one. */
  readonly next: number | null;
}

export interface MemberRow {
  readonly customerId: number;
  readonly externalId: string;
}

export interface Member extends MemberRow {
  /** Kept out of every contact (src/segments/holdout.ts). */
  readonly holdout: boolean;
}

/** @throws AppError `not_found`, also for a segment that has never been built. */
export async function builtSegment(store: Store, key: string): Promise<StoredSegment & { readonly liveVersion: number }> {
  const segment = await segmentNamed(store, key);
  const { liveVersion } = segment;
  if (liveVersion === null) throw new AppError('not_found', `The segment ${key} has never been built.`, { hint: `Run \`tagcast segment build ${key}\`, or POST /v1/segments/${key}/build.` });
  return { ...segment, liveVersion };
}

/** One row more than the page is asked for, so that the last page is known. */
async function pageOf<Row extends MemberRow>(store: Store, version: number, { limit }: PageOptions, statement: Sql): Promise<PageOf<Row>> {
  const { sql: text, bindings } = statementOf(statement);
  const found = await selectRows<Row>(store.db, text, [...bindings]);
  const rows = found.slice(0, limit);
  return { version, rows, next: found.length > limit ? (rows.at(-1)?.customerId ?? null) : null };
}

/**
 * Members who may be contacted or are held out. Customers who refused scoring or marketing since the build are left out.
 * @param options.holdout only members who are held out, or only those who are not; absent: both
 * @throws AppError `not_found`, `invalid_input`
 */
export async function segmentMembers(store: Store, key: string, options: PageOptions & { readonly holdout?: boolean }): Promise<PageOf<Member>> {
  checkPage(options);
  const { liveVersion, holdoutSalt, holdoutShare } = await builtSegment(store, key);
  const held = holdoutSql(holdoutSalt, holdoutShare);
  const only = options.holdout === undefined ? NOTHING : options.holdout ? sql` and ${held}` : sql` and not ${held}`;
  return pageOf(store, liveVersion, options, sql`select c.customer_id as "customerId", c.external_id as "externalId", ${held} as holdout from segment_members m join customers c on c.customer_id = m.customer_id
    where m.segment_key = ${bindText(key)} and m.version = ${bindInt8(liveVersion)} and m.customer_id > ${bindInt8(options.after ?? 0)} and not ${OPTED_OUT}${only} order by c.customer_id limit ${bindInt8(options.limit + 1)}`);
}

/**
 * Who entered or left with the live build. Customers who have refused scoring or marketing are not told among those who entered; everybody who left is told, whatever they refused, so that other
 * systems can take them out.
 * @throws AppError `not_found`, `invalid_input`
 */
export async function segmentChanges(store: Store, key: string, change: 'entered' | 'left', options: PageOptions): Promise<PageOf<MemberRow>> {
  checkPage(options);
  const { liveVersion } = await builtSegment(store, key);
  return pageOf(store, liveVersion, options, sql`select c.customer_id as "customerId", c.external_id as "externalId" from segment_changes h join customers c on c.customer_id = h.customer_id
    where h.segment_key = ${bindText(key)} and h.version = ${bindInt8(liveVersion)} and h.change = ${bindText(change)} and h.customer_id > ${bindInt8(options.after ?? 0)}${change === 'entered' ? sql` and not ${OPTED_OUT}` : NOTHING}
    order by c.customer_id limit ${bindInt8(options.limit + 1)}`);
}
