import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/base/time.ts';
import { columnsOver, openEngine } from '../../src/store/columns/columns.ts';
import { createTable, CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../../src/store/columns/schema.ts';
import { customerGroups } from '../../src/training/customerGroups.ts';

const ASOF = 400 * DAY_MS;

function insertEvent(customer: number, days: number, channel: string | null, category: string, kind = 'order'): string {
  const text = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`);
  return `INSERT INTO events (customer_id, occurred_ms, kind, channel, category) VALUES (${customer}, ${ASOF - days * DAY_MS}, '${kind}', ${text(channel)}, ${text(category)})`;
}

test('channel and category of most orders in the year before, ties by name; attributes of few values, whatever their keys', async () => {
  const customers = [
    `(1, '{"city": "北京", "id": "a1", "odd\\"key": "x"}')`, `(2, '{"city": "上海", "id": "a2", "level": "gold"}')`, `(3, '{"city": "北京", "id": "a3", "level": "silver"}')`, `(4, NULL)`,
    ...Array.from({ length: 30 }, (_, i) => `(${10 + i}, '{"id": "b${i}"}')`),
  ].map((values) => `INSERT INTO customers (customer_id, attributes) VALUES ${values}`);
  const columns = await columnsOver(await openEngine(), [
    createTable('events', EVENT_COLUMNS), createTable('customers', CUSTOMER_COLUMNS),
    insertEvent(1, 10, 'web', 'tea'), insertEvent(1, 20, 'web', 'tea'), insertEvent(1, 30, 'app', 'cup'),
    insertEvent(2, 10, 'web', 'cup'), insertEvent(2, 20, 'app', 'tea'),
    // Not an order, too old, not before the day, and without a channel.
    insertEvent(3, 10, 'app', 'tea', 'view'), insertEvent(3, 366, 'app', 'tea'), insertEvent(3, 0, 'app', 'tea'), insertEvent(3, 5, null, 'cup'),
    ...customers,
  ]);
  try {
    const groups = await customerGroups(columns, ASOF);
    expect(groups.map(({ by, levels }) => [by, Object.fromEntries(levels)])).toEqual([
      ['channel', { 1: 'web', 2: 'app' }],
      ['category', { 1: 'tea', 2: 'cup', 3: 'cup' }],
      ['attribute:city', { 1: '北京', 2: '上海', 3: '北京' }],
      ['attribute:level', { 2: 'gold', 3: 'silver' }],
    ]);
  } finally {
    columns.close();
  }
});

test('a shop without orders or attributes has no groups', async () => {
  const columns = await columnsOver(await openEngine(), [createTable('events', EVENT_COLUMNS), createTable('customers', CUSTOMER_COLUMNS)]);
  try {
    expect(await customerGroups(columns, ASOF)).toEqual([]);
  } finally {
    columns.close();
  }
});
