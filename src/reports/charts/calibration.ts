/** What was said against what happened, in tenths, with the interval that chance leaves. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { CandidateDiagnostics } from '../../training/diagnostics/schema.ts';
import { integer, onAxis, predicted, quantityWords } from '../format.ts';
import type { Task } from '../format.ts';
import { lineMark, whisker } from '../svg/marks.ts';
import { amountScale, bottomAxis, drawing, figure, leftAxis, legendOf, SMALL, xScale, yScale } from '../svg/plot.ts';
import { w } from '../words.ts';
import type { Words } from '../words.ts';
import type { Compared } from './curves.ts';

type Bins = CandidateDiagnostics['calibration'];

const ends = (all: readonly Bins[]): [number, number] => {
  const values = all.flat().flatMap(({ predicted: said, low, high }) => [said, low, high]);
  return [Math.min(0, ...values), Math.max(1e-9, ...values)];
};

export function calibrationChart(task: Task, compared: readonly Compared[], currency: string): Html {
  const shown = compared.filter(({ of }) => of.calibration.length > 0);
  if (shown.length === 0) return EMPTY;
  const [low, high] = ends(shown.map(({ of }) => of.calibration));
  const top = task === 'binary' ? Math.min(1, high) : high;
  const from = task === 'binary' ? low : 0;
  const unit = Math.max(1, top / 200);
  const x = task === 'amount' ? amountScale([0, top], [SMALL.left, SMALL.width - SMALL.right], unit) : xScale(SMALL, [from, top], true);
  const y = task === 'amount' ? amountScale([0, top], [SMALL.height - SMALL.bottom, SMALL.top], unit) : yScale(SMALL, [from, top]);
  const [said, came] = titles(task, currency);
  const svg = drawing(SMALL, w('校准', 'Calibration'), [
    leftAxis(SMALL, { scale: y, title: came, format: (value) => onAxis(task, value) }),
    bottomAxis(SMALL, { scale: x, title: said, format: (value) => onAxis(task, value) }),
    lineMark([[from, from], [top, top]], x, y, 'chance'),
    html`${shown.toReversed().map(({ of, kind }) => html`${of.calibration.map((bin) => whisker(x(bin.predicted), y(bin.actual), y(Math.max(from, bin.low)), y(Math.min(task === 'binary' ? 1 : Infinity, bin.high)), kind, tip(task, bin, currency)))}`)}`,
  ]);
  return figure({
    title: w('校准：预测与实际', 'Calibration: said and happened'),
    note: w('每点是十分之一的客户，竖线是95%区间；落在虚线上说明预测可以照字面理解。', 'A dot is a tenth of the customers, the line its 95 % interval. On the dashed line a prediction means what it says.'),
    drawing: svg, legend: legendOf(shown.map(({ kind, words }) => [kind, words])),
  });
}

function titles(task: Task, currency: string): readonly [Words, Words] {
  const { zh, en } = quantityWords(task, currency);
  if (task === 'binary') return [w(`预测${zh}`, `predicted ${en}`), w('实际比例', 'share that happened')];
  return task === 'amount' ? [w(`预测${zh}（均值）`, `predicted ${en}, mean`), w(`实际${zh}（均值）`, `actual ${en}, mean`)] : [w(`预测${zh}`, `predicted ${en}`), w(`实际${zh}（中位）`, `actual ${en}, median`)];
}

function tip(task: Task, bin: Bins[number], currency: string): string {
  const said = (value: number): string => predicted(task, value, currency).en;
  return `${said(bin.predicted)} → ${said(bin.actual)} (${said(bin.low)} … ${said(bin.high)}), n = ${integer(bin.rows).en}`;
}
