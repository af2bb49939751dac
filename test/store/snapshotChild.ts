/** Refreshes a snapshot over and over in a process of its own, for tests that kill it: argv = database URL, folder. Says so when a refresh is done. */
import { openStore } from '../../src/store/connection.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';

const [databaseUrl, dir] = process.argv.slice(2);
const store = await openStore({ databaseUrl }, { clock: fixedClock('2026-01-01T00:00:00Z') });
process.send?.('open');
for (;;) {
  await refreshSnapshot(store, dir, { full: true, partRows: 300 });
  process.send?.('done');
}
