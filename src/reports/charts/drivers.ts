/** What moves the predictions: every point is a customer of a sample, its place what the feature did to the prediction, its colour how large the feature is. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import { decimal, featureValue, fixed } from '../format.ts';
import { dots } from '../svg/marks.ts';
import { bottomAxis, drawing, figure, leftAxis, px, SMALL, text, xScale, yScale } from '../svg/plot.ts';
import { plain, say, w } from '../words.ts';
import type { Words } from '../words.ts';

type Contributions = NonNullable<HeadDiagnostics['contributions']>;
type Feature = Contributions['features'][number];

/** Name and unit of a column as people call them. */
export type Named = (column: string) => { readonly words: Words; readonly unit: string };

const SHADES = 7;
const ROW = 30;

/** Shade 0 (lowest) … 6 (highest) by rank among what is present, equal values alike; −1 for no record. */
function shades(points: Feature['points']): number[] {
  const present = points.map(([value]) => value).filter((value) => value !== null);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  present.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
    last.set(value, i);
  });
  return points.map(([value]) => {
    if (value === null) return -1;
    const rank = ((first.get(value) ?? 0) + (last.get(value) ?? 0)) / 2 / Math.max(1, present.length - 1);
    return Math.min(SHADES - 1, Math.floor(rank * SHADES));
  });
}

/** Offsets that keep points of one row apart: those that would lie on each other are stacked to both sides of the line. */
function swarm(places: readonly number[]): number[] {
  const stacked = new Map<number, number>();
  return places.map((place) => {
    const column = Math.round(place / 3);
    const n = stacked.get(column) ?? 0;
    stacked.set(column, n + 1);
    const step = Math.ceil(n / 2) * (n % 2 === 0 ? 1 : -1) * 1.7;
    return Math.max(-ROW / 2 + 3, Math.min(ROW / 2 - 3, step));
  });
}

/** One extreme customer must not press everyone else into a line. */
function reach(features: readonly Feature[]): [number, number] {
  const all = features.flatMap(({ points }) => points.map(([, contribution]) => contribution)).sort((a, b) => a - b);
  if (all.length === 0) return [-1, 1];
  const at = (share: number): number => all[Math.round(share * (all.length - 1))];
  return [Math.min(0, at(0.002)), Math.max(0, at(0.998))];
}

const SCALES: Readonly<Record<Contributions['scale'], Words>> = {
  log_odds: w('对预测的影响（对数几率，向右为更可能）', 'effect on the prediction (log-odds, to the right: more likely)'),
  log: w('对预测的影响（对数，0.1约为10%）', 'effect on the prediction (log; 0.1 is about 10 %)'),
  identity: w('对预测的影响（原单位）', 'effect on the prediction, in its own unit'),
};

/** Digits for sizes that stand below each other, by the largest: money needs none, log-odds three. */
const digitsFor = (largest: number): number => (largest >= 100 ? 0 : largest >= 10 ? 1 : 3);

