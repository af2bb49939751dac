/** Predictions of the tested model over time, with what happened: learned periods, the test, and the newest scores. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import type { Latest } from '../document.ts';
import { integer, onAxis, predicted, quantityWords } from '../format.ts';
import { bar, whisker } from '../svg/marks.ts';
import { amountScale, drawing, figure, leftAxis, legendOf, px, text, WIDE, yScale } from '../svg/plot.ts';
import { plain, w } from '../words.ts';

interface Box {
  readonly date: string;
  readonly kind: string;
  readonly quantiles: readonly number[];
  readonly rows: number;
  readonly predicted: number;
  readonly actual?: { readonly value: number; readonly low: number; readonly high: number };
}

export function periodsChart({ task, periods }: HeadDiagnostics, latest: Latest | null, currency: string): Html {
  const boxes: Box[] = [
    ...periods.map(({ first, role, ...rest }) => ({ ...rest, date: first, kind: role })),
    ...(latest === null ? [] : [{ date: latest.asOf, kind: 'latest', quantiles: latest.quantiles, rows: latest.customers, predicted: latest.mean }]),
  ];
  if (boxes.length === 0) return EMPTY;
  const frame = { ...WIDE, bottom: 64 };
  const values = boxes.flatMap(({ quantiles, actual }) => [...quantiles, ...(actual === undefined ? [] : [actual.low, actual.high])]);
  const top = Math.min(task === 'binary' ? 1 : Infinity, Math.max(1e-9, ...values));
  const y = task === 'amount' ? amountScale([0, top], [frame.height - frame.bottom, frame.top], Math.max(1, top / 200)) : yScale(frame, [0, top]);
  const step = (frame.width - frame.left - frame.right) / boxes.length;
  const half = Math.min(16, step * 0.3);
  const floor = (value: number): number => y(Math.max(0, value));
  // Dates of neighbours must not run into each other.
  const every = Math.max(1, Math.ceil(64 / step));
  const one = (box: Box, i: number): Html => {
    const x = frame.left + step * (i + 0.5);
    const [p5, p25, p50, p75, p95] = box.quantiles;
    const tip = `${box.date}: n = ${integer(box.rows).en}, ${predicted(task, p5, currency).en} | ${predicted(task, p25, currency).en} | ${predicted(task, p50, currency).en} | ${predicted(task, p75, currency).en} | ${predicted(task, p95, currency).en}`;
    const { actual } = box;
    return html`<g class="box ${box.kind}"><title>${tip}</title><path class="whisker" d="M${px(x)} ${px(floor(p5))}V${px(floor(p95))}"/>${bar(x - half, floor(p75), 2 * half, floor(p25) - floor(p75), 'body')}<path class="median" d="M${px(x - half)} ${px(floor(p50))}h${px(2 * half)}"/></g>${actual === undefined ? EMPTY : whisker(x, floor(actual.value), floor(actual.low), floor(actual.high), 'outcome', `${box.date}: ${predicted(task, actual.value, currency).en} (${predicted(task, actual.low, currency).en} … ${predicted(task, actual.high, currency).en})`)}${i % every === 0 || box.kind !== 'learned' ? text(x, frame.height - frame.bottom + 16, plain(box.date.slice(2)), '', 'middle') : EMPTY}${box.kind === 'learned' ? EMPTY : text(x, frame.height - frame.bottom + 30, box.kind === 'test' ? w('检验', 'test') : w('最新打分', 'latest'), 'title', 'middle')}`;
  };
  const axis = frame.height - frame.bottom;
  const svg = drawing(frame, w('预测分布随时间的变化', 'Predictions over time'), [
    leftAxis(frame, { scale: y, title: quantityWords(task, currency), format: (value) => onAxis(task, value) }),
    html`<g class="axis"><path class="rule" d="M${frame.left} ${axis}H${frame.width - frame.right}"/>${text((frame.left + frame.width - frame.right) / 2, frame.height - 8, w('截止日', 'cut-off'), 'title', 'middle')}</g>`,
    html`${boxes.map(one)}`,
  ]);
  return figure({
    wide: true,
    note: w(`箱体是中间一半客户，横线是中位数，竖线到5%和95%；圆点是实际${task === 'duration' ? '中位数' : '均值'}。模型已学过的时期自然贴合，检验期才算数。`, `A box is the middle half of the predictions, its line the median, the thin line reaches from 5 to 95 %; the dot is the ${task === 'duration' ? 'median' : 'mean'} of what happened. Learned periods fit by nature; the test counts.`),
    legend: legendOf([['learned', w('学习期', 'learned')], ['test', w('检验期', 'test')], ...(latest === null ? [] : [['latest', w('最新打分', 'latest scores')] as const]), ['outcome', w('实际', 'what happened')]]),
    drawing: svg,
  });
}
