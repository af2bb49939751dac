/** `tagcast preferences` and `tagcast train preferences` over a shop of 90 customers in two groups of taste. */
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();

/** Two orders in three weeks each: group A buys from its own three products, group B from others, and everybody buys bread. */
function orders(): string {
  const rows = Array.from({ length: 90 }, (_, u) => Array.from({ length: 22 }, (__, i) => {
    const day = new Date(Date.UTC(2025, 0, 1 + ((u * 5) % 10) + 10 * i)).toISOString().slice(0, 10);
    const own = `${u % 2 === 0 ? 'tea' : 'toy'}-${(u + i) % 3}`;
    return [`C${u},${day},10,o${u}-${i},${own},${u % 2 === 0 ? 'tea' : 'toys'}`, `C${u},${day},3,o${u}-${i},bread,food`];
  })).flat(2);
  return `customer,time,amount,order,product,category\n${rows.join('\n')}\n`;
}

beforeAll(async () => {
  await shop.run('import', shop.file('orders.csv', orders()), ...COLUMNS, '--product', 'product', '--category', 'category');
});
test('preferences are trained, told in both languages, read by tags, withdrawn and restored', async () => {
  expect((await shop.run('preferences')).stdout).toContain('tagcast train preferences');
  expect(await shop.json('train', 'preferences')).toMatchObject([{ model: 'preferences', version: 1, champion: true, report: { products: 7, categories: 3, product: { horizonDays: 28 } } }]);
  expect((await shop.run('preferences', '--lang', 'en')).stdout).toMatch(/version 1: serves[\s\S]*most popular \(baseline\)[\s\S]*bought before \(baseline\)[\s\S]*hit rate/);
  expect((await shop.run('preferences', '--lang', 'zh')).stdout).toMatch(/版本 1: 在用[\s\S]*近期热销（基线）[\s\S]*命中率/);
  await shop.run('score');
  const { tags } = (await shop.json('customer', 'C0')) as { tags: { key: string; status: string; value: unknown }[] };
  expect(tags.find(({ key }) => key === 'pref_category_top3')).toMatchObject({ status: 'ok', value: ['tea'] });
  const products = tags.find(({ key }) => key === 'pref_product_top5')?.value as string[];
  expect(products.slice(0, 4).toSorted()).toEqual(['bread', 'tea-0', 'tea-1', 'tea-2']);
  expect((await shop.run('customer', 'C0', '--lang', 'zh')).stdout).toMatch(/偏好与触达[\s\S]*品类偏好\s+tea/);
  expect(await shop.json('segment', 'count', '--condition', 'tag.pref_category_top3.value has tea')).toMatchObject({ matching: 45 });
  expect(await shop.json('preferences', '--withdraw', '1')).toMatchObject([{ version: 1, withdrawn: true, serves: false }]);
  expect(await shop.json('preferences', '--restore', '1')).toMatchObject([{ version: 1, serves: true }]);
  expect((await shop.run('preferences', '--withdraw', '7')).code).toBe(2);
  expect((await shop.run('preferences', '--withdraw', '1', '--restore', '1')).code).toBe(2);
});
