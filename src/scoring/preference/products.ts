/** What to offer next: the method that won the time split, without what was just bought and is durable. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import type { History } from '../../estimators/preference/purchases.ts';
import type { Method, Suggester } from '../../estimators/preference/suggest.ts';
import type { Activity } from '../../features/activity/activity.ts';

export const MOST_PRODUCTS = 5;

export interface ProductSuggestion {
  readonly name: string;
  /** What speaks for it most. */
  readonly why: 'bought_before' | 'goes_with' | 'popular';
  /** Days on which the customer bought it, and days since the last. */
  readonly times: number;
  readonly daysAgo: number | null;
  /** The customer's own product that it goes with. */
  readonly goesWith: string | null;
  /** Share of the shop's customers who bought it lately. */
  readonly popularity: number;
}

export interface ProductSuggestions {
  readonly items: readonly ProductSuggestion[];
  readonly method: Method;
  /** Product-days of the history that the suggestions come from. */
  readonly purchases: number;
}

function historyFrom(places: ReadonlyMap<string, number>, { purchases }: Activity): History {
  const rows = purchases.flatMap(({ product, day }) => {
    const item = product === null ? undefined : places.get(product);
    return item === undefined ? [] : [{ item, day }];
  }).sort((a, b) => a.item - b.item || a.day - b.day);
  // A product in two categories on one day was bought once.
  const kept = rows.filter(({ item, day }, i) => i === 0 || rows[i - 1].item !== item || rows[i - 1].day !== day);
  return { items: Int32Array.from(kept, ({ item }) => item), days: Int32Array.from(kept, ({ day }) => day) };
}

/** Undefined where the customer has bought nothing that the shop's model knows. */
export function productSuggestions({ model, method, ranker }: NonNullable<PreferenceArtefact['products']>, suggester: Suggester, places: ReadonlyMap<string, number>, activity: Activity, asOfDay: number): ProductSuggestions | undefined {
  const history = historyFrom(places, activity);
  if (history.items.length === 0) return undefined;
  const items = suggester.offer(method, history, asOfDay, MOST_PRODUCTS, ranker ?? undefined).map(({ item }): ProductSuggestion => {
    let [times, last] = [0, -Infinity];
    for (let i = 0; i < history.items.length; i++) {
      if (history.items[i] !== item) continue;
      times++;
      last = Math.max(last, history.days[i]);
    }
    const link = times > 0 ? undefined : suggester.strongestLink(item, history, asOfDay);
    return {
      name: model.names[item], why: times > 0 ? 'bought_before' : link === undefined ? 'popular' : 'goes_with', times, daysAgo: times > 0 ? asOfDay - last : null,
      goesWith: link === undefined ? null : model.names[link], popularity: model.popularity[item],
    };
  });
  return items.length === 0 ? undefined : { items, method, purchases: history.items.length };
}
