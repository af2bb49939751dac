/** Features of one customer, now: one prepared statement on the store, the same numbers as a build over the snapshot. */
import { createHash } from 'node:crypto';
import type { Store } from '../store/connection.ts';
import { cutoffAt } from './cutoff.ts';
import { assemble, needsOf } from './matrix.ts';
import type { FeatureMatrix } from './matrix.ts';
import type { FeaturePlan } from './plan.ts';
import { compileCustomer } from './sql/postgres.ts';
import type { CustomerStatement } from './sql/postgres.ts';

interface Prepared extends CustomerStatement {
  readonly name: string;
  readonly attributes: readonly string[];
}

/** Compiled once per plan; a plan is frozen, so its statement never changes. */
const statements = new WeakMap<FeaturePlan, Prepared>();

function statementOf(plan: FeaturePlan): Prepared {
  let prepared = statements.get(plan);
  if (prepared === undefined) {
    const { aggregates, attributes } = needsOf(plan, plan.features);
    const statement = compileCustomer(plan, aggregates, attributes);
    // The name follows the text, so that two versions of the code on one connection never share a statement.
    prepared = { ...statement, attributes, name: `features_${createHash('sha256').update(statement.sql).digest('hex').slice(0, 24)}` };
    statements.set(plan, prepared);
  }
  return prepared;
}

/** One row, or none where the customer does not exist or was not known before the cut-off (epoch ms). */
export async function featuresOfCustomer(store: Store, plan: FeaturePlan, customerId: number, asOf: number): Promise<FeatureMatrix> {
  const statement = statementOf(plan);
  const cutoff = cutoffAt(asOf, plan.timeZone);
  const found = await store.prepared<Record<string, number | string | null>>(statement.name, statement.sql, statement.bindings(customerId, cutoff));
  const number = (column: string): Float64Array => Float64Array.from(found, (row) => (row[column] === null ? Number.NaN : Number(row[column])));
  const engine = {
    rows: found.length,
    firstKnown: number('first_known'),
    aggregates: new Map(plan.aggregates.map(({ id }) => [id, number(id)])),
    attributes: new Map(statement.attributes.map((key, index) => [key, found.map((row) => row[`t${index}`] as string | null)])),
  };
  return assemble(plan.features, Float64Array.from(found, () => customerId), engine, cutoff);
}
