/**
 * Paid periods of contracts as a relation, from events of the kinds `contract` (a period was booked: bought, renewed or upgraded), `contract_cancelled` and `contract_resumed`.
 * What these events hold is written down in docs/contracts.md. The same text serves the features of everyone, of one customer, and the labels.
 */
import { NEVER_COVERED_DAYS } from '../expression.ts';
import type { OffsetPeriod } from '../zone.ts';
import { localDaySql } from '../zone.ts';
import { DIALECTS } from './dialect.ts';
import type { SqlDialect } from './dialect.ts';

const DAY_PATTERN = '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';

/** Days since 1970-01-01 of a text that begins with YYYY-MM-DD, NULL for any other. A 31st of a short month is the day after its last, in both dialects. */
function daySql(dialect: SqlDialect, text: string): string {
  const part = (from: number, length: number): string => `CAST(substr(${text}, ${from}, ${length}) AS INT4)`;
  return `CASE WHEN ${DIALECTS[dialect].matches(text, DAY_PATTERN)} THEN CAST(make_date(${part(1, 4)}, ${part(6, 2)}, 1) - DATE '1970-01-01' AS INT8) + ${part(9, 2)} - 1 END`;
}

/** The events of contracts that satisfy `where`, with their properties as text. `keys` selects event_id, occurred_ms and, where there is more than one customer, customer_id. */
export function contractEvents(dialect: SqlDialect, keys: string, where: string): string {
  const property = (name: string): string => DIALECTS[dialect].property(name);
  return `SELECT ${keys}, kind, amount, product AS plan, order_ref AS contract, ${property('starts')} AS starts_text, ${property('ends')} AS ends_text, ${property('days')} AS days_text, `
    + `lower(${property('auto_renew')}) AS auto_text FROM events WHERE kind IN ('contract', 'contract_cancelled', 'contract_resumed') AND ${where}`;
}

const partition = (...keys: readonly string[]): string => (keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `);
const customerKeys = (dialect: SqlDialect): readonly string[] => (dialect === 'duckdb' ? ['customer_id'] : []);

/**
 * Booked periods of known length: starts, ends (last paid day), booked, amount, plan, contract, auto_renew, cancelled. A cancellation that names an earlier end cuts what was booked
 * before it under the same contract number; what is left without a day is no period.
 */
export function contractPeriods(dialect: SqlDialect, zone: readonly OffsetPeriod[], events: string): string {
  const dated = `SELECT *, ${localDaySql(zone, 'occurred_ms')} AS booked, ${daySql(dialect, 'starts_text')} AS named_start, ${daySql(dialect, 'ends_text')} AS named_end, `
    + `CASE WHEN ${DIALECTS[dialect].matches('days_text', '^[0-9]{1,5}$')} THEN CAST(days_text AS INT8) END AS days FROM (${events}) AS contract_events`;
  // The event itself and everything later on the same contract.
  const later = `OVER (${partition(...customerKeys(dialect), 'contract')}ORDER BY occurred_ms, event_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)`;
  const followed = `SELECT *, coalesce(named_start, booked) AS starts, min(CASE WHEN kind = 'contract_cancelled' THEN named_end END) ${later} AS stopped, `
    + `coalesce(max(CASE WHEN kind = 'contract_cancelled' THEN occurred_ms END) ${later}, -1) AS cancelled_ms, coalesce(max(CASE WHEN kind = 'contract_resumed' THEN occurred_ms END) ${later}, -1) AS resumed_ms FROM (${dated}) AS dated`;
  const ended = `SELECT *, coalesce(named_end, starts + days - 1) AS full_end FROM (${followed}) AS followed WHERE kind = 'contract'`;
  const cut = `SELECT *, least(full_end, coalesce(stopped, full_end)) AS ends FROM (${ended}) AS ended`;
  return `SELECT ${[...customerKeys(dialect), ''].join(', ')}event_id, occurred_ms, booked, starts, ends, amount, plan, contract, `
    + `CASE WHEN auto_text IN ('true', 'yes', '1') THEN 1 WHEN auto_text IN ('false', 'no', '0') THEN 0 END AS auto_renew, CASE WHEN cancelled_ms > resumed_ms THEN 1 ELSE 0 END AS cancelled FROM (${cut}) AS cut WHERE ends >= starts`;
}

/** The periods as features see them: beside each what was paid before it. */
export function contractRows(dialect: SqlDialect, zone: readonly OffsetPeriod[], events: string): string {
  const inOrder = `${partition(...customerKeys(dialect))}ORDER BY starts, ends, event_id`;
  const priced = `SELECT *, ends - starts + 1 AS term, CAST(amount AS FLOAT8) / CAST(ends - starts + 1 AS FLOAT8) AS daily FROM (${contractPeriods(dialect, zone, events)}) AS periods`;
  const chained = `SELECT *, max(ends) OVER (${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered, daily / nullif(lag(daily) OVER (${partition(...customerKeys(dialect), 'contract')}ORDER BY starts, ends, event_id), 0) AS price_change FROM (${priced}) AS priced`;
  return `SELECT *, CASE WHEN covered IS NULL THEN ${NEVER_COVERED_DAYS} ELSE starts - covered - 1 END AS uncovered, covered - booked AS lead, `
    + `CAST(sum(CASE WHEN covered IS NULL OR ends > covered THEN 1 ELSE 0 END) OVER (${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INT8) AS number FROM (${chained}) AS chained`;
}
