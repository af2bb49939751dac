/**
 * One text for all aggregates of a plan. Aggregates of one source share a scan; counts of different values, which are dear, have scans of
 * their own that see only their kinds and windows. A scan reads no further back than its longest window.
 */
import type { PlannedAggregate } from '../plan.ts';
import type { OffsetPeriod } from '../zone.ts';
import { localDaySql, localHourSql } from '../zone.ts';
import { aggregateSql, isDaily, kindSql, relationOf, rowsSql, ROW_TIME } from './aggregate.ts';
import { contractRows } from './contracts.ts';
import type { Literals } from './aggregate.ts';
import type { SqlDialect } from './dialect.ts';

export interface CompileInput {
  readonly dialect: SqlDialect;
  readonly literals: Literals;
  readonly zone: readonly OffsetPeriod[];
  readonly aggregates: readonly PlannedAggregate[];
}

interface Scan {
  readonly name: string;
  readonly relation: string;
  readonly aggregates: PlannedAggregate[];
}

const all = (...conditions: string[]): string => conditions.filter((condition) => condition !== '').join(' AND ');
const where = (condition: string): string => (condition === '' ? '' : ` WHERE ${condition}`);

function scansOf(aggregates: readonly PlannedAggregate[]): Scan[] {
  const scans = new Map<string, Scan>();
  for (const planned of aggregates.filter(({ aggregate }) => aggregate.of.fn !== 'top_count')) {
    const { source, kinds, window } = planned.aggregate.rows;
    const relation = relationOf(source);
    const key = planned.aggregate.of.fn === 'count_distinct' ? `${relation} ${window.from ?? ''} ${kinds.join(' ')}` : relation;
    let scan = scans.get(key);
    if (scan === undefined) {
      scan = { name: `s${scans.size}`, relation, aggregates: [] };
      scans.set(key, scan);
    }
    scan.aggregates.push(planned);
  }
  return [...scans.values()];
}

/** Kinds that the scan reads: those of its aggregates, or every kind when one of them wants every kind. */
function scanKinds(scan: Scan): readonly string[] {
  const kinds = scan.aggregates.map(({ aggregate }) => aggregate.rows.kinds);
  return kinds.some((list) => list.length === 0) ? [] : [...new Set(kinds.flat())].sort();
}

/** Earliest edge that any aggregate of the scan needs; '' when one of them reads everything. */
function scanStart(scan: Scan, literals: Literals): string {
  const froms = scan.aggregates.map(({ aggregate }) => aggregate.rows.window.from);
  if (froms.includes(undefined)) return '';
  const days = Math.max(...froms.map((from) => from ?? 0));
  const { source } = scan.aggregates[0].aggregate.rows;
  return `${ROW_TIME[source].time} >= ${isDaily(source) ? `${literals.asOfDay} - ${days}` : literals.startOf(days)}`;
}

/** A null-safe identity of an order within a customer: its reference, or the line itself. */
const ORDER_KEY = 'order_ref, CASE WHEN order_ref IS NULL THEN event_id END';

function orderRows(input: CompileInput, group: string): string {
  const lines = `FILTER (WHERE kind = 'order')`;
  const inner = `SELECT ${group}min(occurred_ms) ${lines} AS ordered_ms, min(event_id) ${lines} AS first_event_id, coalesce(sum(amount), 0) AS net, `
    + `coalesce(sum(amount) ${lines}, 0) AS gross, coalesce(sum(quantity) ${lines}, 0) AS quantity, coalesce(sum(discount) ${lines}, 0) AS discount, `
    + `coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunded, count(*) ${lines} AS lines `
    + `FROM event_rows WHERE kind IN ('order', 'refund') GROUP BY ${group}${ORDER_KEY} HAVING count(*) ${lines} > 0`;
  return `SELECT *, ${localDaySql(input.zone, 'ordered_ms')} AS local_day, ${localHourSql(input.zone, 'ordered_ms')} AS hour FROM (${inner}) AS o`;
}

