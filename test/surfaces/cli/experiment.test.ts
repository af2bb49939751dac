/** `tagcast experiment …`: recorded from a list and from a hold-out, read in both languages, evaluated, deleted. */
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();
const { run, json } = shop;
const CUSTOMERS = 300;
const each = (line: (i: number) => string): string => Array.from({ length: CUSTOMERS }, (_, i) => line(i)).join('\n');
const before = shop.file('orders.csv', `customer,time,amount,order\n${each((i) => `K${i},2025-0${1 + (i % 2)}-0${1 + (i % 9)},${10 + (i % 13)},a${i}`)}\n${each((i) => (i % 4 === 0 || i % 10 === 1 ? `K${i},2025-03-05,12,b${i}` : `K${i},2025-01-01,5,c${i}`))}\n`);
const arms = shop.file('arms.csv', `id;group;age\n${each((i) => `K${i};${['Mail', 'Nothing', 'Call'][i % 3]};${20 + (i % 40)}`)}\n`);

beforeAll(async () => {
  await json('import', before, ...COLUMNS);
}, 120_000);
test('a list: recorded, imported by the words of its arms, evaluated, shown and deleted', async () => {
  const made = await run('experiment', 'create', 'mail', '--outcome', 'order', '--response-days', '7', '--start', '2025-03-01', '--probability', '0.5', '--name-zh', '邮件');
  expect(made.stdout).toContain('tagcast experiment import-assignment mail');
  const list = ['--customer', 'id', '--arm', 'group', '--covariates', 'age'];
  expect((await run('experiment', 'import-assignment', 'mail', arms, ...list)).code).toBe(3);
  expect((await run('experiment', 'import-assignment', 'mail', arms, ...list, '--treated', 'Mail', '--held-out', 'Nothing')).stdout).toContain('200 new (0 known before, 0 not in the store, 100 of other arms); in all 100 treated and 100 held out');
  expect((await run('experiment', 'list', '--lang', 'zh')).stdout).toMatch(/mail.*邮件.*100.*100.*未评估/);
  expect((await run('experiment', 'show', 'mail')).stdout).toContain('Not evaluated yet');
  expect(await run('experiment', 'evaluate', 'mail', '--end', '2025-03-02')).toMatchObject({ code: 4, stderr: expect.stringContaining('2025-03-09') as string });
  const evaluated = await run('experiment', 'evaluate', 'mail', '--end', '2025-03-10', '--lang', 'zh');
  expect(evaluated.stdout).toMatch(/证据不足.*\n触达 100 位，留出 100 位/);
  expect((await run('experiment', 'show', 'mail', '--lang', 'zh')).stdout).toContain('平均效果');
  expect(await json('experiment', 'list')).toMatchObject([{ key: 'mail', evaluation: { version: 1, rankable: false } }]);
  expect((await run('experiment', 'delete', 'mail')).stdout).toContain('is deleted');
  expect(await json('experiment', 'list')).toEqual([]);
}, 60_000);

test('a hold-out: its arms are recorded at the contact; outcomes may be conditions', async () => {
  await json('segment', 'save', 'all', '--condition', 'orders >= 1', '--holdout', '0.2');
  await json('segment', 'build', 'all');
  const day = new Date().toISOString().slice(0, 10);
  const create = ['--response-days', '7', '--start', day, '--end', new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10), '--segment', 'all'];
  expect((await run('experiment', 'create', 'held', '--outcome', 'orders last 30 days >= 1', ...create)).code).toBe(2);
  expect(await json('experiment', 'create', 'held', '--outcome', 'orders last 7 days >= 1', ...create)).toMatchObject({ treatmentProbability: 0.8, outcome: { kind: 'condition' } });
  const assigned = await json('experiment', 'assign', 'held') as { arms: { treated: number; heldOut: number } };
  expect(assigned.arms.treated + assigned.arms.heldOut).toBe(CUSTOMERS);
  expect(assigned.arms.heldOut).toBeGreaterThan(30);
});
