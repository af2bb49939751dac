/**
 * Renewals against the best possible prediction: every candidate of models/renewal.ts learns from earlier cut-offs of a generated contract business (test/simulator/contractShop.ts) and is judged once
 * on the last cut-off whose outcomes are known, beside the oracle. The last line is JSON; `ratios` are log loss lost against the oracle ÷ that of one rate for everybody.
 */
import { parseArgs } from 'node:util';
import { featuresFor } from '../features/index.ts';
import { renewalModel } from '../models/renewal.ts';
import { seededRandom } from '../src/base/random.ts';
import { addDays } from '../src/base/time.ts';
import { ESTIMATORS } from '../src/estimators/index.ts';
import { featurePlan } from '../src/features/plan.ts';
import { fitCandidate } from '../src/training/candidate.ts';
import type { AnyEstimator } from '../src/training/candidate.ts';
import { columnSource } from '../src/training/columnSource.ts';
import { buildDataset, modelColumns } from '../src/training/dataset.ts';
import { labelDays } from '../src/training/define.ts';
import { evaluate } from '../src/training/evaluation.ts';
import { cutoffsBack } from '../src/training/splits.ts';
import { contractShop } from '../test/simulator/contractShop.ts';
import { contractColumns } from '../test/simulator/contractColumns.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, customers: { type: 'string', default: '6000' }, seed: { type: 'string', default: '7' }, days: { type: 'string', default: '720' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const END = '2026-04-01';
const DAYS = Number(values.days);
const model = renewalModel({ horizonsDays: [30, 90], graceDays: 14 });
const plan = featurePlan(featuresFor({ graceDays: 14 }), { timeZone: 'Asia/Shanghai' });
const groups = new Map(plan.definitions.map(({ name, group }) => [name, group]));
const names = modelColumns(plan.names, model, (name) => groups.get(name) ?? '');
const shop = contractShop({ seed: Number(values.seed), customers: Number(values.customers), days: DAYS, end: END });
const columns = await contractColumns(shop, END);
const source = columnSource(columns, plan);
const estimators: Readonly<Record<string, AnyEstimator>> = ESTIMATORS;
const round = (value: number | undefined): number => Math.round((value ?? Number.NaN) * 1e4) / 1e4;

const reports: Record<string, Record<string, { readonly auc: readonly number[]; readonly logLoss: readonly number[]; readonly calibrationError: number }>> = {};
const ratios: { readonly case: string; readonly ratio: number }[] = [];
for (const horizonDays of model.horizons) {
  const window = labelDays(model.target, horizonDays);
  const judgedAt = addDays(END, -window);
  const judged = await buildDataset(source, model, names, [judgedAt], horizonDays);
  const learned = await buildDataset(source, model, names, cutoffsBack(addDays(judgedAt, -window), addDays(END, 90 - DAYS), model.cutoffs.everyDays, model.cutoffs.most), horizonDays);
  const judge = (predicted: Float64Array) => {
    const { roc_auc: auc, log_loss: loss, ece } = evaluate('binary', { y: judged.y, predicted }, seededRandom(1, 'renewal bench'), 400).metrics;
    return { auc: [auc.value, auc.low, auc.high].map(round), logLoss: [loss.value, loss.low, loss.high].map(round), calibrationError: round(ece.value) };
  };
  const found = { oracle: judge(Float64Array.from(judged.customerIds, (id) => shop.oracle(shop.customers[id - 1], judgedAt, horizonDays) ?? Number.NaN)) } as (typeof reports)[string];
  for (const candidate of [model.baseline, ...model.candidates]) {
    const fit = await fitCandidate(candidate, learned, { estimators, horizonDays, rng: seededRandom(1, candidate.name) });
    if (fit.ok) found[candidate.name] = judge(estimators[candidate.estimator].predict(fit.artefact, judged.x));
  }
  reports[`${horizonDays}d`] = found;
  say(`${horizonDays} days: learned from ${learned.y.length} rows, judged on ${judged.y.length} of ${judgedAt}`);
  for (const [name, { auc, logLoss, calibrationError }] of Object.entries(found)) say(`  ${name.padEnd(24)} AUC ${auc.join(' ')}  log loss ${logLoss.join(' ')}  calibration error ${calibrationError}`);
  const lost = (name: string): number => found[name].logLoss[0] - found['oracle'].logLoss[0];
  ratios.push(...Object.keys(found).filter((name) => name !== 'oracle' && name !== model.baseline.name).map((name) => ({ case: `${horizonDays} days: ${name}`, ratio: round(lost(name) / lost(model.baseline.name)) })));
}
columns.close();
console.log(JSON.stringify({ bench: 'renewal', customers: shop.customers.length, events: shop.events.length, reports, ratios }));
