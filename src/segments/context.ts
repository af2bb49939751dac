/** What a segment is counted and listed against. */
import type { CompileContext, CustomerRange } from '../conditions/compile.ts';
import type { Store } from '../store/connection.ts';

/** Cut-off, business time zone and the closed lists of names. */
export type SegmentContext = CompileContext;

/** Cut-off, business time zone and the closed lists of names. */
export interface SegmentOptions {
  /**
   * Customers per statement, by store id. Default: 10,000 on the embedded store, where a long statement keeps everybody waiting
   * and cannot be stopped but by a restart; a million on PostgreSQL.
   */
  readonly window?: number;
  /** Wall-clock limit of the whole count or list in milliseconds; default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export const SEGMENT_TIMEOUT_MS = 60_000;

/** The most store ids of one range. */
export function windowSize(store: Store, options: SegmentOptions): number {
  return options.window ?? (store.dialect === 'pglite' ? 10_000 : 1_000_000);
}

/** Ranges of store ids that cover every customer after `after`, in order; the first has `first` ids, and each is twice as long as the one before it, up to `size`. */
export async function* customerRanges(store: Store, size: number, after = 0, first = size): AsyncGenerator<Extract<CustomerRange, { from: number }>> {
  const [edge] = (await store.db('customers').min({ low: 'customer_id' }).max({ high: 'customer_id' }).where('customer_id', '>', after)) as { low: number | null; high: number | null }[];
  if (edge === undefined || edge.low === null || edge.high === null) return;
  let length = Math.min(first, size);
  for (let from = edge.low; from <= edge.high; ) {
    const to = Math.min(edge.high, from + length - 1);
    yield { from, to };
    from = to + 1;
    length = Math.min(size, length * 2);
  }
}
