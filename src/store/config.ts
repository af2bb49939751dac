/** Where the store lives, and the limits it works under. */
import type { Clock } from '../base/clock.ts';

/** One of: a PostgreSQL server (15 or later), an embedded store in a folder of ours, an embedded store that is gone on close (tests, dry runs). */
export type StoreConfig = { readonly databaseUrl: string } | { readonly dataDir: string } | { readonly memory: true };

/** What the store tells about itself: never a value that a customer brought in. */
export type StoreLog = (level: 'info' | 'warn', message: string, details?: Readonly<Record<string, unknown>>) => void;

export interface StoreOptions {
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** Wall-clock limit of one statement in milliseconds; default ten minutes. The embedded store is restarted when a statement exceeds it. */
  readonly statementTimeoutMs?: number;
  /** Connections to a PostgreSQL server; default 10. The embedded store always has one. */
  readonly poolSize?: number;
}

export const DEFAULT_STATEMENT_TIMEOUT_MS = 600_000;
export const DEFAULT_POOL_SIZE = 10;

/** The embedded store's PostgreSQL major version: what PG_VERSION of a data folder must say. Pinned together with the package. */
export const PGLITE_MAJOR = '18';
/** The database lives in this folder of the data folder; the lock and other files of ours stand beside it. */
export const PGLITE_SUBFOLDER = 'pg';
