/** Expected profit by the number of customers contacted. The script of the page draws the same again for other numbers, in the same frame. */
import { html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import { compact, integer } from '../format.ts';
import type { ProfitPoint } from '../profit.ts';
import { bandMark, lineMark } from '../svg/marks.ts';
import { bottomAxis, drawing, leftAxis, px, WIDE, xScale, yScale } from '../svg/plot.ts';
import { w } from '../words.ts';

export function profitChart(curve: readonly ProfitPoint[], best: ProfitPoint | undefined, currency: string): Html {
  const last = curve[curve.length - 1]?.rows ?? 1;
  const all = curve.flatMap(({ profitLow, profitHigh }) => [profitLow, profitHigh]);
  const x = xScale(WIDE, [0, last]);
  const y = yScale(WIDE, [Math.min(0, ...all), Math.max(0, ...all)]);
  const at = best ?? { rows: 0, profit: 0 };
  return drawing(WIDE, w('预期利润', 'Expected profit'), [
    html`<g class="profit-up">${leftAxis(WIDE, { scale: y, title: w(`利润（${currency}）`, `profit, ${currency}`), format: compact })}</g>`,
    bottomAxis(WIDE, { scale: x, title: w('联系的客户数（概率从高到低）', 'customers contacted, highest probability first'), format: integer }),
    html`<path class="now profit-zero" d="M${WIDE.left} ${px(y(0))}H${WIDE.width - WIDE.right}"/>`,
    bandMark([[0, 0, 0], ...curve.map(({ rows, profitLow, profitHigh }): [number, number, number] => [rows, profitLow, profitHigh])], x, y, 'model profit-band'),
    lineMark([[0, 0], ...curve.map(({ rows, profit }): [number, number] => [rows, profit])], x, y, 'model profit-line'),
    html`<circle class="best profit-best" cx="${px(x(at.rows))}" cy="${px(y(at.profit))}" r="5"/>`,
  ], 'profit');
}
