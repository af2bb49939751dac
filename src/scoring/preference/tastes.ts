/** Categories bought and contents looked at, beside the shop's shares. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { leanings } from '../../estimators/preference/habits.ts';
import type { Leaning } from '../../estimators/preference/habits.ts';
import { PERIOD_DAYS } from '../../features/activity/activity.ts';
import type { Activity } from '../../features/activity/activity.ts';

export const MOST_TASTES = 3;
/** Days of the kind in all, and days of one name, below which nothing is said. */
export const LEAST_DAYS = 3;
export const LEAST_OF_NAME = 2;
/** The customer's own share is above the shop's with at least this chance. */
export const LEAST_CHANCE = 0.8;

export interface TasteItem extends Leaning {
  /** Days on which the customer bought it or looked at it. */
  readonly days: number;
}

export interface Taste {
  /** Strongest lift first. */
  readonly items: readonly TasteItem[];
  /** Days of all names together. */
  readonly days: number;
}

/** @param left names that are not to be named now */
function tasteOf(days: ReadonlyMap<string, number>, weights: ReadonlyMap<string, number>, shop: PreferenceArtefact['categories'], left: ReadonlySet<string>): Taste | undefined {
  const total = [...days.values()].reduce((sum, n) => sum + n, 0);
  if (total < LEAST_DAYS) return undefined;
  const shares = new Map(shop.names.map((name, i) => [name, shop.shares[i]]));
  const items = leanings(weights, shares, shop.strength)
    .filter(({ name, lift, chance }) => lift > 1 && chance >= LEAST_CHANCE && (days.get(name) ?? 0) >= LEAST_OF_NAME && !left.has(name))
    .slice(0, MOST_TASTES).map((one) => ({ ...one, days: days.get(one.name) ?? 0 }));
  return items.length === 0 ? undefined : { items, days: total };
}

function addTo(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}

export function categoryPreference(artefact: PreferenceArtefact, { purchases }: Activity, asOfDay: number): Taste | undefined {
  const dates = new Map<string, Set<number>>();
  for (const { category, day } of purchases) {
    if (category === null) continue;
    const own = dates.get(category);
    if (own === undefined) dates.set(category, new Set([day]));
    else own.add(day);
  }
  const [days, weights, left] = [new Map<string, number>(), new Map<string, number>(), new Set<string>()];
  const periods = new Map(artefact.durableCategories.names.map((name, i) => [name, artefact.durableCategories.periodDays[i]]));
  for (const [category, own] of dates) {
    const inOrder = [...own].sort((a, b) => a - b);
    days.set(category, own.size);
    weights.set(category, inOrder.reduce((sum, day) => sum + 2 ** (-(asOfDay - day) / artefact.halfLifeDays), 0));
    const period = periods.get(category);
    const [last] = inOrder.slice(-1);
    if (period !== undefined && asOfDay - last <= period) left.add(category);
  }
  return tasteOf(days, weights, artefact.categories, left);
}

export function contentPreference(artefact: PreferenceArtefact, { contents }: Activity): Taste | undefined {
  const { source, shares } = artefact.contents;
  const counts = new Map<string, Map<number, number>>();
  for (const one of contents) {
    const name = one[source];
    if (name === null) continue;
    let own = counts.get(name);
    if (own === undefined) counts.set(name, (own = new Map()));
    own.set(one.period, (own.get(one.period) ?? 0) + one.n);
  }
  const [days, weights] = [new Map<string, number>(), new Map<string, number>()];
  for (const [name, own] of counts) {
    // In one order whatever the order of the rows, so that sums of doubles are the same.
    for (const [period, n] of [...own].sort(([a], [b]) => a - b)) {
      addTo(days, name, n);
      addTo(weights, name, n * 2 ** (-(period * PERIOD_DAYS) / artefact.halfLifeDays));
    }
  }
  return tasteOf(days, weights, shares, new Set());
}
