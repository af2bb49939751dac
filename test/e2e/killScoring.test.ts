import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { scoreAll } from '../../src/jobs/scoring/batch.ts';
import { openStore } from '../../src/store/connection.ts';
import type { StoreConfig } from '../../src/store/config.ts';
import type { Store } from '../../src/store/connection.ts';
import { freshDatabase } from '../support/stores.ts';
import { day, prepareShop, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import type { ChildJob } from './scoringChild.ts';

const CHILD = fileURLToPath(new URL('./scoringChild.ts', import.meta.url));
const clock = { now: () => Date.parse('2026-04-01T03:00:00Z') };
const SIZE = { customers: 120, days: 540 };
const CHUNK = 30;

interface Ended {
  /** The last line the child wrote. */
  readonly last: string;
  readonly killed: boolean;
  readonly errors: string;
}

/** Runs a child and kills it `delayMs` after it has said `marker`; without a marker it may finish. */
function child(job: ChildJob, kill?: { readonly marker: string; readonly delayMs: number }): Promise<Ended> {
  return new Promise((resolve) => {
    const one = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let armed = false;
    one.stderr.on('data', (text: Buffer) => { errors = `${errors}${text.toString()}`.slice(-3000); });
    one.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      if (armed || kill === undefined || !output.split('\n').includes(kill.marker)) return;
      armed = true;
      setTimeout(() => one.kill('SIGKILL'), kill.delayMs);
    });
    one.once('close', (_code, signal) => { resolve({ last: output.trim().split('\n').at(-1) ?? '', killed: signal === 'SIGKILL', errors }); });
  });
}

/** Everything that readers see, a line per row, without the names of attempts. */
async function visible(store: Store): Promise<string[]> {
  const lines = async (sql: string): Promise<string[]> => (await store.db.raw<{ rows: object[] }>(sql)).rows.map((row) => JSON.stringify(row));
  return [
    ...(await lines("SELECT (to_jsonb(t) - 'run_id' - 'fence')::text AS tag FROM customer_tags t ORDER BY customer_id, tag_key")),
    ...(await lines('SELECT customer_id, entered_on, stage, previous_stage FROM lifecycle_history ORDER BY 1, 2')),
    ...(await lines('SELECT customer_id, tag_key, changed_on, from_status, from_band, from_value, to_status, to_band, to_value FROM tag_history ORDER BY 3, 1, 2')),
    ...(await lines('SELECT as_of, state, (SELECT count(*) FROM staged_tags) AS staged FROM runs ORDER BY as_of')),
  ];
}

async function expectAlike(left: Store, calm: Store): Promise<void> {
  const [a, b] = [await visible(left), await visible(calm)];
  expect(a.length).toBe(b.length);
  expect(a.flatMap((line, i) => (line === b[i] ? [] : [[line, b[i]]])).slice(0, 2)).toEqual([]);
}

const DAYS = [-4, -3, -2, -1, 0, 1, 2, 3].map(day);
const MARKERS = ['open', 'score 1', 'score 3', 'tags 1', 'tags 3', 'publish 0', 'publish 0', 'publish 1'];

function mustHaveFinished({ last, errors }: Ended): void {
  if (last !== 'report done' && last !== 'report already_done') throw new Error(`the child ended with "${last}"\n${errors}`);
}

/** Kills at `kills` seeded points, restarting after each, and then lets the day finish. Returns the days that were worked on. */
async function torment(config: StoreConfig, snapshotDir: string, kills: number, leaseMs: number): Promise<{ days: string[]; killed: number }> {
  const rng = seededRandom('kill scoring', kills);
  let at = 0;
  let killed = 0;
  const job = (): ChildJob => ({ store: config, snapshotDir, asOf: DAYS[at], chunkCustomers: CHUNK, leaseMs });
  const waitForLease = () => new Promise((resolve) => { setTimeout(resolve, 'databaseUrl' in config ? leaseMs + 100 : 0); });
  for (let attempt = 0; killed < kills && attempt < 3 * kills && at < DAYS.length - 1; attempt++) {
    // A marker that was passed before the restart is not said again: then the one after it, or the end.
    const ended = await child(job(), { marker: MARKERS[attempt % MARKERS.length], delayMs: rng.int(120) });
    if (ended.killed) killed++;
    else mustHaveFinished(ended);
    if (ended.last.startsWith('report') || ended.last === 'publish 1') at++;
    await waitForLease();
  }
  const finish = await child(job());
  mustHaveFinished(finish);
  return { days: DAYS.slice(0, at + 1), killed };
}

describe('kill −9 while scoring and publishing', () => {
  const folder = scratchFolder();
  const snapshotDir = join(folder.path, 'snapshot');
  afterAll(() => { folder.remove(); });

  test('embedded store: a kill at every marker, and the tags are those of an uninterrupted run', { timeout: 400_000 }, async () => {
    const killedDir = join(folder.path, 'killed');
    const calmDir = join(folder.path, 'calm');
    const store = await openStore({ dataDir: killedDir }, { clock });
    await prepareShop(store, snapshotDir, SIZE);
    await store.close();
    cpSync(killedDir, calmDir, { recursive: true });
    const kills = Number(process.env['TAGCAST_KILLS'] ?? MARKERS.length);
    const { days, killed } = await torment({ dataDir: killedDir }, snapshotDir, kills, 60_000);
    expect(killed).toBeGreaterThanOrEqual(kills);
    const [left, calm] = [await openStore({ dataDir: killedDir }, { clock }), await openStore({ dataDir: calmDir }, { clock })];
    try {
      for (const asOf of days) await scoreAll(shopDeps(calm, snapshotDir, { limits: { chunkCustomers: CHUNK } }), { asOf });
      await expectAlike(left, calm);
    } finally {
      await left.close();
      await calm.close();
    }
  });

  test('PostgreSQL: 6 kills, and two workers at once', { timeout: 200_000 }, async () => {
    const [killedBase, calmBase] = [await freshDatabase(), await freshDatabase()];
    const [left, calm] = [await openStore({ databaseUrl: killedBase.databaseUrl }, { clock }), await openStore({ databaseUrl: calmBase.databaseUrl }, { clock })];
    try {
      const pgSnapshot = join(folder.path, 'pg-snapshot');
      await prepareShop(left, pgSnapshot, SIZE);
      await prepareShop(calm, join(folder.path, 'calm-snapshot'), SIZE);
      const config = { databaseUrl: killedBase.databaseUrl };
      const { days, killed } = await torment(config, pgSnapshot, 6, 700);
      expect(killed).toBeGreaterThanOrEqual(6);
      const last = DAYS[days.length];
      const both = await Promise.all([1, 2].map(() => child({ store: config, snapshotDir: pgSnapshot, asOf: last, chunkCustomers: CHUNK, leaseMs: 60_000 })));
      expect(both.filter((one) => one.last === 'report done')).toHaveLength(1);
      for (const asOf of [...days, last]) await scoreAll(shopDeps(calm, join(folder.path, 'calm-snapshot'), { limits: { chunkCustomers: CHUNK } }), { asOf });
      await expectAlike(left, calm);
    } finally {
      await left.close();
      await calm.close();
      await killedBase.drop();
      await calmBase.drop();
    }
  });
});
