/** Sends what waits, until it is killed: the process of test/e2e/webhookKill.test.ts. */
import { deliverWebhooks } from '../../src/jobs/webhooks/deliver.ts';
import { openStore } from '../../src/store/connection.ts';
import { allowedHosts } from '../../src/webhooks/address.ts';

const [databaseUrl = '', host = ''] = process.argv.slice(2);
const clock = { now: () => Date.now() };
const store = await openStore({ databaseUrl }, { clock });
process.stdout.write('open\n');
const report = await deliverWebhooks({ store, clock, owner: `child:${process.pid}`, webhooks: { key: () => Buffer.alloc(32, 1), allowed: allowedHosts(host) }, leaseMs: 400, timeoutMs: 300 });
process.stdout.write(`${JSON.stringify(report)}\n`);
await store.close();
