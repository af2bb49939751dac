/** The lifecycle on the command line: rules from the configuration, in both languages, and what is wrong with them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();
const config = join(shop.home, 'config.json');
const configure = (lifecycle: object): void => { writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), lifecycle })); };

beforeAll(async () => {
  const orders = shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\nA,2025-04-01,12,2\nB,2025-05-01,7.5,3\nC,2025-01-01,7.5,4\n');
  await shop.run('import', orders, ...COLUMNS);
}, 120_000);
test('an edit of the rules is the next night, and both are told apart', async () => {
  await shop.run('nightly', '--as-of', '2025-05-02');
  configure({ slippingAfterCycles: 0.1, dormantAfterCycles: 0.2, churnedAfterCycles: 0.3 });
  expect((await shop.run('lifecycle', 'rules')).stdout).toMatch(/not used by a night yet[\s\S]*Churned after so many: 0\.3 \(default 4\)[\s\S]*2025-05-02/);
  await shop.run('nightly', '--as-of', '2025-05-09');
  expect(await shop.json('lifecycle', 'rules')).toMatchObject({ version: 2, rules: { churnedAfterCycles: 0.3, loyalFromOrders: 5 }, versions: [{ version: 2, firstDay: '2025-05-09' }, { version: 1, lastDay: '2025-05-02' }] });
  expect(await shop.json('lifecycle', 'changes', '--to', 'churned')).toMatchObject({ changes: [{ externalId: 'A', from: 'growing', to: 'churned', rulesVersion: 2 }, { externalId: 'C', from: 'slipping', to: 'churned' }], more: false });
  expect((await shop.run('lifecycle', 'flows', '--weeks', '2', '--lang', 'zh')).stdout).toMatch(/2025-W18 → 2025-W19[\s\S]*流失[\s\S]*成长/);
  expect((await shop.run('lifecycle', 'rules', '--lang', 'zh')).stdout).toContain('最短停留');
  expect((await shop.run('doctor')).stdout).toContain("lifecycle rules: the shop's own: slipping, dormant, churned after 0.1, 0.2, 0.3 cycles");
});

test('the prediction is judged once there is one that is old enough, and until then it is said when', async () => {
  const { code, stderr } = await shop.run('lifecycle', 'accuracy', '--as-of', '2025-05-02');
  expect([code, stderr]).toEqual([4, expect.stringContaining('Nothing is known yet of what came 30 days after a prediction: stages are there from 2025-05-02 to 2025-05-09.')]);
});

test('rules that make no sense stop every command, with each fault named', async () => {
  configure({ slippingAfterCycles: 3, loyalFromOrders: 1 });
  const { code, stderr } = await shop.run('lifecycle', 'rules');
  expect(code).toBe(2);
  expect(stderr).toContain('lifecycle.dormantAfterCycles is 2.5 and must be greater than slippingAfterCycles, which is 3');
  expect(stderr).toContain('lifecycle.loyalFromOrders Too small: expected number to be >=2');
  expect((await shop.run('doctor')).stdout).toContain('lifecycle.dormantAfterCycles');
});
