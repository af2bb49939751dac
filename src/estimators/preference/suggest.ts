/** Suggestions for one customer by each method, from the items' model and the customer's own history. */
import { rowSolver } from './als.ts';
import type { ItemModel } from './itemModel.ts';
import { countItems } from './purchases.ts';
import type { History, ItemCounts } from './purchases.ts';
import { rankerLogOdds } from './ranker.ts';
import type { Ranker } from './ranker.ts';

/** From simple to involved; `popular` and `bought_before` are the baselines. */
export const METHODS = ['popular', 'bought_before', 'cooccurrence', 'als', 'combined', 'combined_als'] as const;
export type Method = (typeof METHODS)[number];
export const BASELINES: readonly Method[] = ['popular', 'bought_before'];

export const SIGNALS = [
  'bought', 'times', 'weighted_times', 'recent_times', 'days_since', 'repeat_share', 'period_passed', 'popularity', 'popularity_if_bought', 'popularity_trend', 'goes_with', 'goes_with_if_bought', 'group_affinity', 'group_affinity_if_bought', 'factors',
] as const;
const WIDTH = SIGNALS.length;

/** Weight of the shop's shares in a customer's shares of groups, in purchases. */
const GROUP_PRIOR = 5;
const RECENT_HALF_LIFE = 28;
/** Popular items and items of the factorisation that are candidates beside the history and its neighbours. */
const MOST_OTHERS = 50;

export interface Candidates {
  readonly items: readonly number[];
  /** Candidates × SIGNALS, row-major. */
  readonly signals: Float64Array;
}

export interface Suggested {
  readonly item: number;
  readonly score: number;
}

export interface Suggester {
  /** Candidates of the combination with their signals. @param withFactors also those of the factorisation */
  candidates(history: History, asOfDay: number, withFactors: boolean): Candidates;
  /** The best `most` items, best first; ties go to the more popular, then to the lower item. */
  suggest(method: Method, history: History, asOfDay: number, most: number, ranker?: Ranker): Suggested[];
  /** The same for a customer who is to be offered them: whatever the method, without what was just bought and is durable. */
  offer(method: Method, history: History, asOfDay: number, most: number, ranker?: Ranker): Suggested[];
  /** The item of the history that `item` goes with most; undefined where it goes with none. */
  strongestLink(item: number, history: History, asOfDay: number): number | undefined;
}

/** Bought once within its typical period, and an item that buyers hardly come back for. */
function justBoughtAndDurable(model: ItemModel, durable: Uint8Array, own: ItemCounts, i: number, asOfDay: number): boolean {
  const item = own.items[i];
  return durable[item] === 1 && own.counts[i] === 1 && asOfDay - own.last[i] <= model.durability.periodDays[item];
}

