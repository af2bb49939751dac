/**
 * Rule tags on PostgreSQL: everybody in one night, the night after (little changes), 10,000 events that arrive, and the same rules one by one over a part of the
 * customers. `--customers 1000000 --events 20000000 --rules 300`. The last line is JSON; `ratios` are ours ÷ one by one.
 */
import { parseArgs } from 'node:util';
import { addDays, startOfDay } from '../src/base/time.ts';
import { evaluateRules } from '../src/jobs/rules.ts';
import type { RulesDeps } from '../src/jobs/rules.ts';
import { evaluateNewEvents } from '../src/jobs/rulesOnEvents.ts';
import { openStore } from '../src/store/connection.ts';
import { loadCatalogue } from '../src/tags/catalogue/catalogue.ts';
import type { StoredRule } from '../src/tags/catalogue/catalogue.ts';
import { stageRules } from '../src/tags/rules/stage.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { manyRules } from './rules/rules.ts';
import { makeShop, TODAY, ZONE } from './rules/shop.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '1000000' }, events: { type: 'string', default: '20000000' }, rules: { type: 'string', default: '300' }, arriving: { type: 'string', default: '10000' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const [customers, events, count, arriving] = [values.customers, values.events, values.rules, values.arriving].map(Number);

let peakMb = 0;
const watch = setInterval(() => { peakMb = Math.max(peakMb, process.memoryUsage().rss / 1_048_576); }, 100);
const timed = async <T>(what: string, work: () => Promise<T>): Promise<{ seconds: number; result: T }> => {
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  say(`${what}: ${seconds.toFixed(1)} s`);
  return { seconds, result };
};

const server = await startPostgres();
const clock = { now: () => startOfDay(TODAY, ZONE) + 3 * 3_600_000 };
const store = await openStore({ databaseUrl: server.url }, { clock });
try {
  await timed('the shop', () => makeShop(store, customers, events, say));
  const deps: RulesDeps = { store, clock, owner: 'bench', ruleTags: manyRules(count), timeZone: ZONE, progress: ({ done, total }) => { if (done % 10 === 0) say(`  ${done} of ${total}`); } };
  const full = await timed(`${count} rules for everybody`, () => evaluateRules(deps, { asOf: TODAY }));
  const again = await timed('the same a day later', () => evaluateRules(deps, { asOf: addDays(TODAY, 1) }));
  await evaluateNewEvents(deps, TODAY);
  await store.db.raw(
    `INSERT INTO events (customer_id, occurred_at, kind, amount, order_ref, dedupe_key, ingested_at)
     SELECT 1 + (i * 7919) % ?::int, '2026-03-01 02:00+08', (ARRAY['view','order','cart','view','search'])[1 + i % 5], 50, 'N' || i, gen_random_uuid(), '2026-03-01 02:00+08' FROM generate_series(1, ?::int) AS i`, [customers, arriving]);
  const onEvents = await timed(`${arriving} events that arrive`, () => evaluateNewEvents(deps, TODAY));
  // One by one over the first 10,000 customers, against the same customers together.
  const catalogue = await loadCatalogue(store.db);
  const staging = { known: catalogue.rules.map(({ id }) => id), customers: { from: 1, to: 10_000 }, asOf: startOfDay(TODAY, ZONE), timeZone: ZONE, names: catalogue.names };
  // As the job does it, without compiling plans to machine code.
  const staged = (runId: number, lists: readonly (readonly StoredRule[])[]): Promise<void> => store.db.transaction(async (trx) => {
    await trx.raw(`select set_config('jit', 'off', true)`);
    for (const list of lists) await stageRules(trx, list, { ...staging, runId });
  });
  const together = await timed('10,000 customers together', () => staged(1_000_001, [catalogue.rules]));
  const single = await timed('10,000 customers one rule at a time', () => staged(1_000_002, catalogue.rules.map((rule) => [rule])));
  const [size] = (await store.db.raw<{ rows: { n: number }[] }>('SELECT coalesce(sum(cardinality(tag_ids)), 0)::int8 AS n FROM customer_rules')).rows;
  console.log(JSON.stringify({
    bench: 'rules', customers, events, rules: count, carried: size?.n, seconds: full.seconds, evaluateSeconds: full.result.seconds?.evaluate, publishSeconds: full.result.seconds?.publish, nextDaySeconds: again.seconds, nextDayChanged: again.result.published?.changed,
    onEventsSeconds: onEvents.seconds, onEvents: onEvents.result, peakMb: Math.round(peakMb), ratios: [{ case: 'together ÷ one by one', ratio: together.seconds / single.seconds }],
  }));
} finally {
  clearInterval(watch);
  await store.close();
  await server.stop();
}
