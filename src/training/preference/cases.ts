/** How lists of suggestions are judged: on customers who had a history and then bought something, with intervals over customers. */
import { seededRandom } from '../../base/random.ts';
import { between, customersOf, historyOf } from '../../estimators/preference/purchases.ts';
import type { History, Purchases } from '../../estimators/preference/purchases.ts';
import { hashUniform, quantileSorted } from '../../math/stats/index.ts';

export interface ItemData {
  readonly purchases: Purchases;
  readonly customerIds: Float64Array;
  readonly groups: readonly string[];
  /** Group of every item, −1 without one. */
  readonly groupOf: Int32Array;
}

/** A customer as known on the first day of a period, and what was bought in it. */
export interface Case {
  readonly history: History;
  readonly wanted: ReadonlySet<number>;
}

const REPLICATES = 500;

/** A fixed choice by the customer's number, the same whatever else is in the table. */
function chosen(ids: ArrayLike<number>, most: number, seed: number): number[] {
  const all = Array.from({ length: ids.length }, (_, u) => u);
  if (all.length <= most) return all;
  return all.sort((a, b) => hashUniform(ids[a], seed) - hashUniform(ids[b], seed) || ids[a] - ids[b]).slice(0, most).sort((a, b) => a - b);
}

/** Customers with something before `day` who bought something in [day, day + horizon). */
export function casesOf({ purchases, customerIds }: ItemData, day: number, horizonDays: number, most: number, seed: number): Case[] {
  const found: { readonly id: number; readonly one: Case }[] = [];
  for (let u = 0; u < customersOf(purchases); u++) {
    const all = historyOf(purchases, u);
    const next = between(all, day, day + horizonDays);
    if (next.items.length === 0) continue;
    const history = between(all, -Infinity, day);
    if (history.items.length > 0) found.push({ id: customerIds[u], one: { history, wanted: new Set(next.items) } });
  }
  return chosen(found.map(({ id }) => id), most, seed).map((i) => found[i].one);
}

export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Mean of values, or of paired differences, with its 95 % percentile-bootstrap interval over customers. */
export function meanInterval(values: Float64Array, seed: string): Interval {
  const rng = seededRandom('preference', seed);
  const n = values.length;
  const means = Array.from({ length: REPLICATES }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[rng.int(n)];
    return sum / n;
  }).sort((a, b) => a - b);
  return { estimate: meanOf(values), low: quantileSorted(means, 0.025), high: quantileSorted(means, 0.975) };
}

export const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]);

