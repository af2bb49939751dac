/** Opens the store: PostgreSQL by URL, or the embedded database in a folder or in memory, with the schema brought up to date. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import knex from 'knex';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { AppError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { DEFAULT_POOL_SIZE, DEFAULT_STATEMENT_TIMEOUT_MS, PGLITE_SUBFOLDER } from './config.ts';
import type { StoreConfig, StoreOptions } from './config.ts';
import { storeClient } from './connectionClient.ts';
import type { ConnectionSource, StoreConnection } from './connectionClient.ts';
import { printableUrl, statementError } from './connectionErrors.ts';
import { acquireLock, checkDataVersion } from './lock.ts';
import { maintainStore } from './maintenance.ts';
import { migrate } from './migrate.ts';
import { embeddedDatabase } from './pglite.ts';
import type { EmbeddedDatabase } from './pglite.ts';
import { storeTypes } from './types.ts';

export type Dialect = 'postgres' | 'pglite';

export interface Store {
  readonly db: Knex;
  readonly dialect: Dialect;
  readonly clock: Clock;
  /**
   * A hot read as a named prepared statement: parsed and planned once per connection. `sql` is a constant of the code with $1, $2 …;
   * one name always has the same text. Not inside a transaction.
   */
  prepared<Row extends object>(name: string, sql: string, bindings: readonly unknown[]): Promise<Row[]>;
  /** Tidies up after a batch: VACUUM (ANALYZE), CHECKPOINT and a synced folder on the embedded store, ANALYZE on PostgreSQL. Without tables: all of ours. */
  maintain(tables?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opening an embedded folder after a crash replays its log first. */
const OPEN_LIMIT_MS = 120_000;

const SESSION = `SET TIME ZONE 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'`;

function serverSource(databaseUrl: string, statementTimeoutMs: number): ConnectionSource {
  return {
    target: printableUrl(databaseUrl),
    make: () => Promise.resolve(new Client({ connectionString: databaseUrl, types: storeTypes, application_name: 'tagcast', connectionTimeoutMillis: 10_000 })),
    prepare: async (connection) => {
      await connection.query(`${SESSION}; SET statement_timeout = ${Math.round(statementTimeoutMs)}`);
    },
  };
}

function embeddedSource(database: EmbeddedDatabase, target: string): ConnectionSource {
  return {
    target,
    make: async () => {
      const stream = await database.connect();
      return new Client({ stream: () => stream, user: 'postgres', database: 'postgres', password: '', types: storeTypes, ssl: false });
    },
    prepare: async (connection) => {
      // The one session outlives a connection that was dropped: nothing of it may stay behind.
      await connection.query('ROLLBACK');
      await connection.query('DISCARD ALL');
      await connection.query(`${SESSION}; SET work_mem = '64MB'`);
    },
  };
}

interface Opened {
  readonly source: ConnectionSource;
  readonly dialect: Dialect;
  readonly folder?: string;
  readonly afterClose: () => Promise<void>;
}

async function openSource(config: StoreConfig, statementTimeoutMs: number): Promise<Opened> {
  if ('databaseUrl' in config) {
    return { source: serverSource(config.databaseUrl, statementTimeoutMs), dialect: 'postgres', afterClose: () => Promise.resolve() };
  }
  if ('memory' in config) {
    const database = embeddedDatabase({ statementTimeoutMs });
    return { source: embeddedSource(database, 'the embedded store'), dialect: 'pglite', afterClose: () => database.close() };
  }
  const folder = join(config.dataDir, PGLITE_SUBFOLDER);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('store_unavailable', 'The data folder cannot be created or written.', { hint: 'Check TAGCAST_HOME and its permissions, then run `tagcast doctor`.', cause });
  });
  const lock = await acquireLock(config.dataDir);
  try {
    await checkDataVersion(folder);
  } catch (error) {
    await lock.release();
    throw error;
  }
  const database = embeddedDatabase({ folder, statementTimeoutMs });
  const afterClose = async (): Promise<void> => {
    try {
      await database.close();
    } finally {
      await lock.release();
    }
  };
  return { source: embeddedSource(database, 'the embedded store'), dialect: 'pglite', folder, afterClose };
}

/**
 * Opens the store and migrates it.
 * @throws AppError `store_locked` (another process has the folder), `store_incompatible` (other PostgreSQL major, or a newer schema), `store_unavailable`, `disk_full`.
 */
export async function openStore(config: StoreConfig, options: StoreOptions): Promise<Store> {
  const limit = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  const opened = await openSource(config, limit);
  const size = opened.dialect === 'pglite' ? 1 : (options.poolSize ?? DEFAULT_POOL_SIZE);
  const say = (message: unknown): void => options.log?.('warn', 'store driver', { message: String(message).slice(0, 300) });
  const db = knex({
    client: storeClient(opened.source),
    // Connections are made by the source; knex wants to see something here before it makes a pool.
    connection: {},
    // What knex says on its own account (a connection that could not be made) goes where our words go, not to the console.
    log: { warn: say, error: say, deprecate: () => undefined, debug: () => undefined },
    pool: { min: opened.dialect === 'pglite' ? 1 : 0, max: size, createTimeoutMillis: OPEN_LIMIT_MS },
    // A reader may have to wait for a batch on the one embedded connection: as long as a statement may take, and no longer.
    acquireConnectionTimeout: limit + OPEN_LIMIT_MS,
  });
  const close = async (): Promise<void> => {
    try {
      await db.destroy();
    } finally {
      await opened.afterClose();
    }
  };
  try {
    await migrate(db);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  options.log?.('info', 'store open', { dialect: opened.dialect, target: opened.source.target });
  let closing: Promise<void> | undefined;
  return {
    db,
    dialect: opened.dialect,
    clock: options.clock,
    async prepared<Row extends object>(name: string, sql: string, bindings: readonly unknown[]): Promise<Row[]> {
      const connection = (await db.client.acquireConnection()) as StoreConnection;
      try {
        return (await connection.query<Row>({ name, text: sql, values: [...bindings] })).rows;
      } catch (error) {
        throw statementError(error);
      } finally {
        await db.client.releaseConnection(connection);
      }
    },
    maintain: (tables) => maintainStore(db, opened.dialect, tables, opened.folder),
    close: () => (closing ??= close()),
  };
}
