/** A chart's frame: size, axes with titles and units, and marks in the coordinates of its scales. Everything is text: there is no DOM. */
import { scaleLinear, scaleSymlog } from 'd3-scale';
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import { say } from '../words.ts';
import type { Words } from '../words.ts';

/** What the marks need of a scale of d3-scale. */
export interface Scale {
  (value: number): number;
  ticks(count?: number): number[];
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const SMALL: Frame = { width: 420, height: 300, left: 52, right: 22, top: 12, bottom: 44 };
export const WIDE: Frame = { width: 860, height: 300, left: 60, right: 24, top: 14, bottom: 44 };

/** A tenth of a pixel is enough, and half as long. */
export function px(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

/** Two ends that a scale can be made of: finite and apart. */
function apart([low, high]: readonly [number, number]): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  return high > low ? [low, high] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
}

export function xScale(frame: Frame, domain: readonly [number, number], nice = false): Scale {
  const scale = scaleLinear(apart(domain), [frame.left, frame.width - frame.right]);
  return nice ? scale.nice() : scale;
}

export function yScale(frame: Frame, domain: readonly [number, number], nice = true): Scale {
  const scale = scaleLinear(apart(domain), [frame.height - frame.bottom, frame.top]);
  return nice ? scale.nice() : scale;
}

/** Amounts up to so many units, such as numbers of orders, need no logarithm. */
const FEW_UNITS = 20;

/** Amounts from nothing to very much: even where they are few, otherwise {@link wideScale}. */
export function amountScale(domain: readonly [number, number], range: readonly [number, number], unit: number): Scale {
  const ends = apart(domain);
  return ends[1] <= FEW_UNITS * unit ? scaleLinear(ends, range) : wideScale(domain, range, unit);
}

/** Linear near 0, logarithmic beyond `unit`. */
export function wideScale(domain: readonly [number, number], range: readonly [number, number], unit: number): Scale {
  const ends = apart(domain);
  const scale = scaleSymlog(ends, range).constant(Math.max(unit, 1e-6));
  const inside = (values: readonly number[]): number[] => values.filter((value) => value >= unit * 0.9 && value <= ends[1]);
  const powers = inside(Array.from({ length: 13 }, (_, i) => 10 ** (i - 2)));
  const marks = powers.length > 5 ? powers.filter((_, i) => i % 2 === 0) : powers.length > 1 ? powers : inside(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  return Object.assign((value: number) => scale(value), { ticks: () => [0, ...marks].filter((tick) => tick >= ends[0]) });
}

/** A text in both languages; one where they agree. */
export function text(x: number, y: number, words: Words, kind = '', anchor: 'start' | 'middle' | 'end' = 'start'): Html {
  const one = (language: string, said: string): Html => html`<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" class="${[language, kind].filter((part) => part !== '').join(' ')}">${said}</text>`;
  return words.zh === words.en ? one('', words.en) : html`${one('zh', words.zh)}${one('en', words.en)}`;
}

export interface Axis {
  readonly scale: Scale;
  readonly title: Words;
  readonly format: (value: number) => Words;
  readonly ticks?: readonly number[];
  /** Grid lines across the chart. */
  readonly grid?: boolean;
}

export function bottomAxis(frame: Frame, { scale, title, format, ticks = scale.ticks(5), grid = false }: Axis): Html {
  const y = frame.height - frame.bottom;
  return html`<g class="axis"><path class="rule" d="M${frame.left} ${y}H${frame.width - frame.right}"/>${ticks.map((tick) => html`<path class="${grid ? 'grid' : 'tick'}" d="M${px(scale(tick))} ${y}V${grid ? frame.top : y + 4}"/>${text(scale(tick), y + 16, format(tick), '', 'middle')}`)}${text((frame.left + frame.width - frame.right) / 2, frame.height - 8, title, 'title', 'middle')}</g>`;
}

export function leftAxis(frame: Frame, { scale, title, format, ticks = scale.ticks(5), grid = true }: Axis): Html {
  const middle = (frame.top + frame.height - frame.bottom) / 2;
  return html`<g class="axis">${ticks.map((tick) => html`<path class="${grid ? 'grid' : 'tick'}" d="M${frame.left} ${px(scale(tick))}H${grid ? frame.width - frame.right : frame.left - 4}"/>${text(frame.left - 6, scale(tick) + 4, format(tick), '', 'end')}`)}<g transform="rotate(-90 12 ${px(middle)})">${text(12, middle + 4, title, 'title', 'middle')}</g></g>`;
}

/** A drawing with what it shows in words, for those who do not see it. */
export function drawing(frame: Pick<Frame, 'width' | 'height'>, label: Words, parts: readonly Html[], kind = ''): Html {
  return html`<svg viewBox="0 0 ${frame.width} ${frame.height}" width="${frame.width}" height="${frame.height}" role="img" aria-label="${label.zh === label.en ? label.en : `${label.zh} ${label.en}`}" class="${kind}">${parts}</svg>`;
}

export interface FigureParts {
  /** Absent where the heading above says it. */
  readonly title?: Words;
  /** How to read it, in a sentence. */
  readonly note?: Words;
  readonly drawing: Html;
  readonly legend?: Html;
  readonly wide?: boolean;
}

export function figure({ title, note, drawing: svg, legend = EMPTY, wide = false }: FigureParts): Html {
  return html`<figure class="${wide ? 'wide' : ''}"><figcaption>${title === undefined ? EMPTY : html`<b>${say(title)}</b>`}${note === undefined ? EMPTY : html`<span class="note">${say(note)}</span>`}</figcaption>${legend}<div class="scroll">${svg}</div></figure>`;
}

/** Keys of the marks in a chart: class of the mark, words. */
export function legendOf(entries: readonly (readonly [kind: string, words: Words])[]): Html {
  return html`<p class="legend">${entries.map(([kind, words]) => html`<span><i class="${kind}"></i>${say(words)}</span>`)}</p>`;
}
