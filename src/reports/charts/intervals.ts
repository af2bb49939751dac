/** Intervals and days: do windows hold as often as they say, and how far off are the days? */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import { decimal, integer, onAxis, percent, predicted } from '../format.ts';
import { lineMark, whisker } from '../svg/marks.ts';
import { bottomAxis, drawing, figure, leftAxis, legendOf, px, SMALL, text, xScale, yScale } from '../svg/plot.ts';
import { plain, w } from '../words.ts';
import type { Words } from '../words.ts';

interface Tenth {
  readonly predicted: number;
  readonly rows: number;
  readonly range: { readonly value: number; readonly low: number; readonly high: number };
}

/** One dot per tenth of prediction, the lowest on the left; a dashed line at what was promised. */
function byTenth(tenths: readonly Tenth[], up: Words, format: (value: number) => Words, across: (value: number) => Words, top: number | undefined, promised?: number): Html {
  const y = yScale(SMALL, [0, top ?? Math.max(1e-9, ...tenths.map(({ range }) => range.high))], top === undefined);
  const step = (SMALL.width - SMALL.left - SMALL.right) / tenths.length;
  const axis = SMALL.height - SMALL.bottom;
  return drawing(SMALL, up, [
    leftAxis(SMALL, { scale: y, title: up, format }),
    html`<g class="axis"><path class="rule" d="M${SMALL.left} ${axis}H${SMALL.width - SMALL.right}"/>${tenths.map((tenth, i) => text(SMALL.left + step * (i + 0.5), axis + 16, across(tenth.predicted), '', 'middle'))}${text((SMALL.left + SMALL.width - SMALL.right) / 2, SMALL.height - 8, w('预测（各十分位的均值，从低到高）', 'prediction: mean of each tenth, lowest first'), 'title', 'middle')}</g>`,
    promised === undefined ? EMPTY : html`<path class="line chance" d="M${SMALL.left} ${px(y(promised))}H${SMALL.width - SMALL.right}"/>`,
    html`${tenths.map(({ range, rows }, i) => whisker(SMALL.left + step * (i + 0.5), y(range.value), y(Math.max(0, range.low)), y(top === undefined ? range.high : Math.min(top, range.high)), 'model', `${format(range.value).en} (${format(range.low).en} … ${format(range.high).en}), n = ${integer(rows).en}`))}`,
  ]);
}

export function coverageChart({ coverage, task }: HeadDiagnostics, currency: string): Html {
  if (coverage === null || coverage.length === 0) return EMPTY;
  const tenths = coverage.map(({ covered, ...rest }) => ({ ...rest, range: covered }));
  const narrow = (value: number): Words => (task === 'duration' ? plain(String(Math.round(value))) : onAxis(task, value));
  const widths = coverage.map(({ width }) => width);
  return figure({
    title: w('80%区间的覆盖率', 'Coverage of the 80 % interval'),
    note: w(`应在80%（虚线）附近；平均宽度从 ${predicted(task, Math.min(...widths), currency).zh} 到 ${predicted(task, Math.max(...widths), currency).zh}。`, `Should lie about 80 % (dashed). Mean widths from ${predicted(task, Math.min(...widths), currency).en} to ${predicted(task, Math.max(...widths), currency).en}.`),
    drawing: byTenth(tenths, w('区间内的比例', 'share inside'), (value) => percent(value, 0), narrow, 1, 0.8),
  });
}

export function errorChart({ errors }: HeadDiagnostics): Html {
  if (errors === null || errors.length === 0) return EMPTY;
  return figure({
    title: w('误差（天）', 'Error in days'),
    note: w('各十分位的平均绝对误差，竖线是95%区间。', 'Mean absolute error by tenth, with its 95 % interval.'),
    drawing: byTenth(errors.map(({ error, ...rest }) => ({ ...rest, range: error })), w('平均绝对误差（天）', 'mean absolute error, days'), (value) => decimal(value, 0), (value) => plain(String(Math.round(value))), undefined),
  });
}

