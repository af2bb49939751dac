/**
 * The two tables of a snapshot. Instants are epoch milliseconds (BIGINT, UTC), money is DECIMAL(18,4), JSON is text.
 * `consent_*` is `granted`, `refused` or NULL (never asked).
 */
export interface ColumnSpec {
  readonly name: string;
  readonly type: 'BIGINT' | 'VARCHAR' | 'DECIMAL(18,4)';
}

const column = (name: string, type: ColumnSpec['type']): ColumnSpec => ({ name, type });

export const EVENT_COLUMNS: readonly ColumnSpec[] = [
  column('event_id', 'BIGINT'), column('customer_id', 'BIGINT'), column('occurred_ms', 'BIGINT'), column('kind', 'VARCHAR'),
  column('amount', 'DECIMAL(18,4)'), column('quantity', 'DECIMAL(18,4)'), column('discount', 'DECIMAL(18,4)'),
  column('product', 'VARCHAR'), column('category', 'VARCHAR'), column('channel', 'VARCHAR'), column('campaign', 'VARCHAR'),
  column('session', 'VARCHAR'), column('order_ref', 'VARCHAR'), column('properties', 'VARCHAR'), column('ingested_ms', 'BIGINT'),
];

export const CUSTOMER_COLUMNS: readonly ColumnSpec[] = [
  column('customer_id', 'BIGINT'), column('created_ms', 'BIGINT'), column('attributes', 'VARCHAR'),
  column('consent_scoring', 'VARCHAR'), column('consent_marketing', 'VARCHAR'), column('consent_training', 'VARCHAR'),
];

/** `CREATE TABLE name (…)` of a table with these columns. */
export function createTable(name: string, columns: readonly ColumnSpec[]): string {
  return `CREATE OR REPLACE TABLE ${name} (${columns.map(({ name: columnName, type }) => `${columnName} ${type}`).join(', ')})`;
}
