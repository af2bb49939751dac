/**
 * Compiles a plan for one customer of the store: one index range scan, kept as a small table, and cheap aggregates over it.
 * The text depends on the plan alone; everything that changes from call to call is bound, so the statement is prepared once.
 */
import type { Cutoff } from '../cutoff.ts';
import type { FeaturePlan, PlannedAggregate } from '../plan.ts';
import type { Literals } from './aggregate.ts';
import { compileScans } from './compile.ts';
import { contractEvents } from './contracts.ts';

export interface CustomerStatement {
  readonly sql: string;
  bindings(customerId: number, cutoff: Cutoff): readonly (string | number)[];
}

type Slot = (cutoff: Cutoff) => string | number;

const HOT = 'amount, quantity, discount, product, category, channel, campaign, session, order_ref';

/** Answers one row, or none where the customer was not known before the cut-off: the aggregates by id, `first_known` (epoch ms), `t0`, `t1`, … */
export function compileCustomer(plan: FeaturePlan, aggregates: readonly PlannedAggregate[], attributes: readonly string[]): CustomerStatement {
  const slots: Slot[] = [];
  const seen = new Map<string, string>();
  const bound = (key: string, cast: string, slot: Slot): string => {
    let sql = seen.get(key);
    if (sql === undefined) {
      // $1 is the customer.
      sql = `$${slots.push(slot) + 1}::${cast}`;
      seen.set(key, sql);
    }
    return sql;
  };
  const asOf = bound('as of', 'int8', (cutoff) => cutoff.asOf);
  const asOfInstant = bound('as of instant', 'timestamptz', (cutoff) => new Date(cutoff.asOf).toISOString());
  const literals: Literals = {
    asOf,
    get asOfDay() { return bound('as of day', 'int8', (cutoff) => cutoff.day); },
    startOf: (days) => bound(`start ${days}`, 'int8', (cutoff) => cutoff.startOf(days)),
    text: (value) => bound(`text ${value}`, 'text', () => value),
  };
  const ms = (column: string): string => `CAST(floor(date_part('epoch', ${column}) * 1000 + 0.0005) AS INT8)`;
  const { ctes, results } = compileScans(
    { dialect: 'postgres', literals, zone: plan.zone, aggregates },
    `SELECT event_id, ${ms('occurred_at')} AS occurred_ms, kind, ${HOT} FROM events WHERE customer_id = $1::int8 AND occurred_at < ${asOfInstant}`,
    contractEvents('postgres', `event_id, ${ms('occurred_at')} AS occurred_ms`, `customer_id = $1::int8 AND occurred_at < ${asOfInstant}`),
  );
  const known = `SELECT least(${ms('c.created_at')}, (SELECT min(occurred_ms) FROM event_rows)) AS first_known, c.attributes FROM customers AS c WHERE c.customer_id = $1::int8`;
  const columns = [
    'CAST(k.first_known AS FLOAT8) AS first_known',
    ...results.flatMap(({ name, ids }) => ids.map((id) => `${name}.${id}`)),
    ...attributes.map((key, index) => `k.attributes ->> ${literals.text(key)} AS t${index}`),
  ];
  const tables = ['known AS k', ...results.map(({ name }) => name)].join(' CROSS JOIN ');
  const sql = `WITH ${[...ctes, `known AS (${known})`].join(', ')} SELECT ${columns.join(', ')} FROM ${tables} WHERE k.first_known < ${asOf}`;
  return { sql, bindings: (customerId, cutoff) => [customerId, ...slots.map((slot) => slot(cutoff))] };
}
