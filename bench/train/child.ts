/** Trains one model on the made-up shop and prints what it took. Arguments: model, training rows, trials, threads. */
import { MODELS } from '../../models/index.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { memoryLedger } from '../../src/training/search/ledger.ts';
import { trainModel } from '../../src/training/train.ts';
import { madeUpShop, PLAN } from './world.ts';

const [name, rows, trials, threads] = process.argv.slice(2);
const declared = MODELS.find((model) => model.name === name);
if (declared === undefined) throw new Error(`no model ${name}`);
// One horizon each: the first horizon carries the search and all candidates, the others only the winner.
const definition = { ...declared, horizons: [name === 'purchase_intent' ? 30 : name === 'repurchase_cycle' ? 180 : 90] };
const customers = Math.round(Number(rows) / declared.cutoffs.most);
const steps: { readonly name: string; readonly at: number }[] = [];
const started = performance.now();
const model = await trainModel({
  definition, source: madeUpShop(customers, 1), estimators: ESTIMATORS, plan: { columns: PLAN, hash: 'bench', timeZone: 'UTC' },
  facts: { customers, orders: customers * 5, repeatCustomers: customers, firstEvent: '2020-01-01', end: '2023-12-01' }, snapshot: { hash: 'bench', events: 0, customers }, currency: 'EUR', seed: 1, threads: Number(threads),
  search: { limit: { trials: Number(trials) }, ledger: memoryLedger() }, now: () => performance.now(),
  onStep: (_horizon, step) => steps.push({ name: step, at: performance.now() }),
});
const ended = performance.now();
const [head] = model.heads;
console.log(JSON.stringify({
  model: name, rows: head.rows.train, seconds: (ended - started) / 1000, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), candidate: head.candidate, trials: head.search?.trials ?? 0,
  steps: [`rows: ${(((steps[0]?.at ?? ended) - started) / 1000).toFixed(1)} s`, ...steps.map((step, i) => `${step.name}: ${(((steps[i + 1]?.at ?? ended) - step.at) / 1000).toFixed(1)} s`)],
}));
