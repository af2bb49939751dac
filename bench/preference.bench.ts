/**
 * Product and category preference on real shops, chosen and tested by time: Online Retail by product, Complete Journey by product, product category and department. Prints recall@k, nDCG@k and catalogue coverage of every
 * method on the untouched last period beside both baselines, and the gain of the chosen one with its interval, paired by customer. The last line is JSON; `ratios`: chosen method ÷ better baseline (nDCG@5), and processor time
 * of our factorisation ÷ that of PyPI implicit. `--sets retail,journey,journey_category,departments`, `--no-peer`.
 */
import { parseArgs } from 'node:util';
import { strengths } from '../src/estimators/preference/itemModel.ts';
import { judgeCategories } from '../src/training/preference/categories.ts';
import { categoryData, productData } from '../src/training/preference/items.ts';
import { chooseProducts } from '../src/training/preference/protocol.ts';
import type { ProtocolReport } from '../src/training/preference/protocol.ts';
import { CUTOFFS } from '../src/training/preference/train.ts';
import { completeJourney, onlineRetail } from '../test/support/preferenceData.ts';
import { alsAgainstImplicit } from './preference/als.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, sets: { type: 'string', default: 'retail,journey,journey_category,departments' }, 'no-peer': { type: 'boolean' } } });
const say = (line: string): void => { console.error(line); };
const shown = ({ estimate, low, high }: { estimate: number; low: number; high: number }): string => `${estimate.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
const HORIZON_DAYS = 28;
const wanted = values.sets.split(',');
const ratios: { case: string; ratio: number }[] = [];
const reports: Record<string, unknown> = {};

function tell(name: string, report: ProtocolReport): void {
  say(`\n${name}: ${report.customers.test} customers in the last ${report.horizonDays} days; popular over ${report.popularDays} days, half-life ${report.halfLifeDays} days; chosen on validation: ${report.chosen}; durable items ${report.durableItems}`);
  for (const { method, recall, ndcg, coverage } of report.test) {
    say(`  ${method.padEnd(14)} recall@${CUTOFFS.join('/')} ${recall.map(({ estimate }) => estimate.toFixed(4)).join(' ')}   nDCG ${ndcg.map(({ estimate }) => estimate.toFixed(4)).join(' ')}   coverage ${(100 * coverage).toFixed(1)} %`);
  }
  for (const { baseline, recall, ndcg } of report.against) say(`  gain over ${baseline}: recall ${recall.map(shown).join('  ')}; nDCG ${ndcg.map(shown).join('  ')}`);
  const of = (method: string): number => report.test.find((one) => one.method === method)?.ndcg[0].estimate ?? Number.NaN;
  ratios.push({ case: `${name}: nDCG@5 of the chosen method ÷ better baseline`, ratio: of(report.chosen) / Math.max(of('popular'), of('bought_before')) });
  reports[name] = report;
}

const choose = (data: ReturnType<typeof productData>, endDay: number): ProtocolReport => chooseProducts(data, { endDay, horizonDays: HORIZON_DAYS, seed: 1, cutoffs: CUTOFFS }).report;

if (wanted.includes('retail')) {
  const { rows, endDay } = await onlineRetail();
  const data = productData(rows);
  tell('Online Retail, products', choose(data, endDay));
  if (values['no-peer'] !== true) {
    const { tagcastSeconds, implicitSeconds, lossRatio } = alsAgainstImplicit(strengths(data.purchases, endDay, 364), data.purchases.names);
    say(`\nFactorisation, 16 factors, 8 rounds: ${tagcastSeconds.toFixed(2)} s, implicit (Cholesky) ${implicitSeconds.toFixed(2)} s; loss ÷ implicit's ${lossRatio.toFixed(5)}`);
    ratios.push({ case: 'factorisation: processor time ÷ implicit', ratio: tagcastSeconds / implicitSeconds }, { case: 'factorisation: loss ÷ implicit', ratio: lossRatio });
  }
}
for (const level of ['product', 'category'] as const) {
  if (!wanted.includes(level === 'product' ? 'journey' : 'journey_category')) continue;
  const { rows, endDay } = await completeJourney(level);
  tell(`Complete Journey, ${level === 'product' ? 'products' : 'product categories'}`, choose(productData(rows), endDay));
}
if (wanted.includes('departments')) {
  const { rows, endDay } = await completeJourney('category');
  const report = judgeCategories(categoryData(rows), endDay, HORIZON_DAYS, 1);
  say(`\nComplete Journey, departments, first three: ${report?.customers ?? 0} households`);
  for (const { order, hitRate, recall, ndcg, selectivity } of report?.test ?? []) say(`  ${order.padEnd(14)} hit rate ${shown(hitRate)}  recall@3 ${shown(recall)}  nDCG@3 ${shown(ndcg)}  bought ÷ everybody ${shown(selectivity)}`);
  reports.departments = report;
}
console.log(JSON.stringify({ bench: 'preference', ratios, reports }));
