/**
 * The neural family beside boosted trees and linear models, out of time: trained on earlier cut-offs, judged on one whose label window begins where theirs have ended. Every
 * fit runs in this process on one thread. The last line is JSON: `ratios` are training times ÷ the trees' time, `cases` the metrics. `--customers 3000` of the simulated
 * shop; Online Retail is added where ../shared/data is beside the project.
 */
import { parseArgs } from 'node:util';
import { clv } from '../models/clv.ts';
import { purchaseIntent } from '../models/purchaseIntent.ts';
import { addDays } from '../src/base/time.ts';
import type { LocalDate } from '../src/base/time.ts';
import { seededRandom } from '../src/base/random.ts';
import { estimatorOf } from '../src/estimators/index.ts';
import { logLoss, normalisedGini, relativeBias, rocAuc, spearman } from '../src/math/metrics/index.ts';
import { planColumns } from '../src/jobs/training/task.ts';
import { DEMO_SHOP, simulateShop } from '../src/simulator/shop.ts';
import { buildDataset, modelColumns } from '../src/training/dataset.ts';
import type { ModelDefinition } from '../src/training/define.ts';
import { onlineRetail, simulated } from '../test/e2e/modelKit.ts';
import type { Shop } from '../test/e2e/modelKit.ts';
import { sharedData } from '../test/support/sharedData.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '3000' }, periods: { type: 'string', default: '6' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };

interface Case {
  readonly case: string;
  readonly estimator: string;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
}
const cases: Case[] = [];

async function compare(title: string, shop: Shop, definition: ModelDefinition, horizonDays: number, end: LocalDate, candidates: readonly (readonly [string, Record<string, unknown>])[]): Promise<void> {
  const test = addDays(end, -horizonDays);
  const train = Array.from({ length: Number(values.periods) }, (_, k) => addDays(test, -horizonDays - 28 * k)).toReversed();
  const plan = planColumns(shop.plan);
  const names = modelColumns(plan.map(({ name }) => name), definition, (name) => plan.find((column) => column.name === name)?.group ?? '');
  const [seen, later] = [await buildDataset(shop.source, definition, names, train, horizonDays), await buildDataset(shop.source, definition, names, [test], horizonDays)];
  say(`\n${title}: ${seen.y.length} rows × ${names.length} columns to train on, ${later.y.length} to judge by`);
  for (const [kind, params] of candidates) {
    const estimator = estimatorOf(kind);
    await estimator.prepare?.();
    const started = process.cpuUsage();
    const outcome = estimator.fit({ x: seen.x, y: seen.y, period: seen.period }, params, { rng: seededRandom(1, kind) });
    const { user, system } = process.cpuUsage(started);
    if (!outcome.ok) {
      say(`  ${kind.padEnd(20)} ${outcome.reason}: ${outcome.detail}`);
      continue;
    }
    const predicted = estimator.predict(outcome.artefact, later.x);
    const { y } = later;
    const found = definition.target.kind === 'spend'
      ? { gini: normalisedGini(y, predicted), spearman: spearman(y, predicted), bias: relativeBias(y, predicted) }
      : { auc: rocAuc(y, predicted), logLoss: logLoss(y, predicted) };
    const metrics = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? Number.NaN]));
    cases.push({ case: title, estimator: kind, seconds: (user + system) / 1e6, metrics });
    say(`  ${kind.padEnd(20)} ${((user + system) / 1e6).toFixed(2).padStart(7)} s  ${Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`).join('  ')}  ${JSON.stringify(outcome.report.epochs ?? outcome.report.trees ?? '')}`);
  }
}

const intent = [['boosted_trees', {}], ['logistic_regression', {}], ['neural_tabular', {}], ['neural_sequence', {}]] as const;
const value = (days: number) => [['boosted_trees', { objective: 'tweedie' }], ['tweedie_regression', {}], ['rate_baseline', { column: 'net_spend_365d', factor: days / 365 }], ['neural_value', {}]] as const;
const demo = await simulated(simulateShop({ ...DEMO_SHOP, customers: Number(values.customers) }));
await compare('demo shop, order in 30 d', demo, purchaseIntent, 30, DEMO_SHOP.endDate, intent);
await compare('demo shop, spend in 90 d', demo, clv, 90, DEMO_SHOP.endDate, value(90));
demo.columns.close();
if (sharedData('online_retail/lines_2010-12_2011-12.csv.gz') !== undefined) {
  const retail = await onlineRetail();
  await compare('Online Retail, order in 30 d', retail, purchaseIntent, 30, '2011-12-10', intent);
  await compare('Online Retail, spend in 90 d', retail, clv, 90, '2011-12-10', value(90));
  retail.columns.close();
}
const secondsOf = (title: string, kind: string): number => cases.find((one) => one.case === title && one.estimator === kind)?.seconds ?? Number.NaN;
const ratios = cases.filter(({ estimator }) => estimator.startsWith('neural')).map((one) => ({ case: `${one.case}: ${one.estimator}`, ratio: one.seconds / secondsOf(one.case, 'boosted_trees') }));
console.log(JSON.stringify({ bench: 'neural', ratios, cases }));
