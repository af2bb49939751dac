/** Purchases of the snapshot as sparse rows, of products and of categories. Customers who refused are not in them, and neither is an item that only a few customers bought. */
import { localDaySql } from '../../features/zone.ts';
import type { OffsetPeriod } from '../../features/zone.ts';
import { purchasesFrom } from '../../estimators/preference/purchases.ts';
import { ACTIVITY_DAYS } from '../../features/activity/activity.ts';
import { numbersOf, textsOf } from '../../store/columns/columns.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { DAY_MS } from '../../base/time.ts';
import type { ItemData } from './cases.ts';

/** Customers that an item must have, so that nothing in an artefact is about one person. */
export const LEAST_BUYERS = 5;
const MOST_ITEMS = 10_000;

export const ALLOWED = `customer_id NOT IN (SELECT customer_id FROM customers WHERE consent_training = 'refused' OR consent_scoring = 'refused')`;

/** SQL that keeps about `most` of `all` customers, the same ones every time: a multiplicative hash of the number (Knuth). */
export function sampleOf(all: number, most: number): string {
  return all <= most ? 'true' : `(customer_id * 2654435761) % 4294967296 < ${Math.floor((most / all) * 4294967296)}`;
}

export interface PurchaseRows {
  readonly customers: Float64Array;
  readonly products: readonly (string | null)[];
  readonly categories: readonly (string | null)[];
  /** Epoch days. */
  readonly days: Float64Array;
}

/** Purchases before `end` (epoch ms). @throws AppError `cancelled`. */
export async function readPurchases(columns: Columns, zone: readonly OffsetPeriod[], end: number, sample: string, signal?: AbortSignal): Promise<PurchaseRows> {
  const answer = await columns.query(
    `SELECT DISTINCT CAST(customer_id AS DOUBLE) AS customer_id, product, category, CAST(${localDaySql(zone, 'occurred_ms')} AS DOUBLE) AS day FROM events
     WHERE kind = 'order' AND occurred_ms < ${end} AND occurred_ms >= ${end - ACTIVITY_DAYS * DAY_MS} AND (product IS NOT NULL OR category IS NOT NULL) AND ${ALLOWED} AND ${sample} ORDER BY 1, 4, 2, 3`,
    [], signal === undefined ? {} : { signal });
  return { customers: numbersOf(answer, 'customer_id'), products: textsOf(answer, 'product'), categories: textsOf(answer, 'category'), days: numbersOf(answer, 'day') };
}

/** Names that enough customers bought, the most bought ones where there are too many; in code-point order. */
function knownNames(customers: Float64Array, names: readonly (string | null)[]): string[] {
  const buyers = new Map<string, Set<number>>();
  names.forEach((name, row) => {
    if (name === null) return;
    const own = buyers.get(name);
    if (own === undefined) buyers.set(name, new Set([customers[row]]));
    else own.add(customers[row]);
  });
  const byName = (a: string, b: string): number => (a < b ? -1 : 1);
  return [...buyers].filter(([, own]) => own.size >= LEAST_BUYERS).sort(([a, x], [b, y]) => y.size - x.size || byName(a, b)).slice(0, MOST_ITEMS).map(([name]) => name).sort(byName);
}

/** Every product with the category it is mostly sold under. */
export function productData({ customers, products, categories, days }: PurchaseRows): ItemData {
  const names = knownNames(customers, products);
  const votes = new Map(names.map((name) => [name, new Map<string, number>()]));
  products.forEach((product, row) => {
    const own = votes.get(product ?? '');
    const category = categories[row];
    if (own !== undefined && category !== null) own.set(category, (own.get(category) ?? 0) + 1);
  });
  const groupOf = names.map((name) => [...(votes.get(name) ?? [])].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0]);
  const groups = [...new Set(groupOf.filter((group) => group !== undefined))].sort();
  const place = new Map(groups.map((group, i) => [group, i]));
  return { ...purchasesFrom(customers, products, days, names), groups, groupOf: Int32Array.from(groupOf, (group) => (group === undefined ? -1 : (place.get(group) ?? -1))) };
}

export function categoryData({ customers, categories, days }: PurchaseRows): ItemData {
  const names = knownNames(customers, categories);
  return { ...purchasesFrom(customers, categories, days, names), groups: [], groupOf: new Int32Array(names.length).fill(-1) };
}
