/** All rule tags of a chunk of customers in few statements: rules share one scan of the chunk's events, and equal aggregates are computed once. */
import { throwIfCancelled } from '../../base/errors.ts';
import { compileConditions } from '../../conditions/compile.ts';
import type { CompileContext, CustomerRange } from '../../conditions/compile.ts';
import { leavesOf } from '../../conditions/parse.ts';
import type { Condition } from '../../conditions/schema.ts';
import type { Store } from '../../store/connection.ts';
import type { RuleTagDefinition } from './definition.ts';

export interface RuleEvaluation extends CompileContext {
  /** Store ids, both included; about 10,000 customers. */
  readonly chunk: CustomerRange;
  readonly signal?: AbortSignal;
}

/** Leaves and literals of one statement: far below PostgreSQL's 1,664 columns and 65,535 parameters. */
const MAX_LEAVES = 100;
const MAX_LITERALS = 4_000;

function weight(condition: Condition): { readonly leaves: number; readonly literals: number } {
  const leaves = [...leavesOf(condition)];
  return { leaves: leaves.length, literals: JSON.stringify(leaves).split(',').length };
}

/** Splits rules, in order, into statements that stay within the limits. A rule is never split. */
export function batchRules(definitions: readonly RuleTagDefinition[]): readonly (readonly RuleTagDefinition[])[] {
  const batches: RuleTagDefinition[][] = [];
  let leaves = Infinity;
  let literals = Infinity;
  for (const definition of definitions) {
    const more = weight(definition.condition);
    if (leaves + more.leaves > MAX_LEAVES || literals + more.literals > MAX_LITERALS) {
      batches.push([]);
      leaves = 0;
      literals = 0;
    }
    batches.at(-1)?.push(definition);
    leaves += more.leaves;
    literals += more.literals;
  }
  return batches;
}

/**
 * For every rule, the store ids of the customers of the chunk for whom it is true, ascending. A rule that nobody meets has an empty array.
 * Rules that look at other tags see the published tags, not the results of this evaluation.
 * @throws AppError `unknown_name` where a rule names what the catalogue does not have, `cancelled`.
 */
export async function evaluateRuleTags(store: Pick<Store, 'db'>, definitions: readonly RuleTagDefinition[], evaluation: RuleEvaluation): Promise<ReadonlyMap<string, Float64Array>> {
  const found = new Map<string, Float64Array>();
  for (const batch of batchRules(definitions)) {
    throwIfCancelled(evaluation.signal, 'Evaluating rule tags');
    const { sql, bindings } = compileConditions(batch.map(({ condition }) => condition), evaluation, evaluation.chunk);
    const { rows } = await store.db.raw<{ rows: Record<string, string | null>[] }>(sql, [...bindings]);
    for (const [i, { key }] of batch.entries()) {
      const ids = rows[0]?.[`r${i}`] ?? null;
      found.set(key, ids === null ? new Float64Array() : Float64Array.from(ids.split(','), Number).sort());
    }
  }
  return found;
}
