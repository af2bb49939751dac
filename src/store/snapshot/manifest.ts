/** What a snapshot folder holds. The manifest is replaced in one rename, so at every moment it names complete files only. */
import { createHash } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';

export const MANIFEST_FILE = 'manifest.json';
const FORMAT = 1;

const fileSchema = z.strictObject({
  /** Name in the folder. */
  file: z.string().regex(/^(events|customers)-\d+-\d+\.parquet$/),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  /** Sum of the rows' hashes modulo 2^64 (hex): does not depend on how rows are spread over files. */
  hash: z.string().regex(/^[0-9a-f]{16}$/),
});
export type SnapshotFile = z.infer<typeof fileSchema>;

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Goes up with every refresh; part of the names of the files it wrote. */
  sequence: z.int().min(1),
  /** Transactions below this number are in the snapshot: the next refresh starts here. */
  watermark: z.string().regex(/^\d+$/),
  /** Latest ingestion time (epoch ms) among the events; null without events. */
  maxIngestedAt: z.int().nullable(),
  parts: z.array(fileSchema),
  customers: fileSchema,
  /** Files that the refresh replaced. They stay until the next refresh, for readers that opened the snapshot before. */
  retired: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest, or undefined where there is none that this version can use; a refresh then starts from nothing. */
export async function readManifest(dir: string): Promise<Manifest | undefined> {
  const text = await readFile(join(dir, MANIFEST_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every file of the manifest is there with its size. */
export async function isComplete(dir: string, manifest: Manifest): Promise<boolean> {
  const sizes = await Promise.all([...manifest.parts, manifest.customers].map(async ({ file, bytes }) => (await stat(join(dir, file)).catch(() => undefined))?.size === bytes));
  return sizes.every(Boolean);
}

/** Waits until the file, or the names in the folder, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const draft = join(dir, `${MANIFEST_FILE}.new`);
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(`${canonicalJson(manifest)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(dir, MANIFEST_FILE));
  // Windows has no way to sync a folder.
  if (process.platform !== 'win32') await syncToDisk(dir);
}

/** Removes Parquet files that the manifest does not name: left by a killed refresh, or retired by the one before. */
export async function removeStrays(dir: string, manifest: Manifest | undefined): Promise<void> {
  const kept = new Set(manifest === undefined ? [] : [...manifest.parts, manifest.customers].map(({ file }) => file));
  for (const name of await readdir(dir)) {
    if ((/^(events|customers)-.*\.parquet$/.test(name) && !kept.has(name)) || name === `${MANIFEST_FILE}.new`) await rm(join(dir, name), { force: true });
  }
}

/** Sum modulo 2^64 of hashes in hex. */
export function addHashes(hashes: readonly string[]): string {
  const sum = hashes.reduce((total, hash) => BigInt.asUintN(64, total + BigInt(`0x${hash}`)), 0n);
  return sum.toString(16).padStart(16, '0');
}

/** sha256 over counts and row hashes: equal for equal contents, however the snapshot came about. */
export function contentHash({ parts, customers }: Pick<Manifest, 'parts' | 'customers'>): string {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return createHash('sha256').update(canonicalJson({ events: rows, eventsHash: addHashes(parts.map(({ hash }) => hash)), customers: customers.rows, customersHash: customers.hash })).digest('hex');
}

export function noSnapshot(): AppError {
  return new AppError('not_found', 'There is no complete snapshot of the events.', { hint: 'Run `tagcast train` or `tagcast nightly`: both bring the snapshot up to date from the store first.' });
}
