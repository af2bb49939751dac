/**
 * The visit under way. Quality on the simulated shop's last period: the model beside both rules and the oracle, intervals over customers. Serving on both stores: one question about a visit, with five events handed in, warm.
 * `--customers 3000 --questions 400`. The last line is JSON; `ratios` are log losses, and PGlite's time ÷ PostgreSQL's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FEATURES } from '../features/index.ts';
import { VISIT_MODELS } from '../models/index.ts';
import { seededRandom } from '../src/base/random.ts';
import { DAY_MS, startOfDay } from '../src/base/time.ts';
import { silentProgress } from '../src/base/progress.ts';
import { columnRule, ESTIMATORS } from '../src/estimators/index.ts';
import { featurePlan } from '../src/features/plan.ts';
import { NO_LEVELS } from '../src/features/visit/kinds.ts';
import { loadDemoShop } from '../src/jobs/demo.ts';
import { liveColumns, modelChecks } from '../src/jobs/scoring/models.ts';
import { scoreVisitNow } from '../src/jobs/scoring/visit.ts';
import { logLoss, prAuc, rocAuc, expectedCalibrationError } from '../src/math/metrics/index.ts';
import { quantileSorted } from '../src/math/stats/index.ts';
import { promoteModel } from '../src/registry/aliases.ts';
import { saveModel } from '../src/registry/models.ts';
import { DEMO_SHOP, simulateShop } from '../src/simulator/shop.ts';
import { visitOracle } from '../src/simulator/visitOracle.ts';
import { openStore } from '../src/store/connection.ts';
import type { Store } from '../src/store/connection.ts';
import type { NewEvent } from '../src/store/events.ts';
import { customerIds } from '../src/store/repositories/customers.ts';
import { openColumns } from '../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../src/store/snapshot/refresh.ts';
import type { TestedHead } from '../src/training/tested.ts';
import type { TrainedModel } from '../src/training/trained.ts';
import { countVisits, visitRows } from '../src/training/visit/read.ts';
import { trainVisitModel } from '../src/training/visit/train.ts';
import { startPostgres } from '../test/support/postgres.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '3000' }, questions: { type: 'string', default: '400' } } });
const [customers, questions] = [values.customers, values.questions].map(Number);
const say = (line: string): void => { if (values.json !== true) console.log(line); };

const { timeZone, endDate: end } = DEMO_SHOP;
const clock = { now: () => startOfDay(end, timeZone) + DAY_MS };
const plan = featurePlan(FEATURES, { timeZone });
const checks = modelChecks(ESTIMATORS);
const scratch = mkdtempSync(join(tmpdir(), 'tagcast-visit-'));
const shop = simulateShop({ ...DEMO_SHOP, customers });
const eventsOf = new Map<string, NewEvent[]>();
for (const event of shop.events) {
  const own = eventsOf.get(event.customer);
  if (own === undefined) eventsOf.set(event.customer, [event]);
  else own.push(event);
}

interface Interval { readonly estimate: number; readonly low: number; readonly high: number }

/** 95 % over 300 resamples of the customers. */
function over(groups: readonly Int32Array[], metric: (rows: Int32Array) => number): Interval {
  const random = seededRandom('visit bench');
  const rowsOf = (picked: readonly Int32Array[]): Int32Array => Int32Array.from(picked.flatMap((one) => [...one]));
  const draws = Array.from({ length: 300 }, () => metric(rowsOf(groups.map(() => groups[random.int(groups.length)])))).filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  return { estimate: metric(rowsOf(groups)), low: quantileSorted(draws, 0.025), high: quantileSorted(draws, 0.975) };
}
const shown = ({ estimate, low, high }: Interval, digits = 3): string => `${estimate.toFixed(digits)} (${low.toFixed(digits)} … ${high.toFixed(digits)})`;

