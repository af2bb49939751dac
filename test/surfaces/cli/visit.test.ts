/** `tagcast visit` in a shop that has trained nothing yet, and what it says of files that are wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COLUMNS, serverShop } from './kit.ts';

const shop = serverShop();

beforeAll(async () => {
  await shop.json('import', shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\n'), ...COLUMNS);
}, 60_000);
test('without a model it says what to run; files and instants are checked before anything is read', async () => {
  const events = shop.file('visit.json', '[{"occurredAt": "2025-03-01T10:00:00+08:00", "kind": "view", "product": "P"}]');
  expect((await shop.run('visit', 'A', '--events', events)).stdout).toContain('tagcast train session_purchase');
  expect((await shop.run('visit', 'A', '--lang', 'zh')).stdout).toContain('本次访问购买概率：模型停用');
  expect(await shop.json('visit', 'NEW', '--events', events)).toMatchObject({ customer: 'NEW', visit: null, tag: { status: 'model_paused' } });
  const wrong = shop.file('wrong.json', '[{"kind": "view"}]');
  const codes = [];
  for (const args of [['A', '--events', wrong], ['A', '--events', shop.file('no.json', 'x')], ['A', '--at', 'today'], ['NEW']]) codes.push((await shop.run('visit', ...args)).code);
  expect(codes).toEqual([3, 3, 2, 2]);
  expect((await shop.run('visit', 'A', '--events', wrong)).stderr).toContain('0.occurredAt');
  const many = shop.file('many.json', JSON.stringify(Array.from({ length: 501 }, () => ({ occurredAt: 1, kind: 'view' }))));
  expect((await shop.run('visit', 'A', '--events', many)).stderr).toContain('501 events');
});

test('training it without browsing events is told what is missing, and is no error of the others', async () => {
  const { code, stderr } = await shop.run('train', 'session_purchase');
  expect(code).toBe(4);
  expect(stderr).toContain('Visits: 0 of 600');
});

test('the silence that ends a visit is part of the configuration, within its limits', async () => {
  const config = join(shop.home, 'config.json');
  const before = readFileSync(config, 'utf8');
  const written = JSON.parse(before) as { visits: { silenceMinutes: number } };
  expect(written.visits).toEqual({ silenceMinutes: 30 });
  writeFileSync(config, JSON.stringify({ ...written, visits: { silenceMinutes: 3 } }));
  const { code, stderr } = await shop.run('visit', 'A');
  writeFileSync(config, before);
  expect(code).toBe(2);
  expect(stderr).toContain('visits.silenceMinutes');
});
