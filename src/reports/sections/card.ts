/** The model card: what, for whom, from which data, how good, with which limits, and what it is not for (after Mitchell et al. 2019). */
import { html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Report, ReportHead } from '../document.ts';
import { between, decimal, integer, metric, predicted } from '../format.ts';
import { horizonWords, periodDays } from '../horizon.ts';
import { confidenceWords, gradeWords, listed, metricWords, modeWords, plain, rungWords, say, w } from '../words.ts';
import type { Words } from '../words.ts';
import { cautions } from './summary.ts';
import { section } from './shared.ts';

function targetWords({ target }: Report, horizonDays: number): Words {
  switch (target.kind) {
    case 'no_order': return w(`截止日后 ${horizonDays} 天内不下单的概率`, `Probability of no order in the ${horizonDays} days after the cut-off`);
    case 'order': return w(`截止日后 ${horizonDays} 天内下单的概率`, `Probability of an order in the ${horizonDays} days after the cut-off`);
    case 'orders': return w(`截止日后 ${horizonDays} 天内的订单数`, `Number of orders in the ${horizonDays} days after the cut-off`);
    case 'spend': return w(`截止日后 ${horizonDays} 天内的净消费金额`, `Net spend in the ${horizonDays} days after the cut-off`);
    case 'order_value': return w(`下一单的金额（退款前），以 ${horizonDays} 天内下单为条件`, `Amount of the next order (before refunds), given that it falls into ${horizonDays} days`);
    case 'renewal': return w(`合同在截止日后 ${horizonDays} 天内到期的客户，到期后 ${String(target.graceDays)} 天内开始新一期付费的概率`, `Probability of a further paid period by ${String(target.graceDays)} days after the end, for contracts that end in the ${horizonDays} days after the cut-off`);
    case 'next_order': return w(`下次下单的天数，以 ${horizonDays} 天内会回来为条件`, `Days until the next order, given that it falls into ${horizonDays} days`);
    case 'order_in_visit': return w('正在进行的访问结束前下单的概率', 'Probability of an order before the visit that is under way ends');
    default: {
      const event = typeof target.event === 'string' ? target.event : target.kind;
      return w(`截止日后 ${horizonDays} 天内发生 ${event} 的概率`, `Probability of ${event} in the ${horizonDays} days after the cut-off`);
    }
  }
}

function populationWords({ population, observations }: Report, labels: ReadonlyMap<string, Words>): Words {
  if (observations.at === 'visit') return w('正在店里浏览的客户', 'customers who are looking around just now');
  if (population.length === 0) return w('全部客户', 'all customers');
  return listed(population.map((rule) => {
    const name = labels.get(rule.feature) ?? plain(rule.feature);
    const bound = (code: string, sign: string): string => {
      const limit = rule[code];
      return typeof limit === 'number' ? ` ${sign} ${limit}` : '';
    };
    const bounds = `${bound('atLeast', '≥')}${bound('atMost', '≤')}`;
    return { zh: `${name.zh}${bounds}${rule.belowHorizon === true ? '，小于预测天数' : ''}`, en: `${name.en}${bounds}${rule.belowHorizon === true ? ', below the horizon' : ''}` };
  }));
}

const USE: Readonly<Record<string, readonly [Words, Words]>> = {
  no_order: [w('排定挽留联系的先后，按风险分层，估计会流失多少人', 'Ordering retention contacts, bands of risk, estimates of how many will leave'), w('不能说明某次联系会不会奏效（需要随机对照）；不用于差别定价或拒绝服务', 'Not whether a contact will work (that takes a randomised test); not for prices that differ by person or for refusing service')],
  order: [w('选出近期可能购买的客户，安排触达先后', 'Finding customers who are about to buy, ordering contacts'), w('概率高不等于联系会带来增量；不用于差别定价或拒绝服务', 'A high probability is no effect of a contact; not for prices that differ by person or for refusing service')],
  order_in_visit: [w('当场决定帮助谁：客服主动询问、提示库存', 'Deciding on the spot whom to help: an offer to chat, a word about stock'), w('概率高不等于干预有用：会买的人不需要优惠；不用于差别定价', 'A high probability is no effect of stepping in: who buys anyway needs no discount; not for prices that differ by person')],
  orders: [w('估计备货与人手，按预计订单数安排联系', 'Stock and staff, ordering contacts by expected orders'), w('是期望值，不是概率，也不是承诺：单个客户的订单数误差很大', 'An expected number: no probability, and no promise; one customer\'s number is far from certain')],
  spend: [w('按未来价值分层、做预算和合计', 'Tiers of future value, budgets and sums'), w('单个客户的金额误差很大，不要当作承诺；不用于授信', 'One customer\'s amount is far from certain, so no promise; not for credit')],
  order_value: [w('与购买概率相乘估计合计收入，选择优惠门槛', 'Expected revenue in sums, together with the probability of an order; thresholds of offers'), w('以下单为条件：不下单的客户没有这一单；单个客户的金额误差很大', 'It is given that they order: who does not order has no such order; one customer\'s amount is far from certain')],
  renewal: [w('到期前安排挽留与提醒的先后（从概率低的开始），估计会有多少人续费', 'Ordering reminders and retention contacts before the end (lowest probability first), estimates of how many will renew'), w('不能说明某次联系会不会奏效（需要随机对照）；不用于差别定价', 'Not whether a contact will work (that takes a randomised test); not for prices that differ by person')],
  next_order: [w('安排补货提醒和触达时机', 'Timing of reminders and contacts'), w('只对会回来的客户有意义；不是流失概率', 'Speaks of those who come back; it is no probability of leaving')],
};
const OTHER_USE: readonly [Words, Words] = [w('为该事件排定触达先后', 'Ordering contacts for this event'), w('概率不是因果；不用于差别定价或拒绝服务', 'A probability is no cause; not for prices that differ by person or for refusing service')];

