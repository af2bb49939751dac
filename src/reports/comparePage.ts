/** The page of two versions: one table per horizon, curves of both over each other. */
import { EMPTY, html } from '../base/html.ts';
import type { Html } from '../base/html.ts';
import { calibrationChart } from './charts/calibration.ts';
import { gainChart, precisionChart, rocChart } from './charts/curves.ts';
import type { Compared } from './charts/curves.ts';
import { headAt } from './compare.ts';
import type { Comparison } from './compare.ts';
import type { ReportHead } from './document.ts';
import { between, metric } from './format.ts';
import { document, nameOfModel } from './page.ts';
import { measuredTable } from './sections/promotion.ts';
import { note, table } from './sections/shared.ts';
import { badges, byTelling } from './sections/summary.ts';
import { metricWords, plain, say, w } from './words.ts';
import type { Language, Words } from './words.ts';

type Value = Comparison['heads'][number]['metrics'][number]['first'];

function said(one: Value, name: string, task: ReportHead['task'], currency: string): Words {
  if (one === null) return plain('–');
  const number = metric(name, one.value, task, currency);
  if (one.low === undefined || one.high === undefined) return number;
  const range = between(metric(name, one.low, task, currency), metric(name, one.high, task, currency));
  return { zh: `${number.zh}（${range.zh}）`, en: `${number.en} (${range.en})` };
}

function headPart(comparison: Comparison, { horizonDays, measured, notComparable, metrics }: Comparison['heads'][number]): Html {
  const { first, second } = comparison;
  const title = html`<h2>${say(w(`${horizonDays} 天`, `${horizonDays} days`))}</h2>`;
  const [a, b] = [headAt(first, horizonDays), headAt(second, horizonDays)];
  const direct = measured === null ? EMPTY : html`<p>${say(measured.head.words)}</p>${a === undefined || b === undefined ? EMPTY : measuredTable(measured.head, a.task, first.currency, measured)}`;
  if ((measured?.head.compared ?? null) !== null && notComparable !== null) return html`${title}${direct}${note(w(`各版本自己的检验：${notComparable.zh}。`, `Their own tests: ${notComparable.en}.`))}`;
  if (notComparable !== null || a === undefined || b === undefined) return html`${title}${direct}<div class="notice">${say(w('不能比较：', 'Not comparable: '))}${say(notComparable ?? plain(''))}</div>`;
  const version = (number: number, head: ReportHead): Words => w(`版本 ${number}：${head.candidate}`, `version ${number}: ${head.candidate}`);
  const drawn: Compared[] = [
    ...(a.diagnostics === null ? [] : [{ kind: 'model', words: version(first.version, a), of: a.diagnostics.chosen }]),
    ...(b.diagnostics === null ? [] : [{ kind: 'other', words: version(second.version, b), of: b.diagnostics.chosen }]),
  ];
  const order = byTelling(a.task);
  const rows = metrics.toSorted((one, other) => order(one.name, other.name)).map((one) => [metricWords(one.name), said(one.first, one.name, a.task, first.currency), said(one.second, one.name, a.task, first.currency)]);
  return html`${title}${direct}<p>${say(version(first.version, a))} ${badges(a)}<br>${say(version(second.version, b))} ${badges(b)}</p>
${table([w('检验期指标（95%区间）', 'Metric on the test period (95 % interval)'), version(first.version, a), version(second.version, b)], rows, [1, 2])}
${note(w('区间是各版本自己的；同一批客户上的差异通常比两个区间看上去更确定。', 'Intervals are each version\'s own; a difference on the same customers is usually more certain than two intervals look.'))}
${drawn.length === 0 ? EMPTY : html`<div class="figures">${rocChart(drawn)}${precisionChart(drawn, a.evaluation.targetMean)}${a.task === 'duration' ? EMPTY : gainChart(drawn, a.diagnostics?.perfectGain, a.task, first.currency)}${calibrationChart(a.task, drawn, first.currency)}</div>`}
${drawn.length === 2 ? EMPTY : note(w('曲线只画了保存过报告的版本。', 'Only versions whose report was kept have curves.'))}`;
}

export function comparisonPage(comparison: Comparison, language: Language): string {
  const { first, second, heads } = comparison;
  const name = nameOfModel(first);
  const title: Words = { zh: `${name.zh}：版本 ${first.version} 与版本 ${second.version}`, en: `${name.en}: version ${first.version} against version ${second.version}` };
  return document(title, language, html`<h1>${say(title)}</h1><p class="soft"><code>${first.name}</code></p>${heads.map((head) => headPart(comparison, head))}`);
}
