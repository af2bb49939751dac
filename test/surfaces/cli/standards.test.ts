/** Standards of values on the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { serverShop } from './kit.ts';

const shop = serverShop();
beforeAll(async () => {
  const mapping = shop.file('people.json', JSON.stringify({ target: 'customers', customer: 'id', attributes: [{ column: 'title', as: 'title' }] }));
  await shop.json('import', shop.file('people.csv', 'id,title\nA,Director\nB,Director\nC,directr\nD,总监\n'), '--mapping', mapping);
}, 60_000);
test('values that look alike are suggested, saved as one, and go out and in as CSV', async () => {
  expect((await shop.run('standards', 'suggest', 'attribute.title')).stdout).toContain('Director ← directr (1)');
  expect((await shop.run('standards', 'save', 'attribute.title', 'Director', '--alias', 'directr', '--alias', '总监', '--lang', 'en')).stdout).toContain('attribute.title: 2 customers changed');
  expect(await shop.json('segment', 'count', '--condition', 'attr.title = "总监"')).toMatchObject({ matching: 4 });
  const file = join(shop.folder, 'standards.csv');
  await shop.json('standards', 'export', file);
  expect(readFileSync(file, 'utf8')).toBe('field,standard,alias\r\nattribute.title,Director,directr\r\nattribute.title,Director,总监\r\n');
  expect((await shop.run('standards', 'delete', 'attribute.title', 'Director', '--lang', 'zh')).stdout).toContain('2 位客户的值已统一');
  expect((await shop.run('standards', 'show', 'attribute.title')).code).toBe(2);
  await shop.json('standards', 'import', file);
  expect((await shop.run('standards', 'show', 'attribute.title')).stdout.trim()).toBe('Director = directr = 总监');
  expect(await shop.json('standards', 'apply')).toMatchObject([{ field: 'attribute.title', changed: 0 }]);
  expect((await shop.run('standards', 'list', '--lang', 'en')).stdout).toMatch(/attribute.title +1 +2/);
});
