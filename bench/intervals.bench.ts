/**
 * Levels of a distribution moved by a calibration period, beside ends that are moved by one amount or by one share of the width (docs/adr/intervals.md): days until the next order, and its amount, on simulated
 * shops and on Online Retail where it is there. Fitted on four cut-offs, corrected on the next period, judged on the one after it, which is never the last. The last line is JSON; `ratios` are interval scores
 * ÷ that of moved levels (for days half of the way, as they are served), less is better.
 */
import { parseArgs } from 'node:util';
import { nextOrderValue } from '../models/nextOrderValue.ts';
import { repurchaseCycle } from '../models/repurchaseCycle.ts';
import { columnOf } from '../src/base/matrix.ts';
import type { Matrix } from '../src/base/matrix.ts';
import { seededRandom } from '../src/base/random.ts';
import { addDays } from '../src/base/time.ts';
import type { LocalDate } from '../src/base/time.ts';
import { applyConformalInterval, conformalLevels, fitConformal } from '../src/estimators/calibration/index.ts';
import { ESTIMATORS } from '../src/estimators/index.ts';
import { boostedTrees } from '../src/estimators/trees/boostedTrees.ts';
import { conformalQuantiles } from '../src/estimators/value/conformalQuantiles.ts';
import { conditionalDays, conditionalLevels, waitsOf } from '../src/estimators/waiting.ts';
import { waitingGroups } from '../src/estimators/waitingGroups.ts';
import { planColumns } from '../src/jobs/training/task.ts';
import { DEFAULT_PARAMETERS } from '../src/simulator/parameters.ts';
import type { ShopParameters } from '../src/simulator/parameters.ts';
import { simulateShop } from '../src/simulator/shop.ts';
import type { NewEvent } from '../src/store/events.ts';
import { candidateMatrix, fitCandidate } from '../src/training/candidate.ts';
import type { AnyEstimator } from '../src/training/candidate.ts';
import { buildDataset, modelColumns } from '../src/training/dataset.ts';
import type { Dataset } from '../src/training/dataset.ts';
import type { Candidate, ModelDefinition } from '../src/training/define.ts';
import { cameBack } from '../src/training/head/rows.ts';
import { onlineRetail, simulated } from '../test/e2e/modelKit.ts';
import type { Shop } from '../test/e2e/modelKit.ts';
import { sharedData } from '../test/support/sharedData.ts';
import { added, byWidth, judged, thirds } from './intervals/forms.ts';
import type { Ends, Judged } from './intervals/forms.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, shops: { type: 'string', default: 'retail,usual,slow,brisk,heavy' }, seeds: { type: 'string', default: '3' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const HORIZON = 90;
const ENDS = [0.1, 0.9] as const;
const estimators: Readonly<Record<string, AnyEstimator>> = ESTIMATORS;

const shopOf = (seed: number, customers: number, changed: Partial<ShopParameters> = {}) => simulateShop({ seed, customers, days: 800, endDate: '2026-04-01', parameters: { ...DEFAULT_PARAMETERS, ...changed } });

/** The usual shop with every amount times a lognormal of mean 1 and σ = 1.2. */
function heavyTailed(): ReturnType<typeof shopOf> {
  const shop = shopOf(8, 2500);
  const rng = seededRandom('heavy');
  const times = (): number => Math.exp(1.2 * rng.normal() - 0.72);
  return { ...shop, events: [...shop.events].map((event): NewEvent => (event.amount === undefined ? event : { ...event, amount: Math.max(0.01, Number(event.amount) * times()).toFixed(2) })) };
}

const SHOPS: Readonly<Record<string, { readonly end: LocalDate; readonly open: () => Promise<Shop> }>> = {
  ...(sharedData('online_retail/lines_2010-12_2011-12.csv.gz') === undefined ? {} : { retail: { end: '2011-12-10', open: onlineRetail } }),
  usual: { end: '2026-04-01', open: () => simulated(shopOf(5, 2500)) },
  slow: { end: '2026-04-01', open: () => simulated(shopOf(6, 3000, { cycle: { logMean: Math.log(75), logSd: 0.9 }, shape: { logMean: 0, logSd: 0.2 } })) },
  brisk: { end: '2026-04-01', open: () => simulated(shopOf(7, 2000, { cycle: { logMean: Math.log(20), logSd: 0.5 }, shape: { logMean: Math.log(2.2), logSd: 0.3 } })) },
  heavy: { end: '2026-04-01', open: () => simulated(heavyTailed()) },
};

