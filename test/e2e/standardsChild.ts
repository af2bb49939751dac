/** Applies standards in a process of its own, which a test kills. Argument: JSON. Writes a line per chunk. */
import { applyStandards } from '../../src/jobs/standards.ts';
import { openStore } from '../../src/store/connection.ts';

export interface StandardsChildJob {
  readonly databaseUrl: string;
  readonly field: string;
  readonly chunkCustomers: number;
  readonly leaseMs: number;
}

const { databaseUrl, field, chunkCustomers, leaseMs } = JSON.parse(process.argv[2] ?? '') as StandardsChildJob;
const say = (text: string): void => { process.stdout.write(`${text}\n`); };
const clock = { now: () => Date.now() };
const store = await openStore({ databaseUrl }, { clock });
try {
  const [applied] = await applyStandards({ store, clock, owner: `child:${process.pid}`, progress: ({ done }) => { say(`chunk ${done}`); } }, { asOf: '2026-03-01', fields: [field], limits: { chunkCustomers, leaseMs } });
  say(`applied ${applied.changed}`);
} finally {
  await store.close();
}
