import { expect, test } from 'vitest';
import { readinessFacts } from '../../src/jobs/training/task.ts';
import { shopColumns } from '../features/shop.ts';

/** Regression: orders of a shop that gives no references were not counted, and training said "Orders: 0 of 200". */
test('an order line without a reference is an order of its own, lines with one are one order', async () => {
  const day = 86_400_000;
  const order = (customer: number, at: number, orderRef?: string) => ({ customer, at, kind: 'order', amount: '5', ...(orderRef === undefined ? {} : { orderRef }) });
  const columns = await shopColumns({
    customers: [{ createdAt: 0 }, { createdAt: 0 }, { createdAt: 0 }],
    events: [order(0, day), order(0, 2 * day), order(1, 3 * day, 'a'), order(1, 3 * day, 'a'), order(2, 4 * day), { customer: 2, at: 5 * day, kind: 'view' }, order(2, 40 * day)],
  });
  try {
    expect(await readinessFacts(columns, { end: '1970-02-01', timeZone: 'UTC' })).toMatchObject({ customers: 3, orders: 4, repeatCustomers: 1, firstEvent: '1970-01-02' });
  } finally {
    columns.close();
  }
});
