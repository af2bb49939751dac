/** Contributions as up to three reasons up and three down, in words, with the customer's number beside the typical one. */
import type { Bilingual } from '../base/text.ts';
import { formatValue } from '../features/format.ts';
import type { FeatureDefinition } from '../features/define.ts';

/** The same shape as a tag's reason; a test holds the two equal. */
export interface Reason {
  readonly direction: 'up' | 'down';
  readonly feature: string;
  /** Share of the push of all themes together, in (0, 1]. */
  readonly weight: number;
  readonly value: number | null;
  readonly typical: number | null;
  readonly text: Bilingual;
}

export interface ReasonInput {
  readonly columns: readonly string[];
  /** Per column: what it does to this prediction. */
  readonly contribution: (column: number) => number;
  readonly value: (column: number) => number;
  readonly typical: (column: number) => number;
}

/** What a reason needs to know of features by name. */
export type FeatureWord = Pick<FeatureDefinition, 'label' | 'unit' | 'theme' | 'told'>;
export type FeatureWords = ReadonlyMap<string, FeatureWord>;

/** That and nothing else, as plain data: what threads are handed. */
export function wordOf({ label, unit, theme, told }: FeatureWord): FeatureWord {
  return { label, unit, ...(theme === undefined ? {} : { theme }), ...(told === undefined ? {} : { told }) };
}

export const MOST_PER_DIRECTION = 3;
/** A reason that makes less than this share of the whole push is noise to a reader. */
export const LEAST_WEIGHT = 0.02;

/** A plain feature speaks for its theme when it pushes at least this share of what the strongest one does. */
const LEAST_PART = 0.1;

/** Windows of one measure are one family: `orders_30d` and `orders_365d`. */
function familyOf(name: string): string {
  return name.replaceAll(/_?\d+d?(?=_|$)/g, '');
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** Text of a number that stands beside another one. */
function words(label: Bilingual, own: Bilingual, typical: Bilingual | undefined): Bilingual {
  return typical === undefined
    ? { zh: `${label.zh}：${own.zh}`, en: `${label.en}: ${own.en}` }
    : { zh: `${label.zh}：${own.zh}（通常 ${typical.zh}）`, en: `${label.en}: ${own.en} (typical ${typical.en})` };
}

interface Layout {
  /** Per column: index of its theme. */
  readonly themeOf: Int32Array;
  /** Per theme: its columns, those that say it plainly first. */
  readonly members: readonly (readonly number[])[];
  /** Per theme, for ties. */
  readonly names: readonly string[];
}

/** The same arrays of columns come for every customer of a chunk. */
const layouts = new WeakMap<readonly string[], { readonly features: FeatureWords; readonly layout: Layout }>();

function layoutOf(columns: readonly string[], features: FeatureWords): Layout {
  const known = layouts.get(columns);
  if (known?.features === features) return known.layout;
  const names: string[] = [];
  const members: number[][] = [];
  const themeOf = Int32Array.from(columns, (name, column) => {
    const theme = features.get(name)?.theme ?? familyOf(name);
    let index = names.indexOf(theme);
    if (index < 0) index = names.push(theme) - 1;
    (members[index] ??= []).push(column);
    return index;
  });
  const told = (column: number): number => features.get(columns[column])?.told ?? Infinity;
  for (const one of members) one.sort((a, b) => (told(a) === told(b) ? a - b : told(a) - told(b)));
  const layout = { themeOf, members, names };
  layouts.set(columns, { features, layout });
  return layout;
}

/** Whether a number stands out beside the typical one: "77.5 days (typical 80.5 days)" would be read as no reason at all. */
function standsOut(own: number, typical: number): boolean {
  return Number.isNaN(own) || Number.isNaN(typical) || Math.abs(own - typical) > 0.1 * Math.max(Math.abs(own), Math.abs(typical));
}

/** The column that speaks for a theme: of those that pull the same way the plainest one that is known, stands out and has its part in it; else the strongest that stands out; else the strongest. */
function speakerOf(input: ReasonInput, members: readonly number[], net: number, features: FeatureWords): number | undefined {
  const push = (column: number): number => input.contribution(column) * Math.sign(net);
  const able = members.filter((column) => Number.isFinite(push(column)) && push(column) > 0 && features.has(input.columns[column])).sort((a, b) => push(b) - push(a));
  // "0 visits (typical 0 visits)" would explain nothing, whatever it contributes together with other columns. Texts are made only of those who are asked to speak.
  const differs = (column: number): boolean => {
    const known = features.get(input.columns[column]);
    const typical = input.typical(column);
    return known !== undefined && (Number.isNaN(typical) || formatValue(known, input.value(column)).en !== formatValue(known, typical).en);
  };
  const outstanding = (column: number): boolean => standsOut(input.value(column), input.typical(column));
  const first = able.find((column) => outstanding(column) && differs(column));
  if (first === undefined) return able.find(differs);
  const least = LEAST_PART * push(first);
  const plain = (column: number): boolean => features.get(input.columns[column])?.told !== undefined && !Number.isNaN(input.value(column)) && push(column) >= least && outstanding(column);
  return members.find((column) => plain(column) && differs(column)) ?? first;
}

/**
 * The strongest themes of each direction, strongest first, each told by one feature: near-duplicates (orders in 30, 90 and 365 days) do not say the same thing three times, and two
 * that pull against each other (frequent orders, and so a long silence) are weighed first. Ties are settled by name.
 */
export function reasonsOf(input: ReasonInput, features: FeatureWords): Reason[] {
  const { columns } = input;
  const { themeOf, members, names } = layoutOf(columns, features);
  const nets = new Float64Array(members.length);
  for (let column = 0; column < columns.length; column++) {
    const push = input.contribution(column);
    if (Number.isFinite(push)) nets[themeOf[column]] += push;
  }
  let total = 0;
  for (const net of nets) total += Math.abs(net);
  if (total === 0) return [];
  const themes = Array.from(nets.keys()).filter((theme) => Math.abs(nets[theme]) / total >= LEAST_WEIGHT);
  themes.sort((a, b) => Math.abs(nets[b]) - Math.abs(nets[a]) || (names[a] < names[b] ? -1 : 1));
  const counts = { up: 0, down: 0 };
  const reasons: Reason[] = [];
  for (const theme of themes) {
    const direction = nets[theme] > 0 ? 'up' : 'down';
    if (counts[direction] >= MOST_PER_DIRECTION) continue;
    const column = speakerOf(input, members[theme], nets[theme], features);
    const known = column === undefined ? undefined : features.get(columns[column]);
    if (column === undefined || known === undefined) continue;
    counts[direction]++;
    const [own, typical] = [input.value(column), input.typical(column)];
    reasons.push({
      direction,
      feature: columns[column],
      weight: Number((Math.abs(nets[theme]) / total).toFixed(4)),
      value: Number.isNaN(own) ? null : rounded(own),
      typical: Number.isNaN(typical) ? null : rounded(typical),
      text: words(known.label, formatValue(known, own), Number.isNaN(typical) ? undefined : formatValue(known, typical)),
    });
  }
  return reasons.sort((a, b) => (a.direction === b.direction ? b.weight - a.weight : a.direction === 'up' ? -1 : 1));
}
