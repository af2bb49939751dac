/** Compiles a build over the columns: every customer of an id range who was known before the cut-off, ordered by id. */
import type { Cutoff } from '../cutoff.ts';
import type { FeaturePlan, PlannedAggregate } from '../plan.ts';
import type { Literals } from './aggregate.ts';
import { compileScans } from './compile.ts';
import { contractEvents } from './contracts.ts';

/** Customer ids from `from` (included) to `to` (not included). */
export interface CustomerRange {
  readonly from: number;
  readonly to: number;
}

export interface DuckdbBuild {
  readonly sql: string;
  readonly bindings: readonly string[];
}

const HOT = 'amount, quantity, discount, product, category, channel, campaign, session, order_ref';

/** Answers `customer_id`, `first_known` (epoch ms), the aggregates by id, and `t0`, `t1`, … for the attributes. */
export function compileBuild(plan: FeaturePlan, aggregates: readonly PlannedAggregate[], attributes: readonly string[], cutoff: Cutoff, range: CustomerRange | undefined): DuckdbBuild {
  const bindings: string[] = [];
  const text = (value: string): string => `$${bindings.push(value)}`;
  // Numbers are literals so that DuckDB prunes row groups by them.
  const literals: Literals = { asOf: String(cutoff.asOf), asOfDay: String(cutoff.day), startOf: (days) => String(cutoff.startOf(days)), text };
  const inRange = (column: string): string => (range === undefined ? '' : ` AND ${column} >= ${range.from} AND ${column} < ${range.to}`);
  const before = `occurred_ms < ${literals.asOf}${inRange('customer_id')}`;
  const { ctes, results } = compileScans(
    { dialect: 'duckdb', literals, zone: plan.zone, aggregates },
    `SELECT customer_id, event_id, occurred_ms, kind, ${HOT} FROM events WHERE ${before}`,
    contractEvents('duckdb', 'customer_id, event_id, occurred_ms', before),
  );
  const known = `SELECT c.customer_id, c.attributes, least(c.created_ms, e.first_ms) AS first_known FROM customers AS c `
    + `LEFT JOIN (SELECT customer_id, min(occurred_ms) AS first_ms FROM events WHERE ${before} GROUP BY customer_id) AS e ON e.customer_id = c.customer_id `
    + `WHERE (c.created_ms < ${literals.asOf} OR e.first_ms IS NOT NULL)${inRange('c.customer_id')}`;
  const columns = [
    'k.customer_id', 'CAST(k.first_known AS FLOAT8) AS first_known',
    ...results.flatMap(({ name, ids }) => ids.map((id) => `${name}.${id}`)),
    ...attributes.map((key, index) => `json_extract_string(k.attributes, ${text(`$."${key}"`)}) AS t${index}`),
  ];
  const joins = results.map(({ name }) => ` LEFT JOIN ${name} ON ${name}.customer_id = k.customer_id`).join('');
  return { sql: `WITH ${[...ctes, `known AS (${known})`].join(', ')} SELECT ${columns.join(', ')} FROM known AS k${joins} ORDER BY k.customer_id`, bindings };
}
