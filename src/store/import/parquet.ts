/** Parquet through DuckDB's streaming reader, one thread, every value as text in DuckDB's exact form. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '../../base/errors.ts';
import type { RecordBlock, RecordSource } from './records.ts';

const SAMPLE_ROWS = 5000;

async function withDuckDb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await use(connection);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('file_unreadable', 'The file cannot be read as Parquet: it is damaged, or it is something else.', {
      hint: 'Check the file, or say what it is: `tagcast import <file> --format csv`.',
      cause,
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** `read_parquet` takes the path as a bound value; names of columns never become SQL. */
const READ = 'SELECT COLUMNS(*)::VARCHAR FROM read_parquet($1)';

function blockOf(columns: readonly (readonly unknown[])[], names: readonly string[], rows: number, first: number): RecordBlock {
  const values: string[][] = [];
  for (let i = 0; i < rows; i++) values.push(columns.map((column) => (typeof column[i] === 'string' ? (column[i] as string) : '')));
  return {
    count: rows,
    line: (i) => first + i + 1,
    bytes: (i) => (values[i] ?? []).reduce((sum, text) => sum + text.length, 0),
    raw: (i) => JSON.stringify(Object.fromEntries(names.map((name, j) => [name, values[i]?.[j] ?? '']))),
    read: () => values,
  };
}

async function openStream(connection: DuckDBConnection, path: string, limit?: number) {
  const statement = await connection.prepare(limit === undefined ? READ : `${READ} LIMIT ${Math.trunc(limit)}`);
  statement.bindVarchar(1, path);
  return await statement.stream();
}

export async function parquetSource(path: string, size: number): Promise<RecordSource> {
  const head = await withDuckDb(async (connection) => {
    const count = await connection.prepare('SELECT coalesce(sum(num_rows), 0)::VARCHAR FROM parquet_file_metadata($1)');
    count.bindVarchar(1, path);
    const total = Number((await count.runAndReadAll()).getRows()[0]?.[0] ?? 0);
    const result = await openStream(connection, path, SAMPLE_ROWS);
    const columns = result.columnNames();
    const sample: string[][] = [];
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      for (const row of chunk.getRows()) sample.push(row.map((value) => (typeof value === 'string' ? value : '')));
    }
    return { total, columns, sample };
  });
  return {
    columns: head.columns,
    sample: head.sample,
    async *records(onProgress) {
      const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
      const connection = await instance.connect();
      try {
        await connection.run("SET TimeZone = 'UTC'");
        const result = await openStream(connection, path);
        let row = 0;
        for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          const block = blockOf(chunk.getColumns(), head.columns, chunk.rowCount, row);
          row += block.count;
          onProgress(Math.floor((size * block.count) / Math.max(1, head.total)));
          yield block;
        }
      } catch (cause) {
        if (cause instanceof AppError || !isDuckDbFault(cause)) throw cause;
        throw new AppError('file_unreadable', 'The Parquet file is damaged.', { hint: 'The rows before that point are kept: fetch the whole file and run the same command again.', cause });
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  };
}

/** DuckDB's binding throws plain errors whose messages begin with the kind of the fault. */
function isDuckDbFault(cause: unknown): boolean {
  return cause instanceof Error && cause.constructor === Error && /Error: /.test(cause.message);
}
