/** Many small files make every query slower: past a number of parts the small ones become one. */
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../columns/columns.ts';
import { EVENT_COLUMNS } from '../columns/schema.ts';
import type { SnapshotFile } from './manifest.ts';
import { writeParquet } from './parquetWriter.ts';

/** A snapshot keeps at most this many parts. */
export const MAX_PARTS = 8;

/** The parts after compaction. The largest stays as it is while it holds more than half of the rows, so that a night never rewrites everything. */
export async function compactParts(connection: DuckDBConnection, dir: string, sequence: number, parts: readonly SnapshotFile[]): Promise<SnapshotFile[]> {
  if (parts.length <= MAX_PARTS) return [...parts];
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  const largest = parts.reduce((best, part) => (part.rows > best.rows ? part : best));
  const kept = largest.rows * 2 > total ? [largest] : [];
  const merged = parts.filter((part) => !kept.includes(part));
  const files = merged.map(({ file }) => sqlText(join(dir, file))).join(', ');
  const written = await writeParquet(connection, dir, `events-${sequence}-0.parquet`, `read_parquet([${files}])`, EVENT_COLUMNS, 'customer_id, occurred_ms, event_id');
  return [...kept, written];
}
