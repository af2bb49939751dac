/** Choosing by time, on shops whose truth is known: what is there is found, and where nothing is there a baseline serves. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { judgeCategories } from '../../../src/training/preference/categories.ts';
import { categoryData, LEAST_BUYERS, productData, sampleOf } from '../../../src/training/preference/items.ts';
import type { PurchaseRows } from '../../../src/training/preference/items.ts';
import { chooseMethod, chooseProducts } from '../../../src/training/preference/protocol.ts';

const END = 400;
const OPTIONS = { endDay: END, horizonDays: 28, seed: 1, cutoffs: [5, 10] } as const;

/** Customers who buy `perVisit` products on a day about every two weeks, as `pick` says. */
function shop(customers: number, pick: (customer: number, visit: number, rng: ReturnType<typeof seededRandom>) => number, perVisit = 2): PurchaseRows {
  const rng = seededRandom('protocol', customers, perVisit);
  const lines = Array.from({ length: customers }, (_, u) => {
    const own: { u: number; product: string; category: string; day: number }[] = [];
    for (let [day, visit] = [rng.int(20), 0]; day < END; day += 7 + rng.int(14), visit++) {
      for (let n = 0; n < perVisit; n++) {
        const product = pick(u, visit, rng);
        own.push({ u: u + 1, product: `p${String(product).padStart(2, '0')}`, category: `c${Math.floor(product / 10)}`, day });
      }
    }
    return own;
  }).flat();
  return { customers: Float64Array.from(lines, ({ u }) => u), products: lines.map(({ product }) => product), categories: lines.map(({ category }) => category), days: Float64Array.from(lines, ({ day }) => day) };
}

/** Sixty products, the low ones far more often. */
const popular = (rng: ReturnType<typeof seededRandom>): number => Math.floor(60 * rng.next() ** 3);

describe('choosing a method', () => {
  test('customers who walk through their own group: more than both baselines is found, beyond chance', () => {
    // Six groups of ten products; a customer buys the next product of the group in turn, so what was bought last is not bought next.
    const data = productData(shop(150, (u, visit, rng) => (rng.next() < 0.75 ? 10 * (u % 6) + ((visit + u) % 10) : popular(rng))));
    const { report, model, durable, method } = chooseProducts(data, OPTIONS);
    expect(['combined', 'combined_als', 'als', 'cooccurrence']).toContain(method);
    for (const { recall, ndcg } of report.against) {
      expect(recall[0].low).toBeGreaterThan(0);
      expect(ndcg[0].low).toBeGreaterThan(0);
    }
    expect(report.days).toEqual({ weigh: END - 84, validation: END - 56, test: END - 28, end: END });
    expect(model.names).toHaveLength(60);
    expect(durable).toHaveLength(60);
  });

  test('where everybody draws from one pot, no personal method pretends to know better', () => {
    const { report, method } = chooseProducts(productData(shop(150, (_, __, rng) => popular(rng))), OPTIONS);
    const of = (name: string): number => report.test.find((one) => one.method === name)?.ndcg[0].estimate ?? 0;
    expect(['popular', 'combined', 'combined_als']).toContain(method);
    expect(of('popular')).toBeGreaterThan(of('bought_before'));
    expect(Math.abs(of(method) - of('popular'))).toBeLessThan(0.05);
  });

  test('the same seed gives the same answer, whatever the order of the rows', () => {
    const rows = shop(60, (u, visit, rng) => (rng.next() < 0.7 ? 10 * (u % 6) + (visit % 10) : popular(rng)));
    const turned: PurchaseRows = { customers: rows.customers.toReversed(), products: rows.products.toReversed(), categories: rows.categories.toReversed(), days: rows.days.toReversed() };
    expect(chooseProducts(productData(turned), OPTIONS)).toEqual(chooseProducts(productData(rows), OPTIONS));
  });

  test('a more involved method takes over only beyond one standard error', () => {
    const judged = (popularScores: number[], combined: number[]) => new Map([['popular' as const, { ndcg: Float64Array.from(popularScores) }], ['combined' as const, { ndcg: Float64Array.from(combined) }]]);
    expect(chooseMethod(judged([0.2, 0.4, 0.3, 0.1], [0.3, 0.5, 0.4, 0.2]))).toBe('combined');
    expect(chooseMethod(judged([0.2, 0.4, 0.3, 0.1], [0.9, 0.0, 0.1, 0.1]))).toBe('popular');
  });
});

describe('categories', () => {
  test('own shares beat what everybody buys, and lift names what tells customers apart', () => {
    const report = judgeCategories(categoryData(shop(300, (u, _, rng) => (rng.next() < 0.5 ? 10 * (u % 6) + rng.int(10) : popular(rng)))), END, 28, 1);
    const of = (order: string) => report?.test.find((one) => one.order === order);
    expect(of('share')?.ndcg.low).toBeGreaterThan(of('popular')?.ndcg.high ?? 1);
    expect(of('popular')?.selectivity.estimate).toBeCloseTo(1, 10);
    expect(of('lift')?.selectivity.low).toBeGreaterThan(1.1);
  });
});

describe('items', () => {
  test('an item of a few customers is left out, and a product goes to the category it is mostly sold under', () => {
    const lines = Array.from({ length: 12 }, (_, u) => [u, u < LEAST_BUYERS - 1 ? 'rare' : 'known', u === 11 ? 'misfiled' : 'home', u] as const);
    const data = productData({ customers: Float64Array.from(lines, ([u]) => u), products: lines.map(([, product]) => product), categories: lines.map(([, , category]) => category), days: Float64Array.from(lines, ([, , , day]) => day) });
    expect(data.purchases.names).toEqual(['known']);
    expect(data.groups).toEqual(['home']);
  });
  test('a sample is an SQL condition of its own making', () => {
    expect([sampleOf(100, 200), sampleOf(200, 100)]).toEqual(['true', '(customer_id * 2654435761) % 4294967296 < 2147483648']);
  });
});
