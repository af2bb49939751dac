/**
 * Usefulness reports and data quality on PostgreSQL: reports of every tag at once over a shop with a history, the same tags one by one, and a check of the data.
 * `--customers 1000000 --events 20000000`. The last line is JSON; the ratio is all at once ÷ one by one.
 */
import { parseArgs } from 'node:util';
import { addDays, startOfDay } from '../src/base/time.ts';
import { checkQuality } from '../src/jobs/quality.ts';
import { reportOnAllTags, reportOnTags } from '../src/jobs/tagReports.ts';
import { openStore } from '../src/store/connection.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { makeShop, TODAY, ZONE } from './rules/shop.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '1000000' }, events: { type: 'string', default: '20000000' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const [customers, events] = [values.customers, values.events].map(Number);

let peakMb = 0;
const watch = setInterval(() => { peakMb = Math.max(peakMb, process.memoryUsage().rss / 1_048_576); }, 100);
const timed = async <T>(what: string, work: () => Promise<T>): Promise<{ seconds: number; result: T }> => {
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  say(`${what}: ${seconds.toFixed(1)} s`);
  return { seconds, result };
};

/** Tags that are words, published three months, six weeks and two weeks ago; a third of the customers change each time. */
const KEYS = ['churn_risk_band', 'clv_tier', 'lifecycle_stage', 'purchase_intent_band', 'cycle_regularity', 'churn_reason'];
const PUBLISHED = [-100, -45, -14].map((days) => addDays(TODAY, days));

const server = await startPostgres();
const clock = { now: () => startOfDay(TODAY, ZONE) + 3 * 3_600_000 };
const store = await openStore({ databaseUrl: server.url }, { clock });
try {
  await timed('the shop', () => makeShop(store, customers, events, say));
  for (const [i, day] of PUBLISHED.entries()) {
    await store.db.raw(`INSERT INTO runs (job, as_of, fence, owner, lease_expires_at, state, details, started_at, finished_at) VALUES ('score', ?::date, 1, 'bench', now(), 'done', '{"publish": {}}', ?::date, ?::date + interval '3 hours')`, [day, day, day]);
    await store.db.raw(
      `INSERT INTO tag_history (customer_id, tag_key, changed_on, to_status, to_band, to_value, source_version, run_id)
       SELECT c.customer_id, t.key, ?::date, 'ok', b.band, to_jsonb(b.band), 1, (SELECT max(run_id) FROM runs) FROM customers c CROSS JOIN unnest(?::text[]) AS t (key)
       CROSS JOIN LATERAL (SELECT (ARRAY['a','b','c','d'])[1 + ((c.customer_id / 3) + length(t.key) + ?::int * (c.customer_id % 2)) % 4] AS band) b WHERE ?::int = 0 OR (c.customer_id + length(t.key)) % 3 = ?::int`,
      [day, `{${KEYS.join(',')}}`, i, i, i]);
  }
  await store.db.raw('ANALYZE tag_history');
  const deps = { store, timeZone: ZONE };
  const all = await timed('every tag at once', () => reportOnAllTags(deps, TODAY));
  const single = await timed('words one by one', async () => {
    for (const key of KEYS) await reportOnTags(deps, TODAY, [key]);
  });
  const quality = await timed('the rules of data quality', () => checkQuality(deps, TODAY));
  const known = all.result.filter(({ separation }) => separation.some(({ state }) => state === 'known')).length;
  console.log(JSON.stringify({ bench: 'tagReports', customers, events, tags: all.result.length, known, seconds: all.seconds, oneByOneSeconds: single.seconds, qualityRules: quality.result.results.length, qualitySeconds: quality.seconds, peakMb: Math.round(peakMb), ratios: [{ case: 'all tags ÷ words one by one', ratio: all.seconds / single.seconds }] }));
} finally {
  clearInterval(watch);
  await store.close();
  await server.stop();
}
