/**
 * The lock on an embedded data folder. Two openers of one folder silently lose each other's rows, so there is one owner: a file created atomically
 * (hard link) that names it. An owner that is dead, or whose process number now belongs to another process, is replaced.
 */
import { link, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../base/errors.ts';
import { PGLITE_MAJOR } from './config.ts';
import { ownIdentity, startOf } from './lockOwner.ts';
import type { LockOwner } from './lockOwner.ts';

export const LOCK_FILE = 'tagcast.lock';
/** An owner on another machine or in another container shows life by touching the file; after this silence it counts as dead. */
const FOREIGN_SILENCE_MS = 300_000;
const TOUCH_EVERY_MS = 15_000;
/** How long a taken-over lock must stay ours before we believe it: longer than any other process needs from reading a stale lock to replacing it. */
const SETTLE_MS = 150;

export interface FolderLock {
  release(): Promise<void>;
}

let attempts = 0;

function parseOwner(text: string): LockOwner | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockOwner>;
    return typeof value.pid === 'number' && typeof value.started === 'string' && typeof value.boot === 'string' && typeof value.place === 'string' ? (value as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the owner written in the lock is certainly gone. `silentMs`: since when the lock file was not touched, by the file system's own clock. */
export async function isStale(owner: LockOwner | undefined, own: LockOwner, silentMs: number): Promise<boolean> {
  if (owner === undefined) return silentMs > FOREIGN_SILENCE_MS;
  if (owner.place !== own.place) return silentMs > FOREIGN_SILENCE_MS;
  if (owner.boot !== own.boot) return true;
  const started = await startOf(owner.pid);
  return started === undefined || started !== owner.started;
}

function locked(owner: LockOwner | undefined, path: string): AppError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
  return new AppError('store_locked', `The data folder is in use by ${who}; the embedded store has room for one process.`, {
    details: owner === undefined ? {} : { pid: owner.pid },
    hint: `Stop ${who} first, or set TAGCAST_DATABASE_URL to use a PostgreSQL server from several processes. If you are certain that it is not running any more, delete ${path}.`,
  });
}

async function readLock(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Takes the lock of `dataDir` (which exists). @throws AppError `store_locked`, naming the owner's process number. */
export async function acquireLock(dataDir: string): Promise<FolderLock> {
  const path = join(dataDir, LOCK_FILE);
  const own = await ownIdentity();
  attempts += 1;
  const mine = `${JSON.stringify({ ...own, attempt: attempts })}\n`;
  const draft = `${path}.${own.pid}.${attempts}`;
  try {
    await writeFile(draft, mine, { flag: 'w' });
    await take(path, draft, own, mine);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('store_unavailable', 'The data folder cannot be locked: it cannot be written.', { hint: 'Check TAGCAST_HOME, its permissions and free space, then run `tagcast doctor`.', cause: error });
  } finally {
    await rm(draft, { force: true });
  }
  const timer = setInterval(() => {
    void touch(path);
  }, TOUCH_EVERY_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      if ((await readLock(path)) === mine) await unlink(path).catch(() => undefined);
    },
  };
}

/** Sets the file's time to the file system's present, without asking the machine's clock. */
async function touch(path: string): Promise<void> {
  try {
    const probe = `${path}.touch`;
    await writeFile(probe, '');
    const { mtime } = await stat(probe);
    await utimes(path, mtime, mtime);
    await unlink(probe);
  } catch {
    // A full or vanished disk shows up at the next statement; the lock needs no second voice.
  }
}

async function take(path: string, draft: string, own: LockOwner, mine: string): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const free = await link(draft, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (free) {
      if (round === 0) return;
      await wait(SETTLE_MS);
      if ((await readLock(path)) === mine) return;
      throw locked(parseOwner((await readLock(path)) ?? ''), path);
    }
    const text = await readLock(path);
    if (text === undefined) continue;
    const owner = parseOwner(text);
    const silent = (await stat(draft)).mtimeMs - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);
    if (!(await isStale(owner, own, silent))) throw locked(owner, path);
    await setAside(path, draft, text);
  }
  throw locked(undefined, path);
}

/** Moves the stale lock away; when another process was faster and it is no longer the stale one, puts it back. */
async function setAside(path: string, draft: string, stale: string): Promise<void> {
  const aside = `${draft}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if ((await readLock(aside)) !== stale) await link(aside, path).catch(() => undefined);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Refuses a folder that another PostgreSQL major version wrote. A folder without PG_VERSION is new. @throws AppError `store_incompatible` */
export async function checkDataVersion(folder: string): Promise<void> {
  const found = (await readLock(join(folder, 'PG_VERSION')))?.trim();
  if (found === undefined || found === PGLITE_MAJOR) return;
  throw new AppError('store_incompatible', `The data folder was written by PostgreSQL ${/^\d{1,3}$/.test(found) ? found : 'of an unknown version'}, this version of Tagcast embeds PostgreSQL ${PGLITE_MAJOR}.`, {
    details: { expected: PGLITE_MAJOR },
    hint: 'Nothing was changed. Open it with the Tagcast version that wrote it, or make a new home with `tagcast init` and import the files again.',
  });
}
