/** Exports a segment into a file that is there as a whole or not at all. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { openRowsFile } from '../../store/columns/rowsFile.ts';
import { textStreams } from './bytes.ts';
import { planExport } from './plan.ts';
import type { ExportDeps, ExportOptions, ExportPlan } from './plan.ts';

export interface ExportedFile {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the bytes of the file; the same is in the audit log. */
  readonly sha256: string;
}

/** A segment that is rebuilt under an export starts it over; one that is rebuilt again and again ends it. */
const ATTEMPTS = 3;

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function syncToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Only the user may read it: it names customers. */
async function makeEmpty(file: string): Promise<void> {
  await rm(file, { force: true });
  await (await open(file, 'wx', 0o600)).close();
}

/** Writes one Parquet file; what does not fit into memory spills beside the system's temporary files. */
export async function writeParquet(plan: ExportPlan, pages: AsyncIterable<readonly (readonly unknown[])[]>, file: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'tagcast-export-'));
  const rows = await openRowsFile(plan.columns, scratch);
  try {
    for await (const page of pages) rows.add(page);
    await rows.finish(file);
  } finally {
    rows.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function attempt(plan: ExportPlan, options: ExportOptions, partial: string, signal: AbortSignal | undefined): Promise<Omit<ExportedFile, 'file'>> {
  const { pages, rows } = plan.begin();
  await makeEmpty(partial);
  let sha256: string | undefined;
  if (options.format === 'parquet') await writeParquet(plan, pages, partial);
  else {
    const { streams, counted } = textStreams(pages, { columns: plan.columns, format: options.format, bom: options.bom === true, gzip: options.gzip === true });
    await pipeline([...streams, createWriteStream(partial, { flags: 'r+' })], signal === undefined ? {} : { signal });
    sha256 = counted.sha256();
  }
  await syncToDisk(partial);
  return { rows: rows(), bytes: (await stat(partial)).size, sha256: sha256 ?? (await sha256Of(partial)) };
}

function fileError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return new AppError('disk_full', 'The disk is full: the export could not be written.', { hint: 'Free some space, or choose another path, then run the same command again.', cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'EISDIR' || code === 'ENOENT' || code === 'ENOTDIR') return new AppError('invalid_input', 'The export cannot be written there.', { hint: 'Choose a path in a folder that exists and that this user may write to.', cause: error });
  return error;
}

/**
 * The file appears under its name when it is whole; a killed export leaves `.partial` beside it, which the next one overwrites. The audit log has who began it, and how it ended.
 * @throws AppError as {@link planExport}; `not_found`, `cancelled`, `disk_full`, `conflict` where the segment was rebuilt under each of the attempts
 */
export async function exportToFile(deps: ExportDeps, options: ExportOptions & { readonly file: string }): Promise<ExportedFile> {
  const plan = await planExport(deps, options);
  const partial = `${options.file}.partial`;
  await plan.record('segment.export', { to: 'file' });
  try {
    for (let tried = 1; ; tried++) {
      try {
        const written = await attempt(plan, options, partial, deps.signal);
        throwIfCancelled(deps.signal, 'The export');
        // Written down before anybody can have the file.
        await plan.record('segment.exported', { ...written, to: 'file' });
        await rename(partial, options.file);
        return { file: options.file, ...written };
      } catch (error) {
        throwIfCancelled(deps.signal, 'The export');
        if (!(error instanceof AppError) || error.code !== 'conflict' || tried >= ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    await plan.record('segment.export_stopped', { to: 'file', rows: 0 }).catch(() => undefined);
    throw fileError(error);
  } finally {
    await rm(partial, { force: true });
  }
}
