/**
 * Gamma-Gamma spend model (Fader, Hardie & Lee 2005; Fader & Hardie 2013 note): the spend of an order is Gamma(p, ν), with ν ~ Gamma(q, γ) per customer.
 * x orders with mean m. The mean spend of the population is p γ / (q − 1), which exists for q > 1 only.
 */
import { lgamma, lgammaDelta } from '../../math/specialGamma.ts';
import { distinctRows } from '../../math/stats/groupRows.ts';

export interface GammaGammaParams {
  readonly p: number;
  readonly q: number;
  /** In the money of the shop. */
  readonly gamma: number;
}

/** ln f(m | x, p, q, γ) for x ≥ 1 orders of mean m > 0. Eq. (1a) of the 2013 note. */
export function gammaGammaLogLikelihood({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  // ln Γ(p x + q) − ln Γ(p x) and the powers without their cancellation where orders are many and alike.
  return lgammaDelta(p * x, q) - lgamma(q) - q * Math.log1p((m * x) / gamma) - p * x * Math.log1p(gamma / (m * x)) - Math.log(m);
}

/**
 * E[spend per order | x, m] = p (γ + x m) / (p x + q − 1), eq. (5) of the 2013 note: the average of m and the population mean with weight p x / (p x + q − 1) on m.
 * +Infinity where the mean does not exist (p x + q ≤ 1). x = 0 gives the population mean.
 */
export function expectedSpend({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  const orders = p * x + q - 1;
  return orders > 0 ? (p * (gamma + (x > 0 ? x * m : 0))) / orders : Infinity;
}

/** 1 / E[1 / spend level | x, m] = p (γ + x m) / (p x + q): the harmonic level, finite for every q > 0 and below the mean. */
export function harmonicSpend({ p, q, gamma }: GammaGammaParams, x: number, m: number): number {
  return (p * (gamma + (x > 0 ? x * m : 0))) / (p * x + q);
}

/** Unique (x, m) of repeaters with positive spend. */
export interface SpendSample {
  readonly x: Float64Array;
  readonly m: Float64Array;
  readonly weight: Float64Array;
  readonly totalWeight: number;
  /** Mean spend of an order, each order counted once. */
  readonly meanSpend: number;
}

/** Keeps the rows with x ≥ 1 and m > 0: zero, negative and missing amounts say nothing to a gamma model. */
export function spendSample(x: ArrayLike<number>, m: ArrayLike<number>, weights: ArrayLike<number>): SpendSample {
  const sorted = sortedByCounts(x, m, weights);
  if (sorted !== undefined) return sorted;
  const n = x.length;
  const [orders, means, kept] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!(x[i] >= 1 && m[i] > 0 && m[i] < Infinity)) continue;
    orders[count] = x[i];
    means[count] = m[i];
    kept[count++] = weights[i];
  }
  const { values, weight } = distinctRows([orders.subarray(0, count), means.subarray(0, count)], kept.subarray(0, count));
  return sampleOf(values[0], values[1], weight);
}

/** More orders than this are put in order by the general way. */
const MOST_ORDERS = 4096;

/** The usual sample, whole numbers of orders and equal weights: dealt out by x, then native sorts of money, which leave little for a fresh process to compile. Undefined for others. */
function sortedByCounts(x: ArrayLike<number>, m: ArrayLike<number>, weights: ArrayLike<number>): SpendSample | undefined {
  const one = weights[0];
  if (!Number.isInteger(one)) return undefined;
  const counts = new Int32Array(x.length);
  const means = new Float64Array(x.length);
  const ends = new Int32Array(MOST_ORDERS + 1);
  let kept = 0;
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const orders = x[i];
    if (!(orders >= 1)) continue;
    const mean = m[i];
    if (!(mean > 0 && mean < Infinity)) continue;
    if (orders > most) most = orders;
    if (orders > MOST_ORDERS || orders % 1 !== 0 || weights[i] !== one) return undefined;
    ends[orders]++;
    counts[kept] = orders;
    means[kept++] = mean;
  }
  // Where the next amount of each x goes; in the end, where the next x begins.
  let before = 0;
  for (let orders = 1; orders <= most; orders++) {
    const count = ends[orders];
    ends[orders] = before;
    before += count;
  }
  const money = new Float64Array(kept);
  for (let k = 0; k < kept; k++) money[ends[counts[k]]++] = means[k];
  const sample = { x: new Float64Array(kept), m: money, weight: new Float64Array(kept) };
  let distinct = 0;
  for (let orders = 1; orders <= most; orders++) {
    const from = orders === 1 ? 0 : ends[orders - 1];
    if (ends[orders] === from) continue;
    money.subarray(from, ends[orders]).sort();
    const until = mergeEqual(money, from, ends[orders], distinct, one, sample.weight);
    sample.x.fill(orders, distinct, until);
    distinct = until;
  }
  return sampleOf(sample.x.subarray(0, distinct), money.subarray(0, distinct), sample.weight.subarray(0, distinct));
}

/** Moves the distinct amounts of a sorted range to `to` and what follows, and counts them there. Returns where they end. */
function mergeEqual(money: Float64Array, from: number, end: number, to: number, one: number, weight: Float64Array): number {
  let last = NaN;
  let at = to - 1;
  for (let i = from; i < end; i++) {
    const mean = money[i];
    if (mean !== last) {
      money[++at] = mean;
      last = mean;
    }
    weight[at] += one;
  }
  return at + 1;
}

function sampleOf(x: Float64Array, m: Float64Array, weight: Float64Array): SpendSample {
  let [ordersSum, money, totalWeight] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    ordersSum += weight[i] * x[i];
    money += weight[i] * x[i] * m[i];
    totalWeight += weight[i];
  }
  return { x, m, weight, totalWeight, meanSpend: ordersSum > 0 ? money / ordersSum : 0 };
}
