/** Imports one file into the store: streamed, in batches of one transaction each, resumable, with every record accounted for. Rules: docs/import.md. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { bilingual, type Bilingual } from '../base/text.ts';
import { DEFAULT_TIME_ZONE } from '../base/time.ts';
import type { Store } from '../store/connection.ts';
import { collector, commitBatch, emptyBatch, isFull, type Batch, type CommitContext } from '../store/import/batch.ts';
import { fileSha256 } from '../store/import/bytes.ts';
import { addsUp, type ImportCounts } from '../store/import/counts.ts';
import { finishImport, startImport } from '../store/import/ledger.ts';
import { loadLookups } from '../store/import/lookups.ts';
import type { Mapping } from '../store/import/mapping.ts';
import { compileRows, mentionedColumns } from '../store/import/mapRow.ts';
import { DEFAULT_RECORD_LIMIT, openRecords, type OpenedFile } from '../store/import/open.ts';
import { quarantineFile } from '../store/import/quarantine.ts';
import type { MapRow } from '../store/import/rows.ts';

export interface ImportDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface ImportArgs {
  readonly path: string;
  /** From `loadMapping` or `mappingFromFlags`. */
  readonly mapping: Mapping;
  /** Overrides the mapping's source; default: its name, then `import`. */
  readonly source?: string;
  /** A file, or a folder that exists; default: beside the imported file, with `.quarantine.ndjson` behind its name. */
  readonly quarantinePath?: string;
  /** Business time zone, for local times of mappings that name none. */
  readonly timeZone?: string;
  readonly limits?: { /** Largest record in bytes; default 1,000,000. */ readonly recordBytes?: number };
}

export interface ImportReport {
  readonly importId: number;
  readonly file: string;
  readonly mapping: string;
  readonly target: Mapping['target'];
  readonly source: string;
  /** Records of the file: rows = taken + duplicates + quarantined + skipped. */
  readonly rows: number;
  readonly taken: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly skipped: number;
  readonly quarantineReasons: Readonly<Record<string, number>>;
  readonly skipReasons: Readonly<Record<string, number>>;
  /** Rows that were imported and that a rule of the mapping counts under a name. */
  readonly notes: Readonly<Record<string, number>>;
  /** Taken events by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly customersCreated: number;
  /** Epoch ms of the first and the last taken event. */
  readonly firstEventAt?: number;
  readonly lastEventAt?: number;
  readonly seconds: number;
  /** Records that an earlier, interrupted run had committed. */
  readonly resumedFrom?: number;
  /** Holds personal data; readable by its owner alone. */
  readonly quarantinePath?: string;
  readonly warnings: readonly Bilingual[];
}

const TABLES = { events: ['customers', 'events', 'imports'], customers: ['customers', 'imports'], identities: ['customers', 'identities', 'imports'], consents: ['customers', 'consents', 'imports'] } as const;

