/** A condition as one parameterised, set-based statement for PostgreSQL and PGlite. */
import type { ConditionContext } from './context.ts';
import { checkNames } from './names.ts';
import type { ConditionNames } from './names.ts';
import type { Condition } from './schema.ts';
import { alias, join, sql } from './sql/fragment.ts';
import type { Sql } from './sql/fragment.ts';
import { planSelection, rangeSql } from './sql/plan.ts';
import type { CustomerRange } from './sql/plan.ts';

export type { CustomerRange } from './sql/plan.ts';

/** For knex's `raw`: `?` placeholders, and one text per placeholder. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly string[];
}

export interface CompileContext extends ConditionContext {
  readonly names: ConditionNames;
}

export function statementOf({ text, bindings }: Sql): Statement {
  return { sql: text, bindings };
}

/**
 * Selects `customer_id` (int8) of the customers for whom the condition is true, in no particular order. The condition has been through `parseCondition`.
 * The statement depends on nothing but its arguments.
 * @throws AppError `unknown_name` for tags, bands, stages and event kinds that the names do not have.
 */
export function compileCondition(condition: Condition, context: CompileContext, range?: CustomerRange): Statement {
  checkNames(condition, context.names);
  const plan = planSelection([condition], context, range);
  return statementOf(sql`select c.customer_id from ${plan.from} where ${rangeSql(range)} and ${plan.predicates[0]}`);
}

/**
 * Several conditions in one statement over one scan of the events: a single row with a text column `r0`, `r1`, … per condition, holding the
 * matching customer ids between commas, or NULL where there are none. The caller keeps the range small enough for one row.
 */
export function compileConditions(conditions: readonly Condition[], context: CompileContext, range: CustomerRange): Statement {
  for (const condition of conditions) checkNames(condition, context.names);
  const plan = planSelection(conditions, context, range);
  const columns = plan.predicates.map((predicate, i) => sql`string_agg(c.customer_id::text, ',') filter (where ${predicate}) as ${alias('r', i)}`);
  return statementOf(sql`select ${join(columns, ', ')} from ${plan.from} where ${rangeSql(range)}`);
}