const LEADING: Readonly<Record<ReportHead['task'], readonly string[]>> = { binary: ['roc_auc', 'log_loss', 'ece'], amount: ['normalised_gini', 'bias', 'coverage_80'], duration: ['mae_days', 'within_7_days', 'c_index', 'integrated_brier_skill', 'coverage_80'] };

function metricsWords(head: ReportHead, currency: string): Words {
  return listed(LEADING[head.task].flatMap((name) => {
    const own = head.evaluation.metrics[name];
    if (own === undefined) return [];
    const value = metric(name, own.value, head.task, currency);
    const range = own.low === undefined || own.high === undefined ? undefined : between(metric(name, own.low, head.task, currency), metric(name, own.high, head.task, currency));
    const base = head.beatsBaseline ? head.baseline.evaluation.metrics[name] : undefined;
    const against = base === undefined ? undefined : metric(name, base.value, head.task, currency);
    const title = metricWords(name);
    return [{
      zh: `${title.zh} ${value.zh}${range === undefined ? '' : ` [${range.zh}]`}${against === undefined ? '' : `（基线 ${against.zh}）`}`,
      en: `${title.en} ${value.en}${range === undefined ? '' : ` [${range.en}]`}${against === undefined ? '' : ` (baseline ${against.en})`}`,
    }];
  }));
}

/** One card per model: the primary head in full, the others in their metrics. */
export function cardSection(report: Report): Html {
  const [head] = report.heads;
  const labels = new Map(report.columns.flatMap(({ name, label }) => (label === null ? [] : [[name, label] as const])));
  const { split, rows } = head;
  const [use, notUse] = USE[report.target.kind] ?? OTHER_USE;
  const limits = cautions(report, head);
  const entry = (title: Words, ...parts: readonly Html[]): Html => html`<dt>${say(title)}</dt><dd>${parts}</dd>`;
  const [from, to] = [split.serve[0] ?? split.test, report.data.end];
  return section('card', w('模型卡', 'Model card'), html`<dl class="card">
${entry(w('预测什么', 'What'), say(targetWords(report, head.horizonDays)))}
${entry(w('为谁', 'For whom'), say(populationWords(report, labels)))}
${entry(w('方法', 'Method'), html`<code>${head.candidate}</code> (${say(rungWords(head.rung))}, ${String(report.columns.length)} ${say(w('个特征', 'features'))})`)}
${entry(w('数据', 'Data'), say({ zh: `${integer(report.data.customers).zh} 位客户的 ${integer(report.data.events).zh} 个事件，${to} 之前；快照 ${report.data.snapshot.slice(0, 12)}`, en: `${integer(report.data.events).en} events of ${integer(report.data.customers).en} customers before ${to}; snapshot ${report.data.snapshot.slice(0, 12)}` }))}
${entry(w('时期', 'Periods'), say({ zh: `检验 ${split.test} 起 ${periodDays(report, head)} 天（${integer(rows.test).zh} 行）；上线前用 ${from} 至 ${to} 重学（${integer(rows.serve).zh} 行）；${modeWords(split.mode).zh}`, en: `tested on ${periodDays(report, head)} days from ${split.test} (${integer(rows.test).en} rows); the fit that serves learned from ${from} to ${to} (${integer(rows.serve).en} rows); ${modeWords(split.mode).en}` }))}
${entry(w('整体水平', 'Base rate'), say(predicted(head.task, head.baseRate, report.currency)))}
${report.heads.map((one) => entry({ zh: `表现，${horizonWords(report, one).zh}`, en: `Metrics, ${horizonWords(report, one).en}` }, say(metricsWords(one, report.currency)), html` — ${say(gradeWords(one.grade))}, ${say(w('可信度', 'confidence'))} ${say(confidenceWords(one.confidence))}`))}
${entry(w('局限', 'Limits'), limits.length === 0 ? say(w('没有触发警告；预测只对与检验期相似的时期成立。', 'No warning was raised. Predictions hold for times that resemble the test period.')) : html`<ul>${limits.map((one) => html`<li>${say(one)}</li>`)}</ul>`)}
${entry(w('用途', 'Intended use'), say(use))}
${entry(w('不用于', 'Not for'), say(notUse))}
${entry(w('隐私', 'Privacy'), say(w('只用截止日之前的行为特征，不含姓名、电话等身份信息；拒绝个性化的客户不打分。本报告不含客户编号，小于30人的组不展示，解释图的点不能对应到个人。', 'Learned from behaviour before the cut-off, without names, phone numbers or other identities; customers who refused are not scored. This report holds no customer ids, no group below 30 customers, and no points that could be put together to a person.')))}
${entry(w('可重现', 'Reproducible'), say({ zh: `种子 ${decimal(report.seed, 0).zh}，时区 ${report.timeZone}，校验和 ${report.sha256.slice(0, 16)}`, en: `seed ${report.seed}, time zone ${report.timeZone}, checksum ${report.sha256.slice(0, 16)}` }))}
</dl>`);
}
