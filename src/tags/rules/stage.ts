/**
 * Evaluates rule tags for a set of customers inside the store and stages who would carry which. One statement per few hundred rules: rules share the scans
 * of the events, nothing travels to this process and back, and only customers for whom something changes are written.
 */
import type { Knex } from 'knex';
import { checkNames } from '../../conditions/names.ts';
import { leavesOf } from '../../conditions/parse.ts';
import type { CompileContext, CustomerRange } from '../../conditions/compile.ts';
import type { Condition } from '../../conditions/schema.ts';
import { bindInt8, bindInt8s, join, sql } from '../../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../../conditions/sql/plan.ts';

export interface EvaluatedRule {
  /** Number in the customers' rows. */
  readonly id: number;
  readonly condition: Condition;
}

export interface Staging extends CompileContext {
  readonly runId: number;
  /** Every rule tag that exists: numbers that are not among them leave the customers' rows. */
  readonly known: readonly number[];
  readonly customers: CustomerRange;
}

/** Leaves and literals of one statement: below PostgreSQL's 1,664 columns and 65,535 parameters, and small enough to be planned quickly. */
const MOST_LEAVES = 400;
const MOST_LITERALS = 20_000;

/** Rules in their order, cut where a statement would become too large. A rule is never cut. */
export function ruleBatches<Rule extends EvaluatedRule>(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const batches: Rule[][] = [];
  let [leaves, literals] = [Infinity, Infinity];
  for (const rule of rules) {
    const own = [...leavesOf(rule.condition)];
    const size = JSON.stringify(own).split(',').length;
    if (leaves + own.length > MOST_LEAVES || literals + size > MOST_LITERALS) {
      batches.push([]);
      [leaves, literals] = [0, 0];
    }
    batches.at(-1)?.push(rule);
    leaves += own.length;
    literals += size;
  }
  return batches;
}

const REFUSED = sql`exists (select from consents k where k.customer_id = c.customer_id and k.purpose = 'scoring' and k.state = 'refused')`;

/** Statement that stages one batch. Numbers of rules that are not in the batch stay as they are; a customer who refused scoring carries none. */
function stageSql(rules: readonly EvaluatedRule[], staging: Staging) {
  const inOrder = [...rules].sort((a, b) => a.id - b.id);
  const plan = planSelection(inOrder.map(({ condition }) => condition), staging, staging.customers, { stagedBy: staging.runId });
  const found = join(inOrder.map(({ id }, i) => sql`case when ${plan.predicates[i]} then ${bindInt8(id)} end`), ', ');
  const evaluated = new Set(inOrder.map(({ id }) => id));
  const kept = bindInt8s(staging.known.filter((id) => !evaluated.has(id)));
  const run = bindInt8(staging.runId);
  return sql`insert into staged_rules (run_id, customer_id, tag_ids)
    select ${run}, q.customer_id, q.tag_ids from (
      select p.customer_id, p.before, case when p.refused then '{}'::int4[] when p.before = '{}' then p.found
        else array(select u.id from (select unnest(p.found) as id union all select x.id from unnest(p.before) as x (id) where x.id = any (${kept})) u order by u.id) end as tag_ids
      from (
        select c.customer_id, coalesce(s.tag_ids, o.tag_ids, '{}') as before, ${REFUSED} as refused, array_remove(array[${found}]::int4[], null) as found
        from ${plan.from} left join customer_rules o on o.customer_id = c.customer_id left join staged_rules s on s.run_id = ${run} and s.customer_id = c.customer_id
        where ${rangeSql(staging.customers)}
      ) p
    ) q where q.tag_ids <> q.before
    on conflict (run_id, customer_id) do update set tag_ids = excluded.tag_ids`;
}

/**
 * Stages one level of rules: none of them looks at another one of the list.
 * @throws AppError `unknown_name` where a rule names what the catalogue does not have
 */
export async function stageRules(trx: Knex, rules: readonly EvaluatedRule[], staging: Staging): Promise<void> {
  for (const { condition } of rules) checkNames(condition, staging.names);
  for (const batch of ruleBatches(rules)) {
    const { text, bindings } = stageSql(batch, staging);
    await trx.raw(text, [...bindings]);
  }
}

/** Numbers of rules that are gone leave the rows of these customers, also where nothing is evaluated any more. */
export async function stageRemovals(trx: Knex, staging: Pick<Staging, 'runId' | 'known'> & { readonly customers: { readonly from: number; readonly to: number } }): Promise<void> {
  const { runId, known, customers } = staging;
  const list = `{${known.join(',')}}`;
  await trx.raw(
    `INSERT INTO staged_rules (run_id, customer_id, tag_ids)
     SELECT ?, o.customer_id, array(SELECT x.id FROM unnest(o.tag_ids) AS x (id) WHERE x.id = ANY (?::int4[]) ORDER BY x.id) FROM customer_rules o
     WHERE o.customer_id BETWEEN ? AND ? AND NOT o.tag_ids <@ ?::int4[] ON CONFLICT (run_id, customer_id) DO NOTHING`,
    [runId, list, customers.from, customers.to, list],
  );
}
