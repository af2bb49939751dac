import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixedClock } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { statementError } from '../../src/store/connectionErrors.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { describeOnEachStore, freshDatabase, serverUrl } from '../support/stores.ts';

const clock = fixedClock('2026-01-01T00:00:00Z');

const VALUES = `SELECT 9007199254740991::int8 AS big, (-9007199254740991)::int8 AS low, count(*) AS n, sum(1::int8) AS total, 12.3400::numeric(18,4) AS money, 0.1::float8 AS double, date '1970-01-01' AS day,
  date '0044-03-15' AS ides, timestamptz '1970-01-01 00:00:00+00' AS zero, timestamptz '1969-12-31 23:59:59.9999+00' AS before, timestamptz '2026-03-29 02:30:00.123999+01' AS dst,
  timestamptz '2000-02-29 23:59:59.5+00' AS leap, '{"a":[1,null,"x"]}'::jsonb AS doc, 'null'::jsonb AS doc_null, NULL::jsonb AS none, ARRAY[1,NULL,3]::int8[] AS bigs, ARRAY[0.5,1]::float8[] AS doubles,
  ARRAY[timestamptz '1970-01-01 00:00:01+00', NULL] AS instants, ARRAY[date '2026-01-02'] AS days, ARRAY['a','b,"c','NULL',NULL] AS texts, '\\x00ff'::bytea AS bytes, true AS yes,
  timestamp '2026-01-02 03:04:05' AS local, interval '1 day' AS span, '8f14e45f-ceea-467f-9575-28e1d1f7d2c5'::uuid AS id`;

const EXPECTED = {
  big: 9007199254740991, low: -9007199254740991, n: 1, total: '1', money: '12.3400', double: 0.1, day: '1970-01-01', ides: '0044-03-15', zero: 0, before: -1, dst: Date.UTC(2026, 2, 29, 1, 30, 0, 123),
  leap: Date.UTC(2000, 1, 29, 23, 59, 59, 500), doc: { a: [1, null, 'x'] }, doc_null: null, none: null, bigs: [1, null, 3], doubles: [0.5, 1], instants: [1000, null], days: ['2026-01-02'],
  texts: ['a', 'b,"c', 'NULL', null], bytes: Buffer.from([0, 255]), yes: true, local: '2026-01-02 03:04:05', span: '1 day', id: '8f14e45f-ceea-467f-9575-28e1d1f7d2c5',
};

describeOnEachStore('an open store', (getStore, about) => {
  test('has the schema and knows its dialect', async () => {
    const store = getStore();
    expect(store.dialect).toBe(about().dialect);
    expect(await store.db('customers').count()).toEqual([{ count: 0 }]);
    expect(await store.db('customers').where('customer_id', 1).delete()).toBe(0);
  });

  test('gives every SQL type as the same JavaScript value', async () => {
    expect(await selectRows(getStore().db, VALUES)).toEqual([EXPECTED]);
  });

  test('would rather fail than return a wrong whole number', async () => {
    const { db } = getStore();
    for (const text of ['9007199254740993', '-9223372036854775808']) await expect(db.raw('SELECT ?::int8 AS n', [text])).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('2^53') });
    expect(await selectRows(db, 'SELECT 1 AS ok')).toEqual([{ ok: 1 }]);
  });

  test('runs in UTC', async () => {
    expect(await selectRows(getStore().db, 'SHOW timezone')).toEqual([{ TimeZone: 'UTC' }]);
  });

  test('fails at once on a statement beside the running transaction', async () => {
    const store = getStore();
    const { db } = store;
    const beside = { code: 'internal', message: expect.stringContaining('outside of the transaction') };
    await expect(db.transaction(() => db('customers').count())).rejects.toMatchObject(beside);
    await expect(db.transaction((trx) => trx.transaction(async () => db('customers').count()))).rejects.toMatchObject(beside);
    await expect(db.transaction(async () => store.prepared('beside', 'SELECT 1', []))).rejects.toMatchObject(beside);
    // What follows the transaction is outside of it again.
    expect(await db.transaction(async (trx) => selectRows(trx, 'SELECT 1 AS a')).then(async () => db('customers').count())).toEqual([{ count: 0 }]);
  });

  test('a failed statement or transaction leaves the connection usable', async () => {
    const { db } = getStore();
    await expect(db.raw('SELECT nonsense FROM nowhere')).rejects.toThrow('nowhere');
    await expect(
      db.transaction(async (trx) => {
        await trx.raw(`INSERT INTO customers (external_id, created_at, updated_at) VALUES ('x', now(), now())`);
        await expect(trx.transaction((inner) => inner.raw(`INSERT INTO customers (external_id, created_at, updated_at) VALUES ('x', now(), now())`))).rejects.toMatchObject({ code: '23505' });
        await trx.raw('SELECT 1/0');
      }),
    ).rejects.toThrow('division by zero');
    expect(await db('customers').count()).toEqual([{ count: 0 }]);
  });

  test('prepared statements answer many times with bound values', async () => {
    const store = getStore();
    for (const text of ['a', `'; DROP TABLE events;--`, '🛍️', '']) {
      expect(await store.prepared('echo', 'SELECT $1::text AS text, $2::int8 AS n', [text, 7])).toEqual([{ text, n: 7 }]);
    }
    await expect(store.prepared('echo', 'SELECT 2', [])).rejects.toThrow(/unique/);
    await expect(store.prepared('bad', 'SELECT 1/$1::int', [0])).rejects.toThrow('division');
    expect(await store.prepared('bad', 'SELECT 1/$1::int AS n', [1]).catch(() => 'refused')).toBe('refused');
    expect(await store.prepared('echo', 'SELECT $1::text AS text, $2::int8 AS n', ['again', 1])).toEqual([{ text: 'again', n: 1 }]);
  });

  test('maintenance runs on all tables, on named ones, and on no others', async () => {
    await getStore().maintain();
    await getStore().maintain(['customer_tags']);
    await expect(getStore().maintain(['customers; DROP TABLE events'])).rejects.toMatchObject({ code: 'unknown_name' });
  });

  test('many statements at once all get their own answer', async () => {
    const { db } = getStore();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? db.transaction(async (trx) => selectRows(trx, 'SELECT ?::int AS n', [i])) : selectRows(db, 'SELECT ?::int AS n', [i]))));
    expect(answers.map(([row]) => (row as { n: number }).n)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });
});