async function quality(store: Store, snapshot: string): Promise<{ content: TrainedModel; figures: Record<string, unknown>; losses: Record<string, number> }> {
  const columns = await openColumns(snapshot, { threads: 1 });
  try {
    let tested: TestedHead | undefined;
    const started = process.cpuUsage();
    const content = await trainVisitModel({
      definition: VISIT_MODELS[0], columns, estimators: ESTIMATORS, timeZone, zone: plan.zone, silenceMinutes: 30, end, snapshot: { hash: 'bench', events: 0, customers }, currency: 'CNY', seed: 1, onTested: (one) => { tested = one; },
    });
    const { user, system } = process.cpuUsage(started);
    if (tested?.learned === undefined) throw new Error('nothing was tested');
    const { test, learned } = tested;
    const rules = Object.fromEntries(Object.entries({ cart_and_views: 'visit_cart_rule', own_rate: 'visit_own_rate' }).map(([name, column]) => {
      const fit = columnRule.fit({ x: learned.x, y: learned.y }, { column, direction: 'increasing' }, { rng: seededRandom('rule') });
      if (!fit.ok) throw new Error(fit.detail);
      return [name, columnRule.predict(fit.artefact, test.x)];
    }));
    // The rows of the last period once more, with their moments.
    const reading = { columns, zone: plan.zone, silenceMs: 30 * 60_000, before: startOfDay(end, timeZone) };
    const rows = await visitRows(reading, await countVisits(reading), [startOfDay(tested.split.test, timeZone), startOfDay(end, timeZone)], NO_LEVELS, 1);
    if (rows.y.length !== test.y.length || rows.customerIds.some((id, row) => id !== test.customerIds[row])) throw new Error('the rows of the last period are others');
    const external = new Map([...(await customerIds(store.db, shop.customers.map(({ customer }) => customer)))].map(([name, id]) => [id, name]));
    const known = new Map(shop.customers.map((one) => [one.customer, one]));
    const oracle = new Float64Array(test.y.length).fill(Number.NaN);
    let elsewhere = 0;
    for (let row = 0; row < oracle.length; row++) {
      const customer = known.get(external.get(rows.customerIds[row]) ?? '');
      const moment = rows.moments[row];
      const events = (eventsOf.get(customer?.customer ?? '') ?? []).filter(({ occurredAt }) => occurredAt <= moment);
      const recent = events.filter(({ occurredAt, session, kind }) => session !== undefined && kind !== 'order' && moment - occurredAt < 60 * 60_000);
      const sessions = new Set(recent.map(({ session }) => session));
      // Two visits that the shop sees as one are not thought of by the oracle.
      if (customer === undefined || sessions.size !== 1) continue;
      if (test.y[row] === 1 && !(eventsOf.get(customer.customer) ?? []).some(({ kind, session }) => kind === 'order' && session !== undefined && sessions.has(session))) elsewhere++;
      oracle[row] = visitOracle(shop, customer, events, [...sessions][0] ?? '', moment) ?? Number.NaN;
    }
    const compared = Array.from(oracle.keys()).filter((row) => !Number.isNaN(oracle[row]));
    const byCustomer = new Map<number, number[]>();
    for (const row of compared) byCustomer.set(rows.customerIds[row], [...(byCustomer.get(rows.customerIds[row]) ?? []), row]);
    const groups = [...byCustomer.values()].map((one) => Int32Array.from(one));
    const methods = { ...rules, [`model (${content.heads[0].candidate})`]: tested.winner.served.prediction, oracle };
    const pick = (from: Float64Array, at: Int32Array): Float64Array => Float64Array.from(at, (row) => from[row]);
    const bounded = (p: Float64Array): Float64Array => p.map((one) => Math.min(1 - 1e-6, Math.max(1e-6, one)));
    const of = (metric: (y: Float64Array, p: Float64Array) => number | undefined, p: Float64Array) => (at: Int32Array): number => metric(pick(test.y, at), bounded(pick(p, at))) ?? Number.NaN;
    const figures = Object.fromEntries(Object.entries(methods).map(([name, p]) => {
      const one = { auc: over(groups, of(rocAuc, p)), logLoss: over(groups, of(logLoss, p)), prAuc: over(groups, of(prAuc, p)), calibrationError: of(expectedCalibrationError, p)(Int32Array.from(compared)) };
      say(`${name}: AUC ${shown(one.auc)}, log loss ${shown(one.logLoss)}, PR AUC ${shown(one.prAuc)}, calibration error ${(100 * one.calibrationError).toFixed(1)} %`);
      return [name, one];
    }));
    const served = tested.winner.served.prediction;
    const gains: Record<string, Interval> = {};
    for (const name of Object.keys(rules)) {
      const gain = over(groups, (at) => of(logLoss, methods[name])(at) - of(logLoss, served)(at));
      say(`lower log loss than ${name}: ${shown(gain)}`);
      gains[`gain over ${name}`] = gain;
    }
    const loss = (name: string): number => figures[name].logLoss.estimate;
    const model = `model (${content.heads[0].candidate})`;
    const means = [test.y, oracle, tested.winner.served.prediction].map((p) => compared.reduce((sum, row) => sum + p[row], 0) / compared.length);
    say(`means of outcome, oracle, model: ${means.map((one) => one.toFixed(3)).join(', ')}; ${elsewhere} of the orders were of another session that ran into the visit`);
    say(`${test.y.length} rows of the last period, ${compared.length} of them compared, ${groups.length} customers, ${(100 * test.y.reduce((a, b) => a + b, 0) / test.y.length).toFixed(1)} % with an order; training took ${((user + system) / 1e6).toFixed(1)} s of processor time`);
    say(`of what the oracle gains over the better rule the model has ${(100 * (Math.min(loss('cart_and_views'), loss('own_rate')) - loss(model)) / (Math.min(loss('cart_and_views'), loss('own_rate')) - loss('oracle'))).toFixed(0)} %`);
    return { content, figures: { ...figures, ...gains }, losses: { model: loss(model), cart_and_views: loss('cart_and_views'), own_rate: loss('own_rate'), oracle: loss('oracle') } };
  } finally {
    columns.close();
  }
}

