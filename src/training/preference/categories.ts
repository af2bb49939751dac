/**
 * How far the preference for categories tells what is bought next, on the last period: by shrunk share and by lift beside both baselines. The tag orders by lift, which names what tells this
 * customer from others and not what everybody buys; its selectivity says how well it does so.
 */
import { seededRandom } from '../../base/random.ts';
import { leanings } from '../../estimators/preference/habits.ts';
import { fitItems } from '../../estimators/preference/itemModel.ts';
import { countItems, customersOf, historyOf, purchasesBefore } from '../../estimators/preference/purchases.ts';
import type { History, Purchases } from '../../estimators/preference/purchases.ts';
import { priorStrength } from '../../estimators/preference/shrinkage.ts';
import { suggesterOf } from '../../estimators/preference/suggest.ts';
import { bootstrap, hitsAtK, ndcgAtK, recallAtK } from '../../math/metrics/index.ts';
import { casesOf, meanInterval, meanOf } from './cases.ts';
import type { Case, Interval, ItemData } from './cases.ts';
import { HALF_LIVES, MOST_JUDGED } from './protocol.ts';

/** Categories that are judged: as many as the tag has. */
const K = 3;

export interface ShopShares {
  readonly names: readonly string[];
  readonly shares: readonly number[];
  /** Observations that the shop's shares weigh as much as against the customer's own. */
  readonly strength: number;
}

/** Shares of the shop, and how far customers differ from them. */
export function shopShares(purchases: Purchases): ShopShares {
  const { names, items } = purchases;
  const counts = new Float64Array(names.length);
  for (const item of items) counts[item]++;
  const shares = Array.from(counts, (n) => (n + 0.5) / (items.length + 0.5 * names.length));
  const own = Array.from({ length: customersOf(purchases) }, (_, u) => {
    const { items: at, counts: n } = countItems(historyOf(purchases, u), 0, 1);
    return Array.from(at, (item, i) => [item, n[i]] as const);
  });
  return { names, shares, strength: priorStrength(own, shares) };
}

type Order = 'popular' | 'bought_before' | 'share' | 'lift';

export interface CategoryFigures {
  readonly order: Order;
  /** Share of customers for whom at least one of the three was bought. */
  readonly hitRate: Interval;
  readonly recall: Interval;
  readonly ndcg: Interval;
  /** How often the categories of a list are bought by the customer they are listed for, ÷ how often they are bought by everybody: 1 for a list that is the same for all. */
  readonly selectivity: Interval;
}

export interface CategoryReport {
  readonly customers: number;
  readonly halfLifeDays: number;
  readonly test: readonly CategoryFigures[];
}

function orderOf(order: 'share' | 'lift', history: History, day: number, shop: ShopShares, halfLifeDays: number): number[] {
  const { items, weights } = countItems(history, day, halfLifeDays);
  const place = new Map(shop.names.map((name, item) => [name, item]));
  const own = new Map(Array.from(items, (item, i) => [shop.names[item], weights[i]]));
  // Categories without a purchase have a share as well.
  if (order === 'share') for (const name of shop.names) if (!own.has(name)) own.set(name, 0);
  const found = leanings(own, new Map(shop.names.map((name, item) => [name, shop.shares[item]])), shop.strength);
  return (order === 'share' ? found.sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1)) : found).slice(0, K).map(({ name }) => place.get(name) ?? -1);
}

function selectivityOf(order: Order, lists: readonly (readonly number[])[], cases: readonly Case[], items: number): Interval {
  const rate = new Float64Array(items);
  for (const { wanted } of cases) for (const item of wanted) rate[item] += 1 / cases.length;
  const bought = Float64Array.from(cases, ({ wanted }, c) => hitsAtK(lists[c], wanted, K));
  const expected = Float64Array.from(lists, (list) => list.reduce((sum, item) => sum + rate[item], 0));
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const ratio = (hits: Float64Array, usual: Float64Array): number | undefined => (total(usual) > 0 ? total(hits) / total(usual) : undefined);
  const { estimate, low, high } = bootstrap(ratio, [bought, expected], { rng: seededRandom('selectivity', order) }) ?? { estimate: 1, low: 1, high: 1 };
  return { estimate, low, high };
}

function figures(order: Order, lists: readonly (readonly number[])[], cases: readonly Case[], shop: ShopShares): CategoryFigures {
  const each = (value: (list: readonly number[], wanted: ReadonlySet<number>) => number): Float64Array => Float64Array.from(cases, ({ wanted }, c) => value(lists[c], wanted));
  const interval = (name: string, values: Float64Array): Interval => meanInterval(values, `category ${order} ${name}`);
  return {
    order, hitRate: interval('hit', each((list, wanted) => Math.min(1, hitsAtK(list, wanted, K)))), recall: interval('recall', each((list, wanted) => recallAtK(list, wanted, K) ?? 0)),
    ndcg: interval('ndcg', each((list, wanted) => ndcgAtK(list, wanted, K) ?? 0)), selectivity: selectivityOf(order, lists, cases, shop.names.length),
  };
}

/** The half-life is chosen on the period before the test. Undefined where nobody can be judged. */
export function judgeCategories(data: ItemData, endDay: number, horizonDays: number, seed: number): CategoryReport | undefined {
  const [validationDay, testDay] = [endDay - 2 * horizonDays, endDay - horizonDays];
  const validation = casesOf(data, validationDay, horizonDays, MOST_JUDGED, seed);
  const cases = casesOf(data, testDay, horizonDays, MOST_JUDGED, seed);
  if (validation.length === 0 || cases.length === 0) return undefined;
  const then = shopShares(purchasesBefore(data.purchases, validationDay));
  const gain = (halfLifeDays: number): number => meanOf(Float64Array.from(validation, ({ history, wanted }) => ndcgAtK(orderOf('share', history, validationDay, then, halfLifeDays), wanted, K) ?? 0));
  const halfLifeDays = HALF_LIVES.map((days) => ({ days, gain: gain(days) })).reduce((best, one) => (one.gain > best.gain ? one : best)).days;
  const before = purchasesBefore(data.purchases, testDay);
  const shop = shopShares(before);
  const model = fitItems(before, [], data.groupOf, testDay, { popularDays: 364, halfLifeDays }, '');
  const suggester = suggesterOf(model, new Uint8Array(model.names.length));
  const baseline = (method: 'popular' | 'bought_before'): CategoryFigures => figures(method, cases.map(({ history }) => suggester.suggest(method, history, testDay, K).map(({ item }) => item)), cases, shop);
  const own = (order: 'share' | 'lift'): CategoryFigures => figures(order, cases.map(({ history }) => orderOf(order, history, testDay, shop, halfLifeDays)), cases, shop);
  return { customers: cases.length, halfLifeDays, test: [baseline('popular'), baseline('bought_before'), own('share'), own('lift')] };
}
