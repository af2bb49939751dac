/** Opens a snapshot for queries: the views `events` and `customers` over its files (columns in ../columns/schema.ts). */
import { join } from 'node:path';
import { columnsOver, openEngine, sqlText } from '../columns/columns.ts';
import type { Columns, EngineOptions } from '../columns/columns.ts';
import { createTable, EVENT_COLUMNS } from '../columns/schema.ts';
import { contentHash, isComplete, noSnapshot, readManifest } from './manifest.ts';

export interface OpenColumnsOptions extends Pick<EngineOptions, 'threads' | 'memoryLimit'> {
  /** Only events ingested at or before this instant (epoch ms): a past training set again, as it was. */
  readonly ingestedUpTo?: number;
}

/** @throws AppError `not_found` where there is no snapshot, or a file of it is gone. */
export async function openColumns(dir: string, options: OpenColumnsOptions = {}): Promise<Columns> {
  const manifest = await readManifest(dir);
  if (manifest === undefined || !(await isComplete(dir, manifest))) throw noSnapshot();
  const read = (files: readonly { readonly file: string }[]): string => `read_parquet([${files.map(({ file }) => sqlText(join(dir, file))).join(', ')}])`;
  const frozen = options.ingestedUpTo === undefined ? '' : ` WHERE ingested_ms <= ${Math.floor(options.ingestedUpTo)}`;
  const engine = await openEngine({ ...options, tempDir: join(dir, 'spill') });
  return columnsOver(engine, [
    manifest.parts.length === 0 ? createTable('events', EVENT_COLUMNS) : `CREATE VIEW events AS SELECT * FROM ${read(manifest.parts)}${frozen}`,
    `CREATE VIEW customers AS SELECT * FROM ${read([manifest.customers])}`,
  ]);
}

/** What the snapshot in `dir` holds, without reading its files; undefined where there is none. */
export async function snapshotSummary(dir: string): Promise<{ rows: number; customers: number; maxIngestedAt: number | null; contentHash: string } | undefined> {
  const manifest = await readManifest(dir);
  if (manifest === undefined) return undefined;
  return { rows: manifest.parts.reduce((sum, part) => sum + part.rows, 0), customers: manifest.customers.rows, maxIngestedAt: manifest.maxIngestedAt, contentHash: contentHash(manifest) };
}
