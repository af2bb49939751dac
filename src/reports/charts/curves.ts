/** ROC, precision–recall and gain: the model, its baseline, and what chance would give. A second version may be laid over the first. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { CandidateDiagnostics } from '../../training/diagnostics/schema.ts';
import { percent, quantityWords } from '../format.ts';
import { lineMark } from '../svg/marks.ts';
import { bottomAxis, drawing, figure, leftAxis, legendOf, SMALL, xScale, yScale } from '../svg/plot.ts';
import { w } from '../words.ts';
import type { Words } from '../words.ts';

type Curve = readonly (readonly [number, number])[];

/** A curve with its colour and its name. */
export interface Drawn {
  readonly kind: string;
  readonly words: Words;
  readonly curve: Curve;
}

const share = (value: number): Words => percent(value, 0);
const TICKS = [0, 0.25, 0.5, 0.75, 1];

function unitSquare(title: Words, note: Words, across: Words, up: Words, drawn: readonly Drawn[], chance: Curve): Html {
  const shown = drawn.filter(({ curve }) => curve.length > 1);
  if (shown.length === 0) return EMPTY;
  const [x, y] = [xScale(SMALL, [0, 1]), yScale(SMALL, [0, 1], false)];
  const svg = drawing(SMALL, title, [
    leftAxis(SMALL, { scale: y, title: up, format: share, ticks: TICKS }),
    bottomAxis(SMALL, { scale: x, title: across, format: share, ticks: TICKS }),
    lineMark(chance, x, y, 'chance'),
    // The first is drawn last and lies on top.
    html`${shown.toReversed().map(({ curve, kind }) => lineMark(curve, x, y, kind))}`,
  ]);
  return figure({ title, note, drawing: svg, legend: legendOf(shown.map(({ kind, words }) => [kind, words])) });
}

/** One line of the legend per candidate. */
export interface Compared {
  readonly kind: string;
  readonly words: Words;
  readonly of: CandidateDiagnostics;
}

export function rocChart(compared: readonly Compared[]): Html {
  return unitSquare(
    w('ROC 曲线', 'ROC curve'), w('越靠左上角，排序越好；虚线是随机。', 'The nearer to the upper left, the better the ranking; dashed: chance.'),
    w('误报率', 'false positive rate'), w('命中率', 'true positive rate'),
    compared.map(({ kind, words, of }) => ({ kind, words, curve: of.roc ?? [] })), [[0, 0], [1, 1]],
  );
}

export function precisionChart(compared: readonly Compared[], base: number): Html {
  return unitSquare(
    w('精确率与召回率', 'Precision and recall'), w('找到多少（横轴）时，找到的里面有多少是对的（纵轴）；虚线是整体比例。', 'Of those found, how many are right, by how many are found; dashed: the base rate.'),
    w('召回率', 'recall'), w('精确率', 'precision'),
    compared.map(({ kind, words, of }) => ({ kind, words, curve: of.pr ?? [] })), [[0, base], [1, base]],
  );
}

export function gainChart(compared: readonly Compared[], perfect: Curve | undefined, task: 'binary' | 'amount', currency: string): Html {
  const isAmount = task === 'amount';
  const { zh, en } = quantityWords(task, currency);
  const drawn = compared.map(({ kind, words, of }) => ({ kind, words, curve: of.gain }));
  const all = perfect === undefined ? drawn : [...drawn, { kind: 'perfect', words: w('完美排序', 'perfect order'), curve: perfect }];
  return unitSquare(
    isAmount ? w('洛伦兹（Gini）曲线', 'Lorenz (Gini) curve') : w('累计增益', 'Cumulative gain'),
    isAmount ? w(`按预测从高到低排列客户，能覆盖多少实际${zh}。`, `Share of the actual ${en} in the customers with the highest predictions.`) : w('联系概率最高的一部分客户，能触及多少实际发生的人。', 'Contact the highest share of customers: share of all outcomes that are among them.'),
    w('客户比例（预测从高到低）', 'share of customers, highest first'), isAmount ? w(`${zh}比例`, `share of the ${en}`) : w('触及比例', 'share reached'),
    all, [[0, 0], [1, 1]],
  );
}
