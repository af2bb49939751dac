/* oxlint-disable no-underscore-dangle -- the names are knex's */
/**
 * Knex's PostgreSQL client over connections that we make ourselves: one code path for a server and for the embedded database.
 * It maps errors, normalises types, and refuses a query outside of the running transaction that was started from inside of it: with one connection that would wait for itself for ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type pg from 'pg';
import { AppError } from '../base/errors.ts';
import { connectError, statementError } from './connectionErrors.ts';

/** A pg client as knex keeps it in its pool. */
export interface StoreConnection extends pg.Client {
  __knex__disposed?: unknown;
}

/** How one raw connection is made; `prepare` runs once on it. */
export interface ConnectionSource {
  readonly target: string;
  make(): Promise<pg.Client>;
  prepare(connection: pg.Client): Promise<void>;
}

type Container = (trx: Knex.Transaction) => unknown;
type QueryObject = { sql?: string; response?: pg.QueryResult };
interface PostgresClient {
  version: string;
  transaction(container: Container, config: unknown, outer: unknown): unknown;
  _query(connection: StoreConnection, query: QueryObject): Promise<QueryObject>;
  query(connection: StoreConnection, query: unknown): Promise<unknown>;
  acquireConnection(): Promise<StoreConnection>;
  destroyRawConnection(connection: StoreConnection): Promise<void>;
}

// knex ships no types for this file; the interface above is what of it we rely on, and the repository suite runs over it.
const PostgresDialect = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as new (config: Knex.Config) => PostgresClient;

/** Takes an error of ours past knex, which writes the statement in front of the message of whatever passes. */
class Carrier extends Error {
  readonly known: AppError;

  constructor(known: AppError) {
    super(known.message);
    this.known = known;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** The transaction that the running code is inside of, if any. */
const insideTransaction = new AsyncLocalStorage<{ readonly owner: object; active: boolean }>();

/** The class that knex is given as `client`. */
export function storeClient(source: ConnectionSource): typeof Knex.Client {
  // One identity per store: a transaction of one store may use another store.
  const owner = {};

  class StoreClient extends PostgresDialect {
    async acquireRawConnection(): Promise<StoreConnection> {
      let connection: StoreConnection | undefined;
      try {
        connection = await source.make();
        const made = connection;
        const dispose = (reason: unknown): void => {
          made.__knex__disposed ??= reason ?? 'ended';
        };
        connection.on('error', dispose);
        connection.on('end', () => dispose('ended'));
        await connection.connect();
        await source.prepare(connection);
        this.version ??= (await connection.query<{ version: string }>('SHOW server_version')).rows[0]?.version ?? '';
        return connection;
      } catch (error) {
        await connection?.end().catch(() => undefined);
        throw connectError(error, source.target);
      }
    }

    override async destroyRawConnection(connection: StoreConnection): Promise<void> {
      await connection.end().catch(() => undefined);
    }

    override acquireConnection(): Promise<StoreConnection> {
      const running = insideTransaction.getStore();
      if (running?.owner === owner && running.active) {
        return Promise.reject(
          new AppError('internal', 'A statement was started outside of the transaction that is running, from inside of it.', { hint: 'Pass the transaction (trx) on to the function that runs the statement.' }),
        );
      }
      return super.acquireConnection().catch((error: unknown) => {
        throw connectError(error, source.target);
      });
    }

    override transaction(container: Container, config: unknown, outer: unknown): unknown {
      if (outer !== undefined && outer !== null) return super.transaction(container, config, outer);
      const watched: Container = (trx) => {
        const state = { owner, active: true };
        trx.executionPromise.catch(() => undefined).finally(() => {
          state.active = false;
        });
        // A query builder runs when somebody awaits it: that has to happen in here for the context to hold.
        return insideTransaction.run(state, () => {
          const result = container(trx);
          return isThenable(result) ? (async () => result)() : result;
        });
      };
      return super.transaction(watched, config, outer);
    }

    override async _query(connection: StoreConnection, query: QueryObject): Promise<QueryObject> {
      try {
        return await super._query(connection, query);
      } catch (error) {
        // Why the connection went says more than that it is gone.
        const known = connection.__knex__disposed instanceof AppError ? connection.__knex__disposed : statementError(error);
        throw known instanceof AppError ? new Carrier(known) : known;
      }
    }

    override async query(connection: StoreConnection, query: unknown): Promise<unknown> {
      try {
        return await super.query(connection, query);
      } catch (error) {
        throw error instanceof Carrier ? error.known : error;
      }
    }
  }
  return StoreClient as unknown as typeof Knex.Client;
}
