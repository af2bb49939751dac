/** Small charts for notebooks: whole SVG drawings that need no style sheet and no script, so that they also show where a notebook is only read. */
import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { displayable, escaped, formatNumber, type Displayable } from './display.ts';

export type Point = readonly [x: number, y: number];
export type NumberFormat = (value: number) => string;

/** Okabe & Ito (2008): apart for every kind of colour vision. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a9199'];
const [WIDTH, LEFT, RIGHT, TOP, BOTTOM] = [640, 64, 20, 34, 46];

/** 0.123 → 12 %. */
export const asPercent: NumberFormat = (value) => `${Number((100 * value).toPrecision(3))} %`;

export interface LineOf {
  readonly name: string;
  readonly points: readonly Point[];
  /** For what is not measured: chance, the diagonal, a truth. */
  readonly dashed?: boolean;
  /** Dots instead of a line. */
  readonly dots?: boolean;
  /** (x, low, high): a band behind the line. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly LineOf[];
  readonly xFormat?: NumberFormat;
  readonly yFormat?: NumberFormat;
  /** Ends of the upright axis; the data's, with 0, unless given. */
  readonly yDomain?: readonly [low: number, high: number];
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

const px = (value: number): string => String(Math.round(value * 10) / 10 + 0);
const text = (x: number, y: number, said: string, more = ''): string => `<text x="${px(x)}" y="${px(y)}"${more === '' ? '' : ` ${more}`}>${escaped(said)}</text>`;
const ends = (values: readonly number[]): [number, number] => {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
};

function picture(height: number, title: string, parts: readonly string[], plain: string): Displayable {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui,sans-serif" font-size="12" fill="#1c2024">\n`
    + `<rect width="${WIDTH}" height="${height}" fill="#fff"/>\n${text(LEFT, 18, title, 'font-size="14" font-weight="600"')}\n${parts.filter((part) => part !== '').join('\n')}\n</svg>`;
  return displayable({ 'image/svg+xml': svg, 'text/plain': plain });
}

function bottomAxis(x: Scale, y: number, title: string, format: NumberFormat): string {
  const ticks = x.ticks(6).map((tick) => `<path d="M${px(x(tick))} ${y}v4" stroke="#5c6570"/>${text(x(tick), y + 17, format(tick), 'text-anchor="middle"')}`);
  return `<path d="M${LEFT} ${y}H${WIDTH - RIGHT}" stroke="#5c6570"/>${ticks.join('')}${text((LEFT + WIDTH - RIGHT) / 2, y + 36, title, 'text-anchor="middle" fill="#5c6570"')}`;
}

function leftAxis(y: Scale, top: number, bottom: number, title: string, format: NumberFormat): string {
  const ticks = y.ticks(5).map((tick) => `<path d="M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}" stroke="#eaedf0"/>${text(LEFT - 6, y(tick) + 4, format(tick), 'text-anchor="end"')}`);
  const middle = (top + bottom) / 2;
  return `${ticks.join('')}${text(14, middle, title, `text-anchor="middle" fill="#5c6570" transform="rotate(-90 14 ${px(middle)})"`)}`;
}

/** Keys of the colours, one line each; height they take is `names.length × 16`. */
function legend(names: readonly string[], top: number, dashed: readonly boolean[] = []): string {
  return names.map((name, i) => `<path d="M${LEFT} ${top + 16 * i}h18" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="3"${dashed[i] ? ' stroke-dasharray="4 3"' : ''}/>${text(LEFT + 24, top + 16 * i + 4, name)}`).join('\n');
}

export function lineChart({ title, x: xTitle, y: yTitle, lines, xFormat = formatNumber, yFormat = formatNumber, yDomain }: LineChart): Displayable {
  const points = lines.flatMap((one) => one.points);
  const spread = lines.flatMap(({ band = [] }) => band.flatMap(([, low, high]) => [low, high]));
  const bottom = 300;
  const x = scaleLinear(ends(points.map(([a]) => a)), [LEFT, WIDTH - RIGHT]);
  const y = yDomain === undefined ? scaleLinear(ends([0, ...points.map(([, b]) => b), ...spread]), [bottom, TOP]).nice() : scaleLinear([...yDomain], [bottom, TOP]);
  const path = line<Point>().x(([a]) => x(a)).y(([, b]) => y(b)).digits(1);
  const filled = area<readonly [number, number, number]>().x(([a]) => x(a)).y0(([, low]) => y(low)).y1(([, , high]) => y(high)).digits(1);
  const drawn = lines.map(({ points: own, dashed, dots, band }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const behind = band === undefined ? '' : `<path d="${filled(band) ?? ''}" fill="${colour}" opacity="0.15"/>`;
    if (dots === true) return `${behind}<g fill="${colour}">${own.map(([a, b]) => `<circle cx="${px(x(a))}" cy="${px(y(b))}" r="3.5"/>`).join('')}</g>`;
    return `${behind}<path d="${path(own) ?? ''}" fill="none" stroke="${colour}" stroke-width="2"${dashed === true ? ' stroke-dasharray="4 3"' : ''}/>`;
  });
  const names = lines.map(({ name }) => name);
  const height = bottom + BOTTOM + 6 + 16 * names.length;
  const parts = [leftAxis(y, TOP, bottom, yTitle, yFormat), bottomAxis(x, bottom, xTitle, xFormat), ...drawn, legend(names, bottom + BOTTOM + 4, lines.map(({ dashed }) => dashed === true))];
  return picture(height, title, parts, `${title}: ${names.join(', ')}`);
}

export interface BarOf {
  readonly name: string;
  readonly value: number;
  /** Ends of an interval, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
}

export interface BarChart {
  readonly title: string;
  readonly x: string;
  readonly bars: readonly BarOf[];
  readonly format?: NumberFormat;
}

/** Lying bars from 0, their values beside them. */
export function barChart({ title, x: xTitle, bars, format = formatNumber }: BarChart): Displayable {
  const from = 200;
  const bottom = TOP + 24 * bars.length;
  const x = scaleLinear(ends([0, ...bars.flatMap(({ value, low = value, high = value }) => [value, low, high])]), [from, WIDTH - RIGHT - 60]).nice();
  const drawn = bars.map(({ name, value, low, high }, i) => {
    const top = TOP + 24 * i;
    const whisker = low === undefined || high === undefined ? '' : `<path d="M${px(x(low))} ${top + 12}H${px(x(high))}" stroke="#1c2024" stroke-width="1.5"/>`;
    return `${text(from - 8, top + 16, name, 'text-anchor="end"')}<rect x="${px(Math.min(x(0), x(value)))}" y="${top + 4}" width="${px(Math.abs(x(value) - x(0)))}" height="16" fill="${COLOURS[0]}" opacity="0.75"/>${whisker}`
      + text(Math.max(x(value), x(high ?? value)) + 6, top + 16, format(value), 'fill="#5c6570"');
  });
  const axis = x.ticks(6).map((tick) => `<path d="M${px(x(tick))} ${TOP}V${bottom}" stroke="#eaedf0"/>${text(x(tick), bottom + 17, format(tick), 'text-anchor="middle"')}`).join('');
  const parts = [axis, ...drawn, text((from + WIDTH - RIGHT) / 2, bottom + 36, xTitle, 'text-anchor="middle" fill="#5c6570"')];
  return picture(bottom + BOTTOM, title, parts, [title, ...bars.map(({ name, value }) => `${name}: ${format(value)}`)].join('\n'));
}

export interface Histogram {
  readonly title: string;
  readonly x: string;
  /** One outline per name. NaN is left out. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  /** Bars between the smallest and the largest value; 30 unless given. */
  readonly bins?: number;
  readonly xFormat?: NumberFormat;
}

/** Shares of rows per interval, as outlines that may lie over each other. */
export function histogram({ title, x, values, bins = 30, xFormat = formatNumber }: Histogram): Displayable {
  const series = Object.entries(values).map(([name, list]) => ({ name, known: Array.from(list).filter(Number.isFinite) }));
  const [low, high] = ends(series.flatMap(({ known }) => ends(known)));
  const width = (high - low) / bins;
  const lines = series.map(({ name, known }): LineOf => {
    const counts = new Float64Array(bins);
    for (const value of known) counts[Math.min(bins - 1, Math.floor((value - low) / width))] += 1 / Math.max(1, known.length);
    const steps = Array.from(counts).flatMap((share, i): Point[] => [[low + i * width, share], [low + (i + 1) * width, share]]);
    return { name, points: [[low, 0], ...steps, [high, 0]] };
  });
  return lineChart({ title, x, y: 'share of rows', lines, xFormat, yFormat: asPercent });
}
