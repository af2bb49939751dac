/**
 * Bad input through the real command line: a clear error with its exit code and the next step, and nothing lost.
 * One home serves all: the shop of a single customer, whose id is as awkward as ids can be. Files that the importer's own tests cover
 * (a 100 MB line, a disk that fills up during an import) are in test/store/import and test/e2e/import.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliHome, COLUMNS } from '../surfaces/cli/kit.ts';

const shop = cliHome();
const { run, json, file } = shop;

/** Quotes, an emoji made of several code points, spaces, every sign that means something in a URL, CSV, SQL or a shell. */
const ID = `O'Brien "VIP" 👩‍👩‍👧 张/三?a=1&b#c%20;DROP \\ $HOME`;
const inCsv = `"${ID.replaceAll('"', '""')}"`;
const HEADER = 'customer,time,amount,order\n';

interface Document {
  readonly [key: string]: unknown;
}
const read = async (...args: string[]): Promise<Document> => (await json(...args)) as Document;

beforeAll(async () => {
  await json('init', '--historic');
}, 120_000);

afterAll(() => {
  shop.remove();
});

describe('files and mappings that cannot be taken', () => {
  const good = (): string => file('good.csv', `${HEADER}A,2025-01-01,1,1\n`);

  test.each([
    ['a mapping that is no JSON', () => [good(), '--mapping', file('broken.json', '{"target": "events", ')], 2, 'invalid_mapping', /cannot be read as JSON/],
    ['a mapping with an unknown key', () => [good(), '--mapping', file('key.json', '{"target": "events", "customer": "customer", "time": "time", "kind": "order", "amout": "amount"}')], 2, 'invalid_mapping', /amout/],
    ['a mapping with an unknown column', () => [good(), '--mapping', file('column.json', '{"target": "events", "customer": "custmer", "time": "time", "kind": "order"}')], 2, 'invalid_mapping', /no column "custmer" \(customer\), did you mean "customer"\? Columns found: "customer", "time", "amount", "order"\./],
    ['a mapping that does not exist', () => [good(), '--mapping', 'online_retial'], 2, 'unknown_name', /did you mean "online_retail"/],
    ['no mapping at all', () => [good()], 2, 'invalid_mapping', /--customer <column>; --time <column>; --amount/],
    ['consents without a mapping file', () => [good(), '--target', 'consents', '--customer', 'customer'], 2, 'invalid_mapping', /--mapping <file>/],
    ['a file that does not exist', () => [join(shop.folder, 'nothing.csv'), ...COLUMNS], 3, 'file_unreadable', /does not exist/],
    ['a folder', () => [shop.folder, ...COLUMNS], 3, 'file_unreadable', /folder/],
    ['an empty file', () => [file('empty.csv', ''), ...COLUMNS], 3, 'bad_data', /empty/],
    ['an unknown time zone', () => [good(), ...COLUMNS, '--time-zone', 'Mars/Phobos'], 2, 'invalid_mapping', /time zone/],
  ])('%s', async (_name, args, exit, code, message) => {
    const { code: exitCode, stdout, stderr } = await run('import', ...args(), '--quiet');
    expect(stderr).toMatch(message);
    expect(stderr).toContain(`Error (${code}): `);
    expect(stderr).toMatch(/\nWhat to do: ./);
    expect([exitCode, stdout]).toEqual([exit, '']);
  });

  test('none of them has left anything in the store', async () => {
    const { code, stdout } = await run('doctor');
    expect(stdout).toContain('✗ data: 0 customers, 0 events');
    expect(code).toBe(1);
  });

  test('with --json the error is one JSON document on standard error', async () => {
    const { code, stdout, stderr } = await run('import', file('empty.csv', ''), ...COLUMNS, '--json', '--quiet');
    expect([code, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'bad_data', message: expect.stringContaining('empty'), hint: expect.any(String) } });
  });

  test('a header without rows imports nothing and says so', async () => {
    const { code, stdout } = await run('import', file('header.csv', HEADER), ...COLUMNS, '--quiet');
    expect(code).toBe(0);
    expect(stdout).toContain('The file has a header line and no rows.');
  });

  test('training and scoring before there is any data', async () => {
    expect(await run('train', 'churn', '--quiet')).toMatchObject({ code: 4, stderr: expect.stringContaining('insufficient_data') });
    const { code, stderr } = await run('score', '--quiet');
    expect([0, 4]).toContain(code);
    expect(stderr).not.toContain('internal');
  });
});

