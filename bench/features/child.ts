/** One measurement in a fresh process: `ours <dir>` or `peer <dir>`; prints one JSON line. Opening the snapshot is not part of the time. */
import { cpuUsage, memoryUsage, resourceUsage } from 'node:process';
import { FEATURES } from '../../features/index.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { BENCH_AS_OF } from './data.ts';
import { peerSql } from './peer.ts';

const [which, dir] = process.argv.slice(2);
const columns = await openColumns(dir, { threads: 2, memoryLimit: '4GB' });
await columns.query('SELECT count(*) FROM customers');
const plan = featurePlan(FEATURES, { timeZone: 'Asia/Shanghai' });
const start = performance.now();
const startCpu = cpuUsage();
let rows: number;
let check: number;
if (which === 'ours') {
  const built = await buildFeatures(columns, plan, { asOf: BENCH_AS_OF });
  rows = built.matrix.rows;
  check = built.matrix.columns.find(({ name }) => name === 'orders_total')?.values.reduce((a, b) => a + b, 0) ?? Number.NaN;
} else {
  const answer = await columns.query(peerSql(BENCH_AS_OF));
  rows = answer.rows;
  check = (answer.columns[answer.names.indexOf('orders')] as Float64Array).reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0);
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = cpuUsage(startCpu);
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakMb: Math.round(resourceUsage().maxRSS / 1024), endMb: Math.round(memoryUsage().rss / 1_048_576), rows, check }));
columns.close();
