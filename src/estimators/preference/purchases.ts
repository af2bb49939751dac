/** Who bought what on which day, as sparse rows; everything in this folder reads it. */

export interface Purchases {
  /** Names of the items, in code-point order; positions in it are items. */
  readonly names: readonly string[];
  /** Row u is [starts[u], starts[u + 1]) of `items` and `days`: one entry per item and day, by item, then day. */
  readonly starts: Int32Array;
  readonly items: Int32Array;
  readonly days: Int32Array;
}

/** One customer's entries: by item, then day, each pair once. */
export interface History {
  readonly items: Int32Array;
  readonly days: Int32Array;
}

export const customersOf = ({ starts }: Purchases): number => starts.length - 1;

export function historyOf({ starts, items, days }: Purchases, customer: number): History {
  return { items: items.subarray(starts[customer], starts[customer + 1]), days: days.subarray(starts[customer], starts[customer + 1]) };
}

/** Entries of days in [from, to). */
export function between({ items, days }: History, from: number, to: number): History {
  const kept: number[] = [];
  for (let i = 0; i < items.length; i++) if (days[i] >= from && days[i] < to) kept.push(i);
  return { items: Int32Array.from(kept, (i) => items[i]), days: Int32Array.from(kept, (i) => days[i]) };
}

/** Sparse rows from parallel arrays in any order; rows follow ascending customer, and repeated lines of a day count once. Items without a place in `names` are left out. */
export function purchasesFrom(customers: ArrayLike<number>, items: ArrayLike<string | null>, days: ArrayLike<number>, names: readonly string[]): { readonly purchases: Purchases; readonly customerIds: Float64Array } {
  const place = new Map(names.map((name, item) => [name, item]));
  const rows: number[] = [];
  const itemOf = new Int32Array(customers.length);
  for (let i = 0; i < customers.length; i++) {
    itemOf[i] = place.get(items[i] ?? '') ?? -1;
    if (itemOf[i] >= 0) rows.push(i);
  }
  rows.sort((a, b) => customers[a] - customers[b] || itemOf[a] - itemOf[b] || days[a] - days[b]);
  const ids: number[] = [];
  const starts: number[] = [];
  const [keptItems, keptDays]: [number[], number[]] = [[], []];
  let last = -1;
  for (const row of rows) {
    const isNewCustomer = last < 0 || customers[last] !== customers[row];
    if (isNewCustomer) {
      ids.push(customers[row]);
      starts.push(keptItems.length);
    } else if (itemOf[last] === itemOf[row] && days[last] === days[row]) continue;
    keptItems.push(itemOf[row]);
    keptDays.push(days[row]);
    last = row;
  }
  starts.push(keptItems.length);
  return { customerIds: Float64Array.from(ids), purchases: { names, starts: Int32Array.from(starts), items: Int32Array.from(keptItems), days: Int32Array.from(keptDays) } };
}

/** The same customers with entries of days before `day` only. */
export function purchasesBefore(purchases: Purchases, day: number): Purchases {
  const { starts, items, days } = purchases;
  const cut = new Int32Array(starts.length);
  const kept: number[] = [];
  for (let u = 0; u + 1 < starts.length; u++) {
    for (let i = starts[u]; i < starts[u + 1]; i++) if (days[i] < day) kept.push(i);
    cut[u + 1] = kept.length;
  }
  return { names: purchases.names, starts: cut, items: Int32Array.from(kept, (i) => items[i]), days: Int32Array.from(kept, (i) => days[i]) };
}

/** A history by item: how often (on how many days), when first and last. Items ascend. */
export interface ItemCounts {
  readonly items: Int32Array;
  readonly counts: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Σ 2^(−age ÷ half-life) over the item's days. */
  readonly weights: Float64Array;
}

export function countItems({ items, days }: History, asOfDay: number, halfLifeDays: number): ItemCounts {
  const [at, counts, first, last, weights]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
  for (let i = 0; i < items.length; i++) {
    if (i === 0 || items[i] !== items[i - 1]) {
      at.push(items[i]);
      counts.push(0);
      first.push(days[i]);
      last.push(days[i]);
      weights.push(0);
    }
    const n = at.length - 1;
    counts[n]++;
    last[n] = days[i];
    weights[n] += 2 ** (-(asOfDay - days[i]) / halfLifeDays);
  }
  return { items: Int32Array.from(at), counts: Int32Array.from(counts), first: Int32Array.from(first), last: Int32Array.from(last), weights: Float64Array.from(weights) };
}
