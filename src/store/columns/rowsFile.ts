/** Rows to one Parquet file, page by page: beyond its memory limit the engine spills to a folder of its own. */
import { BOOLEAN, DATE, DOUBLE, DuckDBDataChunk, DuckDBDateValue, DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { AppError } from '../../base/errors.ts';
import { openEngine, sqlText } from './columns.ts';

export type FileColumnType = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'json';

export interface FileColumn {
  readonly name: string;
  readonly type: FileColumnType;
}

export interface RowsFile {
  /** Cells in the order of the columns. */
  add(rows: readonly (readonly unknown[])[]): void;
  /** Writes the file. @throws AppError `disk_full` */
  finish(path: string): Promise<void>;
  close(): void;
}

/** Most rows of a DuckDB chunk. */
const CHUNK_ROWS = 2048;

const SQL_TYPES: Readonly<Record<FileColumnType, string>> = { text: 'VARCHAR', json: 'VARCHAR', number: 'DOUBLE', boolean: 'BOOLEAN', date: 'DATE', list: 'VARCHAR[]' };
const TYPES: Readonly<Record<FileColumnType, DuckDBType>> = { text: VARCHAR, json: VARCHAR, number: DOUBLE, boolean: BOOLEAN, date: DATE, list: LIST(VARCHAR) };

function dateOf(text: string): DuckDBDateValue {
  const [year, month, day] = text.split('-').map(Number);
  return DuckDBDateValue.fromParts({ year, month, day });
}

/** A value that is not of its column's type is missing: a tag says which type its values have. */
function toDuckdb(type: FileColumnType, cell: unknown): DuckDBValue {
  if (cell === null || cell === undefined) return null;
  if (type === 'number') return typeof cell === 'number' ? cell : null;
  if (type === 'boolean') return typeof cell === 'boolean' ? cell : null;
  if (type === 'date') return typeof cell === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(cell) ? dateOf(cell) : null;
  if (type === 'list') return Array.isArray(cell) ? new DuckDBListValue(cell.map(String)) : null;
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** @param tempDir for what does not fit into the memory limit */
export async function openRowsFile(columns: readonly FileColumn[], tempDir: string): Promise<RowsFile> {
  const engine = await openEngine({ threads: 1, memoryLimit: '512MB', tempDir });
  const connection = await engine.connect();
  await connection.run('SET preserve_insertion_order = true');
  await connection.run(`CREATE TABLE rows (${columns.map(({ name, type }) => `${quoted(name)} ${SQL_TYPES[type]}`).join(', ')})`);
  const appender = await connection.createAppender('rows');
  const types = columns.map(({ type }) => TYPES[type]);
  return {
    add(rows) {
      for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
        const part = rows.slice(from, from + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, part.length);
        columns.forEach(({ type }, index) => { chunk.setColumnValues(index, part.map((row) => toDuckdb(type, row[index]))); });
        appender.appendDataChunk(chunk);
      }
    },
    async finish(path) {
      appender.closeSync();
      try {
        await connection.run(`COPY rows TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
      } catch (cause) {
        const full = /no space left|max_temp_directory_size/i.test(cause instanceof Error ? cause.message : '');
        throw new AppError(full ? 'disk_full' : 'invalid_input', full ? 'The disk is full: the Parquet file could not be written.' : 'The Parquet file cannot be written there.', { hint: 'Free some space, or choose another path, then run the same command again.', cause });
      }
    },
    close() {
      connection.closeSync();
      engine.closeSync();
    },
  };
}
