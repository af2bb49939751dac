/** Data quality on the command line. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();
beforeAll(async () => {
  await shop.json('import', shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\nA,2025-04-01,,2\nB,2025-04-07,7.5,3\n'), ...COLUMNS);
}, 60_000);
test('the data are checked, an alert opens, doctor says it, and rules go out and in as a file', async () => {
  const checked = await shop.run('quality', 'check', '--lang', 'en');
  expect(checked.stdout).toContain('New alerts: order_amount_present');
  expect((await shop.run('quality', 'status', '--lang', 'zh')).stdout).toMatch(/order_amount_present +订单有金额 +完整性 +不合格/);
  expect((await shop.run('doctor')).stdout).toContain('data quality: open alerts: order_amount_present since 2025-04-08');
  expect((await shop.run('quality', 'show', 'order_amount_present', '--lang', 'en')).stdout).toContain('Customers, for example: A');
  const file = join(shop.folder, 'rules.json');
  await shop.json('quality', 'export', file);
  await shop.json('quality', 'save', '--pause', '{"key": "order_amount_present", "label": {"zh": "订单有金额", "en": "Amounts"}, "check": {"field": {"events": "order", "column": "amount"}, "test": {"present": true}}, "mostBad": 0.9}');
  expect((await shop.run('quality', 'rules', '--lang', 'en')).stdout).toMatch(/order_amount_present .* paused/);
  expect(await shop.json('quality', 'import', file)).toMatchObject({ edited: ['order_amount_present'], created: [] });
  await shop.json('quality', 'delete', 'order_amount_present');
  expect((await shop.run('quality', 'check', '--lang', 'en')).stdout).toContain('Over: order_amount_present');
  expect((await shop.run('quality', 'save', 'nothing')).code).toBe(2);
});
