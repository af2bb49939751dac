/** What a webhook tells of a build: a bounded part of those who entered or left, as it stands when it is sent. */
import { z } from 'zod';
import { statementOf } from '../conditions/compile.ts';
import { NOTHING, bindInt8, bindText, sql } from '../conditions/sql/fragment.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { findSegment } from '../store/repositories/segments.ts';
import { OPTED_OUT } from './consent.ts';
import { holdoutSql } from './holdout.ts';

/** The place in the feed, as the outbox keeps it (src/store/repositories/webhookOutbox.ts). */
const sourceSchema = z.strictObject({ segment: z.string(), version: z.int(), change: z.enum(['entered', 'left']), from: z.int(), to: z.int(), batch: z.int(), batches: z.int() });

export interface SegmentChangeData {
  readonly segment: string;
  /** Number of the build; later builds have higher ones. */
  readonly version: number;
  readonly batch: number;
  readonly batches: number;
  /** `holdout`: not to be contacted. Of those who left only the id is told. */
  readonly customers: readonly { readonly id: string; readonly holdout?: boolean }[];
}

/** Those who entered without customers who have refused scoring or marketing since; those who left whole, so that other systems can take them out. Undefined where nobody is left to tell of. */
export async function segmentChangeData(store: Store, source: unknown): Promise<SegmentChangeData | undefined> {
  const { segment: key, version, change, from, to, batch, batches } = sourceSchema.parse(source);
  const segment = await findSegment(store.db, key);
  if (segment === undefined) return undefined;
  const entered = change === 'entered';
  const { sql: text, bindings } = statementOf(sql`select c.external_id as id${entered ? sql`, ${holdoutSql(segment.holdoutSalt, segment.holdoutShare)} as holdout` : NOTHING} from segment_changes h join customers c on c.customer_id = h.customer_id
    where h.segment_key = ${bindText(key)} and h.version = ${bindInt8(version)} and h.change = ${bindText(change)} and h.customer_id between ${bindInt8(from)} and ${bindInt8(to)}${entered ? sql` and not ${OPTED_OUT}` : NOTHING} order by c.customer_id`);
  const customers = await selectRows<{ id: string; holdout?: boolean }>(store.db, text, [...bindings]);
  return customers.length === 0 ? undefined : { segment: key, version, batch, batches, customers };
}
