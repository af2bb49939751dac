/** How well answers to messages are predicted, in the terminal: per channel and outcome, what was chosen beside both baselines on the last period. */
import type { Bilingual } from '../../base/text.ts';
import type { PreferenceVersion } from '../../jobs/preferences/versions.ts';
import { inWords, said } from './context.ts';
import type { Context } from './context.ts';
import { formatFixed, formatInteger, formatPercent, table } from './terminal.ts';

type Report = NonNullable<PreferenceVersion['report']['responses']>;
type Channel = Report['channels'][number];
type Outcome = Channel['outcomes'][number];
type Interval = Outcome['gains'][number]['logLoss'];

const OUTCOME_WORDS: Readonly<Record<Outcome['outcome'], Bilingual>> = {
  open: { zh: '打开或点击', en: 'opened or clicked' }, click: { zh: '点击', en: 'clicked' }, convert: { zh: '之后下单（仅为观察）', en: 'followed by an order (observed only)' },
};
const METHOD_WORDS: Readonly<Record<Outcome['test']['methods'][number]['method'], Bilingual>> = {
  shop_rate: { zh: '全店该渠道的比率（基线）', en: "the shop's rate (baseline)" }, own_rate: { zh: '客户自己的比率（基线）', en: "the customer's own rate (baseline)" },
  beta_binomial: { zh: '向全店收缩的比率', en: 'shrunk rate' }, logistic: { zh: '逻辑回归', en: 'logistic' },
};

const shown = ({ estimate, low, high }: Interval): string => `${formatFixed(estimate, 3)} (${formatFixed(low, 3)} … ${formatFixed(high, 3)})`;
const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });

function outcomeLines(here: Context, { outcome, chosen, test, gains }: Outcome): string[] {
  const rows = test.methods.map(({ method, logLoss, auc, calibrationError }) => [method === chosen ? '→' : '', said(here, METHOD_WORDS[method]), shown(logLoss), auc === null ? '—' : shown(auc), formatPercent(calibrationError)]);
  return [
    `  ${said(here, OUTCOME_WORDS[outcome])}: ${inWords(here, `最后一期${formatInteger(test.messages)}条消息，${formatInteger(test.customers)}位客户`, `last period, ${formatInteger(test.messages)} messages, ${formatInteger(test.customers)} customers`)}`,
    ...table([{ title: '' }, { title: inWords(here, '方法', 'method') }, right(inWords(here, '对数损失', 'log loss')), right('AUC'), right(inWords(here, '校准误差', 'calibration error'))], rows),
    ...gains.map(({ baseline, logLoss }) => `  ${inWords(here, '相对', 'against ')}${said(here, METHOD_WORDS[baseline])}: ${inWords(here, '对数损失降低', 'log loss lower by')} ${formatFixed(logLoss.estimate, 4)} (${formatFixed(logLoss.low, 4)} … ${formatFixed(logLoss.high, 4)})`),
  ];
}

function channelLines(here: Context, { name, messages, customers, seen, outcomes }: Channel): string[] {
  const notes = [
    ...(seen ? [] : [inWords(here, '  看不到打开', '  no opens were ever seen')]),
    ...(outcomes.length === 0 ? [inWords(here, '  消息或回应太少，无法学习和检验', '  too few messages or answers to learn and test by')] : []),
  ];
  return [`\n${name}: ${inWords(here, `${formatInteger(messages)}条消息，${formatInteger(customers)}位客户`, `${formatInteger(messages)} messages, ${formatInteger(customers)} customers`)}`, ...notes, ...outcomes.flatMap((one) => outcomeLines(here, one))];
}

export function responseLines(here: Context, { channels, days, periodDays }: Report): string[] {
  const head = inWords(here, `\n渠道响应：消息发出后${days}天内，每期${periodDays}天（括号内为95%区间）`, `\nResponse to messages within ${days} days, periods of ${periodDays} days (95 % intervals)`);
  return [head, ...channels.flatMap((one) => channelLines(here, one))];
}