describe('the shop of one customer with an awkward id', () => {
  test('is imported, with the rest of the file accounted for', async () => {
    const orders = Array.from({ length: 12 }, (_, month) => `${inCsv},2025-${String(month + 1).padStart(2, '0')}-05 10:00:00,${100 + month}.50,O${month}`);
    const path = file('one.csv', `${HEADER}${orders.join('\n')}\n${inCsv},2099-01-01,5,F1\n,2025-02-02,5,N1\n${inCsv},yesterday,5,Y1\n`);
    const report = await read('import', path, ...COLUMNS);
    expect(report).toMatchObject({ rows: 15, taken: 12, quarantined: 3, customersCreated: 1 });
    const quarantine = readFileSync(String(report.quarantinePath), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { line: number; reason: string; raw: string });
    expect(quarantine.map(({ line }) => line)).toEqual([14, 15, 16]);
    expect(new Set(quarantine.map(({ reason }) => reason)).size).toBe(3);
    expect(quarantine[0].raw).toContain('2099-01-01');
    expect(await read('import', path, ...COLUMNS)).toMatchObject({ taken: 0, duplicates: 12, quarantined: 3 });
  });

  test('training says what is missing, with exit 4', async () => {
    const text = await run('train', '--quiet');
    expect(text.code).toBe(4);
    expect(text.stderr).toMatch(/Error \(insufficient_data\): .*Customers: 1 of \d+/);
    expect(text.stderr).toContain('tagcast train churn');
    const { code, stdout } = await run('train', 'churn', 'clv', '--json', '--quiet');
    expect(code).toBe(4);
    const results = JSON.parse(stdout) as { model: string; error: { code: string; details: { requirements: { name: string; needed: number; found: number; passed: boolean }[] } } }[];
    expect(results.map(({ model, error }) => [model, error.code])).toEqual([['churn', 'insufficient_data'], ['clv', 'insufficient_data']]);
    for (const { error } of results) expect(error.details.requirements).toContainEqual(expect.objectContaining({ name: 'customers', found: 1, passed: false }));
  });

  test('scoring gives statuses instead of blanks', async () => {
    expect(await read('score', '--quiet')).toMatchObject({ state: 'done', customers: 1, failed: 0 });
    const { tags } = (await read('customer', ID)) as unknown as { tags: { key: string; kind: string; status: string; value: unknown }[] };
    const statuses = new Map(tags.map(({ key, status }) => [key, status]));
    expect(statuses.get('orders_total')).toBe('ok');
    expect(statuses.get('churn_prob_90d')).toBe('model_paused');
    expect(statuses.get('lifecycle_stage')).toBe('ok');
    for (const { status, value } of tags) expect(status === 'ok' ? value !== null : ['model_paused', 'insufficient_data', 'not_eligible'].includes(status)).toBe(true);
  });

  test('is found by its id everywhere', async () => {
    const text = await run('customer', ID);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining(`Customer ${ID}\n`) });
    expect((await run('customer', ID, '--lang', 'zh')).stdout).toMatch(/流失风险[^]*模型停用/);
    expect(await read('customer', ID, '--now')).toMatchObject({ customer: ID });
    expect(await read('features', 'preview', ID)).toMatchObject({ customer: ID });
    const condition = file('condition.json', '{"tag": "orders_total", "field": "value", "op": ">=", "value": 12}');
    expect(await read('segment', 'list', '--condition', condition)).toMatchObject({ rows: [{ externalId: ID }] });
    expect(await run('customer', `${ID}!`)).toMatchObject({ code: 2, stderr: expect.not.stringContaining('Brien') });
  });

  test('is found over HTTP by the encoded id', async () => {
    const { key } = (await read('keys', 'create', '--name', 'test', '--role', 'admin')) as { key: string };
    const { openApp } = await import('../../src/app.ts');
    const { createHttpServer } = await import('../../src/surfaces/http/index.ts');
    const app = await openApp({ home: shop.home });
    const server = createHttpServer(app, { port: 0 });
    try {
      const { url } = await server.listen();
      const answer = await fetch(`${url}/v1/customers/${encodeURIComponent(ID)}/tags`, { headers: { authorization: `Bearer ${key}` } });
      expect(answer.status).toBe(200);
      expect(JSON.stringify(await answer.json())).toContain('orders_total');
      const wrong = await fetch(`${url}/v1/customers/${encodeURIComponent(`${ID}!`)}/tags`, { headers: { authorization: `Bearer ${key}` } });
      expect(wrong.status).toBe(404);
    } finally {
      await server.close();
      await app.close();
    }
  });

  test('100,000 identical rows are one order', async () => {
    const path = join(shop.folder, 'same.csv');
    const handle = openSync(path, 'w');
    writeSync(handle, HEADER);
    writeSync(handle, `${inCsv},2025-12-20 09:00:00,9.90,SAME\n`.repeat(100_000));
    closeSync(handle);
    expect(await read('import', path, ...COLUMNS)).toMatchObject({ rows: 100_000, taken: 1, duplicates: 99_999, quarantined: 0 });
    expect(await read('import', path, ...COLUMNS)).toMatchObject({ taken: 0, duplicates: 100_000 });
  });
});

