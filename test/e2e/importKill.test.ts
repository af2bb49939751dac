import { fork } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { ImportReport } from '../../src/jobs/import.ts';
import type { StoreConfig } from '../../src/store/config.ts';
import { freshDatabase } from '../support/stores.ts';
import { HEADER, importKit, ORDERS } from './importKit.ts';

const kit = importKit();
afterAll(() => kit.remove());

const mapping = { ...ORDERS, duplicates: 'keep' };
const random = seededRandom('import kill');
const ROWS = 40_000;
/** 40,000 lines: a tenth equal to an earlier one, a fiftieth without customer. */
const path = kit.file(
  'kill.csv.gz',
  gzipSync(HEADER + Array.from({ length: ROWS }, (_, i) => (i % 10 === 9 ? 'twin,2026-01-05,2.5,t\n' : `${i % 50 === 7 ? '' : `c${random.int(2000)}`},2026-01-${String(1 + random.int(28)).padStart(2, '0')},${random.int(9999)}.25,o${i}\n`)).join('')),
);

interface Finished {
  readonly report: ImportReport;
  readonly contents: string;
}

/** When to kill: after so many records read, and so many milliseconds more. */
interface Kill {
  readonly records: number;
  readonly wait: number;
}

/** Runs the import in a process of its own, and kills it (SIGKILL) when told to. */
function runChild(config: StoreConfig, quarantine: string, kill?: Kill): Promise<Finished | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./importKillChild.ts', import.meta.url)), [JSON.stringify({ config, path, mapping, quarantine })], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let finished: Finished | undefined;
    let errors = '';
    child.stderr?.on('data', (text: Buffer) => {
      errors += text.toString();
    });
    child.on('message', (message: { open?: true; read?: number } & Partial<Finished>) => {
      const due = kill !== undefined && (message.open === true ? kill.records === 0 : (message.read ?? -1) >= kill.records);
      if (due) void wait(kill.wait).then(() => child.kill('SIGKILL'));
      if (message.report !== undefined) finished = message as Finished;
    });
    child.once('close', (code, signal) => {
      if (finished !== undefined) resolve(finished);
      else if (signal === 'SIGKILL') resolve('killed');
      else reject(new Error(`exit ${String(code)}: ${errors.slice(-2000)}`));
    });
  });
}

interface Compared {
  readonly whole: Finished;
  readonly after: Finished;
  readonly killed: number;
  /** The quarantine files of the whole and of the killed import. */
  readonly quarantines: readonly [string, string];
}

async function compare(place: (name: string) => Promise<StoreConfig>, kills: number): Promise<Compared> {
  const [wholeFile, killedFile] = [join(kit.folder, 'whole.q'), join(kit.folder, 'killed.q')];
  const whole = await runChild(await place('whole'), wholeFile);
  if (whole === 'killed') throw new Error('nobody kills this one');
  const span = whole.report.seconds * 1000;
  const config = await place('killed');
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    // One comes when a batch is committed for certain, the others anywhere between the opening and about the end.
    const outcome = await runChild(config, killedFile, i === 0 ? { records: 30_000, wait: 0 } : { records: 0, wait: random.next() * span * 0.6 });
    if (outcome === 'killed') killed += 1;
  }
  const after = await runChild(config, killedFile);
  if (after === 'killed') throw new Error('nobody kills this one');
  return { whole, after, killed, quarantines: [readFileSync(wholeFile, 'utf8'), readFileSync(killedFile, 'utf8')] };
}

/** What the last run reports when one of the killed processes had finished already, and when not. */
function expectedReport({ whole, after }: Compared): object {
  const { rows, taken, duplicates, quarantined, kinds, customersCreated } = whole.report;
  if (after.report.taken === 0) return { rows, taken: 0, duplicates: taken, quarantined };
  return { rows, taken, duplicates, quarantined, kinds, customersCreated, resumedFrom: expect.any(Number) };
}

describe('an import that is killed and run again has the events of one that was not', () => {
  test('embedded store, three kills at random points', async () => {
    const result = await compare(async (name) => {
      const dataDir = join(kit.folder, name);
      mkdirSync(dataDir);
      return { dataDir };
    }, Number(process.env['TAGCAST_KILLS'] ?? 3));
    expect(result.whole.report).toMatchObject({ rows: ROWS, quarantined: ROWS / 50, taken: ROWS - ROWS / 50, duplicates: 0 });
    expect(result.killed).toBeGreaterThan(0);
    expect(result.after.contents).toBe(result.whole.contents);
    expect(result.after.report).toMatchObject(expectedReport(result));
    expect(result.quarantines[1]).toBe(result.quarantines[0]);
  }, 600_000);

  test('PostgreSQL, two kills', async () => {
    const drops: (() => Promise<void>)[] = [];
    try {
      const result = await compare(async () => {
        const { databaseUrl, drop } = await freshDatabase();
        drops.push(drop);
        return { databaseUrl };
      }, 2);
      expect(result.killed).toBeGreaterThan(0);
      expect(result.after.contents).toBe(result.whole.contents);
      expect(result.after.report).toMatchObject(expectedReport(result));
      expect(result.quarantines[1]).toBe(result.quarantines[0]);
    } finally {
      for (const drop of drops) await drop();
    }
  }, 120_000);
});