interface Periods { readonly learned: Dataset; readonly known: Dataset; readonly asked: Dataset }

async function periodsOf(shop: Shop, end: LocalDate, definition: ModelDefinition): Promise<Periods> {
  const columns = planColumns(shop.plan);
  const names = modelColumns(columns.map(({ name }) => name), definition, (name) => columns.find((column) => column.name === name)?.group ?? '');
  const asked = addDays(end, -2 * HORIZON);
  const known = addDays(asked, -HORIZON);
  const [first, second, third] = [[3, 2, 1, 0].map((k) => addDays(known, -HORIZON - 28 * k)), [known], [asked]];
  const build = (cutoffs: readonly LocalDate[]): Promise<Dataset> => buildDataset(shop.source, definition, names, cutoffs, HORIZON);
  return { learned: await build(first), known: await build(second), asked: await build(third) };
}

async function fitted(candidate: Candidate, data: Dataset, seed: number): Promise<{ readonly kind: string }> {
  const outcome = await fitCandidate(candidate, data, { estimators, horizonDays: HORIZON, rng: seededRandom(seed, candidate.name) });
  if (!outcome.ok) throw new Error(`${candidate.name}: ${outcome.detail}`);
  return outcome.artefact;
}

async function days(kind: 'repurchase_cycle' | 'hazard_trees', { learned, known: all, asked: everyone }: Periods, seed: number): Promise<Record<string, Judged>> {
  const candidate = repurchaseCycle.candidates.find((one) => one.estimator === kind);
  if (candidate === undefined) throw new Error(`no candidate is a ${kind}`);
  const artefact = await fitted(candidate, learned, seed);
  const [known, asked] = [all, everyone].map((data) => cameBack('duration', data));
  const [before, waits] = [known, asked].map((data) => waitsOf(estimators[kind], artefact, candidateMatrix(data.x, candidate)));
  if (before === undefined || waits === undefined) throw new Error(`${kind} has no distribution`);
  const at = (of: typeof waits, levels: readonly number[]): Ends => { const [low, high] = conditionalDays(of, HORIZON, () => levels, 2); return { low, high }; };
  const [plain, own] = [at(before, ENDS), at(waits, ENDS)];
  const groups = [thirds(conditionalDays(waits, HORIZON, () => [0.5], 1)[0]), waitingGroups(asked.x) ?? []];
  const within = ({ low, high }: Ends): Ends => ({ low: low.map((value) => Math.min(value, HORIZON)), high: high.map((value) => Math.min(value, HORIZON)) });
  const moved = conformalLevels(conditionalLevels(before, known.y, HORIZON), ENDS);
  // One period shows its season too, so what is served goes half of the way (src/training/intervals.ts).
  const forms = { levels: at(waits, ENDS.map((level, k) => (level + moved[k]) / 2)), 'levels, the whole way': at(waits, moved), added: within(added(plain, known.y, own)), 'by width': within(byWidth(plain, known.y, own)) };
  return Object.fromEntries(Object.entries(forms).map(([name, ends]) => [name, judged(asked.y, ends, groups)]));
}

