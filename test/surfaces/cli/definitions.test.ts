/** Definitions as files on the command line: out, edited, compared, and in. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { serverShop } from './kit.ts';

const shop = serverShop();
beforeAll(async () => {
  await shop.json('segment', 'save', 'regulars', '--condition', 'orders >= 2', '--name-zh', '常客', '--name-en', 'Regulars');
}, 60_000);
test('a file goes out, is compared field by field, tried, and comes in; a state of yesterday is refused', async () => {
  const file = join(shop.folder, 'segments.json');
  expect((await shop.run('definitions', 'export', 'segments', file)).stdout.trim()).toBe(`1 segments → ${file}`);
  const document = JSON.parse(readFileSync(file, 'utf8')) as { segments: { key: string; owner: string; condition: unknown }[] };
  writeFileSync(file, `\uFEFF${JSON.stringify({ ...document, segments: [{ ...document.segments[0], owner: 'bo', condition: 'orders >= 3' }, { ...document.segments[0], key: 'others', condition: 'outside segment.regulars' }] })}`);
  const { stdout } = await shop.run('definitions', 'diff', 'segments', file);
  for (const line of ['segment regulars: changed (version 1)', '  condition: orders >= 2 → orders >= 3', '  owner: cli → bo', 'segment others: new']) expect(stdout.split('\n')).toContain(line);
  const state = /State ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
  expect((await shop.run('definitions', 'import', 'segments', file, '--dry-run')).stdout).toContain('A dry run, nothing was written: 1 would be created, 1 changed, 0 are the same.');
  expect((await shop.run('definitions', 'import', 'segments', file, '--expected-state', state, '--lang', 'zh')).stdout.trim()).toBe('新建 1，修改 1，未变 0。');
  expect(await shop.run('definitions', 'import', 'segments', file, '--expected-state', state)).toMatchObject({ code: 2, stderr: expect.stringContaining('Somebody has changed') as string });
});

test('files that are wrong say where and what to do', async () => {
  expect(await shop.run('definitions', 'diff', 'tags', '/nowhere.json')).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be read') as string });
  expect(await shop.run('definitions', 'diff', 'tags', shop.file('torn.json', '{'))).toMatchObject({ code: 3, stderr: expect.stringContaining('is no JSON') as string });
  expect(await shop.run('definitions', 'import', 'standards', shop.file('excel.csv', Buffer.from([0x66, 0xb9, 0xd9, 0x2c])))).toMatchObject({ code: 3, stderr: expect.stringContaining('CSV UTF-8') as string });
  const wrong = shop.file('wrong.json', JSON.stringify({ format: 'tagcast-segments', version: 1, segments: [{ key: 'x', label: { zh: '人', en: 'x' }, description: { zh: '人', en: 'x' }, owner: 'ann', condition: 'segment.regulrs', status: 'enabled', schedule: 'manual', holdoutShare: 0 }] }));
  expect((await shop.run('definitions', 'diff', 'segments', wrong)).stdout).toContain('! segment x, condition: The condition names 1 thing that the catalogue does not have: segment "regulrs" (did you mean regulars?).');
  expect(await shop.run('definitions', 'import', 'segments', wrong)).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing was imported. segment x, condition:') as string });
  expect((await shop.run('definitions', 'export', 'things', 'x.json')).code).toBe(2);
});