/** @param durable 1 for items that are not offered again within their period after one purchase */
export function suggesterOf(model: ItemModel, durable: Uint8Array): Suggester {
  const { names, neighbours, factors, popularity, params } = model;
  const k = params.als?.factors ?? 0;
  const solve = factors.length === 0 || params.als === undefined ? undefined : rowSolver(factors, params.als);
  const person = new Float64Array(k);
  const score = new Float64Array(names.length);
  const rank = new Int32Array(names.length);
  model.popularOrder.forEach((item, place) => { rank[item] = place; });

  const best = (items: Iterable<number>, valueOf: (item: number) => number, most: number): Suggested[] => {
    const found: Suggested[] = [];
    for (const item of items) {
      const value = valueOf(item);
      if (found.length === most) {
        const worst = found[most - 1];
        if (value < worst.score || (value === worst.score && rank[item] > rank[worst.item])) continue;
        found.pop();
      }
      let place = found.length;
      while (place > 0 && (found[place - 1].score < value || (found[place - 1].score === value && rank[found[place - 1].item] > rank[item]))) place--;
      found.splice(place, 0, { item, score: value });
    }
    return found;
  };

  /** Items that go with the history; their sums stay in `score` until `clear`. */
  const goesWith = ({ items, weights }: ItemCounts): number[] => {
    const touched: number[] = [];
    for (let i = 0; i < items.length; i++) {
      // Bought more often says more, but not in proportion.
      const weight = Math.sqrt(weights[i]);
      for (let n = items[i] * neighbours.width; n < (items[i] + 1) * neighbours.width && neighbours.at[n] >= 0; n++) {
        const item = neighbours.at[n];
        if (score[item] === 0) touched.push(item);
        score[item] += weight * neighbours.similarity[n];
      }
    }
    return touched;
  };
  const clear = (touched: readonly number[]): void => { for (const item of touched) score[item] = 0; };

  const factorise = ({ items, weights }: ItemCounts): ((item: number) => number) | undefined => {
    if (solve === undefined || items.length === 0) return undefined;
    solve(items, weights, 0, items.length, person, 0);
    return (item) => {
      let dot = 0;
      for (let a = 0; a < k; a++) dot += person[a] * factors[item * k + a];
      return dot;
    };
  };

  const candidatesOf = (history: History, own: ItemCounts, asOfDay: number, withFactors: boolean): Candidates => {
    const touched = goesWith(own);
    const known = new Map(Array.from(own.items, (item, i) => [item, i]));
    const affinity = withFactors ? factorise(own) : undefined;
    const items = new Set<number>();
    own.items.forEach((item, i) => { if (!justBoughtAndDurable(model, durable, own, i, asOfDay)) items.add(item); });
    const open = (item: number): boolean => !known.has(item);
    for (const item of best(touched.filter(open), (one) => score[one], 2 * MOST_OTHERS)) items.add(item.item);
    let popular = 0;
    for (let place = 0; place < names.length && popular < MOST_OTHERS; place++) {
      popular++;
      if (open(model.popularOrder[place])) items.add(model.popularOrder[place]);
    }
    if (affinity !== undefined) for (const item of best(everyItem(names.length, open), affinity, MOST_OTHERS)) items.add(item.item);
    const shares = groupShares(model, history);
    const recent = countItems(history, asOfDay, RECENT_HALF_LIFE);
    const list = [...items].sort((a, b) => a - b);
    const signals = new Float64Array(list.length * WIDTH);
    list.forEach((item, row) => {
      const i = known.get(item);
      const bought = i === undefined ? 0 : 1;
      const age = i === undefined ? 0 : asOfDay - own.last[i];
      const { repeatShare, periodDays } = model.durability;
      const group = model.groupOf[item];
      const groupLift = group < 0 ? 0 : Math.log(shares[group] / model.groupShare[group]);
      const [popularLog, withLog] = [Math.log(popularity[item]), Math.log(1e-3 + score[item])];
      signals.set([
        bought, i === undefined ? 0 : Math.log(own.counts[i]), i === undefined ? 0 : Math.log(1e-2 + own.weights[i]), i === undefined ? 0 : Math.log(1e-2 + recent.weights[i]), bought * Math.log(1 + age), bought * Math.log(repeatShare[item] / (1 - repeatShare[item])),
        i === undefined ? 0 : Math.max(-3, Math.min(3, Math.log((1 + age) / (1 + periodDays[item])))), popularLog, bought * popularLog, popularLog - Math.log(model.yearPopularity[item]), withLog, bought * withLog, groupLift, bought * groupLift, affinity?.(item) ?? 0,
      ], row * WIDTH);
    });
    clear(touched);
    return { items: list, signals };
  };

  const allowed = (own: ItemCounts, asOfDay: number): ((item: number) => boolean) => {
    const left = new Set<number>();
    own.items.forEach((item, i) => { if (justBoughtAndDurable(model, durable, own, i, asOfDay)) left.add(item); });
    return (item) => !left.has(item);
  };

  const suggester: Suggester = {
    offer(method, history, asOfDay, most, ranker) {
      const own = countItems(history, asOfDay, params.halfLifeDays);
      const allows = allowed(own, asOfDay);
      const left = own.items.reduce((sum, item) => sum + (allows(item) ? 0 : 1), 0);
      return suggester.suggest(method, history, asOfDay, most + left, ranker).filter(({ item }) => allows(item)).slice(0, most);
    },
    strongestLink(item, history, asOfDay) {
      const own = countItems(history, asOfDay, params.halfLifeDays);
      let found: number | undefined;
      let strongest = 0;
      own.items.forEach((from, i) => {
        for (let n = from * neighbours.width; n < (from + 1) * neighbours.width; n++) {
          const link = neighbours.at[n] === item ? Math.sqrt(own.weights[i]) * neighbours.similarity[n] : 0;
          if (link > strongest) [found, strongest] = [from, link];
        }
      });
      return found;
    },
    candidates: (history, asOfDay, withFactors) => candidatesOf(history, countItems(history, asOfDay, params.halfLifeDays), asOfDay, withFactors),
    suggest(method, history, asOfDay, most, ranker) {
      const own = countItems(history, asOfDay, params.halfLifeDays);
      switch (method) {
        case 'popular': return Array.from(model.popularOrder.subarray(0, most), (item) => ({ item, score: popularity[item] }));
        case 'bought_before': {
          const weights = new Map(Array.from(own.items, (item, i) => [item, own.weights[i]]));
          const found = best(own.items, (item) => weights.get(item) ?? 0, most);
          for (let place = 0; place < names.length && found.length < most; place++) {
            const item = model.popularOrder[place];
            if (!weights.has(item)) found.push({ item, score: 0 });
          }
          return found;
        }
        case 'cooccurrence': {
          const touched = goesWith(own);
          const found = best(touched.filter(allowed(own, asOfDay)), (item) => score[item], most);
          clear(touched);
          return found;
        }
        case 'als': {
          const affinity = factorise(own);
          return affinity === undefined ? [] : best(everyItem(names.length, allowed(own, asOfDay)), affinity, most);
        }
        case 'combined':
        case 'combined_als': {
          if (ranker === undefined) return [];
          const { items, signals } = candidatesOf(history, own, asOfDay, method === 'combined_als');
          const place = new Map(items.map((item, row) => [item, row]));
          return best(items, (item) => rankerLogOdds(ranker, signals, (place.get(item) ?? 0) * WIDTH), most);
        }
      }
    },
  };
  return suggester;
}

function* everyItem(items: number, keep: (item: number) => boolean): Generator<number> {
  for (let item = 0; item < items; item++) if (keep(item)) yield item;
}

function groupShares({ groups, groupOf, groupShare }: ItemModel, { items }: History): Float64Array {
  const counts = new Float64Array(groups.length);
  let total = 0;
  for (const item of items) {
    if (groupOf[item] < 0) continue;
    counts[groupOf[item]]++;
    total++;
  }
  return counts.map((n, group) => (n + GROUP_PRIOR * groupShare[group]) / (total + GROUP_PRIOR));
}
