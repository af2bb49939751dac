/** kill −9 at any point of a refresh leaves a snapshot that opens and is complete, and the next refresh needs no help. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import { numbersOf } from '../../src/store/columns/columns.ts';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { fillStore } from '../features/shop.ts';
import { freshDatabase } from '../support/stores.ts';

const EVENTS = 1500;
const KILLS = 8;
let store: Store;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let dir: string;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl }, { clock: fixedClock('2026-01-01T00:00:00Z') });
  dir = await mkdtemp(join(tmpdir(), 'snapshot-kill-'));
  await fillStore(store, { customers: [{ createdAt: 0 }], events: Array.from({ length: EVENTS }, (_, i) => ({ customer: 0, at: 1000 + i, kind: 'view' })) });
});
afterAll(async () => {
  await store.close();
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

test('a killed refresh leaves the previous snapshot whole', async () => {
  const { contentHash } = await refreshSnapshot(store, dir);
  const random = seededRandom(11, 'kill');
  for (let round = 0; round < KILLS; round++) {
    const child = fork(fileURLToPath(new URL('./snapshotChild.ts', import.meta.url)), [database.databaseUrl, dir], { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    await wait(random.int(400));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const columns = await openColumns(dir);
    expect([...numbersOf(await columns.query('SELECT count(*) AS n FROM events'), 'n')]).toEqual([EVENTS]);
    columns.close();
  }
  expect((await refreshSnapshot(store, dir)).contentHash).toBe(contentHash);
  await refreshSnapshot(store, dir, { full: true });
  await refreshSnapshot(store, dir);
  expect((await readdir(dir)).filter((name) => name.endsWith('.parquet')).length).toBe(2 + 1);
});
