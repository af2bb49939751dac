/**
 * The feature build against a query written by hand (bench/features/peer.ts), each in fresh processes in turn, and one customer on demand
 * on both stores. The last line is JSON: `ratio` and `cpuRatio` are ours ÷ peer of the medians. `--rounds 5`, `--events 5000000`, `--customers 200000`.
 */
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeSnapshot } from './features/data.ts';
import { onDemand } from './features/onDemand.ts';
import { startPostgres } from '../test/support/postgres.ts';

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly check: number;
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '3' }, events: { type: 'string', default: '5000000' }, customers: { type: 'string', default: '200000' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const dir = join(tmpdir(), `tagcast-bench-${values.customers}-${values.events}`);
say(`Snapshot of ${values.events} events of ${values.customers} customers in ${dir} …`);
await makeSnapshot(dir, Number(values.customers), Number(values.events));

const child = fileURLToPath(new URL('features/child.ts', import.meta.url));
const measure = (which: 'ours' | 'peer'): Measured => {
  const measured = JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', child, which, dir], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '') as Measured;
  say(`${which}: ${measured.seconds.toFixed(2)} s, ${measured.cpuSeconds.toFixed(2)} s of processor time, peak ${measured.peakMb} MB`);
  return measured;
};
const ours: Measured[] = [];
const peer: Measured[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  // In turn, so that whatever else the machine does meets both.
  peer.push(measure('peer'));
  ours.push(measure('ours'));
}
if (new Set([...ours, ...peer].map(({ check }) => check)).size !== 1) throw new Error('ours and the peer count different orders: the comparison means nothing');

const server = await startPostgres();
try {
  const pglite = await onDemand({ memory: true });
  const postgres = await onDemand({ databaseUrl: server.url });
  say(`one customer with 100 events: PGlite ${pglite.medianMs.toFixed(2)} ms, PostgreSQL ${postgres.medianMs.toFixed(2)} ms (medians)`);
  const of = (list: readonly Measured[], key: keyof Measured): number => median(list.map((one) => one[key]));
  console.log(JSON.stringify({
    bench: 'features', ratio: of(ours, 'seconds') / of(peer, 'seconds'), cpuRatio: of(ours, 'cpuSeconds') / of(peer, 'cpuSeconds'), seconds: of(ours, 'seconds'), peerSeconds: of(peer, 'seconds'),
    peakMb: of(ours, 'peakMb'), peerPeakMb: of(peer, 'peakMb'), onDemandMs: { pglite: pglite.medianMs, postgres: postgres.medianMs }, onDemandP95Ms: { pglite: pglite.p95Ms, postgres: postgres.p95Ms },
  }));
} finally {
  await server.stop();
}
