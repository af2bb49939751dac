/** The first thing to read: what is predicted, how good it is beside the simple rule, and what to beware of. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Report, ReportHead } from '../document.ts';
import { between, counted, metric } from '../format.ts';
import type { Task } from '../format.ts';
import { confidenceWords, gradeWords, listed, METRIC_ORDER, metricWords, plain, say, w, warningWords } from '../words.ts';
import type { Words } from '../words.ts';
import { table } from './shared.ts';

/** Metrics that are shown large, the most telling one first. */
const LEADING: Readonly<Record<Task, readonly string[]>> = {
  binary: ['roc_auc', 'log_loss', 'ece', 'pr_auc'],
  amount: ['normalised_gini', 'spearman', 'bias', 'coverage_80'],
  duration: ['mae_days', 'c_index', 'integrated_brier_skill', 'coverage_80'],
};

export function badges({ grade, confidence }: ReportHead): Html {
  return html`<span class="badge ${grade}">${say(w('评级：', 'grade: '))}${say(gradeWords(grade))}</span> <span class="badge">${say(w('可信度：', 'confidence: '))}${say(confidenceWords(confidence))}</span>`;
}

export function tiles(head: ReportHead, currency: string): Html {
  const { task, evaluation, baseline } = head;
  return html`<div class="tiles">${LEADING[task].flatMap((name) => {
    const own = evaluation.metrics[name];
    if (own === undefined) return [];
    const base = baseline.evaluation.metrics[name];
    const range = own.low === undefined || own.high === undefined ? undefined : between(metric(name, own.low, task, currency), metric(name, own.high, task, currency));
    return [html`<div class="tile"><span class="what">${say(metricWords(name))}</span><b>${say(metric(name, own.value, task, currency))}</b>${range === undefined ? EMPTY : html`<small>95 %: ${say(range)}</small>`}${base === undefined || !head.beatsBaseline ? EMPTY : html`<small>${say(w('基线 ', 'baseline '))}${say(metric(name, base.value, task, currency))}</small>`}</div>`];
  })}</div>`;
}

/** One sentence that a marketer can act on. */
export function verdict(head: ReportHead): Words {
  const { beatsBaseline, baseline, candidate, grade } = head;
  if (!beatsBaseline) return w(`没有方法在检验期胜过简单规则 ${baseline.candidate}，由规则提供服务。`, `No method beat the simple rule ${baseline.candidate} on the test period, so the rule serves.`);
  if (grade === 'not_recommended') return w(`${candidate} 胜过基线，但检验期表现不足以用于决策。`, `${candidate} beats the baseline, but its test is not good enough to act on.`);
  return w(`${candidate} 在检验期胜过简单规则 ${baseline.candidate}。`, `${candidate} beats the simple rule ${baseline.candidate} on the test period.`);
}

/** Everything that a reader should know before using the numbers. */
export function cautions(report: Report, { diagnostics, latest, warnings, leaderboard }: ReportHead): Words[] {
  const found: Words[] = warnings.map(warningWords);
  if (diagnostics === null) return found;
  const suspects = diagnostics.leaks.features.filter(({ suspect }) => suspect).map(({ name }) => report.columns.find((column) => column.name === name)?.label ?? plain(name));
  if (suspects.length > 0) found.push({ zh: `可能泄漏答案的特征：${listed(suspects).zh}`, en: `Features suspected to know the answer: ${listed(suspects).en}` });
  if ((diagnostics.drift?.drifted ?? 0) > 0) found.push(w(`${diagnostics.drift?.drifted ?? 0} 个特征在检验期与学习期明显不同`, `${counted(diagnostics.drift?.drifted ?? 0, 'feature lies', 'features lie')} elsewhere in the test period than in the learned ones`));
  if (latest !== null && latest.version === report.version && latest.psi > latest.noise && latest.psi > 0.1) found.push(w('最新打分的分布与检验期不同', 'The newest scores are spread otherwise than the test period'));
  const failed = leaderboard.filter(({ failure }) => failure !== undefined).length;
  if (failed > 0) found.push(w(`${failed} 个候选方法未能训练，原因见排行榜`, `${counted(failed, 'candidate', 'candidates')} could not be fitted; the leaderboard says why`));
  for (const one of report.readiness.filter(({ passed }) => !passed)) found.push(w(`数据尚缺：${one.label.zh}`, `Data not there yet: ${one.label.en}`));
  return found;
}

export function cautionList(words: readonly Words[]): Html {
  return words.length === 0 ? EMPTY : html`<ul class="cautions">${words.map((one) => html`<li>${say(one)}</li>`)}</ul>`;
}

/** Every metric with its interval beside the baseline's. */
export function metricTable({ task, evaluation, baseline, beatsBaseline }: ReportHead, currency: string): Html {
  const value = (one: { value: number; low?: number | undefined; high?: number | undefined } | undefined, name: string): Words => {
    if (one === undefined) return plain('–');
    const said = metric(name, one.value, task, currency);
    if (one.low === undefined || one.high === undefined) return said;
    const range = between(metric(name, one.low, task, currency), metric(name, one.high, task, currency));
    return { zh: `${said.zh}（${range.zh}）`, en: `${said.en} (${range.en})` };
  };
  const titles = [w('检验期指标（95%区间）', 'Metric on the test period (95 % interval)'), w('模型', 'model'), ...(beatsBaseline ? [w(`基线 ${baseline.candidate}`, `baseline ${baseline.candidate}`)] : [])];
  const order = byTelling(task);
  return table(titles, Object.entries(evaluation.metrics).sort(([a], [b]) => order(a, b)).map(([name, one]) => [metricWords(name), value(one, name), ...(beatsBaseline ? [value(baseline.evaluation.metrics[name], name)] : [])]), [1, 2]);
}

/** Puts the names of metrics into an order: the ones that tell the most first. A store gives keys back in an order of its own. */
export function byTelling(task: Task): (a: string, b: string) => number {
  const order = [...LEADING[task], ...METRIC_ORDER.filter((name) => !LEADING[task].includes(name))];
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return (a, b) => place(a) - place(b) || (a < b ? -1 : 1);
}
