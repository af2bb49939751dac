import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { describeError } from '../../src/base/errors.ts';
import type { ProgressUpdate } from '../../src/base/progress.ts';
import { importFile } from '../../src/jobs/import.ts';
import { parseMapping } from '../../src/store/import/mapping.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { emptyStore, HEADER, importKit, ORDERS, total } from './importKit.ts';

const kit = importKit();
afterAll(() => kit.remove());

async function failure(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  try {
    await work;
  } catch (error) {
    const { code, message, hint } = describeError(error);
    return { code, text: `${message} ${hint ?? ''}` };
  }
  return { code: 'none', text: '' };
}

describeOnEachStore('import', (getStore, about) => {
  beforeEach(() => emptyStore(getStore()));

  test('every record is counted in one place; bad ones are in a private file with line, reason and both languages', async () => {
    const path = kit.file('mixed.csv', `\uFEFF${HEADER}a,2026-01-01,1.50,1\na,2026-01-01,1.50,1\n,2026-01-01,2,2\nb,2026-99-01,2,3\nb,2030-01-01,2,4\nb,1969-01-01,2,5\nc,2026-01-02,x,6\nd,2026-01-02\n\ne,2026-01-03,-5,7\n`);
    const report = await kit.run(getStore(), path);
    expect(report).toMatchObject({
      rows: 9, taken: 2, duplicates: 1, quarantined: 6, skipped: 0, customersCreated: 2, kinds: { order: 1, refund: 1 },
      quarantineReasons: { missing_customer: 1, bad_time: 1, time_in_future: 1, time_before_1970: 1, bad_number: 1, wrong_columns: 1 },
      firstEventAt: Date.parse('2026-01-01'), lastEventAt: Date.parse('2026-01-03'), warnings: [],
    });
    const lines = kit.quarantine(report);
    expect(lines.map((line) => [line.line, line.reason])).toEqual([[4, 'missing_customer'], [5, 'bad_time'], [6, 'time_in_future'], [7, 'time_before_1970'], [8, 'bad_number'], [9, 'wrong_columns']]);
    expect(lines[0]).toMatchObject({ raw: ',2026-01-01,2,2', bytes: 15, message: { zh: '缺少客户编号', en: 'The customer id is missing.' } });
    expect(statSync(report.quarantinePath ?? '').mode & 0o777).toBe(0o600);
    expect(await total(getStore(), 'SELECT sum(amount)::text AS s FROM events')).toEqual({ s: '-3.5000' });
  });

  test('a second import of the same file, also packed and under another name, adds nothing', async () => {
    const text = `${HEADER}a,2026-01-01,1.50,1\nb,2026-01-02,2,2\n`;
    await kit.run(getStore(), kit.file('one.csv', text));
    expect(await kit.run(getStore(), kit.file('one.csv', text))).toMatchObject({ rows: 2, taken: 0, duplicates: 2, customersCreated: 0, kinds: {} });
    expect(await kit.run(getStore(), kit.file('two.csv.gz', gzipSync(text)))).toMatchObject({ rows: 2, taken: 0, duplicates: 2 });
    expect(await total(getStore(), 'SELECT count(*) AS n FROM events')).toEqual({ n: 2 });
  });

  test('equal lines are one event, or as many as there are when the mapping keeps them; a second import still adds nothing', async () => {
    const path = kit.file('same.csv', `${HEADER}${'a,2026-01-01,1.50,1\n'.repeat(3)}b,2026-01-02,2,2\n`);
    const keep = { ...ORDERS, duplicates: 'keep' };
    expect(await kit.run(getStore(), path)).toMatchObject({ taken: 2, duplicates: 2 });
    expect(await kit.run(getStore(), path, keep)).toMatchObject({ taken: 2, duplicates: 2 });
    expect(await kit.run(getStore(), path, keep)).toMatchObject({ taken: 0, duplicates: 4 });
    const overlap = kit.file('overlap.csv', `${HEADER}${'a,2026-01-01,1.50,1\n'.repeat(3)}c,2026-01-03,2,3\n`);
    expect(await kit.run(getStore(), overlap, keep)).toMatchObject({ taken: 1, duplicates: 3 });
  });

  test('an order a line, an order a day', async () => {
    const path = kit.file('per.csv', `${HEADER}a,2026-01-01 10:00,1,x\na,2026-01-01 11:00,2,x\na,2026-01-02 10:00,3,x\n`);
    const { orderRef: _, ...without } = ORDERS;
    await kit.run(getStore(), path, { ...without, orderRef: { per: 'line' } });
    expect(await total(getStore(), 'SELECT count(DISTINCT order_ref) AS n FROM events')).toEqual({ n: 3 });
    await emptyStore(getStore());
    await kit.run(getStore(), path, { ...without, orderRef: { per: 'day' } });
    expect(await total(getStore(), 'SELECT count(DISTINCT order_ref) AS n, min(order_ref) AS first FROM events')).toEqual({ n: 2, first: '2026-01-01/a' });
  });

  test('a million identical rows are one event', async (context) => {
    // Reading them is the work; the store sees a hundred single rows.
    context.skip(about().dialect === 'postgres', 'read once is enough');
    const path = kit.file('million.csv.gz', gzipSync(HEADER + 'a,2026-01-01,1.50,1\n'.repeat(1_000_000), { level: 1 }));
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    let most = 0;
    const progress = (): void => {
      most = Math.max(most, process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed);
    };
    const report = await importFile({ store: getStore(), clock: getStore().clock, progress }, { path, mapping: parseMapping(ORDERS) });
    expect(report).toMatchObject({ rows: 1_000_000, taken: 1, duplicates: 999_999, quarantined: 0, customersCreated: 1 });
    expect(most - before).toBeLessThan(300e6);
  });

  test('a line of 100 MB goes to quarantine with its number and size, the rest is taken', async () => {
    const path = join(kit.folder, 'huge.csv');
    const out = createWriteStream(path);
    out.write(`${HEADER}a,2026-01-01,1,1\nb,2026-01-01,1,`);
    for (let i = 0; i < 100; i++) if (!out.write(Buffer.alloc(1_000_000, 'x'))) await once(out, 'drain');
    out.end('\nc,2026-01-01,1,3\n');
    await once(out, 'finish');
    const report = await kit.run(getStore(), path);
    expect(report).toMatchObject({ rows: 3, taken: 2, quarantined: 1, quarantineReasons: { record_too_large: 1 } });
    expect(kit.quarantine(report)).toMatchObject([{ line: 3, bytes: 100_000_015, reason: 'record_too_large' }]);
    expect(statSync(report.quarantinePath ?? '').size).toBeLessThan(2000);
  });

  test('customer ids with quotes, emoji and other scripts come back as they are', async () => {
    const ids = [`O'Brien "Bob"; DROP TABLE events;--`, '客户😀', 'a,b', String.raw`back\slash {1,2}`];
    const path = kit.file('ids.csv', HEADER + ids.map((id, i) => `"${id.replaceAll('"', '""')}",2026-01-01,1,${i}\n`).join(''));
    expect(await kit.run(getStore(), path)).toMatchObject({ taken: 4, customersCreated: 4 });
    const rows: string[] = await getStore().db('customers').pluck('external_id');
    expect(new Set(rows)).toEqual(new Set(ids));
  });

  test('NDJSON and Parquet give the same events as CSV', async () => {
    const csv = kit.file('same.csv', `customer,time,amount,order\n1,2026-01-01 10:00:00,1.5,9\n2,2026-01-02 00:00:00,2.25,10\n`);
    await kit.run(getStore(), csv);
    const ndjson = kit.file('same.ndjson.gz', gzipSync(`{"customer":1,"time":"2026-01-01T10:00:00Z","amount":1.5,"order":"9"}\n{"customer":"2","time":"2026-01-02","amount":"2.250","order":10}\nnot json\n{"customer":12345678901234567890,"time":"2026-01-02","amount":1,"order":1}\n`));
    expect(await kit.run(getStore(), ndjson)).toMatchObject({ rows: 4, taken: 0, duplicates: 2, quarantineReasons: { bad_json: 1, unsafe_number: 1 } });
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const duck = await (await DuckDBInstance.create(':memory:')).connect();
    const parquet = join(kit.folder, 'same.parquet');
    await duck.run(`COPY (SELECT 1::BIGINT AS customer, TIMESTAMP '2026-01-01 10:00:00' AS time, 1.5::DOUBLE AS amount, 9 AS "order" UNION ALL SELECT 2, TIMESTAMP '2026-01-02', 2.25, 10) TO '${parquet}' (FORMAT parquet)`);
    duck.closeSync();
    expect(await kit.run(getStore(), parquet)).toMatchObject({ rows: 2, taken: 0, duplicates: 2 });
    const bad = kit.file('bad.parquet', 'PAR1 nothing');
    expect(await failure(kit.run(getStore(), bad))).toMatchObject({ code: 'file_unreadable' });
  });

  test('nested JSON is read by dotted names', async () => {
    const path = kit.file('nested.ndjson', '{"user":{"id":"a"},"at":1767225600000,"type":"view","item":{"sku":"s1"}}\n');
    const mapping = { target: 'events', customer: 'user.id', time: 'at', kind: { column: 'type' }, product: 'item.sku' };
    expect(await kit.run(getStore(), path, mapping)).toMatchObject({ taken: 1, kinds: { view: 1 } });
    expect(await total(getStore(), 'SELECT product FROM events')).toEqual({ product: 's1' });
  });

  test('UTF-16 by its mark, GBK when said, a hint when not said', async () => {
    const text = `${HEADER}张三,2026-01-01,1,1\n`;
    expect(await kit.run(getStore(), kit.file('utf16.csv', Buffer.from(`\uFEFF${text}`, 'utf16le')))).toMatchObject({ taken: 1 });
    // 张三 in GBK: d5 c5 c8 fd.
    const gbk = kit.file('gbk.csv', Buffer.concat([Buffer.from(HEADER), Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]), Buffer.from(',2026-01-01,1,1\n')]));
    const refused = await failure(kit.run(getStore(), gbk));
    expect(refused.code).toBe('bad_data');
    expect(refused.text).toContain('--encoding gbk');
    expect(await kit.run(getStore(), gbk, { ...ORDERS, file: { encoding: 'gbk' } })).toMatchObject({ taken: 0, duplicates: 1 });
    expect((await failure(kit.run(getStore(), kit.file('bare16.csv', Buffer.from(text, 'utf16le'))))).text).toContain('--encoding utf-16le');
  });

  test('separators are found out; a wrong one that was given is named', async () => {
    const path = kit.file('semicolon.csv', 'customer;time;amount;order\na;2026-01-01;1,5;1\n');
    expect((await failure(kit.run(getStore(), path, { ...ORDERS, file: { delimiter: ',' } }))).text).toMatch(/separated by ";"/);
    expect(await kit.run(getStore(), path, { ...ORDERS, file: { numbers: { decimal: ',' } } })).toMatchObject({ taken: 1 });
    expect(await kit.run(getStore(), kit.file('tabs.tsv', 'customer\ttime\tamount\torder\nb\t2026-01-01\t1\t1\n'))).toMatchObject({ taken: 1 });
  });

  test('empty files, headers alone, missing files and columns', async () => {
    const store = getStore();
    expect(await failure(kit.run(store, kit.file('empty.csv', '')))).toMatchObject({ code: 'bad_data', text: expect.stringContaining('empty') });
    expect(await failure(kit.run(store, kit.file('empty.csv.gz', gzipSync(''))))).toMatchObject({ code: 'bad_data' });
    const report = await kit.run(store, kit.file('header.csv', HEADER));
    expect(report).toMatchObject({ rows: 0, taken: 0 });
    expect(report.warnings).toHaveLength(1);
    expect(await failure(kit.run(store, join(kit.folder, 'nowhere.csv')))).toMatchObject({ code: 'file_unreadable' });
    expect(await failure(kit.run(store, kit.file('what.xyz', 'a')))).toMatchObject({ code: 'invalid_input', text: expect.stringContaining('--format') });
    const wrong = await failure(kit.run(store, kit.file('wrong.csv', 'custmer,time,amount,order\n')));
    expect(wrong.code).toBe('invalid_mapping');
    expect(wrong.text).toContain('did you mean "custmer"');
    expect(await total(store, 'SELECT count(*) AS n FROM events')).toEqual({ n: 0 });
  });

  test('a .gz that was cut off: what came is kept, the whole file later adds the rest once', async () => {
    const text = HEADER + Array.from({ length: 30_000 }, (_, i) => `c${(i * 7919) % 1000},2026-01-${String((i % 28) + 1).padStart(2, '0')},${i % 97}.5,o${i}\n`).join('');
    const whole = gzipSync(text);
    const cut = await failure(kit.run(getStore(), kit.file('cut.csv.gz', whole.subarray(0, Math.floor(whole.length * 0.7)))));
    expect(cut.code).toBe('bad_data');
    expect(cut.text).toMatch(/cut off.*records had been committed/);
    const kept = Number((await total(getStore(), 'SELECT count(*) AS n FROM events'))['n']);
    expect(kept).toBeGreaterThan(10_000);
    expect(await kit.run(getStore(), kit.file('cut.csv.gz', whole))).toMatchObject({ rows: 30_000, taken: 30_000 - kept, duplicates: kept });
  });

  test('a full disk under the quarantine file stops with disk_full; the rerun ends right', async () => {
    const path = kit.file('full.csv', `${HEADER}a,2026-01-01,1,1\n,2026-01-01,1,2\n`);
    const refused = await failure(kit.run(getStore(), path, ORDERS, { quarantinePath: '/dev/full' }));
    expect(refused).toMatchObject({ code: 'disk_full', text: expect.stringContaining('tagcast import') });
    expect(await total(getStore(), 'SELECT count(*) AS n FROM events')).toEqual({ n: 0 });
    expect(await kit.run(getStore(), path)).toMatchObject({ rows: 2, taken: 1, quarantined: 1 });
  });

  test('cancelling keeps what was committed, and the same command goes on from there', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `c${i % 500},2026-01-01 00:00:${String(i % 60).padStart(2, '0')},1,o${i}${i % 1000 === 7 ? ',' : ''}\n`).join('');
    const path = kit.file('cancel.csv', HEADER + rows);
    const controller = new AbortController();
    const watched = getStore().db;
    const updates: ProgressUpdate[] = [];
    const work = importFile(
      {
        store: getStore(),
        clock: { now: () => Date.parse('2026-03-01') + updates.length * 1000 },
        progress: (update) => {
          updates.push(update);
          if (update.done > update.total! * 0.6) controller.abort();
        },
        signal: controller.signal,
      },
      { path, mapping: parseMapping(ORDERS), timeZone: 'UTC' },
    );
    expect((await failure(work)).code).toBe('cancelled');
    const kept = Number((await total(getStore(), 'SELECT count(*) AS n FROM events'))['n']);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(59_940);
    const report = await kit.run(getStore(), path);
    expect(report).toMatchObject({ rows: 60_000, taken: 59_940, duplicates: 0, quarantined: 60, customersCreated: 500 });
    expect(report.resumedFrom).toBeGreaterThan(0);
    expect(kit.quarantine(report)).toHaveLength(60);
    expect(await watched('imports').pluck('state')).toEqual(['done']);
    expect(updates.at(-1)).toMatchObject({ step: 'import', unit: 'bytes', total: statSync(path).size });
  });

  test('errors hold nothing of the rows', async () => {
    const path = kit.file('secret.csv', `${HEADER}secret-customer,2026-01-01,1,1\nsecret-customer,3/4/2026,1,2\n`);
    const { text } = await failure(kit.run(getStore(), path));
    expect(text).toContain('--date-format');
    expect(text).not.toContain('secret');
  });

  test('customers, identities and consents: taken when they change something, never twice', async () => {
    const store = getStore();
    const customers = { target: 'customers', customer: 'id', attributes: ['city', { column: 'age', type: 'number' }] };
    const path = kit.file('people.csv', 'id,city,age\na,Pécs,31\nb,,42\na,Pécs,31\nc,,\n');
    expect(await kit.run(store, path, customers)).toMatchObject({ rows: 4, taken: 3, duplicates: 1, customersCreated: 3 });
    expect(await kit.run(store, path, customers)).toMatchObject({ taken: 0, duplicates: 4, customersCreated: 0 });
    expect(await total(store, `SELECT attributes FROM customers WHERE external_id = 'a'`)).toEqual({ attributes: { city: 'Pécs', age: 31 } });
    const identities = { target: 'identities', customer: 'id', namespace: { constant: 'email' }, value: 'mail' };
    const mails = kit.file('mails.csv', 'id,mail\na,x@y.z\nb,x@y.z\na,x@y.z\nc,c@y.z\n');
    const linked = await kit.run(store, mails, identities);
    expect(linked).toMatchObject({ taken: 2, duplicates: 1, quarantined: 1, quarantineReasons: { identity_taken: 1 } });
    expect(kit.quarantine(linked)).toMatchObject([{ line: 3, reason: 'identity_taken' }]);
    expect(await kit.run(store, mails, identities)).toMatchObject({ taken: 0, duplicates: 3, quarantined: 1 });
    const consents = { target: 'consents', customer: 'id', purpose: { constant: 'marketing' }, state: { column: 's', granted: ['yes'], refused: ['no'] }, time: 'at' };
    const states = kit.file('consents.csv', 'id,s,at\na,yes,2026-01-02\na,no,2026-01-01\nb,no,2026-01-01\nb,maybe,2026-01-01\n');
    expect(await kit.run(store, states, consents)).toMatchObject({ taken: 2, duplicates: 1, quarantineReasons: { bad_state: 1 } });
    expect(await kit.run(store, states, consents)).toMatchObject({ taken: 0, duplicates: 3 });
    const undated = kit.file('undated.csv', 'id,s\nb,yes\na,no\n');
    const { time: _, ...withoutTime } = consents;
    expect(await kit.run(store, undated, withoutTime)).toMatchObject({ taken: 1, duplicates: 1 });
    expect(await store.db('consents').orderBy('customer_id').pluck('state')).toEqual(['refused', 'refused']);
  });

  test('a customer who was erased and comes back in a file is refused again', async () => {
    const store = getStore();
    await store.db.raw(`INSERT INTO suppressions (external_id_sha256, purpose, recorded_at, source) VALUES (sha256('gone'), 'marketing', now(), 'erasure')`);
    await kit.run(store, kit.file('back.csv', `${HEADER}gone,2026-01-01,1,1\n`));
    expect(await store.db('consents').pluck('state')).toEqual(['refused']);
  });

  test('lookup files add columns', async () => {
    kit.file('things.csv', 'sku,dept\ns1,Toys\n');
    const path = kit.file('lookup.csv', 'customer,time,amount,order,sku\na,2026-01-01,1,1,s1\na,2026-01-01,1,2,s2\n');
    const mapping = { ...ORDERS, category: 'department', lookups: [{ file: 'things.csv', column: 'sku', key: 'sku', add: { department: 'dept' } }] };
    expect(await kit.run(getStore(), path, mapping)).toMatchObject({ taken: 2 });
    expect(await getStore().db('events').orderBy('order_ref').pluck('category')).toEqual(['Toys', null]);
    const missing = { ...mapping, lookups: [{ ...mapping.lookups[0], file: 'absent.csv' }] };
    expect(await failure(kit.run(getStore(), path, missing))).toMatchObject({ code: 'file_unreadable', text: expect.stringContaining('absent.csv') });
    expect(readFileSync(path, 'utf8')).toContain('s2');
  });
});