function dayRows(group: string): string {
  const partition = group === '' ? '' : 'PARTITION BY customer_id ';
  const newestFirst = `OVER (${partition}ORDER BY local_day DESC)`;
  // lead over falling days is the day before; one ordering serves both the gap and the rank.
  return `SELECT *, (day + 3) % 7 AS weekday FROM (SELECT ${group}local_day AS day, sum(net) AS net, sum(gross) AS gross, count(*) AS orders, `
    + `local_day - lead(local_day) ${newestFirst} AS gap, row_number() ${newestFirst} - 1 AS newest_rank FROM order_rows GROUP BY ${group}local_day) AS d`;
}

/** The event columns under the names that aggregates use; `local_day` only where some aggregate needs it. */
function needsLocalDay(aggregates: readonly PlannedAggregate[]): boolean {
  return aggregates.some(({ aggregate: { rows, of } }) => rows.source === 'events' && (('column' in of && of.column === 'local_day') || rows.where.some(({ column }) => column === 'local_day')));
}

export interface CompiledScans {
  /** Common table expressions, in order. */
  readonly ctes: readonly string[];
  /** Names of those with one row per customer (or one row in all), with the aggregates they hold. */
  readonly results: readonly { readonly name: string; readonly ids: readonly string[] }[];
}

/**
 * The common table expressions of all aggregates. `eventRows` selects customer_id, event_id, occurred_ms, kind and the hot columns of
 * events before the cut-off, `contractEvents` what contracts.ts reads of them. Grouped by customer for DuckDB, one group for PostgreSQL.
 */
export function compileScans(input: CompileInput, eventRows: string, contractEvents: string): CompiledScans {
  const { dialect, literals, aggregates } = input;
  const group = dialect === 'duckdb' ? 'customer_id, ' : '';
  const groupBy = dialect === 'duckdb' ? ' GROUP BY customer_id' : '';
  const sources = new Set(aggregates.map(({ aggregate }) => relationOf(aggregate.rows.source)));
  // A store reads the customer's events once and keeps them; DuckDB rather reads the few columns of each scan again than hold all of them in memory.
  const materialised = dialect === 'postgres' ? 'MATERIALIZED ' : 'NOT MATERIALIZED ';
  const events = needsLocalDay(aggregates) ? `SELECT *, ${localDaySql(input.zone, 'occurred_ms')} AS local_day FROM (${eventRows}) AS e` : eventRows;
  const ctes = [`event_rows AS ${materialised}(${events})`];
  if (sources.has('order_rows') || sources.has('day_rows')) ctes.push(`order_rows AS MATERIALIZED (${orderRows(input, group)})`);
  if (sources.has('day_rows')) ctes.push(`day_rows AS ${materialised}(${dayRows(group)})`);
  if (sources.has('contract_rows')) ctes.push(`contract_rows AS MATERIALIZED (${contractRows(dialect, input.zone, contractEvents)})`);
  const results: { name: string; ids: readonly string[] }[] = [];
  for (const scan of scansOf(aggregates)) {
    const kinds = scanKinds(scan);
    const selected = scan.aggregates.map(({ id, aggregate }) => `${aggregateSql(aggregate, dialect, literals, kinds)} AS ${id}`);
    ctes.push(`${scan.name} AS (SELECT ${group}${selected.join(', ')} FROM ${scan.relation}${where(all(kindSql(kinds), scanStart(scan, literals)))}${groupBy})`);
    results.push({ name: scan.name, ids: scan.aggregates.map(({ id }) => id) });
  }
  for (const { id, aggregate: { rows, of } } of aggregates) {
    if (of.fn !== 'top_count') continue;
    const condition = all(rowsSql(rows, literals, []), `${of.column} IS NOT NULL`);
    ctes.push(`t_${id} AS (SELECT ${group}CAST(max(n) AS FLOAT8) AS ${id} FROM (SELECT ${group}count(*) AS n FROM ${relationOf(rows.source)}${where(condition)} GROUP BY ${group}${of.column}) AS g${groupBy})`);
    results.push({ name: `t_${id}`, ids: [id] });
  }
  return { ctes, results };
}
