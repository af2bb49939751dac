/** Labels of renewals, and how much there is to learn from: both read paid periods as features do (src/features/sql/contracts.ts). */
import { startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { cutoffAt } from '../features/cutoff.ts';
import type { FeaturePlan } from '../features/plan.ts';
import { NEVER_COVERED_DAYS } from '../features/expression.ts';
import { contractEvents, contractPeriods, contractRows } from '../features/sql/contracts.ts';
import type { SqlDialect } from '../features/sql/dialect.ts';
import type { OffsetPeriod } from '../features/zone.ts';
import { numbersOf } from '../store/columns/columns.ts';
import type { Columns, QueryAnswer } from '../store/columns/columns.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import type { ContractFacts } from './readiness.ts';

/** Epoch ms: the cut-off, and the first instant at which every label is known. */
export interface RenewalWindow {
  readonly from: number;
  readonly until: number;
  readonly graceDays: number;
}

/**
 * Customers (DuckDB), or the one customer (PostgreSQL), who renewed: of periods booked from the cut-off on, one pays further than what was paid at the cut-off, and was booked and
 * starts at most `graceDays` after its end. A period that was given back before `until` counts by what was left of it.
 */
function renewedSql(dialect: SqlDialect, zone: readonly OffsetPeriod[], graceDays: number, from: string, before: (end: 'from' | 'until') => string): string {
  const periods = (end: 'from' | 'until'): string => contractPeriods(dialect, zone, before(end));
  const customer = dialect === 'duckdb' ? 'customer_id, ' : '';
  const grouped = dialect === 'duckdb' ? ' GROUP BY customer_id' : '';
  return `WITH paid AS (SELECT ${customer}max(ends) AS paid_until FROM (${periods('from')}) AS known${grouped}), later AS (SELECT * FROM (${periods('until')}) AS booked_later WHERE occurred_ms >= ${from}) `
    + `SELECT ${customer}CAST(1 AS FLOAT8) AS outcome FROM later ${dialect === 'duckdb' ? 'JOIN paid USING (customer_id)' : 'CROSS JOIN paid'} WHERE ends > paid_until AND starts <= paid_until + ${graceDays} AND booked <= paid_until + ${graceDays}${grouped}`;
}

/** `customer_id` and `outcome` 1 of everyone who renewed. */
export function renewalOutcomes(columns: Columns, zone: readonly OffsetPeriod[], { from, until, graceDays }: RenewalWindow): Promise<QueryAnswer> {
  const before = (end: 'from' | 'until'): string => contractEvents('duckdb', 'customer_id, event_id, occurred_ms', `occurred_ms < ${end === 'from' ? from : until}`);
  return columns.query(renewedSql('duckdb', zone, graceDays, String(from), before), []);
}

/** Whether one customer of the store renewed; the same answer as for everyone. Undefined where nothing was paid at the cut-off. */
export async function renewalOfCustomer(store: Store, { zone }: Pick<FeaturePlan, 'zone'>, customerId: number, { from, until, graceDays }: RenewalWindow): Promise<boolean | undefined> {
  const ms = `CAST(floor(date_part('epoch', occurred_at) * 1000 + 0.0005) AS INT8)`;
  const before = (end: 'from' | 'until'): string =>
    contractEvents('postgres', `event_id, ${ms} AS occurred_ms`, `customer_id = ${customerId} AND occurred_at < '${new Date(end === 'from' ? from : until).toISOString()}'`);
  const paid = `SELECT max(ends) FROM (${contractPeriods('postgres', zone, before('from'))}) AS known`;
  const [row] = await selectRows<{ paid: number | null; renewed: boolean }>(store.db, `SELECT (${paid}) AS paid, EXISTS (${renewedSql('postgres', zone, graceDays, String(from), before)}) AS renewed`);
  return row === undefined || row.paid === null ? undefined : row.renewed;
}

/** Counts of everything before `end` (a business day) for the readiness report. */
export async function contractFacts(columns: Columns, { zone, timeZone }: Pick<FeaturePlan, 'zone' | 'timeZone'>, end: LocalDate, graceDays: number): Promise<ContractFacts> {
  const before = startOfDay(end, timeZone);
  const events = contractEvents('duckdb', 'customer_id, event_id, occurred_ms', `occurred_ms < ${before}`);
  const over = cutoffAt(before, timeZone).day - graceDays;
  const answer = await columns.query(
    `WITH contract_events AS (${events}), rows AS (SELECT * FROM (${contractRows('duckdb', zone, 'SELECT * FROM contract_events')}) AS r),
     customers AS (SELECT customer_id, max(ends) AS paid_until FROM rows GROUP BY customer_id)
     SELECT (SELECT count(*) FROM customers)::DOUBLE AS customers,
       (SELECT count(*) FROM rows WHERE ends > covered AND uncovered <= ${graceDays})::DOUBLE AS renewed,
       ((SELECT count(*) FROM rows WHERE uncovered > ${graceDays} AND uncovered < ${NEVER_COVERED_DAYS}) + (SELECT count(*) FROM customers WHERE paid_until < ${over}))::DOUBLE AS lapsed,
       (SELECT count(*) FROM contract_events WHERE kind = 'contract' AND ends_text IS NULL AND days_text IS NULL)::DOUBLE AS without_end`,
    [],
  );
  const [customers, renewed, lapsed, withoutEnd] = ['customers', 'renewed', 'lapsed', 'without_end'].map((name) => numbersOf(answer, name)[0]);
  return { customers, renewed, lapsed, withoutEnd };
}
