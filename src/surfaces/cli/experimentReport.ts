/** The report of an experiment as a person reads it. */
import type { UpliftReport } from '../../training/uplift/report.ts';
import { inWords, said } from './context.ts';
import type { Context } from './context.ts';
import { formatInteger, formatNumber, table } from './terminal.ts';

const LEARNERS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  two_model: { zh: '双模型', en: 'two models' }, one_model: { zh: '单模型', en: 'one model' }, x_learner: { zh: 'X 学习器', en: 'X-learner' }, doubly_robust: { zh: '双重稳健', en: 'doubly robust' },
};

export function showExperimentReport(here: Context, report: UpliftReport, currency: string): void {
  const { print } = here.output;
  const points = report.outcome.unit === 'points';
  const effect = (value: number): string => (points ? `${value >= 0 ? '+' : ''}${formatNumber(100 * value, 2)}` : `${value >= 0 ? '+' : ''}${formatNumber(value, 2)}`);
  const unit = points ? inWords(here, '个百分点', 'points') : currency;
  const level = (value: number): string => (points ? `${formatNumber(100 * value, 2)} %` : formatNumber(value, 2));
  const thousand = (one: { readonly estimate: number; readonly low: number; readonly high: number } | null): string => (one === null ? '–' : `${formatNumber(1000 * one.estimate, 2)} (${formatNumber(1000 * one.low, 2)} … ${formatNumber(1000 * one.high, 2)})`);
  print(said(here, report.words));
  print(inWords(here, `触达 ${formatInteger(report.customers.treated)} 位，留出 ${formatInteger(report.customers.heldOut)} 位（截至 ${report.end}，另有 ${formatInteger(report.waiting)} 位未满响应期）`, `${formatInteger(report.customers.treated)} treated, ${formatInteger(report.customers.heldOut)} held out (before ${report.end}; ${formatInteger(report.waiting)} more are waiting for their window to end)`));
  print(inWords(here, `结果：触达 ${level(report.outcome.treated)}，留出 ${level(report.outcome.heldOut)}`, `Outcome: ${level(report.outcome.treated)} of the treated, ${level(report.outcome.heldOut)} of the held out`));
  if (report.averageEffect !== null) print(`${inWords(here, '平均效果', 'Average effect')}: ${effect(report.averageEffect.estimate)} ${unit} (${effect(report.averageEffect.low)} … ${effect(report.averageEffect.high)}, 95 %)`);
  print(`Qini × 1000: ${thousand(report.qini)}; ${inWords(here, '按响应排序', 'ordered by response')} ${thousand(report.responseQini)}; ${inWords(here, '领先', 'lead')} ${thousand(report.lead)}`);
  if (report.crossed !== null && report.crossed.heldOutContacted > 0) print(inWords(here, `留出的客户中有 ${report.crossed.heldOutContacted} 位仍被触达。`, `${report.crossed.heldOutContacted} of the held out were contacted all the same.`));
  for (const line of table(
    [{ title: inWords(here, '方法', 'learner') }, { title: 'Qini × 1000' }, { title: '' }],
    report.learners.map((one) => [LEARNERS[one.learner]?.[here.language] ?? one.learner, one.failure ?? thousand(one.qini), one.serves ? inWords(here, '使用', 'serves') : '']),
  )) print(line);
  for (const line of table(
    [{ title: inWords(here, '十分位', 'tenth'), align: 'right' }, { title: inWords(here, '人数', 'customers'), align: 'right' }, { title: `${inWords(here, '效果', 'effect')} (${unit})`, align: 'right' }, { title: inWords(here, '95% 区间', '95 % interval') }],
    report.tenths.map((one) => [String(one.tenth), formatInteger(one.rows), effect(one.effect), `${effect(one.low)} … ${effect(one.high)}`]),
  )) print(line);
  const [worst] = report.balance;
  if (worst !== undefined) {
    const name = worst.category === undefined ? worst.column : `${worst.column} = ${worst.category}`;
    print(inWords(here, `两组差异最大的列：${name}（标准化差异 ${formatNumber(worst.difference, 3)}）；超过 0.1 的列 ${report.unbalanced} 个，共 ${report.columns} 个`, `Largest difference of the arms: ${name} (standardised ${formatNumber(worst.difference, 3)}); ${report.unbalanced} beyond 0.1 of ${report.columns} columns`));
  }
}