export function beeswarm(contributions: Contributions, named: Named): Html {
  const { features } = contributions;
  if (features.length === 0) return EMPTY;
  const frame = { width: 860, height: 20 + features.length * ROW + 44, left: 300, right: 84, top: 8, bottom: 44 };
  const [low, high] = reach(features);
  const x = xScale(frame, [low, high], true);
  const digits = digitsFor(Math.max(...features.map(({ meanAbsolute }) => meanAbsolute)));
  const rows = features.map((feature, i) => {
    const middle = frame.top + 6 + ROW * (i + 0.5);
    const places = feature.points.map(([, contribution]) => x(Math.min(high, Math.max(low, contribution))));
    const offsets = swarm(places);
    const shade = shades(feature.points);
    const layer = (wanted: number): Html => dots(places.flatMap((place, k): [number, number][] => (shade[k] === wanted ? [[place, middle + offsets[k]]] : [])), wanted < 0 ? 'none' : `shade${wanted}`);
    return html`<path class="grid" d="M${frame.left} ${px(middle)}H${frame.width - frame.right}"/>${text(frame.left - 10, middle + 4, named(feature.name).words, 'name', 'end')}${text(frame.width - 8, middle + 4, fixed(feature.meanAbsolute, digits), '', 'end')}${[-1, 0, 1, 2, 3, 4, 5, 6].map(layer)}`;
  });
  const svg = drawing(frame, w('各特征对预测的影响', 'Effect of each feature on the predictions'), [
    html`${rows}`,
    html`<path class="now" d="M${px(x(0))} ${frame.top}V${frame.height - frame.bottom}"/>`,
    bottomAxis(frame, { scale: x, title: SCALES[contributions.scale], format: (value) => decimal(value, 2), ticks: x.ticks(5) }),
    text(frame.width - 8, frame.height - frame.bottom + 16, w('平均影响', 'mean size'), 'title', 'end'),
  ]);
  return figure({
    wide: true, drawing: svg,
    note: contributions.method === 'explained'
      ? w(`检验期抽样 ${contributions.rows} 位客户的精确贡献（校准之前）。颜色是该特征值的高低。`, `Exact contributions (SHAP) of ${contributions.rows} sampled customers of the test period, before calibration. Colour: how large the feature is.`)
      : w(`检验期抽样 ${contributions.rows} 位客户的精确 Shapley 值，以中位客户为参照。颜色是该特征值的高低。`, `Exact Shapley values of ${contributions.rows} sampled customers of the test period against a customer of median values. Colour: how large the feature is.`),
    legend: html`<p class="legend"><span>${say(w('低', 'low'))} ${Array.from({ length: SHADES }, (_, i) => html`<i class="shade${i}"></i>`)} ${say(w('高', 'high'))}</span><span><i class="none"></i>${say(w('无记录', 'no record'))}</span></p>`,
  });
}

/** One feature: its value across, what it does upright. Customers without a record stand apart on the left. */
function dependence({ name, points }: Feature, named: Named): Html {
  const present = points.filter((point): point is [number, number] => point[0] !== null);
  const absent = points.filter(([value]) => value === null);
  if (points.length === 0) return EMPTY;
  const frame = { ...SMALL, width: 340, height: 240, left: 62 };
  const inner = absent.length === 0 ? frame : { ...frame, left: frame.left + 30 };
  const values = present.map(([value]) => value);
  const effects = points.map(([, effect]) => effect);
  const x = xScale(inner, [Math.min(...values), Math.max(...values)], false);
  const y = yScale(frame, [Math.min(0, ...effects), Math.max(0, ...effects)]);
  const { words, unit } = named(name);
  const jitter = (i: number): number => ((i * 7) % 17) - 8;
  const svg = drawing(frame, words, [
    leftAxis(frame, { scale: y, title: w('影响', 'effect'), format: (value) => decimal(value, 2), ticks: y.ticks(4) }),
    present.length === 0 ? EMPTY : bottomAxis(inner, { scale: x, title: words, format: (value) => featureValue(value, unit), ticks: x.ticks(4) }),
    html`<path class="now" d="M${frame.left} ${px(y(0))}H${frame.width - frame.right}"/>`,
    dots(present.map(([value, effect]) => [x(value), y(effect)]), 'model'),
    absent.length === 0 ? EMPTY : html`${dots(absent.map(([, effect], i) => [frame.left + 14 + jitter(i), y(effect)]), 'none')}${text(frame.left + 14, frame.height - frame.bottom + 16, w('无', 'none'), '', 'middle')}`,
  ]);
  return html`<figure class="third"><div class="scroll">${svg}</div></figure>`;
}

const SHOWN = 6;

export function dependencePlots({ features }: Contributions, named: Named): Html {
  if (features.length === 0) return EMPTY;
  return html`<div class="thirds">${features.slice(0, SHOWN).map((feature) => dependence(feature, named))}</div>`;
}

export function nameOf(columns: readonly { readonly name: string; readonly unit: string; readonly label: Words | null }[]): Named {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return (column) => {
    const found = byName.get(column);
    return { words: found?.label ?? plain(column), unit: found?.unit ?? '' };
  };
}
