/**
 * Counting conditions over everybody on PostgreSQL: as joined sets beside the general plan that looks at every customer, previews of long windows with their estimates, and what the indexes cost when events come in and tags are
 * published. `--customers 1000000 --events 3000000`. The last line is JSON; `ratios` are sets ÷ general plan, and writing with ÷ without the indexes.
 */
import { parseArgs } from 'node:util';
import { startOfDay } from '../src/base/time.ts';
import { readCondition } from '../src/conditions/text/read.ts';
import { countSegment, previewSegment } from '../src/segments/count.ts';
import { openStore } from '../src/store/connection.ts';
import { loadCatalogue } from '../src/tags/catalogue/catalogue.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { makeShop, TODAY, ZONE } from './rules/shop.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '1000000' }, events: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '5' } } });
const [customers, events, rounds] = [values.customers, values.events, values.rounds].map(Number);
const say = (line: string): void => { if (values.json !== true) console.log(line); };

const CASES: Readonly<Record<string, string>> = {
  'tag band': 'tag.churn_risk_band.band in (at_risk, critical)',
  'tag probability': 'tag.churn_prob_90d.probability >= 0.6',
  stage: 'stage = loyal',
  attribute: 'attr.city = "上海"',
  'number attribute': 'attr.age >= 30',
  'orders in 30 days': 'count(order) last 30 days >= 2',
  'band, stage and city': 'tag.clv_tier.band = top and stage in (loyal, growing) and attr.city = "北京"',
  'band and no orders': 'tag.clv_tier.band = top and count(order) last 90 days = 0',
  'band or orders': 'tag.clv_tier.band = top or count(order) last 30 days >= 1',
  'views in a year': 'count(view) last 365 days >= 3',
};

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1];
async function timed(work: () => Promise<unknown>, times: number): Promise<number> {
  await work();
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return median(taken);
}

const server = await startPostgres();
const store = await openStore({ databaseUrl: server.url }, { clock: { now: () => Date.now() } });
try {
  await makeShop(store, customers, events, say);
  await store.db.raw('VACUUM (ANALYZE) customers, customer_tags, events, lifecycle_history');
  const context = { asOf: startOfDay(TODAY, ZONE), timeZone: ZONE, names: (await loadCatalogue(store.db)).names };
  const medians: Record<string, { sets: number; general: number; preview: number; matching: number }> = {};
  for (const [name, text] of Object.entries(CASES)) {
    const condition = readCondition(text);
    const { matching } = await countSegment(store, condition, context);
    const general = await countSegment(store, condition, context, { window: 10_000_000 });
    if (general.matching !== matching) throw new Error(`${name}: ${matching} as sets, ${general.matching} by the general plan`);
    medians[name] = {
      matching, sets: await timed(() => countSegment(store, condition, context), rounds), general: await timed(() => countSegment(store, condition, context, { window: 10_000_000 }), 3), preview: await timed(() => previewSegment(store, condition, context), 3),
    };
    say(`${name}: ${matching}; sets ${medians[name].sets.toFixed(0)} ms, general ${medians[name].general.toFixed(0)} ms, preview ${medians[name].preview.toFixed(0)} ms`);
  }
  // Tags of a tenth of the customers are published, and events come in, with the indexes and with those that there were before.
  const publish = (): Promise<unknown> => store.db.raw('UPDATE customer_tags SET as_of = as_of + 1, expires_at = expires_at + 1 WHERE customer_id <= ?', [customers / 10]);
  const arrive = (): Promise<unknown> => store.db.raw(`INSERT INTO events (customer_id, occurred_at, kind, amount, dedupe_key, ingested_at) SELECT 1 + (i * 7919::int8) % ?, timestamptz '2026-03-01' + i * interval '1 second', 'view', 1, gen_random_uuid(), now() FROM generate_series(1, 100000) AS i`, [customers]);
  const withIndexes = { publish: await timed(publish, 3), arrive: await timed(arrive, 3) };
  await store.db.raw('DROP INDEX events_kind_time, customer_tags_ok_band, customer_tags_ok_probability; CREATE INDEX customer_tags_band ON customer_tags (tag_key, band); CREATE INDEX customer_tags_probability ON customer_tags (tag_key, probability)');
  const without = { publish: await timed(publish, 3), arrive: await timed(arrive, 3) };
  console.log(JSON.stringify({
    bench: 'preview', customers, events, medians, writing: { withIndexes, without },
    ratios: [
      ...Object.entries(medians).map(([name, { sets, general }]) => ({ case: `${name}: sets ÷ general plan`, ratio: sets / general })),
      { case: 'publishing tags: with ÷ without the indexes', ratio: withIndexes.publish / without.publish }, { case: 'events coming in: with ÷ without the index', ratio: withIndexes.arrive / without.arrive },
    ],
  }));
} finally {
  await store.close();
  await server.stop();
}
