/** How the model does in parts of the customers, each with its size and its interval. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import { between, integer, metric, percent, predicted, predictedRange } from '../format.ts';
import { whiskerAcross } from '../svg/marks.ts';
import { drawing, px, xScale } from '../svg/plot.ts';
import { plain, say, segmentWords, w } from '../words.ts';
import type { Words } from '../words.ts';
import { note, section } from './shared.ts';

type Segment = HeadDiagnostics['segments'][number];
type Group = Segment['groups'][number];
type Range = NonNullable<Group['quality']>;

const METRIC: Readonly<Record<HeadDiagnostics['task'], string>> = { binary: 'roc_auc', amount: 'normalised_gini', duration: 'mae_days' };

function nameOf(by: string, { from, to, level }: Group): Words {
  if (level !== undefined) return level === '1' && by.includes('_is_') ? w('是', 'yes') : level === '0' && by.includes('_is_') ? w('否', 'no') : plain(level);
  if (from === null) return w('无记录', 'no record');
  const value = (number: number): Words => (by === 'discount' ? percent(number, 0) : integer(number));
  if (to === null) return { zh: `${value(from).zh} 及以上`, en: `${value(from).en} and more` };
  if (by !== 'discount' && to - from === 1) return value(from);
  if (by === 'discount' && from === 0) return w('无', 'none');
  const end = by === 'discount' ? value(to) : integer(to - 1);
  return { zh: `${value(from).zh}–${end.zh}`, en: `${value(from).en}–${end.en}` };
}

const BAR = { width: 120, height: 20, left: 6, right: 6, top: 0, bottom: 0 };

function strip({ value, low, high }: Range, domain: readonly [number, number], reference: number | undefined, tip: string): Html {
  const x = xScale(BAR, domain);
  const within = (at: number): number => Math.min(domain[1], Math.max(domain[0], at));
  return drawing(BAR, plain(tip), [
    reference === undefined ? EMPTY : html`<path class="now" d="M${px(x(within(reference)))} 1V19"/>`,
    whiskerAcross(10, x(within(value)), x(within(low)), x(within(high)), 'model', tip),
  ], 'strip');
}

export function segmentsSection({ segments, task }: HeadDiagnostics, overall: number | undefined, currency: string, id: string): Html {
  if (segments.length === 0) return EMPTY;
  const name = METRIC[task];
  const ranges = segments.flatMap(({ groups }) => groups.flatMap(({ quality }) => (quality === undefined ? [] : [quality])));
  const domain: [number, number] = task === 'duration' ? [0, Math.max(1, ...ranges.map(({ high }) => high))] : [Math.max(-0.2, Math.min(0.5, ...ranges.map(({ low }) => low))), 1];
  const said = (value: number): Words => predicted(task, value, currency);
  const quality = (one: Range | undefined): Html => {
    if (one === undefined) return say(w('结果太少', 'too few outcomes'));
    const range = between(metric(name, one.low, task, currency), metric(name, one.high, task, currency));
    const value = metric(name, one.value, task, currency);
    return html`<span class="with-strip">${say({ zh: `${value.zh}（${range.zh}）`, en: `${value.en} (${range.en})` })}${strip(one, domain, overall, `${value.en} (${range.en})`)}</span>`;
  };
  const off = ({ predicted: p, actual }: Group): boolean => p < actual.low || p > actual.high;
  const rows = segments.map(({ by, groups, hidden }) => html`<tr class="head"><th colspan="5">${say(segmentWords(by))}</th></tr>${groups.map((group) => html`<tr><td>${say(nameOf(by, group))}</td><td class="number">${say(integer(group.rows))}</td><td class="number">${say(said(group.predicted))}${off(group) ? html` <span class="flag">${say(w('偏离', 'off'))}</span>` : EMPTY}</td><td class="number">${say(said(group.actual.value))} <small>${say(predictedRange(task, group.actual.low, group.actual.high, currency))}</small></td><td>${quality(group.quality)}</td></tr>`)}${hidden === 0 ? EMPTY : html`<tr class="soft"><td>${say(w('未展示的小组', 'too small to show'))}</td><td class="number">${say(integer(hidden))}</td><td colspan="3"></td></tr>`}`);
  return section(id, w('分人群表现', 'Performance by segment'),
    note(w('少于30位客户的小组不展示。“偏离”表示预测均值落在实际均值的95%区间之外。竖虚线是整体水平。', 'Groups below 30 customers are not shown. "off": the mean prediction lies outside the 95 % interval of what happened. Dashed line: all customers.')),
    html`<div class="scroll"><table class="segments"><thead><tr><th>${say(w('人群', 'segment'))}</th><th class="number">${say(w('客户', 'customers'))}</th><th class="number">${say(w('预测', 'predicted'))}</th><th class="number">${say(w('实际（95%）', 'happened (95 %)'))}</th><th>${say(QUALITY[task])}</th></tr></thead><tbody>${rows}</tbody></table></div>`);
}

const QUALITY: Readonly<Record<HeadDiagnostics['task'], Words>> = { binary: w('AUC（95%）', 'AUC (95 %)'), amount: w('归一化 Gini（95%）', 'normalised Gini (95 %)'), duration: w('平均绝对误差（95%）', 'mean absolute error (95 %)') };
