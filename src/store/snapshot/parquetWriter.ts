/** Rows to sorted Parquet files: collected in a DuckDB table chunk by chunk, written out when the table is full. Memory stays constant. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DECIMAL, DuckDBDataChunk, DuckDBDecimalValue, BIGINT, VARCHAR } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { createTable } from '../columns/schema.ts';
import type { ColumnSpec } from '../columns/schema.ts';
import { sqlText } from '../columns/columns.ts';
import { syncToDisk } from './manifest.ts';
import type { SnapshotFile } from './manifest.ts';

/** Most rows of a DuckDB chunk. */
const CHUNK_ROWS = 2048;

const TYPES: Readonly<Record<ColumnSpec['type'], DuckDBType>> = { BIGINT, VARCHAR, 'DECIMAL(18,4)': DECIMAL(18, 4) };

/** A value as the store gives it: whole numbers, texts, and numeric(18,4) as text. */
export type Cell = number | string | null;

function toDuckdb(type: ColumnSpec['type'], cell: Cell): DuckDBValue {
  if (cell === null) return null;
  if (type === 'BIGINT') return BigInt(cell);
  if (type === 'VARCHAR') return String(cell);
  const [whole, fraction = ''] = String(cell).split('.');
  return new DuckDBDecimalValue(BigInt(whole + fraction.padEnd(4, '0')), 18, 4);
}

/** Rows, hash and size of `SELECT … FROM source` written to `file`, sorted by `order` and synced to disk. */
export async function writeParquet(connection: DuckDBConnection, dir: string, file: string, source: string, columns: readonly ColumnSpec[], order: string): Promise<SnapshotFile> {
  const path = join(dir, file);
  const names = columns.map(({ name }) => name).join(', ');
  await connection.run(`COPY (SELECT ${names} FROM ${source} ORDER BY ${order}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
  await syncToDisk(path);
  // Read back from the file: a hash of what is there, not of what was meant to be.
  const reader = await connection.runAndReadAll(`SELECT count(*)::VARCHAR, coalesce(sum(hash(${names})::HUGEINT), 0)::VARCHAR FROM read_parquet(${sqlText(path)})`);
  const [rows, hash] = reader.getRows()[0] as [string, string];
  return { file, rows: Number(rows), bytes: (await stat(path)).size, hash: BigInt.asUintN(64, BigInt(hash)).toString(16).padStart(16, '0') };
}

export interface RowCollector {
  readonly rows: number;
  /** Rows with cells in the order of the columns. */
  add(rows: readonly (readonly Cell[])[]): void;
  /** Writes what was collected and starts over. */
  flush(dir: string, file: string, order: string): Promise<SnapshotFile>;
}

export async function collectRows(connection: DuckDBConnection, columns: readonly ColumnSpec[]): Promise<RowCollector> {
  const types = columns.map(({ type }) => TYPES[type]);
  let appender: DuckDBAppender;
  let count = 0;
  const begin = async (): Promise<void> => {
    await connection.run(createTable('collected', columns));
    appender = await connection.createAppender('collected');
    count = 0;
  };
  await begin();
  return {
    get rows() { return count; },
    add(rows) {
      for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
        const part = rows.slice(from, from + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, part.length);
        columns.forEach(({ type }, column) => { chunk.setColumnValues(column, part.map((row) => toDuckdb(type, row[column]))); });
        appender.appendDataChunk(chunk);
      }
      count += rows.length;
    },
    async flush(dir, file, order) {
      appender.closeSync();
      const written = await writeParquet(connection, dir, file, 'collected', columns, order);
      await begin();
      return written;
    },
  };
}
