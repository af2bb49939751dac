/** One process per data folder, and nothing acknowledged is lost when that process is killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/errors.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { appendEvents, openStore } from '../../src/store/index.ts';
import { acquireLock, LOCK_FILE } from '../../src/store/lock.ts';
import { ownIdentity } from '../../src/store/lockOwner.ts';

const clock = fixedClock('2026-01-01T00:00:00Z');

/** Opens the folder given as argument, says so, then appends batches of 50 events and says after each how many are committed. */
const CHILD = `
  import { openStore, appendEvents } from './src/store/index.ts';
  const [dataDir, batches] = process.argv.slice(1);
  try {
    const store = await openStore({ dataDir }, { clock: { now: () => 0 } });
    console.log('open');
    for (let i = 0; i < Number(batches); i++) {
      const events = Array.from({ length: 50 }, (_, j) => ({ customer: 'c' + ((i * 50 + j) % 97), occurredAt: i * 50 + j, kind: 'view', eventId: String(i * 50 + j) }));
      await appendEvents(store.db, events, { source: 'child', at: 0 });
      console.log(String((i + 1) * 50));
    }
    process.stdin.resume();
  } catch (error) {
    console.error(error.code + ': ' + error.message);
    process.exit(error.exitCode ?? 99);
  }`;

let dataDir: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tagcast-lock-'));
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  children = [];
  rmSync(dataDir, { recursive: true, force: true });
});

function start(batches: number): { child: ChildProcess; lines: AsyncIterator<string>; errors: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', CHILD, dataDir, String(batches)], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), errors: () => errors };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a data folder', () => {
  test('has room for one process: the second exits with code 2 and names the first; after kill -9 it is free', async () => {
    const first = start(0);
    expect(await first.lines.next()).toMatchObject({ value: 'open' });
    const second = start(0);
    const [code] = (await once(second.child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(second.errors()).toMatch(new RegExp(`^store_locked: .*process ${first.child.pid};`, 'm'));
    await expect(openStore({ dataDir }, { clock })).rejects.toMatchObject({ code: 'store_locked', details: { pid: first.child.pid } });
    await kill(first.child);
    const store = await openStore({ dataDir }, { clock });
    await expect(openStore({ dataDir }, { clock })).rejects.toMatchObject({ code: 'store_locked', details: { pid: process.pid } });
    await store.close();
    await store.close();
    expect(existsSync(join(dataDir, LOCK_FILE))).toBe(false);
  });

  test('keeps every acknowledged batch, and no half of one, when its process is killed in the middle of appending', async () => {
    const next = (i: number): { customer: string; occurredAt: number; kind: string; eventId: string } => ({ customer: `c${i % 97}`, occurredAt: i, kind: 'view', eventId: String(i) });
    let acknowledged = 0;
    for (const killAfter of [3, 17]) {
      const { child, lines } = start(10_000);
      await lines.next();
      for (let seen = 0; seen < killAfter; seen++) await lines.next();
      child.kill('SIGKILL');
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) acknowledged = Math.max(acknowledged, Number(line.value));
      acknowledged = Math.max(acknowledged, killAfter * 50);
    }
    const store = await openStore({ dataDir }, { clock });
    const kept = (await store.db('events').count())[0]?.['count'] as number;
    expect(kept).toBeGreaterThanOrEqual(acknowledged);
    expect(kept % 50).toBe(0);
    // Sending everything again adds what is missing and nothing else.
    const all = Array.from({ length: kept + 100 }, (_, i) => next(i));
    expect(await appendEvents(store.db, all, { source: 'child', at: 0 })).toMatchObject({ inserted: 100, duplicates: kept });
    expect(await store.db('events').countDistinct('dedupe_key')).toEqual([{ count: kept + 100 }]);
    await store.close();
  });
});

describe('the lock', () => {
  const path = (): string => join(dataDir, LOCK_FILE);

  test('is taken over when its process number belongs to another process now, and after a restart of the machine', async () => {
    const own = await ownIdentity();
    for (const stale of [{ ...own, started: '1' }, { ...own, boot: 'another start' }, { ...own, pid: 2 ** 22 + 1 }]) {
      writeFileSync(path(), JSON.stringify(stale));
      const lock = await acquireLock(dataDir);
      expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid, started: own.started });
      await lock.release();
      expect(existsSync(path())).toBe(false);
    }
  });

  test('of an owner elsewhere, or one that cannot be read, holds until it has been silent for long', async () => {
    const own = await ownIdentity();
    for (const foreign of [JSON.stringify({ ...own, place: 'another container', started: '1' }), 'half a fi']) {
      writeFileSync(path(), foreign);
      await expect(acquireLock(dataDir)).rejects.toMatchObject({ code: 'store_locked', exitCode: 2, hint: expect.stringContaining(LOCK_FILE) });
      const longAgo = new Date('2020-01-01T00:00:00Z');
      utimesSync(path(), longAgo, longAgo);
      await (await acquireLock(dataDir)).release();
    }
  });

  test('goes to exactly one of many who find it stale at once', async () => {
    const own = await ownIdentity();
    writeFileSync(path(), JSON.stringify({ ...own, started: '1' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(dataDir)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as AppError).code] : []));
    expect(codes).toEqual(Array(7).fill('store_locked'));
    await winners[0]?.value.release();
    expect(existsSync(path())).toBe(false);
  });
});
