/** Contributions as up to three reasons up and three down, in words, with the customer's number beside the typical one. */
import type { Bilingual } from '../base/text.ts';
import { formatValue } from '../features/format.ts';
import type { FeatureDefinition } from '../features/define.ts';

/** The same shape as a tag's reason; a test holds the two equal. */
export interface Reason {
  readonly direction: 'up' | 'down';
  readonly feature: string;
  /** Share of the push of all features together, in (0, 1]. */
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
export type FeatureWords = ReadonlyMap<string, Pick<FeatureDefinition, 'label' | 'unit' | 'group'>>;

export const MOST_PER_DIRECTION = 3;
/** A reason that makes less than this share of the whole push is noise to a reader. */
export const LEAST_WEIGHT = 0.02;

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

/**
 * The strongest columns of each direction, strongest first, at most one of a feature group, so that near-duplicates
 * (orders in 30, 90 and 365 days) do not say the same thing three times. Ties are settled by name.
 */
export function reasonsOf(input: ReasonInput, features: FeatureWords): Reason[] {
  const { columns } = input;
  let total = 0;
  const found: { readonly column: number; readonly push: number }[] = [];
  for (let column = 0; column < columns.length; column++) {
    const push = input.contribution(column);
    if (!Number.isFinite(push) || push === 0) continue;
    total += Math.abs(push);
    found.push({ column, push });
  }
  if (total === 0) return [];
  found.sort((a, b) => Math.abs(b.push) - Math.abs(a.push) || (columns[a.column] < columns[b.column] ? -1 : 1));
  const taken = { up: new Set<string>(), down: new Set<string>() };
  const counts = { up: 0, down: 0 };
  const reasons: Reason[] = [];
  for (const { column, push } of found) {
    const weight = Math.abs(push) / total;
    if (weight < LEAST_WEIGHT) break;
    const direction = push > 0 ? 'up' : 'down';
    const feature = columns[column];
    const known = features.get(feature);
    if (known === undefined || counts[direction] >= MOST_PER_DIRECTION || taken[direction].has(known.group) || taken[direction].has(familyOf(feature))) continue;
    const own = input.value(column);
    const typical = input.typical(column);
    // "0 visits (typical 0 visits)" would explain nothing, whatever it contributes together with other columns.
    if (!Number.isNaN(typical) && formatValue(known, own).en === formatValue(known, typical).en) continue;
    taken[direction].add(known.group);
    taken[direction].add(familyOf(feature));
    counts[direction]++;
    reasons.push({
      direction,
      feature,
      weight: Number(weight.toFixed(4)),
      value: Number.isNaN(own) ? null : rounded(own),
      typical: Number.isNaN(typical) ? null : rounded(typical),
      text: words(known.label, formatValue(known, own), Number.isNaN(typical) ? undefined : formatValue(known, typical)),
    });
  }
  return reasons.sort((a, b) => (a.direction === b.direction ? b.weight - a.weight : a.direction === 'up' ? -1 : 1));
}
