/** Runs a suite on every kind of store: the embedded one and a database of its own on a real PostgreSQL server. Never a mock. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import type { StoreConfig, StoreOptions } from '../../src/store/config.ts';

/** A clock that tests move. */
export interface TestClock extends Clock {
  set(iso: string): void;
  advance(milliseconds: number): void;
}

export function testClock(iso = '2026-03-01T00:00:00Z'): TestClock {
  let instant = Date.parse(iso);
  return {
    now: () => instant,
    set: (text) => {
      instant = Date.parse(text);
    },
    advance: (milliseconds) => {
      instant += milliseconds;
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** URL of the test server's maintenance database. Fails with how to get PostgreSQL where there is no server. */
export function serverUrl(): string {
  const server = inject('postgres');
  if ('error' in server) throw new Error(server.error);
  return server.url;
}

/** A new, empty database on the test server. */
export async function freshDatabase(): Promise<{ databaseUrl: string; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export interface StoreSuite {
  readonly dialect: 'pglite' | 'postgres';
  readonly clock: TestClock;
  /** How to open the same store again; on the embedded one in memory there is no second time. */
  readonly config: StoreConfig;
}

type Options = Omit<StoreOptions, 'clock'>;

/**
 * `suite` runs once per dialect; `getStore()` is valid inside of tests and hooks. All tests of one call share one store, each dialect with a fresh database.
 * Embedded stores are in memory: tests of folders, locks and crashes make their own.
 */
export function describeOnEachStore(name: string, suite: (getStore: () => Store, about: () => StoreSuite) => void, options: Options = {}): void {
  for (const dialect of ['pglite', 'postgres'] as const) {
    describe(`${name} (${dialect})`, () => {
      let store: Store | undefined;
      let about: StoreSuite | undefined;
      let drop: () => Promise<void> = () => Promise.resolve();
      beforeAll(async () => {
        const clock = testClock();
        let config: StoreConfig = { memory: true };
        if (dialect === 'postgres') {
          const database = await freshDatabase();
          drop = database.drop;
          config = { databaseUrl: database.databaseUrl };
        }
        about = { dialect, clock, config };
        store = await openStore(config, { ...options, clock });
      });
      afterAll(async () => {
        await store?.close();
        await drop();
      });
      const need = <T>(value: T | undefined): T => {
        if (value === undefined) throw new Error('the store is open inside of tests and hooks only');
        return value;
      };
      suite(
        () => need(store),
        () => need(about),
      );
    });
  }
}
