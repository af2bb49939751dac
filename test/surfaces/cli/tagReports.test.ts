/** How useful tags are, on the command line. */
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();
/** Sixty customers who order every five days or never again. */
const orders = Array.from({ length: 60 }, (_, c) => Array.from({ length: c % 2 === 0 ? 20 : 1 }, (_row, i) => `c${c},2026-0${1 + Math.floor((i * 5) / 30)}-${String(1 + ((i * 5) % 28)).padStart(2, '0')},${10 + c},${c}-${i}`)).flat();

beforeAll(async () => {
  await shop.json('import', shop.file('orders.csv', `customer,time,amount,order\n${orders.join('\n')}\n`), ...COLUMNS);
}, 60_000);
test('a rule tag of five weeks ago is reported with what its carriers did since then', async () => {
  await shop.json('tags', 'create', 'active', '--condition', 'orders last 30 days >= 3', '--enable');
  await shop.json('tags', 'take');
  for (const day of [['--as-of', '2026-02-20'], []]) expect((await shop.run('nightly', ...day, '--quiet')).code).toBe(0);
  const english = await shop.run('tags', 'report', 'active', '--lang', 'en');
  expect(english.code, english.stderr).toBe(0);
  for (const words of ['Coverage', 'not carried: ', 'The tag of 2026-02-20 and orders in the 30 days after it (version 1 then): ', "Cramér's V", 'Orders in the 90 days after: the history is too short; known from 2026-05-21', 'Used by: nobody']) expect(english.stdout).toContain(words);
  expect((await shop.run('tags', 'report', 'active', '--lang', 'zh')).stdout).toContain('下单率');
  expect((await shop.run('tags', 'report', 'activ')).stderr).toContain('Did you mean active?');
  const numbers = await shop.run('tags', 'report', 'orders_total');
  for (const words of ['P50', 'range', 'keeps no history of every night']) expect(numbers.stdout).toContain(words);
});

test('the overview comes most useful first, or most troubled first', async () => {
  const { day, tags } = (await shop.json('tags', 'overview', '--refresh')) as { day: string; tags: { key: string; problems: string[] }[] };
  expect(day).toMatch(/^2026-/);
  expect(tags.length).toBeGreaterThan(30);
  const troubled = await shop.run('tags', 'overview', '--sort', 'problems', '--lang', 'zh');
  expect(troubled.stdout).toContain(`${day} 的报告，${tags.length} 个标签`);
  expect(troubled.stdout).toContain('没有人群或标签使用');
});
