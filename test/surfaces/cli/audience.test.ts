/** What is done with segments on the command line beyond saving them: files, lists, overlap, webhooks. Against a real PostgreSQL server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startReceiver } from '../../support/webhookReceiver.ts';
import { verifies } from '../../../src/webhooks/sign.ts';
import { COLUMNS, serverShop } from './kit.ts';

const settings: NodeJS.ProcessEnv = {};
const shop = serverShop(settings);

beforeAll(async () => {
  await shop.json('import', shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\nA,2025-04-01,12,2\nB,2025-05-01,7.5,3\nC,2025-05-02,8,4\n'), ...COLUMNS);
  await shop.json('segment', 'save', 'regulars', '--condition', 'orders >= 2');
  await shop.json('segment', 'save', 'buyers', '--condition', 'orders >= 1');
  await shop.json('segment', 'build', 'regulars', 'buyers');
}, 120_000);

test('a segment is exported; the name of the file says the format', async () => {
  const out = join(shop.folder, 'buyers.csv');
  expect(await shop.json('segment', 'export', 'buyers', '--columns', 'id,holdout', '--out', out)).toMatchObject({ file: out, rows: 3, bytes: 39 });
  expect(readFileSync(out, 'utf8')).toBe('id,holdout\r\nA,false\r\nB,false\r\nC,false\r\n');
  const said = await shop.run('segment', 'export', '--condition', 'orders >= 2', '--out', join(shop.folder, 'regulars.ndjson.gz'), '--quiet');
  expect([said.code, said.stdout]).toEqual([0, expect.stringMatching(/1 customers, \d+ bytes\nsha256 [0-9a-f]{64}\n$/)]);
  for (const args of [['buyers', '--out', join(shop.folder, 'buyers')], ['--out', out], ['buyers', '--out', join(shop.folder, 'no', 'x.csv')], ['buyers', '--condition', 'orders >= 1', '--out', out]]) expect((await shop.run('segment', 'export', ...args)).code).toBe(2);
});

test('a webhook from its making to its end', async () => {
  const receiver = await startReceiver();
  try {
    settings['TAGCAST_WEBHOOK_HOSTS'] = new URL(receiver.url).origin;
    expect((await shop.run('webhook', 'create', '--url', 'http://127.0.0.1:9/x')).code).toBe(2);
    const made = (await shop.json('webhook', 'create', '--url', receiver.url, '--segment', 'buyers', '--description', 'CRM')) as { webhookId: string; secret: string };
    const id = made.webhookId;
    expect(made.secret).toMatch(/^whsec_/);
    expect((await shop.run('webhook', 'list')).stdout).not.toContain('whsec_');
    await shop.json('segment', 'save', 'buyers', '--condition', 'orders >= 2');
    await shop.json('segment', 'build', 'buyers');
    receiver.answer = (index) => ({ status: index === 0 ? 410 : 200 });
    expect(await shop.json('webhook', 'deliver')).toMatchObject({ failed: 1 });
    expect(await shop.json('webhook', 'list')).toMatchObject([{ webhookId: id, status: 'paused' }]);
    expect(await shop.json('webhook', 'deliveries', id)).toMatchObject([{ event: 'segment.left', state: 'pending', attempts: 1, lastStatus: 410 }]);
    await shop.json('webhook', 'edit', id, '--status', 'enabled', '--segment', 'all');
    const [{ messageId }] = (await shop.json('webhook', 'deliveries', id)) as { messageId: string }[];
    expect((await shop.run('webhook', 'resend', id)).code).toBe(2);
    expect(await shop.json('webhook', 'resend', id, messageId)).toEqual({ messages: 1 });
    expect(await shop.json('webhook', 'deliver')).toMatchObject({ delivered: 1 });
    expect(receiver.got.at(-1)?.body.data.customers).toEqual([{ id: 'B' }, { id: 'C' }]);
    const { secret } = (await shop.json('webhook', 'rotate', id, '--overlap', '1')) as { secret: string };
    expect(await shop.json('webhook', 'test', id)).toEqual({ ok: true, status: 200 });
    const { headers, text } = receiver.got[receiver.got.length - 1];
    expect([secret, made.secret].map((one) => verifies(one, headers, text))).toEqual([true, true]);
    await shop.json('webhook', 'delete', id);
    expect(await shop.json('webhook', 'list')).toEqual([]);
  } finally {
    await receiver.close();
  }
});

test('lists and overlaps', async () => {
  const guests = shop.file('guests.csv', '\uFEFFname,customer_id\n"x, y",A\nz,nobody\nw, C \n,\n');
  expect((await shop.run('segment', 'import', 'guests', guests)).stderr).toContain('invalid_mapping');
  expect((await shop.run('segment', 'import', 'guests', guests, '--column', 'custmer_id')).stderr).toContain('customer_id');
  expect(await shop.json('segment', 'import', 'guests', guests, '--column', 'customer_id', '--name-zh', '来宾')).toMatchObject({ version: 1, members: 2, given: 3, matched: 2, unmatched: 1 });
  expect(await shop.json('segment', 'import', 'guests', shop.file('more.csv', 'id\nB\n'), '--change', 'add')).toMatchObject({ members: 3, entered: 1 });
  expect((await shop.run('segment', 'import', 'guests', shop.file('broken.csv', 'id\n"B\n'))).code).toBe(3);
  expect((await shop.run('segment', 'import', 'guests', join(shop.folder, 'missing.csv'))).code).toBe(3);
  expect(await shop.json('segment', 'show', 'guests')).toMatchObject({ condition: null, builds: [{ version: 2 }, { version: 1 }] });
  expect(await shop.json('segment', 'count', '--condition', 'segment.guests', '--preview')).toMatchObject({ matching: 3 });
  await shop.json('segment', 'build', 'regulars');
  expect(await shop.json('segment', 'overlap', 'guests', 'regulars')).toMatchObject({ customers: 3, combinations: [{ segments: ['guests'], only: 2 }, { segments: ['guests', 'regulars'], only: 1 }] });
  expect((await shop.run('segment', 'overlap', 'guests', 'regulars', '--lang', 'zh')).stdout).toContain('仅属于这些');
});

test('two customers are merged', async () => {
  expect(await shop.json('merge', 'C', '--into', 'B')).toMatchObject({ events: 1, refused: [] });
  expect((await shop.run('merge', 'C', '--into', 'B')).code).toBe(2);
});

test('lookalikes of too small a segment are refused, and nothing is made', async () => {
  const refused = await shop.run('segment', 'lookalikes', 'regulars', '--save', 'like_regulars', '--count', '2');
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('at least 50 of each')]);
  expect((await shop.run('segment', 'similar', 'like_regulars')).code).toBe(2);
  expect(await shop.json('segment', 'similar', 'guests', '--limit', '3')).toEqual([]);
  expect((await shop.run('segment', 'lookalikes', 'regulars', '--save', 'x', '--share', '2')).code).toBe(2);
});

test('ids that a spreadsheet would run are harmless in the file, and the same customers when the file comes back', async () => {
  await shop.json('import', shop.file('phones.csv', "customer,time,amount,order\n+8613800000001,2025-05-03,999,p1\n=D,2025-05-03,998,p2\n'=E,2025-05-03,997,p3\n"), ...COLUMNS);
  const out = join(shop.folder, 'phones.csv.export.csv');
  await shop.json('segment', 'export', '--condition', 'sum(order.amount) >= 900', '--columns', 'id', '--out', out);
  expect(readFileSync(out, 'utf8').split('\r\n').toSorted()).toEqual(['', "''=E", "'+8613800000001", "'=D", 'id']);
  expect(await shop.json('segment', 'import', 'phones', out)).toMatchObject({ given: 3, matched: 3, unmatched: 0 });
});
