/** The tree of categories on the command line. */
import { expect, test } from 'vitest';
import { serverShop } from './kit.ts';

const shop = serverShop();
test('a shop makes its own tree, keeps tags in it, and is told what still holds something', async () => {
  await shop.json('categories', 'save', 'action', '--name-zh', '挽留', '--name-en', 'Win-back', '--parent', 'churn');
  await shop.json('categories', 'place', 'clv_tier', 'action');
  expect((await shop.run('categories', 'list', '--lang', 'zh')).stdout).toMatch(/ {2}action +挽留 +Win-back +1 +自建/);
  expect((await shop.run('tags', 'list', '--category', 'churn', '--lang', 'en')).stdout).toContain('Churn risk › Win-back (action, 1)');
  const refused = await shop.run('categories', 'delete', 'action');
  expect([refused.code, refused.stderr.includes('tag clv_tier')]).toEqual([2, true]);
  await shop.json('categories', 'place', 'clv_tier', 'none');
  await shop.json('categories', 'delete', 'action');
  expect((await shop.run('categories', 'history', 'action', '--lang', 'en')).stdout).toMatch(/2 +deleted +cli/);
  expect((await shop.run('categories', 'history', 'clv_tier', '--lang', 'en')).stdout).toContain('where the product has it');
});

test('lists come in pages, and words with wrong letters are answered with what may have been meant', async () => {
  expect(await shop.json('tags', 'list', '--limit', '2')).toHaveLength(2);
  expect((await shop.run('tags', 'list', '--limit', '2', '--lang', 'en')).stdout).toContain('the next page: --offset 2');
  expect((await shop.run('tags', 'list', '--search', '价直等级', '--lang', 'zh')).stdout).toContain('您是不是要找： clv_tier');
  expect((await shop.run('tags', 'values', 'clv_tier', '--lang', 'zh')).stdout).toMatch(/top +顶级 +Top +0/);
  expect((await shop.run('tags', 'values', 'orders_total', '--lang', 'en')).stdout).toContain('`tagcast tags report orders_total`');
});

test('a condition is tried before it becomes a tag', async () => {
  expect((await shop.run('tags', 'preview', '--condition', 'orders >= 2', '--lang', 'en')).stdout).toContain('0 of 0 customers');
  expect((await shop.run('tags', 'preview')).code).toBe(2);
});
