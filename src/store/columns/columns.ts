/**
 * The column engine: an in-memory DuckDB with views over Parquet files. It never opens the store, spills to a folder of its own,
 * stays under its memory limit, and answers queries with plain columns.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { copyChunk, isNumeric } from './vectors.ts';
import type { ColumnArray } from './vectors.ts';

export type { ColumnArray } from './vectors.ts';

export interface EngineOptions {
  /** Worker threads; default 2. The answer does not depend on it beyond the last bits of sums of doubles. */
  readonly threads?: number;
  /** DuckDB's own notation, e.g. `2GB`; default 2GB. Beyond it DuckDB spills to disk. */
  readonly memoryLimit?: string;
  /** Folder for spilled data. */
  readonly tempDir?: string;
}

export interface QueryAnswer {
  readonly rows: number;
  readonly names: readonly string[];
  /** In the order of `names`. */
  readonly columns: readonly ColumnArray[];
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

/** Numbers are bound as doubles or integers, texts as VARCHAR. */
export type Binding = string | number | bigint | boolean | null;

export interface Columns {
  /** One statement; `$1`, `$2` … are bound. @throws AppError `cancelled`, `disk_full`, `internal`. */
  query(sql: string, bindings?: readonly Binding[], options?: QueryOptions): Promise<QueryAnswer>;
  close(): void;
}

/** A column of an answer that must hold numbers. */
export function numbersOf(answer: QueryAnswer, name: string): Float64Array {
  const column = answer.columns[answer.names.indexOf(name)];
  if (!(column instanceof Float64Array)) throw new TypeError(`the answer has no number column ${name}`);
  return column;
}

/** A column of an answer that must hold texts. */
export function textsOf(answer: QueryAnswer, name: string): readonly (string | null)[] {
  const column = answer.columns[answer.names.indexOf(name)];
  if (column === undefined || column instanceof Float64Array) throw new TypeError(`the answer has no text column ${name}`);
  return column;
}

/** Quotes a text as an SQL literal, for the few places where DuckDB takes no parameter (file names in views and COPY). */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An in-memory DuckDB with our settings. Extensions are never fetched from the network. */
export async function openEngine(options: EngineOptions = {}): Promise<DuckDBInstance> {
  const { threads = 2, memoryLimit = '2GB', tempDir } = options;
  if (!Number.isSafeInteger(threads) || threads < 1 || !/^\d+(\.\d+)?\s?([KMGT]i?B|%)$/.test(memoryLimit)) {
    throw new AppError('invalid_config', `The column engine cannot run with ${threads} threads and a memory limit of "${memoryLimit.slice(0, 20)}".`, { hint: 'Use at least one thread and a limit such as 2GB.' });
  }
  return DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: memoryLimit,
    autoinstall_known_extensions: 'false',
    ...(tempDir === undefined ? {} : { temp_directory: tempDir }),
  });
}

function queryError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : '';
  if (/no space left|disk full|max_temp_directory_size/i.test(message)) {
    return new AppError('disk_full', 'The column engine ran out of disk space for spilled data.', { hint: 'Free some space in the data folder, then run the same command again.', cause: error });
  }
  if (/out of memory/i.test(message)) {
    return new AppError('insufficient_data', 'The column engine ran out of its memory limit.', { hint: 'Raise the memory limit, or build in smaller ranges of customers.', cause: error });
  }
  return new AppError('internal', 'The column engine could not answer a query.', { hint: 'Run `tagcast doctor`. The snapshot folder may be deleted: it is rebuilt from the store.', cause: error });
}

async function readAnswer(connection: DuckDBConnection, sql: string, bindings: readonly Binding[], signal: AbortSignal | undefined): Promise<QueryAnswer> {
  const result = await connection.run(sql, [...bindings] as DuckDBValue[]);
  throwIfCancelled(signal, 'The query');
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const types = Array.from({ length: result.columnCount }, (_, index) => result.columnTypeId(index));
  const columns = types.map((type): ColumnArray => (isNumeric(type) ? new Float64Array(rows) : Array.from<string | null>({ length: rows })));
  let offset = 0;
  for (const chunk of chunks) {
    copyChunk(chunk, types, columns, offset);
    offset += chunk.rowCount;
  }
  return { rows, names: result.columnNames(), columns };
}

/** Columns over an engine whose views (`events`, `customers`) are already there. Queries run one after another. */
export async function columnsOver(instance: DuckDBInstance, setup: readonly string[]): Promise<Columns> {
  const connection = await instance.connect();
  try {
    for (const statement of setup) await connection.run(statement);
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw queryError(error);
  }
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  const answer = async (sql: string, bindings: readonly Binding[], signal: AbortSignal | undefined): Promise<QueryAnswer> => {
    throwIfCancelled(signal, 'The query');
    const interrupt = (): void => { connection.interrupt(); };
    signal?.addEventListener('abort', interrupt);
    try {
      return await readAnswer(connection, sql, bindings, signal);
    } catch (error) {
      throwIfCancelled(signal, 'The query');
      throw error instanceof AppError ? error : queryError(error);
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  };
  return {
    query(sql, bindings = [], options = {}) {
      const mine = turn.then(() => answer(sql, bindings, options.signal));
      turn = mine.catch(() => undefined);
      return mine;
    },
    close() {
      if (closed) return;
      closed = true;
      connection.closeSync();
      instance.closeSync();
    },
  };
}