export function survivalCharts({ survival }: HeadDiagnostics): Html {
  if (survival === null) return EMPTY;
  const { levels, byDay } = survival;
  const last = byDay.at(-1)?.[0] ?? 1;
  const share = (value: number): Words => percent(value, 0);
  const [x, y] = [xScale(SMALL, [0, 1]), yScale(SMALL, [0, 1], false)];
  const quantiles = drawing(SMALL, w('日期的校准', 'Calibration of the days'), [
    leftAxis(SMALL, { scale: y, title: w('到该日实际回来的比例', 'share back by that day'), format: share }),
    bottomAxis(SMALL, { scale: x, title: w('预测日期的概率水平', 'level of the predicted day'), format: share, ticks: [0.1, 0.25, 0.5, 0.75, 0.9] }),
    lineMark([[0, 0], [1, 1]], x, y, 'chance'),
    html`${levels.map(({ level, share: came }) => whisker(x(level), y(came.value), y(came.low), y(came.high), 'model', `${percent(level, 0).en} → ${percent(came.value).en} (${percent(came.low).en} … ${percent(came.high).en})`))}`,
  ]);
  const time = xScale(SMALL, [0, last]);
  const back = drawing(SMALL, w('随时间回来的比例', 'Share back by day'), [
    leftAxis(SMALL, { scale: y, title: w('已回来的比例', 'share back'), format: share }),
    bottomAxis(SMALL, { scale: time, title: w('截止日之后的天数', 'days after the cut-off'), format: (value) => plain(String(value)) }),
    lineMark([[0, 0], ...byDay.map(([day, , came]): [number, number] => [day, came])], time, y, 'outcome'),
    lineMark([[0, 0], ...byDay.map(([day, said]): [number, number] => [day, said])], time, y, 'model'),
  ]);
  return html`${figure({ title: w('日期说得准吗', 'Do the days mean what they say'), note: w('说“50%的人在此日前回来”时，实际有多少人回来。只含窗口期内回来的客户。', 'Where the day for 50 % was said, how many were back by it. Of those who came back within the window.'), drawing: quantiles })}${figure({
    title: w('回来的时间', 'When they come back'), note: w('窗口期内回来的客户：预测与实际。', 'Of those who came back within the window: said and happened.'), drawing: back,
    legend: legendOf([['model', w('预测', 'said')], ['outcome', w('实际', 'happened')]]),
  })}${brierChart(survival.brier ?? [], last)}`;
}

/** Of everyone: how far off the chance of still waiting is on each day, beside one curve for all. */
function brierChart(brier: readonly (readonly [number, number, number])[], last: number): Html {
  if (brier.length < 2) return EMPTY;
  const [x, y] = [xScale(SMALL, [0, last]), yScale(SMALL, [0, Math.max(...brier.flatMap(([, model, same]) => [model, same]))])];
  return figure({
    title: w('Brier 分数随时间', 'Brier score over time'),
    note: w('全体客户，含未回来的；越低越好。Kaplan–Meier 对所有人说同一条曲线，且知道本期结果；低于它，才算看得出谁先回来。', 'Of everyone, those who did not come back included; lower is better. Kaplan–Meier says one curve of all and knows how the period went: below it, the model tells customers apart.'),
    drawing: drawing(SMALL, w('Brier 分数随时间', 'Brier score over time'), [
      leftAxis(SMALL, { scale: y, title: w('Brier 分数', 'Brier score'), format: (value) => decimal(value, 3) }),
      bottomAxis(SMALL, { scale: x, title: w('截止日之后的天数', 'days after the cut-off'), format: (value) => plain(String(value)) }),
      lineMark(brier.map(([day, , same]): [number, number] => [day, same]), x, y, 'baseline'),
      lineMark(brier.map(([day, model]): [number, number] => [day, model]), x, y, 'model'),
    ]),
    legend: legendOf([['model', w('模型', 'model')], ['baseline', plain('Kaplan–Meier')]]),
  });
}