describe('values do not depend on the TZ of the process', () => {
  test.each(['America/St_Johns', 'Asia/Shanghai'])('%s', async (TZ) => {
    const script = `import { openStore } from './src/store/connection.ts';
      for (const config of [{ memory: true }, { databaseUrl: process.env.DATABASE }]) {
        const store = await openStore(config, { clock: { now: () => 0 } });
        const row = (await store.db.raw(process.env.SQL)).rows[0];
        const bound = (await store.db.raw('SELECT ?::timestamptz AS at, ?::date AS day', [new Date(1000).toISOString(), '2026-03-08'])).rows[0];
        console.log(JSON.stringify({ ...row, bytes: undefined, ...bound }));
        await store.close();
      }`;
    const database = await freshDatabase();
    try {
      const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { env: { ...process.env, TZ, SQL: VALUES, DATABASE: database.databaseUrl }, encoding: 'utf8' });
      const { bytes: _, ...rest } = EXPECTED;
      const expected = { ...rest, at: 1000, day: '2026-03-08' };
      expect(output.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([expected, expected]);
    } finally {
      await database.drop();
    }
  });
});

describe('a store that cannot be opened says why', () => {
  test('no server: store_unavailable, and the password is nowhere', async () => {
    const error: unknown = await openStore({ databaseUrl: 'postgres://someone:s3cr3t@127.0.0.1:9/shop' }, { clock }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('127.0.0.1:9/shop') });
    const seen = [error, (error as Error).cause].map((part) => `${String(part)} ${JSON.stringify(part, Object.getOwnPropertyNames(part ?? {}))}`).join(' ');
    expect(seen).not.toContain('s3cr3t');
  });

  test('wrong password, missing database', async () => {
    const wrong = new URL(serverUrl());
    wrong.password = 'wr0ng';
    await expect(openStore({ databaseUrl: wrong.href }, { clock })).rejects.toMatchObject({ code: 'store_unavailable', message: expect.not.stringContaining('wr0ng') });
    const missing = new URL(serverUrl());
    missing.pathname = '/nowhere';
    await expect(openStore({ databaseUrl: missing.href }, { clock })).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('does not exist') });
  });

  test('a newer schema: store_incompatible, and nothing is changed; the same schema again: open', async () => {
    const database = await freshDatabase();
    try {
      const first = await openStore(database, { clock });
      await (await openStore(database, { clock })).close();
      await first.db('schema_migrations').insert({ name: '9999_future', batch: 2 });
      await first.close();
      await expect(openStore(database, { clock })).rejects.toMatchObject({ code: 'store_incompatible', message: expect.stringContaining('1 step') });
    } finally {
      await database.drop();
    }
  });

  test('a folder of another PostgreSQL major: store_incompatible; the lock is free again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tagcast-store-'));
    try {
      mkdirSync(join(dataDir, 'pg'));
      writeFileSync(join(dataDir, 'pg', 'PG_VERSION'), '17\n');
      for (let i = 0; i < 2; i++) await expect(openStore({ dataDir }, { clock })).rejects.toMatchObject({ code: 'store_incompatible', message: expect.stringMatching(/PostgreSQL 17,.*PostgreSQL 18/) });
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  test('a full disk is named in the words of the product', () => {
    for (const error of [Object.assign(new Error('could not extend file'), { code: '53100' }), Object.assign(new Error('write'), { code: 'ENOSPC' }), new Error('could not write to file: No space left on device')]) {
      expect(statementError(error)).toMatchObject({ code: 'disk_full' });
    }
  });
});

describe('a statement that does not end', () => {
  const endless = 'SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 1000000) b';

  test('is stopped, and the folder opens again with what was committed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tagcast-store-'));
    try {
      const store = await openStore({ dataDir }, { clock, statementTimeoutMs: 5000 });
      await store.db.raw(`INSERT INTO customers (external_id, created_at, updated_at) VALUES ('kept', now(), now())`);
      await expect(store.db.transaction(async (trx) => trx.raw(endless))).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(/^A statement ran longer than 5 s/) });
      expect(await store.db('customers').pluck('external_id')).toEqual(['kept']);
      await store.close();
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  test('is stopped on a server, and in memory where the content is gone and says so', async () => {
    const database = await freshDatabase();
    try {
      const server = await openStore(database, { clock, statementTimeoutMs: 1000 });
      await expect(server.db.raw(endless)).rejects.toMatchObject({ code: 'store_unavailable' });
      await server.close();
    } finally {
      await database.drop();
    }
    const memory = await openStore({ memory: true }, { clock, statementTimeoutMs: 5000 });
    await expect(memory.db.raw(endless)).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('gone') });
    await expect(memory.db.raw('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
    await memory.close();
  });
});