/** A folder of 16 kB, so that writing more than that fails as on a full disk; undefined where file systems may not be mounted. */
function tinyDisk(path: string): (() => void) | undefined {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tagcast-test', path], { stdio: 'ignore' });
    return () => { execFileSync('umount', [path], { stdio: 'ignore' }); };
  } catch {
    return undefined;
  }
}

describe('a full disk', () => {
  test('under the snapshot: training and scoring say disk_full, and go on when there is room', async (context) => {
    const snapshot = join(shop.home, 'snapshot');
    rmSync(snapshot, { recursive: true, force: true });
    const lines = Array.from({ length: 2000 }, (_, i) => `C${i},2025-11-${String(1 + (i % 28)).padStart(2, '0')} 0${i % 10}:00:00,${(i * 7919) % 1000}.${i % 100},N${i * 104_729}`);
    const unmount = tinyDisk(snapshot);
    if (unmount === undefined) {
      context.skip('a small file system cannot be mounted here (it takes root)');
      return;
    }
    try {
      expect(await run('import', file('many.csv', `${HEADER}${lines.join('\n')}\n`), ...COLUMNS, '--quiet')).toMatchObject({ code: 0 });
      const before = await read('customer', ID);
      for (const command of [['train', 'churn'], ['score', '--force'], ['features', 'refresh']]) {
        const { code, stdout, stderr } = await run(...command, '--quiet');
        expect(stderr, command.join(' ')).toContain('Error (disk_full): ');
        expect(stderr).toContain('What to do: Free some space');
        expect([code, stdout]).toEqual([1, '']);
      }
      expect(await read('customer', ID)).toEqual(before);
    } finally {
      unmount();
    }
    expect(await read('score', '--force', '--quiet')).toMatchObject({ state: 'done', customers: 2001 });
  }, 120_000);

  test('under an exported file', async (context) => {
    if (!existsSync('/dev/full')) {
      context.skip('there is no /dev/full here');
      return;
    }
    const path = join(shop.folder, 'features.parquet');
    symlinkSync('/dev/full', `${path}.partial`);
    const { code, stderr } = await run('features', 'export', path, '--quiet');
    expect(stderr).toContain('Error (disk_full): ');
    expect([code, existsSync(path)]).toEqual([1, false]);
    expect(await run('features', 'export', path, '--quiet')).toMatchObject({ code: 0 });
    expect(await run('features', 'export', join(shop.folder, 'missing', 'f.parquet'))).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no folder') });
  });
});
