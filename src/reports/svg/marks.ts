/** Marks: lines, bands, dots with whiskers, bars. Colours are classes of the style sheet, so that light, dark and paper each have their own. */
import { area, line } from 'd3-shape';
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import { px } from './plot.ts';
import type { Scale } from './plot.ts';

type Point = readonly [number, number];

const drawLine = line<Point>().x(([x]) => x).y(([, y]) => y).digits(1);
const drawArea = area<readonly [number, number, number]>().x(([x]) => x).y0(([, low]) => low).y1(([, , high]) => high).digits(1);

export function lineMark(points: readonly Point[], x: Scale, y: Scale, kind: string): Html {
  if (points.length === 0) return EMPTY;
  return html`<path class="line ${kind}" d="${drawLine(points.map(([a, b]): Point => [x(a), y(b)])) ?? ''}"/>`;
}

/** (x, low, high) filled between. */
export function bandMark(points: readonly (readonly [number, number, number])[], x: Scale, y: Scale, kind: string): Html {
  if (points.length === 0) return EMPTY;
  return html`<path class="band ${kind}" d="${drawArea(points.map(([a, low, high]) => [x(a), y(low), y(high)] as const)) ?? ''}"/>`;
}

/** A dot with its interval upright, and a text that is shown on pointing at it. */
export function whisker(x: number, value: number, low: number, high: number, kind: string, tip: string): Html {
  return html`<g class="${kind}"><title>${tip}</title><path class="whisker" d="M${px(x)} ${px(low)}V${px(high)}"/><circle cx="${px(x)}" cy="${px(value)}" r="3.6"/></g>`;
}

/** The same lying. */
export function whiskerAcross(y: number, value: number, low: number, high: number, kind: string, tip: string): Html {
  return html`<g class="${kind}"><title>${tip}</title><path class="whisker" d="M${px(low)} ${px(y)}H${px(high)}"/><circle cx="${px(value)}" cy="${px(y)}" r="3.6"/></g>`;
}

export function bar(x: number, y: number, width: number, height: number, kind: string, tip?: string): Html {
  return html`<rect class="${kind}" x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(Math.max(0, height))}">${tip === undefined ? EMPTY : html`<title>${tip}</title>`}</rect>`;
}

/** Many dots of one colour as one path: a fifth of the size of as many circles. */
export function dots(points: readonly Point[], kind: string): Html {
  if (points.length === 0) return EMPTY;
  return html`<path class="dots ${kind}" d="${points.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join('')}"/>`;
}
