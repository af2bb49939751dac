/** Rule tags of one customer now, without publishing anything. */
import { compileConditions } from '../../conditions/compile.ts';
import type { CompileContext } from '../../conditions/compile.ts';
import type { Store } from '../../store/connection.ts';
import type { StoredRule } from '../catalogue/catalogue.ts';
import { ruleBatches } from './stage.ts';

/**
 * The enabled rules that are true for the customer. Rules that look at other tags see the published ones.
 * @throws AppError `unknown_name` where a rule names what the catalogue does not have
 */
export async function rulesOfCustomer(store: Pick<Store, 'db'>, rules: readonly StoredRule[], context: CompileContext, customerId: number): Promise<StoredRule[]> {
  const found: StoredRule[] = [];
  for (const batch of ruleBatches(rules.filter(({ status }) => status === 'enabled'))) {
    const { sql, bindings } = compileConditions(batch.map(({ condition }) => condition), context, { ids: [customerId] });
    const { rows } = await store.db.raw<{ rows: Record<string, string | null>[] }>(sql, [...bindings]);
    for (const [i, rule] of batch.entries()) if ((rows[0]?.[`r${i}`] ?? null) !== null) found.push(rule);
  }
  return found;
}
