/**
 * Whether having bought something means that it is not bought again for a while, learned from the data: the share of buyers who come back for the item within its typical period, beside the
 * share of customers who buy it for the first time in as many days. Where buyers come back less often than others come for the first time, beyond chance, the item is durable: one is enough.
 * Items borrow from their group (category), groups from the shop, each as far as the data say that they are alike.
 */
import { quantileSorted } from '../../math/stats/index.ts';
import type { Purchases } from './purchases.ts';
import { priorStrength, shrunkShare } from './shrinkage.ts';

export interface Durability {
  /** Days by which three quarters of those who buy the item again have done so. */
  readonly periodDays: Float64Array;
  /** Share of buyers who buy the item again within that period. */
  readonly repeatShare: Float64Array;
  /** Its standard error. */
  readonly repeatError: Float64Array;
  /** Share of customers without the item who buy it within as many days. */
  readonly firstShare: Float64Array;
}

/** Gaps that the period of a group or of the shop weighs as much as. */
const PRIOR_GAPS = 10;
const TYPICAL_QUANTILE = 0.75;

function pooledPeriods(gaps: readonly (readonly number[])[], parent: (unit: number) => number): Float64Array {
  return Float64Array.from(gaps, (own, unit) => {
    const above = parent(unit);
    if (own.length === 0) return above;
    const own75 = quantileSorted(own.toSorted((a, b) => a - b), TYPICAL_QUANTILE);
    // On the scale of logarithms, where days of fast and slow items are alike.
    return Math.exp((own.length * Math.log(own75) + PRIOR_GAPS * Math.log(above)) / (own.length + PRIOR_GAPS));
  });
}

interface Repeats {
  readonly followed: Int32Array;
  readonly repeated: Int32Array;
}

function countRepeats({ names, starts, items, days }: Purchases, periodDays: Float64Array, asOfDay: number): Repeats {
  const [followed, repeated] = [new Int32Array(names.length), new Int32Array(names.length)];
  for (let u = 0; u + 1 < starts.length; u++) {
    for (let i = starts[u]; i < starts[u + 1]; i++) {
      const item = items[i];
      const isFirst = i === starts[u] || items[i - 1] !== item;
      if (!isFirst || asOfDay - days[i] <= periodDays[item]) continue;
      followed[item]++;
      if (i + 1 < starts[u + 1] && items[i + 1] === item && days[i + 1] - days[i] <= periodDays[item]) repeated[item]++;
    }
  }
  return { followed, repeated };
}

/** First purchases per customer and day at risk: from the day after a customer's first purchase of anything until the item is there. */
function firstShares({ names, starts, items, days }: Purchases, periodDays: Float64Array, asOfDay: number): Float64Array {
  const [firsts, owned] = [new Float64Array(names.length), new Float64Array(names.length)];
  let exposure = 0;
  for (let u = 0; u + 1 < starts.length; u++) {
    let since = Infinity;
    for (let i = starts[u]; i < starts[u + 1]; i++) since = Math.min(since, days[i]);
    if (since === Infinity) continue;
    exposure += asOfDay - since;
    for (let i = starts[u]; i < starts[u + 1]; i++) {
      const item = items[i];
      if (i > starts[u] && items[i - 1] === item) continue;
      owned[item] += asOfDay - days[i];
      if (days[i] > since) firsts[item]++;
    }
  }
  return Float64Array.from(names, (_, item) => {
    const atRisk = exposure - owned[item];
    return atRisk > 0 ? 1 - Math.exp((-firsts[item] * periodDays[item]) / atRisk) : 0;
  });
}

/** Standard normal quantile of 0.95: the share is lower than the other one beyond chance. */
const SURE = 1.645;

/** 1 for items that are not worth offering again within their period after one purchase. */
export function durableItems({ repeatShare, repeatError, firstShare }: Durability): Uint8Array {
  return Uint8Array.from(repeatShare, (share, item) => (share + SURE * repeatError[item] < firstShare[item] ? 1 : 0));
}

const pairs = ({ followed, repeated }: Repeats): (readonly (readonly [number, number])[])[] =>
  Array.from(followed, (n, unit) => [[1, repeated[unit]] as const, [0, n - repeated[unit]] as const].filter(([, count]) => count > 0));

/** @param groupOf group of every item, −1 without one */
export function fitDurability(purchases: Purchases, groupOf: Int32Array, asOfDay: number): Durability {
  const { names, starts, items, days } = purchases;
  const groups = groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
  const gaps = Array.from(names, (): number[] => []);
  for (let u = 0; u + 1 < starts.length; u++) {
    for (let i = starts[u] + 1; i < starts[u + 1]; i++) if (items[i] === items[i - 1]) gaps[items[i]].push(days[i] - days[i - 1]);
  }
  const all = gaps.flat().sort((a, b) => a - b);
  const shopPeriod = all.length === 0 ? Math.max(1, asOfDay - days.reduce((least, day) => Math.min(least, day), asOfDay)) : quantileSorted(all, TYPICAL_QUANTILE);
  const groupGaps = Array.from({ length: groups }, (): number[] => []);
  gaps.forEach((own, item) => { if (groupOf[item] >= 0) groupGaps[groupOf[item]].push(...own); });
  const groupPeriods = pooledPeriods(groupGaps, () => shopPeriod);
  const periodDays = pooledPeriods(gaps, (item) => (groupOf[item] >= 0 ? groupPeriods[groupOf[item]] : shopPeriod));

  const own = countRepeats(purchases, periodDays, asOfDay);
  const ofGroup: Repeats = { followed: new Int32Array(groups), repeated: new Int32Array(groups) };
  let [followedAll, repeatedAll] = [0, 0];
  for (let item = 0; item < names.length; item++) {
    followedAll += own.followed[item];
    repeatedAll += own.repeated[item];
    if (groupOf[item] < 0) continue;
    ofGroup.followed[groupOf[item]] += own.followed[item];
    ofGroup.repeated[groupOf[item]] += own.repeated[item];
  }
  const shop = (repeatedAll + 0.5) / (followedAll + 1);
  const strength = priorStrength(pairs(own), [1 - shop, shop]);
  const groupStrength = priorStrength(pairs(ofGroup), [1 - shop, shop]);
  const repeatShare = Float64Array.from(names, (_, item) => {
    const group = groupOf[item];
    const prior = group < 0 ? shop : shrunkShare(ofGroup.repeated[group], ofGroup.followed[group], shop, groupStrength);
    return shrunkShare(own.repeated[item], own.followed[item], prior, strength);
  });
  const repeatError = repeatShare.map((share, item) => Math.sqrt((share * (1 - share)) / (own.followed[item] + strength + 1)));
  return { periodDays, repeatShare, repeatError, firstShare: firstShares(purchases, periodDays, asOfDay) };
}
