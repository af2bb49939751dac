/** How many customers to contact, for the reader's own value, cost and success rate. Without a script the sums of the defaults stand. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import { profitChart } from '../charts/profit.ts';
import type { Report, ReportHead } from '../document.ts';
import { between, integer, money, percent } from '../format.ts';
import { chooseCutoff } from '../chosenProfit.ts';
import type { ChosenProfit } from '../chosenProfit.ts';
import { DEFAULT_ECONOMICS, profitCurve } from '../profit.ts';
import { legendOf, WIDE } from '../svg/plot.ts';
import { say, w } from '../words.ts';
import type { Words } from '../words.ts';
import { note, section } from './shared.ts';

export function cutoffSection(report: Report, { diagnostics }: ReportHead, id: string): Html {
  const cutoffs = diagnostics?.cutoffs ?? null;
  // Of renewals the unlikely ones are contacted, and this counts from the top.
  if (cutoffs === null || cutoffs.length === 0 || report.target.kind === 'renewal') return EMPTY;
  const { currency } = report;
  const { value, cost, success } = DEFAULT_ECONOMICS;
  const curve = profitCurve(cutoffs, DEFAULT_ECONOMICS);
  const best = chooseCutoff(cutoffs, DEFAULT_ECONOMICS);
  const isChurn = report.target.kind === 'no_order';
  const input = (name: string, words: Words, start: number, step: string, most?: string): Html =>
    html`<label>${say(words)} <input type="number" name="${name}" value="${start}" min="0" step="${step}"${most === undefined ? EMPTY : html` max="${most}"`}></label>`;
  const data = { rows: cutoffs.map(({ rows, rate, low, high, score }) => [rows, rate, low, high, score]), currency, frame: WIDE, total: cutoffs[cutoffs.length - 1].rows };
  return section(id, w('成本收益：联系多少客户', 'Costs and benefits: how many to contact'),
    note(isChurn
      ? w('利润 = 联系人数 ×（其中会流失的比例 × 挽回成功率 × 每位挽回客户的价值 − 每次联系的成本）。比例取自检验期，带95%区间。成功率只有随机对照试验能量出来。', 'Profit = contacts × (share that would leave × success rate × value of a customer who is kept − cost of a contact). The share is that of the test period, with its 95 % interval. Only a randomised test measures the success rate.')
      : w('利润 = 联系人数 ×（其中会发生的比例 × 因联系而促成的比例 × 每次促成的价值 − 每次联系的成本）。比例取自检验期，带95%区间。促成比例只有随机对照试验能量出来。', 'Profit = contacts × (share with the outcome × share owed to the contact × value of one − cost of a contact). The share is that of the test period, with its 95 % interval. Only a randomised test measures what is owed to the contact.')),
    html`<div class="helper" data-helper><form class="inputs">${input('value', isChurn ? w(`挽回一位客户的价值（${currency}）`, `Value of a kept customer, ${currency}`) : w(`促成一次的价值（${currency}）`, `Value of one outcome, ${currency}`), value, 'any')}${input('cost', w(`一次联系的成本（${currency}）`, `Cost of a contact, ${currency}`), cost, 'any')}${input('success', isChurn ? w('挽回成功率（%）', 'Success rate, %') : w('因联系促成的比例（%）', 'Owed to the contact, %'), success * 100, 'any', '100')}</form>
<p class="answer" data-answer>${say(answer(best, curve.length === 0 ? 1 : cutoffs[cutoffs.length - 1].rows, currency))}</p>
<figure class="wide"><div class="scroll">${profitChart(curve, best, currency)}</div>${legendOf([['model', w('检验期利润与逐点95%区间', 'profit of the test period and its 95 % interval, point by point')], ['best', w('最佳人数', 'best number')]])}</figure>
<script type="application/json">${{ markup: JSON.stringify(data).replaceAll('<', '\\u003c') }}</script></div>`);
}

/** The script says the same, word for word. */
export function answer(best: ChosenProfit | undefined, total: number, currency: string): Words {
  if (best === undefined) return w('按这些数字，联系任何人都不划算。', 'With these numbers contacting anybody costs more than it earns.');
  const [people, share, profit] = [integer(best.rows), percent(best.rows / total, 0), money(best.expected, currency)];
  const range = between(money(best.expectedLow, currency), money(best.expectedHigh, currency));
  const score = percent(best.score, 1);
  return {
    zh: `联系概率最高的 ${people.zh} 位客户（前 ${share.zh}，概率 ≥ ${score.zh}）：预期利润 ${profit.zh}（${range.zh}），已扣除人数在同一批客户上选出所带来的高估。`,
    en: `Contact the ${people.en} customers with the highest probability (top ${share.en}, probability ≥ ${score.en}): expected profit ${profit.en} (${range.en}), less what choosing the number on the same customers flatters by.`,
  };
}

