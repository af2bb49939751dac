/** What is known of the items of a shop as of a day: popularity, durability, neighbours, factors. Knows no customer; a customer's history is handed in when suggestions are asked for. */
import type { FitContext } from '../contract.ts';
import { ALS_DEFAULTS, fitAls } from './als.ts';
import type { AlsParams, SparseRows } from './als.ts';
import { COOCCURRENCE_DEFAULTS, fitCooccurrence } from './cooccurrence.ts';
import type { Neighbours } from './cooccurrence.ts';
import { fitDurability } from './durability.ts';
import type { Durability } from './durability.ts';
import { countItems, customersOf, historyOf } from './purchases.ts';
import type { Purchases } from './purchases.ts';

export interface ItemParams {
  /** Days over which popularity is counted. */
  readonly popularDays: number;
  /** Half-life of a purchase in a customer's own counts. */
  readonly halfLifeDays: number;
  readonly als?: AlsParams | undefined;
}

export const ITEM_DEFAULTS: ItemParams = { popularDays: 28, halfLifeDays: 90, als: ALS_DEFAULTS };

export interface ItemModel {
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** Group of each item, −1 without one. */
  readonly groupOf: Int32Array;
  readonly params: ItemParams;
  /** Share of the customers with a history who bought the item within the last `popularDays`; a small share where nobody did. */
  readonly popularity: Float64Array;
  /** The same over a year. */
  readonly yearPopularity: Float64Array;
  /** Items by popularity, most popular first. */
  readonly popularOrder: Int32Array;
  /** Share of each group in all purchases. */
  readonly groupShare: Float64Array;
  readonly durability: Durability;
  readonly neighbours: Neighbours;
  /** items × factors; empty without factorisation. */
  readonly factors: Float64Array;
}

/** Strengths of customers × items: purchases weighted by age. Customers with more items than this are represented by their latest ones. */
const MOST_ITEMS_PER_CUSTOMER = 300;
const YEAR_DAYS = 364;

export function strengths(purchases: Purchases, asOfDay: number, halfLifeDays: number): SparseRows {
  const [at, strength]: [number[], number[]] = [[], []];
  const starts = new Int32Array(purchases.starts.length);
  for (let u = 0; u < customersOf(purchases); u++) {
    const { items, last, weights } = countItems(historyOf(purchases, u), asOfDay, halfLifeDays);
    const order = Array.from(items.keys());
    if (order.length > MOST_ITEMS_PER_CUSTOMER) order.sort((a, b) => last[b] - last[a] || a - b).splice(MOST_ITEMS_PER_CUSTOMER);
    order.sort((a, b) => a - b);
    for (const i of order) {
      at.push(items[i]);
      strength.push(weights[i]);
    }
    starts[u + 1] = at.length;
  }
  return { columns: purchases.names.length, starts, at: Int32Array.from(at), strength: Float64Array.from(strength) };
}

function popularityOf({ names, starts, items, days }: Purchases, asOfDay: number, popularDays: number): Float64Array {
  const buyers = new Float64Array(names.length);
  for (let u = 0; u + 1 < starts.length; u++) {
    let counted = -1;
    for (let i = starts[u]; i < starts[u + 1]; i++) {
      if (days[i] >= asOfDay - popularDays && items[i] !== counted) {
        counted = items[i];
        buyers[counted]++;
      }
    }
  }
  const customers = Math.max(1, starts.length - 1);
  return buyers.map((n) => (n + 0.5) / (customers + 1));
}

/** @param groupOf group of every item of `purchases`, −1 without one; `groups` their names. @param seed decides where the factors start. @throws AppError `cancelled`. */
export function fitItems(purchases: Purchases, groups: readonly string[], groupOf: Int32Array, asOfDay: number, params: ItemParams, seed: string, context: Pick<FitContext, 'signal' | 'cancelled'> = {}): ItemModel {
  const { names, items } = purchases;
  const rows = strengths(purchases, asOfDay, params.halfLifeDays);
  const popularity = popularityOf(purchases, asOfDay, params.popularDays);
  const groupShare = new Float64Array(groups.length);
  let grouped = 0;
  for (const item of items) {
    if (groupOf[item] < 0) continue;
    groupShare[groupOf[item]]++;
    grouped++;
  }
  return {
    names, groups, groupOf, params, popularity, yearPopularity: popularityOf(purchases, asOfDay, YEAR_DAYS),
    popularOrder: Int32Array.from(Array.from(names.keys()).sort((a, b) => popularity[b] - popularity[a] || a - b)),
    groupShare: groupShare.map((n) => (n + 0.5) / (grouped + 0.5 * groups.length)),
    durability: fitDurability(purchases, groupOf, asOfDay),
    neighbours: fitCooccurrence(rows, COOCCURRENCE_DEFAULTS),
    factors: params.als === undefined ? new Float64Array() : fitAls(rows, names, params.als, seed, context),
  };
}