function quarantinePathOf(args: ImportArgs, sha256: string): string {
  const wish = args.quarantinePath;
  if (wish === undefined) return `${args.path}.quarantine.ndjson`;
  const isFolder = statSync(wish, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(wish, `${basename(args.path)}.${sha256.slice(0, 12)}.ndjson`) : wish;
}

/** Reports at most a few times a second: bytes of the file as it lies on the disk, and records a second. */
function meter(deps: ImportDeps, total: number): { readonly bytes: (count: number) => void; readonly records: (count: number) => void } {
  let done = 0;
  let records = 0;
  let last = 0;
  const start = deps.clock.now();
  return {
    bytes(count) {
      done = Math.min(total, done + count);
    },
    records(count) {
      records += count;
      const now = deps.clock.now();
      if (now - last < 200 && done < total) return;
      last = now;
      const rate = Math.round((records * 1000) / Math.max(1, now - start));
      deps.progress({ step: 'import', done, total, unit: 'bytes', note: `${records.toLocaleString('en')} rows, ${rate.toLocaleString('en')} rows/s` });
    },
  };
}

interface Run {
  readonly deps: ImportDeps;
  readonly file: OpenedFile;
  readonly mapRow: MapRow;
  readonly commit: CommitContext;
  readonly timeZone: string;
}

/** Reads, maps and commits; one batch is being written while the next one is read. Returns the counts after the last commit through `onCounts`. */
async function pump(run: Run, counts: ImportCounts, onCounts: (counts: ImportCounts) => void): Promise<void> {
  const { deps, file, mapRow, commit } = run;
  const gather = collector(commit.mapping, commit.source, run.timeZone);
  const progress = meter(deps, file.bytes.size);
  const started = deps.clock.now() - counts.milliseconds;
  const committed = counts.rows;
  let current = counts;
  let batch = emptyBatch();
  let inFlight: Promise<void> = Promise.resolve();

  const write = async (full: Batch): Promise<void> => {
    current = await commitBatch(full, current, commit, deps.clock.now() - started);
    onCounts(current);
  };
  const flush = async (): Promise<void> => {
    const full: Batch = batch;
    batch = emptyBatch();
    await inFlight;
    if (full.rows === 0) return;
    inFlight = write(full);
    // It is awaited with the next flush; until then its failure must not count as unhandled.
    inFlight.catch(() => undefined);
  };

  let at = 0;
  try {
    for await (const block of file.records(progress.bytes)) {
      throwIfCancelled(deps.signal, 'The import');
      const passing = Math.min(block.count, Math.max(0, committed - at));
      at += block.count;
      if (passing < block.count || gather.mustSeeAll) {
        const records = block.read();
        for (let i = 0; i < block.count; i++) {
          const values = records[i] ?? 'bad_quotes';
          const outcome = typeof values === 'string' ? { quarantine: values } : mapRow(values);
          if (i < passing) {
            gather.pass(outcome);
            continue;
          }
          gather.add(batch, outcome, { line: block.line(i), bytes: block.bytes(i), raw: () => block.raw(i) });
          if (isFull(batch)) await flush();
        }
      }
      progress.records(block.count);
    }
    await flush();
  } catch (error) {
    // What was read whole is kept, unless the store itself failed: then its error is the one to report.
    if (error instanceof AppError && (error.code === 'bad_data' || error.code === 'file_unreadable')) await flush();
    throw error;
  } finally {
    await inFlight;
  }
}

function reportOf(started: { importId: number; resumedFrom: number | undefined }, args: ImportArgs, source: string, counts: ImportCounts, quarantine: { path: string; shortened: boolean }): ImportReport {
  const { fence: _fence, quarantineBytes: _bytes, milliseconds, firstEventAt, lastEventAt, ...rest } = counts;
  const warnings: Bilingual[] = [];
  if (counts.rows === 0) warnings.push(bilingual('文件只有表头，没有数据行。', 'The file has a header line and no rows.'));
  if (quarantine.shortened) warnings.push(bilingual('隔离文件在中断期间被改动，先前的记录已不在其中。', 'The quarantine file was changed while the import was interrupted: earlier records are no longer in it.'));
  return {
    importId: started.importId,
    file: basename(args.path),
    mapping: args.mapping.name ?? 'custom',
    target: args.mapping.target,
    source,
    ...rest,
    ...(firstEventAt === undefined || lastEventAt === undefined ? {} : { firstEventAt, lastEventAt }),
    seconds: milliseconds / 1000,
    ...(started.resumedFrom === undefined ? {} : { resumedFrom: started.resumedFrom }),
    ...(counts.quarantined === 0 ? {} : { quarantinePath: quarantine.path }),
    warnings,
  };
}

/**
 * Imports `args.path`. Run again after an interruption it goes on behind the last committed batch; run again after success it adds nothing.
 * @throws AppError `invalid_mapping`, `file_unreadable`, `bad_data` (empty, damaged, wrong encoding, ambiguous dates), `disk_full`, `cancelled`, `conflict`, `store_unavailable`.
 */
export async function importFile(deps: ImportDeps, args: ImportArgs): Promise<ImportReport> {
  const { store, clock } = deps;
  const { mapping } = args;
  const begun = clock.now();
  const source = args.source ?? mapping.source ?? mapping.name ?? 'import';
  const timeZone = args.timeZone ?? DEFAULT_TIME_ZONE;
  const recordBytes = args.limits?.recordBytes ?? DEFAULT_RECORD_LIMIT;
  const file = await openRecords(args.path, mapping.file ?? {}, mentionedColumns(mapping), recordBytes);
  const lookups = await loadLookups(mapping.lookups, args.path);
  const mapRow = compileRows(mapping, file, lookups, { now: begun, timeZone });
  const sha256 = await fileSha256(file.bytes);
  throwIfCancelled(deps.signal, 'The import');
  const settings = { timeZone, recordBytes };
  const { importId, counts: before, resumed } = await startImport(store.db, { source, fileName: basename(args.path), sha256, mapping, settings }, begun);
  const resumedFrom = resumed ? before.rows : undefined;
  const quarantine = quarantineFile(quarantinePathOf(args, sha256), before.quarantineBytes);
  let counts = before;
  try {
    const commit: CommitContext = { db: store.db, importId, source, mapping, quarantine, at: begun };
    await pump({ deps, file, mapRow, commit, timeZone }, before, (next) => {
      counts = next;
    });
    if (!addsUp(counts)) throw new AppError('internal', 'The counts of the import do not add up.', { details: { rows: counts.rows, taken: counts.taken, duplicates: counts.duplicates, quarantined: counts.quarantined, skipped: counts.skipped } });
    counts = { ...counts, milliseconds: before.milliseconds + clock.now() - begun };
    await finishImport(store.db, importId, counts, 'done', clock.now());
  } catch (error) {
    // Best effort: the row stays resumable in either state, and the first error is the one that matters.
    await finishImport(store.db, importId, counts, 'failed', clock.now()).catch(() => undefined);
    throw withProgress(error, counts);
  } finally {
    await quarantine.close();
  }
  await store.maintain(TABLES[mapping.target]);
  return reportOf({ importId, resumedFrom }, args, source, counts, quarantine);
}

/** Says how much of the file is safely in the store already. */
function withProgress(error: unknown, counts: ImportCounts): unknown {
  if (!(error instanceof AppError) || counts.rows === 0) return error;
  return new AppError(error.code, `${error.message} ${counts.rows.toLocaleString('en')} records had been committed.`, {
    details: { ...error.details, committedRows: counts.rows, taken: counts.taken },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
