/** How many customers a condition selects. */
import { AppError } from '../base/errors.ts';
import { statementOf } from '../conditions/compile.ts';
import { checkNames } from '../conditions/names.ts';
import type { Condition } from '../conditions/schema.ts';
import { sql } from '../conditions/sql/fragment.ts';
import type { Sql } from '../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../conditions/sql/plan.ts';
import { selectedIdsSql } from '../conditions/sql/sets.ts';
import type { Store } from '../store/connection.ts';
import { OPTED_OUT } from './consent.ts';
import { customerRanges, windowSize } from './context.ts';
import type { SegmentContext, SegmentOptions } from './context.ts';
import { startRunner } from './run.ts';
import type { Runner } from './run.ts';
import { estimate, sampleIds } from './sample.ts';
import type { Estimate } from './sample.ts';

export interface SegmentCount {
  /** Customers for whom the condition is true, opted out or not. Of an estimate: the most likely number. */
  readonly matching: number;
  /** Those of them who refused scoring or marketing: counted, never listed. */
  readonly optedOut: number;
  /** matching − optedOut: what a list of the segment holds. */
  readonly listable: number;
  /** Customers of the store. */
  readonly customers: number;
  /** Of a preview that could not look at everybody in its time; absent: the counts are exact. */
  readonly estimate?: Estimate;
  readonly elapsedMs: number;
}

interface Counts {
  readonly customers: number;
  readonly matching: number;
  readonly opted_out: number;
}

/** Everybody in one statement of joined sets, for conditions that have that form. */
async function countSets(runner: Runner, ids: Sql): Promise<Counts> {
  const [row] = await runner.rows<Counts>(statementOf(sql`select (select count(*) from customers) as customers, (select count(*) from (${ids}) m) as matching,
    (select count(*) from (${ids}) m where m.customer_id in (select refusal.customer_id from consents refusal where refusal.state = 'refused' and refusal.purpose in ('scoring', 'marketing'))) as opted_out`));
  return row ?? { customers: 0, matching: 0, opted_out: 0 };
}

async function countRange(runner: Runner, condition: Condition, context: SegmentContext, range: Parameters<typeof rangeSql>[0]): Promise<Counts> {
  const plan = planSelection([condition], context, range);
  const [matching] = plan.predicates;
  const [row] = await runner.rows<Counts>(statementOf(sql`select count(*) as customers, count(*) filter (where ${matching}) as matching, count(*) filter (where ${matching} and ${OPTED_OUT}) as opted_out from ${plan.from} where ${rangeSql(range)}`));
  return row ?? { customers: 0, matching: 0, opted_out: 0 };
}

async function exactly(store: Store, runner: Runner, condition: Condition, context: SegmentContext, options: SegmentOptions): Promise<Counts> {
  const ids = options.window === undefined && store.dialect === 'postgres' ? selectedIdsSql(condition, context) : undefined;
  if (ids !== undefined) return countSets(runner, ids);
  let total: Counts = { customers: 0, matching: 0, opted_out: 0 };
  for await (const range of customerRanges(store, windowSize(store, options))) {
    const part = await countRange(runner, condition, context, range);
    total = { customers: total.customers + part.customers, matching: total.matching + part.matching, opted_out: total.opted_out + part.opted_out };
  }
  return total;
}

function countOf({ customers, matching, opted_out: optedOut }: Counts, runner: Runner): SegmentCount {
  return { customers, matching, optedOut, listable: matching - optedOut, elapsedMs: runner.elapsed() };
}

/**
 * Exact for a store that does not change meanwhile: on PostgreSQL as joined sets where the condition has that form, otherwise in ranges of store ids.
 * @throws AppError `unknown_name`, `store_unavailable` past the time limit, `cancelled`.
 */
export async function countSegment(store: Store, condition: Condition, context: SegmentContext, options: SegmentOptions = {}): Promise<SegmentCount> {
  checkNames(condition, context.names);
  const runner = startRunner(store, options);
  return countOf(await exactly(store, runner, condition, context, options), runner);
}

/** What a person who is typing a condition waits for without noticing. */
export const PREVIEW_MS = 800;

/**
 * Exact where that takes at most `budgetMs`; otherwise of a sample of customers that is the same each time, with its interval. The sample is asked afterwards, so that the answer takes
 * little more than the budget.
 * @throws AppError as {@link countSegment}
 */
export async function previewSegment(store: Store, condition: Condition, context: SegmentContext, options: SegmentOptions & { readonly budgetMs?: number } = {}): Promise<SegmentCount> {
  checkNames(condition, context.names);
  const runner = startRunner(store, options);
  try {
    return countOf(await exactly(store, startRunner(store, { ...options, timeoutMs: options.budgetMs ?? PREVIEW_MS }), condition, context, options), runner);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_unavailable') throw error;
  }
  const [all] = await runner.rows<{ customers: number; low: number | null; high: number | null }>(statementOf(sql`select count(*) as customers, min(c.customer_id) as low, max(c.customer_id) as high from customers c`));
  if (all === undefined || all.low === null || all.high === null) return countOf({ customers: 0, matching: 0, opted_out: 0 }, runner);
  const sampled = await countRange(runner, condition, context, { ids: sampleIds(all.low, all.high) });
  const found = estimate(sampled.matching, sampled.customers, all.customers);
  const matching = Math.round((all.customers * sampled.matching) / Math.max(1, sampled.customers));
  const optedOut = Math.round((all.customers * sampled.opted_out) / Math.max(1, sampled.customers));
  return { ...countOf({ customers: all.customers, matching, opted_out: optedOut }, runner), estimate: found };
}
