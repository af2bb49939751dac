/** How many customers a condition selects. */
import { checkNames } from '../conditions/names.ts';
import { statementOf } from '../conditions/compile.ts';
import type { Condition } from '../conditions/schema.ts';
import { sql } from '../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../conditions/sql/plan.ts';
import type { Store } from '../store/connection.ts';
import { OPTED_OUT } from './consent.ts';
import { customerRanges, windowSize } from './context.ts';
import type { SegmentContext, SegmentOptions } from './context.ts';
import { startRunner } from './run.ts';

export interface SegmentCount {
  /** Customers for whom the condition is true, opted out or not. */
  readonly matching: number;
  /** Those of them who refused scoring or marketing: counted, never listed. */
  readonly optedOut: number;
  /** matching − optedOut: what a list of the segment holds. */
  readonly listable: number;
  /** Customers of the store. */
  readonly customers: number;
  readonly elapsedMs: number;
}

/**
 * Counts in ranges of store ids, so that it is exact for a store that does not change meanwhile.
 * @throws AppError `unknown_name`, `store_unavailable` past the time limit, `cancelled`.
 */
export async function countSegment(store: Store, condition: Condition, context: SegmentContext, options: SegmentOptions = {}): Promise<SegmentCount> {
  checkNames(condition, context.names);
  const runner = startRunner(store, options);
  const total = { matching: 0, optedOut: 0, customers: 0 };
  for await (const range of customerRanges(store, windowSize(store, options))) {
    const plan = planSelection([condition], context, range);
    const [matching] = plan.predicates;
    const [row] = await runner.rows<{ customers: number; matching: number; opted_out: number }>(
      statementOf(sql`select count(*) as customers, count(*) filter (where ${matching}) as matching, count(*) filter (where ${matching} and ${OPTED_OUT}) as opted_out from ${plan.from} where ${rangeSql(range)}`),
    );
    total.customers += row?.customers ?? 0;
    total.matching += row?.matching ?? 0;
    total.optedOut += row?.opted_out ?? 0;
  }
  return { ...total, listable: total.matching - total.optedOut, elapsedMs: runner.elapsed() };
}
