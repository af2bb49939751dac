/** Features of many customers from the columns of a snapshot: training at several cut-offs, and the nightly run. */
import { throwIfCancelled } from '../base/errors.ts';
import { numbersOf, textsOf } from '../store/columns/columns.ts';
import type { Columns } from '../store/columns/columns.ts';
import { cutoffAt } from './cutoff.ts';
import { assemble, needsOf } from './matrix.ts';
import type { FeatureMatrix } from './matrix.ts';
import { selectFeatures } from './plan.ts';
import type { FeaturePlan } from './plan.ts';
import { compileBuild } from './sql/duckdb.ts';
import type { CustomerRange } from './sql/duckdb.ts';

export type { CustomerRange } from './sql/duckdb.ts';

export interface BuildOptions {
  /** Cut-off in epoch ms: only events strictly before it exist. */
  readonly asOf: number;
  /** Absent: everyone. Ranges let a build of any size run in bounded memory. */
  readonly customers?: CustomerRange;
  /** Only these features; absent: all of the plan. */
  readonly names?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * One row for every customer who was known before the cut-off (own row or first event), buyers and leads alike, by ascending id.
 * @throws AppError `unknown_name` for names that the plan does not have, `cancelled`.
 */
export async function buildFeatures(columns: Columns, plan: FeaturePlan, options: BuildOptions): Promise<FeatureMatrix> {
  const features = selectFeatures(plan, options.names);
  const cutoff = cutoffAt(options.asOf, plan.timeZone);
  const { aggregates, attributes } = needsOf(plan, features);
  const { sql, bindings } = compileBuild(plan, aggregates, attributes, cutoff, options.customers);
  const answer = await columns.query(sql, bindings, options.signal === undefined ? {} : { signal: options.signal });
  throwIfCancelled(options.signal, 'The feature build');
  const engine = {
    rows: answer.rows,
    firstKnown: numbersOf(answer, 'first_known'),
    aggregates: new Map(aggregates.map(({ id }) => [id, numbersOf(answer, id)])),
    attributes: new Map(attributes.map((key, index) => [key, textsOf(answer, `t${index}`)])),
  };
  return assemble(features, numbersOf(answer, 'customer_id'), engine, cutoff);
}
