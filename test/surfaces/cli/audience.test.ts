/** What is done with segments on the command line beyond saving them: files, lists, overlap, webhooks. Against a real PostgreSQL server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../support/stores.ts';
import { cliHome, COLUMNS } from './kit.ts';

const settings: NodeJS.ProcessEnv = {};
const shop = cliHome(settings);
let drop: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  settings['TAGCAST_DATABASE_URL'] = database.databaseUrl;
  await shop.json('init', '--historic');
  await shop.json('import', shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\nA,2025-04-01,12,2\nB,2025-05-01,7.5,3\nC,2025-05-02,8,4\n'), ...COLUMNS);
  await shop.json('segment', 'save', 'regulars', '--condition', 'orders >= 2');
  await shop.json('segment', 'save', 'buyers', '--condition', 'orders >= 1');
  await shop.json('segment', 'build', 'regulars', 'buyers');
}, 120_000);

afterAll(async () => {
  await drop();
  shop.remove();
});

test('a segment is exported; the name of the file says the format', async () => {
  const out = join(shop.folder, 'buyers.csv');
  expect(await shop.json('segment', 'export', 'buyers', '--columns', 'id,holdout', '--out', out)).toMatchObject({ file: out, rows: 3, bytes: 39 });
  expect(readFileSync(out, 'utf8')).toBe('id,holdout\r\nA,false\r\nB,false\r\nC,false\r\n');
  const said = await shop.run('segment', 'export', '--condition', 'orders >= 2', '--out', join(shop.folder, 'regulars.ndjson.gz'), '--quiet');
  expect([said.code, said.stdout]).toEqual([0, expect.stringMatching(/1 customers, \d+ bytes\nsha256 [0-9a-f]{64}\n$/)]);
  for (const args of [['buyers', '--out', join(shop.folder, 'buyers')], ['--out', out], ['buyers', '--out', join(shop.folder, 'no', 'x.csv')], ['buyers', '--condition', 'orders >= 1', '--out', out]]) expect((await shop.run('segment', 'export', ...args)).code).toBe(2);
});