async function amounts({ learned, known, asked }: Periods, seed: number): Promise<Record<string, Judged>> {
  const [trees, lognormal, quantiles] = await Promise.all([
    fitted({ name: 'trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'tweedie' } }, learned, seed), fitted({ name: 'lognormal', rung: 'boosting', estimator: 'zero_inflated_lognormal', params: { model: 'boosted' } }, learned, seed),
    fitted({ name: 'quantiles', rung: 'boosting', estimator: 'conformal_quantiles' }, learned, seed),
  ]);
  const [said, saidNow] = [known, asked].map(({ x }) => estimators['boosted_trees'].predict(trees, x));
  const model = estimators['zero_inflated_lognormal'];
  const fell = model.distribution?.(lognormal, known.x)?.cdf(known.y) ?? new Float64Array();
  const at = (x: Matrix, levels: readonly number[]): Ends => { const table = model.quantiles?.(lognormal, x, levels) ?? new Float64Array(); return { low: table.filter((_, i) => i % 2 === 0), high: table.filter((_, i) => i % 2 === 1) }; };
  const [, eighty] = conformalQuantiles.schema.parse(quantiles).intervals;
  if (eighty === undefined) throw new Error('no intervals of 80 %');
  const { low, high } = eighty;
  const bare = (x: Matrix): Ends => ({ low: boostedTrees.predict(low, x).map((value) => Math.max(0, value)), high: boostedTrees.predict(high, x) });
  const groups = [thirds(saidNow), Uint8Array.from(columnOf(asked.x, 'orders_total') ?? [], (orders) => (orders <= 1 ? 0 : orders <= 4 ? 1 : 2)), thirds(columnOf(asked.x, 'days_since_last_order') ?? saidNow)];
  const forms = {
    levels: at(asked.x, conformalLevels(fell, ENDS)), added: added(at(known.x, ENDS), known.y, at(asked.x, ENDS)), 'by width': byWidth(at(known.x, ENDS), known.y, at(asked.x, ENDS)),
    'quantile trees, added': added(bare(known.x), known.y, bare(asked.x)), 'quantile trees, by width': byWidth(bare(known.x), known.y, bare(asked.x)), 'residual quantiles, served': applyConformalInterval(fitConformal(said, known.y), saidNow, 0.8),
  };
  return Object.fromEntries(Object.entries(forms).map(([name, ends]) => [name, judged(asked.y, ends, groups)]));
}

/** Means over the seeds of the fits: what a fit draws at random is no difference between forms. */
async function over(seeds: readonly number[], judge: (seed: number) => Promise<Record<string, Judged>>): Promise<Record<string, Judged>> {
  const all: Record<string, Judged>[] = [];
  for (const seed of seeds) all.push(await judge(seed));
  const mean = (form: string, of: keyof Judged): number => all.reduce((sum, one) => sum + one[form][of], 0) / all.length;
  return Object.fromEntries(Object.keys(all[0]).map((form) => [form, { coverage: mean(form, 'coverage'), width: mean(form, 'width'), score: mean(form, 'score'), shortfall: mean(form, 'shortfall') }]));
}

const reports: Record<string, Record<string, Judged>> = {};
const ratios: { readonly case: string; readonly ratio: number }[] = [];
for (const name of values.shops.split(',').filter((one) => Object.hasOwn(SHOPS, one))) {
  const { end, open } = SHOPS[name];
  const shop = await open();
  const cycle = await periodsOf(shop, end, repurchaseCycle);
  const orders = await periodsOf(shop, end, nextOrderValue);
  shop.columns.close();
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  const parts = { 'days, repurchase_cycle': await over(seeds, (seed) => days('repurchase_cycle', cycle, seed)), 'days, hazard_trees': await over(seeds, (seed) => days('hazard_trees', cycle, seed)), 'next order, lognormal': await over(seeds, (seed) => amounts(orders, seed)) };
  for (const [part, forms] of Object.entries(parts)) {
    reports[`${name}: ${part}`] = forms;
    for (const [form, { coverage, width, score, shortfall }] of Object.entries(forms)) {
      say(`${`${name}: ${part}: ${form}`.padEnd(64)} coverage ${coverage.toFixed(3)}  width ${width.toFixed(1)}  score ${score.toFixed(1)}  shortfall ${shortfall.toFixed(3)}`);
      if (form !== 'levels') ratios.push({ case: `${name}: ${part}: ${form}`, ratio: Math.round((1e4 * score) / forms['levels'].score) / 1e4 });
    }
  }
}
console.log(JSON.stringify({ bench: 'intervals', reports, ratios }));
