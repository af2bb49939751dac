/** How the predictions of the test period are spread, what happened in each part, and where the newest scores lie. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import type { Latest } from '../document.ts';
import { onAxis, percent, quantityWords } from '../format.ts';
import { bar, lineMark } from '../svg/marks.ts';
import { bottomAxis, drawing, figure, leftAxis, legendOf, SMALL, wideScale, xScale, yScale } from '../svg/plot.ts';
import { w } from '../words.ts';

const NOTE = w('柱高是客户比例；好模型把发生的人推到右边。', 'Height is the share of customers; a good model moves those with the outcome to the right.');
const DAYS_NOTE = w('柱高是客户比例；天数以会回来为条件。', 'Height is the share of customers; days are given that they come back.');

export function scoresChart({ task, scores }: HeadDiagnostics, latest: Latest | null, currency: string): Html {
  const { edges, rows, happened } = scores;
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (total === 0 || edges.length !== rows.length + 1) return EMPTY;
  const newest = latest !== null && latest.rows.length === rows.length && latest.customers > 0 ? latest.rows.map((count) => count / latest.customers) : [];
  const shares = rows.map((count) => count / total);
  const right = SMALL.width - SMALL.right;
  const top = edges[edges.length - 1];
  // The bars of amounts are as wide as this scale makes them alike.
  const x = task === 'amount' ? wideScale([0, top], [SMALL.left, right], 1) : xScale(SMALL, [0, top]);
  const y = yScale(SMALL, [0, Math.max(1e-9, ...shares, ...newest)]);
  const ground = y(0);
  const quantity = quantityWords(task, currency);
  const bars = shares.map((share, i) => {
    const [from, to] = [x(edges[i]), x(edges[i + 1])];
    const part = happened?.length !== rows.length || rows[i] === 0 ? 0 : share * (happened[i] / rows[i]);
    const tip = `${onAxis(task, edges[i]).en} … ${onAxis(task, edges[i + 1]).en}: ${percent(share).en}`;
    return html`${bar(from + 0.5, y(share), to - from - 1, ground - y(share), 'learned', tip)}${part === 0 ? EMPTY : bar(from + 0.5, y(part), to - from - 1, ground - y(part), 'outcome', tip)}`;
  });
  const steps = newest.flatMap((share, i): [number, number][] => [[edges[i], share], [edges[i + 1], share]]);
  const svg = drawing(SMALL, w('预测分布', 'Distribution of predictions'), [
    leftAxis(SMALL, { scale: y, title: w('客户比例', 'share of customers'), format: (value) => percent(value, 1) }),
    bottomAxis(SMALL, { scale: x, title: w(`预测${quantity.zh}`, `predicted ${quantity.en}`), format: (value) => onAxis(task, value) }),
    html`${bars}`,
    lineMark(steps, x, y, 'latest'),
  ]);
  const keys = [
    ['learned', w('检验期客户', 'customers of the test period')] as const,
    ...(happened === undefined ? [] : [['outcome', w('其中实际发生', 'of them with the outcome')] as const]),
    ...(newest.length === 0 ? [] : [['latest', w(`最新打分 ${latest?.asOf ?? ''}`, `latest scores, ${latest?.asOf ?? ''}`)] as const]),
  ];
  return figure({ title: w('预测分布', 'Spread of the predictions'), note: task === 'duration' ? DAYS_NOTE : NOTE, drawing: svg, legend: legendOf(keys) });
}
