/** Metrics of ordered lists of suggestions for one customer; averages over customers are the caller's. */

/** Share of the wanted items that are among the first `k` suggestions, in [0, 1]. Undefined where nothing was wanted. */
export function recallAtK(suggested: ArrayLike<number>, wanted: ReadonlySet<number>, k: number): number | undefined {
  if (wanted.size === 0) return undefined;
  return hitsAtK(suggested, wanted, k) / wanted.size;
}

/** How many of the first `k` suggestions were wanted. */
export function hitsAtK(suggested: ArrayLike<number>, wanted: ReadonlySet<number>, k: number): number {
  let hits = 0;
  for (let i = 0; i < Math.min(k, suggested.length); i++) if (wanted.has(suggested[i])) hits++;
  return hits;
}

/**
 * Normalised discounted cumulative gain at `k` with gains of 0 and 1 (Järvelin & Kekäläinen 2002, discount 1 / log₂(rank + 1)): 1 where every place that could be filled
 * with a wanted item is. In [0, 1]; undefined where nothing was wanted.
 */
export function ndcgAtK(suggested: ArrayLike<number>, wanted: ReadonlySet<number>, k: number): number | undefined {
  if (wanted.size === 0) return undefined;
  let gain = 0;
  let best = 0;
  for (let i = 0; i < k; i++) {
    const discount = 1 / Math.log2(i + 2);
    if (i < suggested.length && wanted.has(suggested[i])) gain += discount;
    if (i < wanted.size) best += discount;
  }
  return gain / best;
}
