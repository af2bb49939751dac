import { expect, test } from 'vitest';
import { describeOnEachStore } from '../support/stores.ts';

describeOnEachStore('an open store', (getStore, about) => {
  test('has the schema and knows its dialect', async () => {
    const store = getStore();
    expect(store.dialect).toBe(about().dialect);
    expect(await store.db('customers').count()).toEqual([{ count: 0 }]);
  });

  test('fails at once on a statement beside the running transaction', async () => {
    const { db } = getStore();
    await expect(db.transaction(() => db('customers').count())).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('outside of the transaction') });
    expect(await db('customers').count()).toEqual([{ count: 0 }]);
  });
});
