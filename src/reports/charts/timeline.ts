/** The splits on a time line: a dot is a cut-off, the bar after it the window whose outcome it learns from. */
import { scaleUtc } from 'd3-scale';
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Report, ReportHead } from '../document.ts';
import { bar } from '../svg/marks.ts';
import { drawing, figure, px, text } from '../svg/plot.ts';
import { periodDays, splitWords } from '../horizon.ts';
import { plain, w } from '../words.ts';
import type { Words } from '../words.ts';

const DAY = 86_400_000;
const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** How many windows from ascending starts there are at once, at most twelve; one more, so that one ends before the next begins on its line. */
function overlapping(starts: readonly number[], length: number): number {
  const most = starts.reduce((deepest, start) => Math.max(deepest, starts.filter((other) => other <= start && other + length > start).length), 1);
  return starts.length === 1 ? 1 : Math.min(12, starts.length, most + 1);
}

export function timeline(report: Report, head: ReportHead): Html {
  const { split, diagnostics } = head;
  const windowDays = periodDays(report, head);
  const end = at(report.data.end);
  const tests = diagnostics === null ? [split.test] : [...new Set([diagnostics.test.first, diagnostics.test.last])];
  const lanes: readonly { words: Words; cutoffs: readonly string[]; kind: string }[] = [
    { words: w('学习', 'learning'), cutoffs: split.train, kind: 'learned' },
    { words: w('选择与校准', 'choice and calibration'), cutoffs: split.calibration === undefined ? [] : [split.calibration], kind: 'calibration' },
    { words: w('检验（一次）', 'test, once'), cutoffs: tests, kind: 'test' },
    { words: w('上线前重学', 'final fit, serves'), cutoffs: split.serve, kind: 'serve' },
  ].filter(({ cutoffs }) => cutoffs.length > 0);
  const starts = lanes.flatMap(({ cutoffs }) => cutoffs.map(at)).filter((time) => Number.isFinite(time));
  if (starts.length === 0 || !Number.isFinite(end)) return EMPTY;
  const frame = { width: 860, height: 52 + lanes.length * 40, left: 160, right: 24 };
  const x = scaleUtc([Math.min(...starts), Math.max(end, ...starts.map((time) => time + windowDays * DAY))], [frame.left, frame.width - frame.right]);
  const axis = frame.height - 30;
  const lane = ({ words, cutoffs, kind }: (typeof lanes)[number], i: number): Html => {
    const top = 16 + i * 40;
    // Windows that overlap are drawn one below the other.
    const deep = overlapping(cutoffs.map(at), windowDays * DAY);
    const height = Math.min(9, 27 / deep);
    return html`${text(frame.left - 12, top + 16, words, 'title', 'end')}${cutoffs.map((cutoff, k) => {
      const [from, y] = [x(at(cutoff)), top + (k % deep) * height];
      const to = x(at(cutoff) + windowDays * DAY);
      return html`${bar(from, y + height * 0.2, to - from, height * 0.6, kind, `${cutoff} + ${windowDays} d`)}<circle class="${kind}" cx="${px(from)}" cy="${px(y + height / 2)}" r="${px(Math.max(1.6, height / 2))}"/>`;
    })}`;
  };
  const ticks = x.ticks(6);
  const months = ticks.every((tick) => tick.getUTCDate() === 1);
  const svg = drawing(frame, w('各时期在时间上的位置', 'Periods on a time line'), [
    html`<g class="axis">${ticks.map((tick) => html`<path class="grid" d="M${px(x(tick))} 8V${axis}"/>${text(x(tick), axis + 16, plain(tick.toISOString().slice(0, months ? 7 : 10)), '', 'middle')}`)}</g>`,
    html`${lanes.map(lane)}`,
    html`<path class="now" d="M${px(x(end))} 8V${axis}"/>${text(x(end) - 4, axis - 4, w('训练截止', 'end of data'), 'small', 'end')}`,
  ]);
  return figure({
    wide: true, drawing: svg,
    note: splitWords(report, head),
  });
}
