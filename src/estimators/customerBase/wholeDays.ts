/** Customers whose times are whole days, the usual case, put together by one native sort: no hashing, and little for a fresh process to compile. */
import type { Histories } from './history.ts';

const DAYS_PER_WEEK = 7;
/** 718 years of days, and the room that is left in 53 bits for orders. */
const DAYS = 2 ** 18;
const ORDERS = 2 ** 17;

/** (x, T, t_x) of every row as one whole number that sorts like them; undefined where a row does not fit or weights are not one whole number. */
function packed({ x, tx, T }: Histories, weights: ArrayLike<number>): Float64Array | undefined {
  const n = x.length;
  const one = weights[0];
  if (!Number.isInteger(one)) return undefined;
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const orders = x[i];
    const end = T[i];
    const last = tx[i];
    const age = Math.round(DAYS_PER_WEEK * end);
    const recency = Math.round(DAYS_PER_WEEK * last);
    if (age / DAYS_PER_WEEK !== end || recency / DAYS_PER_WEEK !== last || weights[i] !== one) return undefined;
    if (!(age < DAYS && recency < DAYS && orders < ORDERS && orders % 1 === 0)) return undefined;
    keys[i] = (orders * DAYS + age) * DAYS + recency;
  }
  return keys;
}

/** Where each distinct value of ascending `keys` ends. */
function endsOf(keys: Float64Array): Int32Array {
  const ends = new Int32Array(keys.length);
  let count = 0;
  let last = keys[0];
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    if (key === last) continue;
    ends[count++] = i;
    last = key;
  }
  if (keys.length > 0) ends[count++] = keys.length;
  return ends.subarray(0, count);
}

/** Distinct histories in ascending order of (x, T, t_x) with the sums of their weights, as distinctRows gives them; undefined where times are not whole days or weights not one whole number. */
export function distinctDays(histories: Histories, weights: ArrayLike<number>): (Histories & { readonly weight: Float64Array }) | undefined {
  const keys = packed(histories, weights)?.sort();
  if (keys === undefined) return undefined;
  const ends = endsOf(keys);
  const count = ends.length;
  const [x, T, tx, weight] = [new Float64Array(count), new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const one = weights[0];
  let start = 0;
  for (let row = 0; row < count; row++) {
    const key = keys[start];
    const upper = Math.floor(key / DAYS);
    const orders = Math.floor(upper / DAYS);
    x[row] = orders;
    T[row] = (upper - orders * DAYS) / DAYS_PER_WEEK;
    tx[row] = (key - upper * DAYS) / DAYS_PER_WEEK;
    weight[row] = one * (ends[row] - start);
    start = ends[row];
  }
  return { x, T, tx, weight };
}
