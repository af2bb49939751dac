/**
 * Brings a snapshot folder up to date with the store. Only new events are read; files are written beside the old ones and become
 * valid together, in one rename. A kill at any point leaves the previous snapshot.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { silentProgress } from '../../base/progress.ts';
import type { Progress } from '../../base/progress.ts';
import type { Store } from '../connection.ts';
import { openEngine } from '../columns/columns.ts';
import type { EngineOptions } from '../columns/columns.ts';
import { CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../columns/schema.ts';
import { acquireLock } from '../lock.ts';
import type { FolderLock } from '../lock.ts';
import { compactParts } from './compact.ts';
import { contentHash, isComplete, readManifest, removeStrays, writeManifest } from './manifest.ts';
import type { Manifest, SnapshotFile } from './manifest.ts';
import { collectRows } from './parquetWriter.ts';
import { countEvents, customerPages, eventPages, hasRestoredEvents, horizonOf } from './source.ts';
import type { EventRange } from './source.ts';

export interface RefreshOptions extends Pick<EngineOptions, 'threads' | 'memoryLimit'> {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Read everything again. A refresh does so by itself when files are missing or events were erased. */
  readonly full?: boolean;
  /** Rows per file while reading; decides the memory. Default 1,000,000. */
  readonly partRows?: number;
}

export interface SnapshotInfo {
  /** Events in the snapshot. */
  readonly rows: number;
  readonly customers: number;
  readonly parts: number;
  /** Events that this refresh read. */
  readonly added: number;
  /** Whether everything was read again. */
  readonly rebuilt: boolean;
  /** Transactions below this number are in the snapshot. */
  readonly watermark: string;
  /** Latest ingestion time in epoch ms; null without events. */
  readonly maxIngestedAt: number | null;
  /** sha256 of the contents, the same for a snapshot that grew and one that was built at once. */
  readonly contentHash: string;
}

const EVENT_ORDER = 'customer_id, occurred_ms, event_id';
const INGESTED = EVENT_COLUMNS.findIndex(({ name }) => name === 'ingested_ms');

async function lockFolder(dir: string): Promise<FolderLock> {
  await mkdir(dir, { recursive: true });
  return acquireLock(dir).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'store_locked') {
      throw new AppError('conflict', 'Another process is bringing the snapshot up to date.', { details: error.details, hint: 'Wait for it to end, then run the same command again.', cause: error });
    }
    throw error;
  });
}

/** What is still good of the last snapshot: everything, or nothing. */
async function usable(store: Store, dir: string, range: Omit<EventRange, 'from'>, manifest: Manifest | undefined): Promise<boolean> {
  if (manifest === undefined || range.restored || !(await isComplete(dir, manifest))) return false;
  if (BigInt(manifest.watermark) > BigInt(range.horizon.complete)) return false;
  // Erased customers take their events with them: then the snapshot must forget them too.
  const { count } = await countEvents(store, { ...range, from: '0', horizon: { ...range.horizon, complete: manifest.watermark } });
  return count === manifest.parts.reduce((sum, part) => sum + part.rows, 0);
}

interface Run {
  readonly store: Store;
  readonly dir: string;
  readonly sequence: number;
  readonly connection: DuckDBConnection;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

async function readEvents(run: Run, range: EventRange, partRows: number): Promise<{ parts: SnapshotFile[]; maxIngestedAt: number | null }> {
  const { count: total, firstId } = await countEvents(run.store, range);
  const parts: SnapshotFile[] = [];
  if (firstId === null) return { parts, maxIngestedAt: null };
  const collector = await collectRows(run.connection, EVENT_COLUMNS);
  const flush = async (): Promise<void> => {
    parts.push(await collector.flush(run.dir, `events-${run.sequence}-${parts.length + 1}.parquet`, EVENT_ORDER));
  };
  let done = 0;
  let maxIngestedAt = 0;
  for await (const rows of eventPages(run.store, range, firstId)) {
    throwIfCancelled(run.signal, 'The snapshot refresh');
    collector.add(rows);
    for (const row of rows) maxIngestedAt = Math.max(maxIngestedAt, Number(row[INGESTED]));
    done += rows.length;
    run.progress({ step: 'snapshot', done, total, unit: 'events' });
    if (collector.rows >= partRows) await flush();
  }
  if (collector.rows > 0) await flush();
  return { parts, maxIngestedAt };
}

async function readCustomers(run: Run): Promise<SnapshotFile> {
  const collector = await collectRows(run.connection, CUSTOMER_COLUMNS);
  for await (const rows of customerPages(run.store)) {
    throwIfCancelled(run.signal, 'The snapshot refresh');
    collector.add(rows);
  }
  return collector.flush(run.dir, `customers-${run.sequence}-1.parquet`, 'customer_id');
}

async function refresh(store: Store, dir: string, options: RefreshOptions): Promise<SnapshotInfo> {
  const { progress = silentProgress, signal, full = false, partRows = 1_000_000 } = options;
  const last = await readManifest(dir);
  await removeStrays(dir, last);
  const horizon = await horizonOf(store);
  const restored = await hasRestoredEvents(store, horizon);
  const kept = !full && (await usable(store, dir, { horizon, restored }, last)) ? last : undefined;
  const sequence = (last?.sequence ?? 0) + 1;
  const engine = await openEngine({ ...options, tempDir: join(dir, 'spill') });
  try {
    const connection = await engine.connect();
    const run: Run = { store, dir, sequence, connection, progress, signal };
    const fresh = await readEvents(run, { from: kept?.watermark ?? '0', horizon, restored }, partRows);
    const customers = await readCustomers(run);
    const parts = await compactParts(connection, dir, sequence, [...(kept?.parts ?? []), ...fresh.parts]);
    throwIfCancelled(signal, 'The snapshot refresh');
    const ingested = [kept?.maxIngestedAt, fresh.maxIngestedAt].filter((at) => at !== null && at !== undefined);
    const named = new Set([...parts, customers].map(({ file }) => file));
    const manifest: Manifest = {
      format: 1, sequence, watermark: horizon.complete, maxIngestedAt: ingested.length === 0 ? null : Math.max(...ingested), parts, customers,
      retired: last === undefined ? [] : [...last.parts, last.customers].map(({ file }) => file).filter((file) => !named.has(file)),
    };
    await writeManifest(dir, manifest);
    return {
      rows: parts.reduce((sum, part) => sum + part.rows, 0), customers: customers.rows, parts: parts.length, added: fresh.parts.reduce((sum, part) => sum + part.rows, 0),
      rebuilt: kept === undefined, watermark: manifest.watermark, maxIngestedAt: manifest.maxIngestedAt, contentHash: contentHash(manifest),
    };
  } finally {
    engine.closeSync();
  }
}

/**
 * `dir` is created when absent and belongs to the snapshot alone.
 * @throws AppError `conflict` (another process refreshes), `cancelled`, `disk_full`, `store_unavailable`. After any of them the previous snapshot is still valid.
 */
export async function refreshSnapshot(store: Store, dir: string, options: RefreshOptions = {}): Promise<SnapshotInfo> {
  const lock = await lockFolder(dir);
  try {
    return await refresh(store, dir, options);
  } catch (error) {
    if (error instanceof Error && /no space left|ENOSPC/i.test(error.message)) {
      throw new AppError('disk_full', 'The disk is full: the snapshot could not be brought up to date; the previous one is still valid.', { hint: 'Free some space in the data folder, then run the same command again.', cause: error });
    }
    throw error;
  } finally {
    await lock.release();
  }
}
