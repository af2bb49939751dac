/**
 * Features do not depend on where the rows lie, to the last bit: threads of the column engine add up in any order, and trees grown on other last bits are other trees.
 * Regression: faded sums were rounded row by row, so that one model trained twice on the same snapshot could differ.
 */
import { expect, test } from 'vitest';
import { FEATURES } from '../../features/index.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { seededRandom } from '../../src/base/random.ts';
import { shopColumns } from './shop.ts';
import type { Shop, ShopEvent } from './shop.ts';
import { LANGUAGE } from './language.ts';

const AS_OF = Date.UTC(2025, 5, 1);

test('rows in another order are the same features, bit for bit', async () => {
  const rng = seededRandom(11);
  const kinds = ['order', 'order', 'refund', 'view', 'cart', 'visit', 'message_sent', 'message_open', 'complaint'];
  const events = Array.from({ length: 1500 }, (_, i): ShopEvent => {
    const kind = kinds[rng.int(kinds.length)];
    const amount = `${kind === 'refund' ? '-' : ''}${(rng.next() * 300).toFixed(4)}`;
    return {
      customer: i % 4, at: AS_OF - 1 - Math.floor(rng.next() * 500 * 86_400_000), kind, quantity: String(1 + rng.int(5)), discount: (rng.next() * 9).toFixed(4), product: `p${rng.int(9)}`,
      category: `c${rng.int(3)}`, channel: 'web', session: `s${rng.int(40)}`, orderRef: `o${rng.int(300)}`, ...(kind === 'order' || kind === 'refund' ? { amount } : {}),
    };
  });
  const shop: Shop = { customers: Array.from({ length: 4 }, () => ({ createdAt: 0 })), events };
  const plan = featurePlan([...FEATURES, ...LANGUAGE], { timeZone: 'Asia/Shanghai' });
  const straight = [...events.keys()];
  const [first, ...others] = await Promise.all([straight, straight.toReversed(), straight.map((i) => (i * 7) % events.length)].map(async (places) => {
    const columns = await shopColumns(shop, places);
    try {
      return await buildFeatures(columns, plan, { asOf: AS_OF });
    } finally {
      columns.close();
    }
  }));
  expect(first.matrix.rows).toBe(4);
  for (const other of others) {
    expect(other.matrix.columns.filter((column, i) => !column.values.every((value, row) => Object.is(value, first.matrix.columns[i].values[row]))).map(({ name }) => name)).toEqual([]);
  }
});
