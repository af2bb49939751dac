/** The amount of the first order in a window, read from the columns of events. */
import { expect, test } from 'vitest';
import { FEATURES } from '../../features/index.ts';
import { DAY_MS, startOfDay } from '../../src/base/time.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { columnsOver, openEngine } from '../../src/store/columns/columns.ts';
import { createTable, CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../../src/store/columns/schema.ts';
import { columnSource } from '../../src/training/columnSource.ts';

const ZONE = 'Asia/Shanghai';
const start = startOfDay('2026-01-01', ZONE);

test('lines of one order count together, later orders and refunds do not, and nor does what lies outside', async () => {
  let id = 0;
  const line = (customer: number, days: number, amount: number | null, ref: string | null, kind = 'order'): string =>
    `INSERT INTO events (event_id, customer_id, occurred_ms, kind, amount, order_ref, ingested_ms) VALUES (${++id}, ${customer}, ${start + days * DAY_MS}, '${kind}', ${amount ?? 'NULL'}, ${ref === null ? 'NULL' : `'${ref}'`}, 0)`;
  const columns = await columnsOver(await openEngine(), [
    createTable('events', EVENT_COLUMNS), createTable('customers', CUSTOMER_COLUMNS),
    line(1, 3, 10, 'a'), line(1, 3, 5.5, 'a'), line(1, 4, 99, 'b'), line(1, 3.5, -4, 'a', 'refund'),
    line(2, -1, 7, 'c'), line(2, 30, 7, 'd'), line(3, 2, 20, null), line(3, 2.5, 30, null), line(4, 0, null, 'e'), line(4, 1, 8, 'f'), line(5, 29.99, 6, 'g'),
  ]);
  try {
    const { byKey } = await columnSource(columns, featurePlan(FEATURES, { timeZone: ZONE })).outcomes({ kind: 'order_value' }, '2026-01-01', 30);
    // The first order of customer 4 has no amount: what it was worth is not known, and the next one is another order.
    expect(Object.fromEntries(byKey)).toEqual({ 1: 15.5, 3: 20, 5: 6 });
  } finally {
    columns.close();
  }
});
