/** What the embedded database does not do by itself: vacuum, checkpoint, and getting its files to the disk. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { AppError } from '../base/errors.ts';
import { TABLES } from './tables.ts';

/** `folder`: the embedded database's files; absent for a server and for memory. */
export async function maintainStore(db: Knex, dialect: 'postgres' | 'pglite', tables: readonly string[] | undefined, folder: string | undefined): Promise<void> {
  const named = tables ?? TABLES;
  for (const table of named) {
    if (!(TABLES as readonly string[]).includes(table)) throw new AppError('unknown_name', 'maintain() was given a table that is not one of the store.');
  }
  if (dialect === 'postgres') {
    await db.raw(`ANALYZE ${named.join(', ')}`);
    return;
  }
  await db.raw(`VACUUM (ANALYZE) ${named.join(', ')}`);
  await db.raw('CHECKPOINT');
  if (folder !== undefined) await syncFolder(folder);
}

/** fsync of every file and folder below: the embedded database itself never asks the system to write. Portable where `sync -f` is not. */
export async function syncFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncFolder(path);
    else if (entry.isFile()) await syncPath(path);
  }
  // Windows has no way to sync a folder.
  if (process.platform !== 'win32') await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    // The database may remove a file between listing and opening.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