async function serving(store: Store, content: TrainedModel): Promise<{ p50: number; p95: number }> {
  const { version } = await saveModel(store, content, checks);
  await promoteModel(store, content.model, version, liveColumns(plan), checks, { actor: 'bench', reason: 'bench' });
  const deps = { store, clock, estimators: ESTIMATORS, plan };
  const asked = [...eventsOf].filter(([, events]) => events.filter(({ kind }) => kind === 'view').length > 5);
  const random = seededRandom('questions');
  const taken: number[] = [];
  for (let i = 0; i < questions + 50; i++) {
    const [customer, events] = asked[random.int(asked.length)];
    const views = events.filter(({ kind }) => kind === 'view');
    const at = views[random.int(views.length)].occurredAt + 60_000;
    const handed = Array.from({ length: 5 }, (_, n) => ({ occurredAt: at - 1000 * (5 - n), kind: n === 4 ? 'cart' : 'view', product: 'CLO-01', eventId: `bench-${i}-${n}` }));
    const started = performance.now();
    const { tag } = await scoreVisitNow(deps, { customer, at, events: handed });
    // The first questions open the model and warm up.
    if (i >= 50) taken.push(performance.now() - started);
    if (tag.status === 'model_paused') throw new Error('no model serves');
  }
  taken.sort((a, b) => a - b);
  return { p50: quantileSorted(Float64Array.from(taken), 0.5), p95: quantileSorted(Float64Array.from(taken), 0.95) };
}

const server = await startPostgres();
try {
  const times: Record<string, { p50: number; p95: number }> = {};
  let result: Awaited<ReturnType<typeof quality>> | undefined;
  for (const [dialect, config] of Object.entries({ postgres: { databaseUrl: server.url }, pglite: { dataDir: join(scratch, 'store') } })) {
    const store = await openStore(config, { clock });
    try {
      await loadDemoShop({ store, progress: silentProgress }, shop);
      await store.db.raw('ANALYZE');
      if (result === undefined) {
        await refreshSnapshot(store, join(scratch, 'snapshot'));
        result = await quality(store, join(scratch, 'snapshot'));
      }
      times[dialect] = await serving(store, result.content);
      say(`${dialect}: one question ${times[dialect].p50.toFixed(1)} ms, 95 % within ${times[dialect].p95.toFixed(1)} ms`);
    } finally {
      await store.close();
    }
  }
  const losses = result?.losses ?? {};
  console.log(JSON.stringify({
    bench: 'visit', customers, figures: result?.figures, losses, times,
    ratios: [
      ...['cart_and_views', 'own_rate', 'oracle'].map((name) => ({ case: `log loss ÷ ${name}`, ratio: losses.model / losses[name] })),
      { case: 'one question: PGlite ÷ PostgreSQL', ratio: times.pglite.p50 / times.postgres.p50 },
    ],
  }));
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
