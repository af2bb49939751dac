/**
 * Imports the 541,909 lines of Online Retail into an embedded store in a folder and into PostgreSQL, each in a process of its own,
 * then a second time; the last line is JSON: seconds, peak memory, ratios to the limits (60 s embedded, 20 s PostgreSQL).
 * More kills than `npm run verify` does: `TAGCAST_KILLS=20 npx vitest run test/e2e/importKill.test.ts`.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../test/support/postgres.ts';
import { needs, sharedData } from '../test/support/sharedData.ts';
import type { ImportReport } from '../src/jobs/import.ts';

const FILE = 'online_retail/online_retail_2010_2011.csv.gz';
const LIMITS = { pglite: 60, postgres: 20 } as const;

interface Outcome {
  readonly report: ImportReport;
  readonly seconds: number;
  readonly peakRssMb: number;
}

function importInChild(config: object, path: string, quarantine: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./importChild.ts', import.meta.url)), [JSON.stringify({ config, path, mapping: 'online_retail', quarantine })], { execArgv: ['--import', 'tsx'] });
    child.once('message', (message) => resolve(message as Outcome));
    child.once('exit', (code) => reject(new Error(`the import ended with code ${String(code)}`)));
  });
}

const path = sharedData(FILE);
if (path === undefined) {
  console.log(needs(FILE, 'import bench'));
  console.log(JSON.stringify({ bench: 'import', skipped: true }));
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'tagcast-bench-import-'));
  const server = await startPostgres();
  try {
    const results: Record<string, unknown> = {};
    const ratios: Record<string, number> = {};
    for (const [dialect, config] of Object.entries({ pglite: { dataDir: join(scratch, 'store') }, postgres: { databaseUrl: server.url } })) {
      const first = await importInChild(config, path, join(scratch, 'quarantine.ndjson'));
      const second = await importInChild(config, path, join(scratch, 'quarantine.ndjson'));
      const { rows, taken, duplicates, quarantined, kinds, customersCreated } = first.report;
      console.log(`${dialect}: ${first.seconds.toFixed(1)} s, peak ${first.peakRssMb} MB; again ${second.seconds.toFixed(1)} s, taken ${second.report.taken}`);
      results[dialect] = { seconds: first.seconds, rowsPerSecond: Math.round(rows / first.seconds), peakRssMb: first.peakRssMb, rows, taken, duplicates, quarantined, kinds, customersCreated, againSeconds: second.seconds, againTaken: second.report.taken };
      ratios[dialect] = first.seconds / LIMITS[dialect as keyof typeof LIMITS];
    }
    console.log(JSON.stringify({ bench: 'import', freeMemoryMb: Math.round(freemem() / 1e6), results, ratios }));
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
