/**
 * The e-mail test of Hillstrom (2008) as a shop of 64,000 customers with three recorded experiments, on PostgreSQL: import, evaluation, and every customer's tags of a nightly run.
 * The last line is JSON with the Qini × 1000 of each experiment, its verdict, the customers per band of its tag, and seconds; `ratios`: seconds of scoring with the
 * experiments ÷ without. `--customers 4000` takes the first so many.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { FEATURES } from '../features/index.ts';
import { silentProgress } from '../src/base/progress.ts';
import { DAY_MS, startOfDay } from '../src/base/time.ts';
import { ESTIMATORS } from '../src/estimators/index.ts';
import { createExperiment } from '../src/experiments/edit.ts';
import { featurePlan } from '../src/features/plan.ts';
import { importAssignmentFile } from '../src/jobs/uplift/assignments.ts';
import { evaluateExperiment } from '../src/jobs/uplift/experiments.ts';
import { scoreAll } from '../src/jobs/scoring/batch.ts';
import { upliftChecks } from '../src/jobs/uplift/models.ts';
import { openStore } from '../src/store/connection.ts';
import type { NewEvent } from '../src/store/events.ts';
import { appendEvents, MAX_APPEND } from '../src/store/repositories/events.ts';
import { batches, selectRows } from '../src/store/repositories/bulk.ts';
import { upsertCustomers } from '../src/store/repositories/customers.ts';
import { refreshSnapshot } from '../src/store/snapshot/refresh.ts';
import { loadCatalogue } from '../src/tags/catalogue/catalogue.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { sharedData } from '../test/support/sharedData.ts';
import { HILLSTROM } from '../test/support/hillstrom.ts';

const ZONE = 'America/New_York';
const SENT = '2008-03-01';
const END = '2008-03-20';
const KNOWN = ['recency', 'history_segment', 'history', 'mens', 'womens', 'zip_code', 'newbie', 'channel'];

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '64000' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const file = sharedData(HILLSTROM);
if (file === undefined) throw new Error('The data of Hillstrom are not there.');
const rows = parse<Record<string, string>>(readFileSync(file), { columns: true }).slice(0, Number(values.customers));
const folder = mkdtempSync(join(tmpdir(), 'tagcast-uplift-'));
const list = join(folder, 'list.csv');
writeFileSync(list, `customer,${KNOWN.join(',')},segment\n${rows.map((row, i) => [`H${i}`, ...KNOWN.map((name) => (/[",]/.test(row[name]) ? `"${row[name]}"` : row[name])), row.segment].join(',')).join('\n')}\n`);

const clock = { now: () => startOfDay(END, ZONE) + 3_600_000 };
const server = await startPostgres();
const store = await openStore({ databaseUrl: server.url }, { clock });
const seconds: Record<string, number> = {};
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work();
  seconds[what] = (performance.now() - started) / 1000;
  say(`${what}: ${seconds[what].toFixed(1)} s`);
  return result;
};
try {
  const plan = featurePlan(FEATURES, { timeZone: ZONE });
  const snapshotDir = join(folder, 'snapshot');
  const sent = startOfDay(SENT, ZONE);
  await timed('shop', async () => {
    for (const batch of batches(rows.map((_, i) => ({ externalId: `H${i}` })))) await upsertCustomers(store.db, batch, sent - DAY_MS);
    const events = rows.flatMap((row, i): NewEvent[] => [
      ...(row.visit === '1' ? [{ customer: `H${i}`, occurredAt: sent + 2 * DAY_MS, kind: 'visit', eventId: `v${i}` }] : []),
      ...(row.conversion === '1' ? [{ customer: `H${i}`, occurredAt: sent + 2 * DAY_MS + 60_000, kind: 'order', amount: row.spend, orderRef: `o${i}`, eventId: `o${i}` }] : []),
    ]);
    for (const batch of batches(events, MAX_APPEND)) await appendEvents(store.db, batch, { source: 'hillstrom', at: clock.now() });
  });
  const { names } = await loadCatalogue(store.db);
  const scoring = { store, clock, owner: 'bench', snapshotDir, plan, estimators: ESTIMATORS, models: ['churn'], ruleTags: [], timeZone: ZONE };
  await refreshSnapshot(store, snapshotDir);
  await timed('score without', () => scoreAll(scoring, { asOf: SENT }));
  const cases = [
    { key: 'womens_visit', outcome: { kind: 'event', event: 'visit' }, treated: ['Womens E-Mail'], probability: 0.5 },
    { key: 'mens_visit', outcome: { kind: 'event', event: 'visit' }, treated: ['Mens E-Mail'], probability: 0.5 },
    { key: 'any_order', outcome: { kind: 'order' }, treated: ['Womens E-Mail', 'Mens E-Mail'], probability: 2 / 3 },
  ] as const;
  const found: Record<string, unknown>[] = [];
  for (const { key, outcome, treated, probability } of cases) {
    const words = { zh: key, en: key };
    await createExperiment(store, { key, label: words, description: words, owner: 'bench', campaign: null, channel: 'email', startsOn: SENT, endsOn: SENT, responseDays: 14, outcome, segment: null, treatmentProbability: probability }, names, 'bench');
    const assigned = await timed(`import ${key}`, () => importAssignmentFile(store, key, list, { customer: 'customer', arm: 'segment', covariates: KNOWN, treated, heldOut: ['No E-Mail'] }, { timeZone: ZONE, actor: 'bench' }));
    const { report } = await timed(`evaluate ${key}`, () => evaluateExperiment({ store, snapshotDir, plan, checks: upliftChecks(ESTIMATORS), names, timeZone: ZONE, currency: 'USD', progress: silentProgress }, key, { end: END, seed: 1, actor: 'bench' }));
    const thousand = (v: number | undefined): number | null => (v === undefined ? null : Math.round(100_000 * v) / 100);
    say(`  ${key}: ${report.verdict}, effect ${(100 * (report.averageEffect?.estimate ?? 0)).toFixed(2)} points, Qini × 1000 ${report.learners.map(({ learner, qini }) => `${learner} ${thousand(qini?.estimate)} (${thousand(qini?.low)} to ${thousand(qini?.high)})`).join(', ')}`);
    found.push({ key, added: assigned.added, otherArms: assigned.otherArms, verdict: report.verdict, averageEffect: report.averageEffect, qiniTimes1000: { estimate: thousand(report.qini?.estimate), low: thousand(report.qini?.low), high: thousand(report.qini?.high) }, learners: report.learners });
  }
  await timed('score with', () => scoreAll(scoring, { asOf: END }));
  const tags = await selectRows(store.db, `SELECT tag_key AS key, status, band, count(*)::int AS customers, min(value_number) AS lowest, max(value_number) AS highest FROM customer_tags WHERE tag_key LIKE 'uplift%' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
  for (const one of tags) say(JSON.stringify(one));
  console.log(JSON.stringify({ bench: 'uplift', ratios: [{ case: 'scoring with three experiments', ratio: seconds['score with'] / seconds['score without'] }], experiments: found, tags, seconds }));
} finally {
  await store.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
