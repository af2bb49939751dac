/** Scores days of a prepared shop in a process of its own, which a test kills. Argument: JSON. Writes a line per step. */
import { scoreAll } from '../../src/jobs/scoring/batch.ts';
import { openStore } from '../../src/store/connection.ts';
import type { StoreConfig } from '../../src/store/config.ts';
import { shopDeps } from '../support/scoredShop.ts';

export interface ChildJob {
  readonly store: StoreConfig;
  readonly snapshotDir: string;
  readonly asOf: string;
  readonly chunkCustomers: number;
  readonly leaseMs: number;
}

const job = JSON.parse(process.argv[2] ?? '') as ChildJob;
const say = (text: string): void => { process.stdout.write(`${text}\n`); };
const store = await openStore(job.store, { clock: { now: () => Date.now() } });
try {
  say('open');
  const { chunkCustomers, leaseMs } = job;
  const report = await scoreAll(shopDeps(store, job.snapshotDir, { owner: `child:${process.pid}`, limits: { chunkCustomers, leaseMs }, progress: ({ step, done }) => { say(`${step} ${done}`); } }), { asOf: job.asOf });
  say(`report ${report.state}`);
} finally {
  await store.close();
}
