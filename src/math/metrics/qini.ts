/**
 * How well scores of uplift order customers, on a randomised treatment (or with inverse-propensity weights). `treated` is 1 or 0 per row; outcomes are 0/1
 * or amounts. Effects are per customer, so that curves of different sizes compare.
 */
import type { Random } from '../../base/random.ts';
import { normalQuantile } from '../specialNormal.ts';
import { argsort } from '../stats/argsort.ts';
import { quantileSorted } from '../stats/quantile.ts';
import type { BootstrapInterval } from './bootstrap.ts';

export interface UpliftRows {
  readonly y: ArrayLike<number>;
  readonly treated: ArrayLike<number>;
  /** 1 each when absent; 1/e of treated and 1/(1−e) of other rows where the chance e of treatment differs from row to row. */
  readonly weights?: ArrayLike<number>;
}

/** After treating the best `share` of the customers: what that brings per customer of the whole. */
export interface QiniPoint {
  readonly share: number;
  readonly incremental: number;
}

/** Rows from the highest score down, in groups of equal scores, which no order can tell apart. */
interface Ordered {
  readonly order: Int32Array;
  /** First place behind each group. */
  readonly ends: Int32Array;
}

function ordered(score: ArrayLike<number>): Ordered {
  const order = argsort(score).toReversed();
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++) if (i === order.length || score[order[i]] !== score[order[i - 1]]) ends.push(i);
  return { order, ends: Int32Array.from(ends) };
}

/** Visits the curve's points. `counts`: how often each row counts (a bootstrap draw). False where one side has no weight. */
function walk({ order, ends }: Ordered, { y, treated, weights }: UpliftRows, counts: ArrayLike<number> | undefined, visit: (share: number, incremental: number) => void): boolean {
  let [total, treatedTotal] = [0, 0];
  const weightOf = (row: number): number => (counts === undefined ? 1 : counts[row]) * (weights === undefined ? 1 : weights[row]);
  for (let i = 0; i < order.length; i++) {
    const w = weightOf(i);
    total += w;
    if (treated[i] === 1) treatedTotal += w;
  }
  if (!(treatedTotal > 0 && total > treatedTotal)) return false;
  let [wt, wc, yt, yc] = [0, 0, 0, 0];
  let start = 0;
  for (const end of ends) {
    for (; start < end; start++) {
      const row = order[start];
      const w = weightOf(row);
      if (treated[row] === 1) {
        wt += w;
        yt += w * y[row];
      } else {
        wc += w;
        yc += w * y[row];
      }
    }
    // Radcliffe (2007): what the treated did beyond what as many untreated would have done.
    const incremental = wc > 0 ? (yt - (yc * wt) / wc) / treatedTotal : yt / treatedTotal;
    visit((wt + wc) / total, incremental);
  }
  return true;
}

/** The Qini curve from (0, 0) to (1, average effect); empty where one side has no rows. */
export function qiniCurve(rows: UpliftRows, score: ArrayLike<number>): QiniPoint[] {
  const points: QiniPoint[] = [{ share: 0, incremental: 0 }];
  return walk(ordered(score), rows, undefined, (share, incremental) => points.push({ share, incremental })) ? points : [];
}

function area(group: Ordered, rows: UpliftRows, counts: ArrayLike<number> | undefined): { readonly curve: number; readonly line: number } | undefined {
  let [sum, share, incremental] = [0, 0, 0];
  const defined = walk(group, rows, counts, (nextShare, next) => {
    sum += ((nextShare - share) * (next + incremental)) / 2;
    share = nextShare;
    incremental = next;
  });
  return defined ? { curve: sum, line: incremental / 2 } : undefined;
}

/** Area between the Qini curve and its straight line: what ordering by the score brings per customer over treating at random, on average over budgets. */
export function qini(rows: UpliftRows, score: ArrayLike<number>): number | undefined {
  const found = area(ordered(score), rows, undefined);
  return found === undefined ? undefined : found.curve - found.line;
}

/** Area under the uplift curve, the line included. */
export function auuc(rows: UpliftRows, score: ArrayLike<number>): number | undefined {
  return area(ordered(score), rows, undefined)?.curve;
}

export interface QiniBootstrapOptions {
  readonly rng: Random;
  /** 200 unless told. */
  readonly replicates?: number;
  /** .95 unless told. */
  readonly level?: number;
}

/**
 * Percentile bootstrap (Efron 1979) of the Qini of each score, and of the first minus each other on the same resamples. Rows are sorted once and then drawn
 * as counts. Undefined where a Qini is not defined.
 */
export function qiniIntervals(
  rows: UpliftRows,
  scores: readonly ArrayLike<number>[],
  { rng, replicates = 200, level = 0.95 }: QiniBootstrapOptions,
): { readonly each: readonly BootstrapInterval[]; readonly firstMinus: readonly BootstrapInterval[] } | undefined {
  const n = rows.y.length;
  const groups = scores.map(ordered);
  const estimates = scores.map((score) => qini(rows, score));
  if (estimates.some((one) => one === undefined)) return undefined;
  const drawn = scores.map(() => [] as number[]);
  const counts = new Int32Array(n);
  for (let r = 0; r < replicates; r++) {
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[rng.int(n)]++;
    const found = groups.map((group) => area(group, rows, counts));
    if (found.every((one) => one !== undefined)) found.forEach((one, k) => drawn[k].push(one.curve - one.line));
  }
  const defined = drawn[0]?.length ?? 0;
  if (defined < Math.max(2, replicates / 2)) return undefined;
  const interval = (estimate: number, values: readonly number[]): BootstrapInterval => {
    const sorted = [...values].sort((a, b) => a - b);
    const centre = sorted.reduce((sum, v) => sum + v, 0) / defined;
    const variance = sorted.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (defined - 1);
    const tail = (1 - level) / 2;
    return { estimate, low: quantileSorted(sorted, tail), high: quantileSorted(sorted, 1 - tail), standardError: Math.sqrt(variance), replicates: defined };
  };
  const known = estimates as number[];
  return {
    each: known.map((estimate, k) => interval(estimate, drawn[k])),
    firstMinus: known.slice(1).map((estimate, k) => interval(known[0] - estimate, drawn[0].map((v, r) => v - drawn[k + 1][r]))),
  };
}

export interface Effect {
  readonly rows: number;
  readonly treated: number;
  /** Mean of the treated minus mean of the others. */
  readonly effect: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Average effect with its interval (normal, variances of the two sides apart; weighted rows by the ratio estimator). Undefined with fewer than two rows on a side. */
export function averageEffect(rows: UpliftRows, level = 0.95, among?: ArrayLike<number>): Effect | undefined {
  const { y, treated, weights } = rows;
  const sides = [{ n: 0, w: 0, sum: 0 }, { n: 0, w: 0, sum: 0 }];
  const every = among ?? { length: y.length };
  const rowOf = (k: number): number => (among === undefined ? k : among[k]);
  const weightOf = (row: number): number => (weights === undefined ? 1 : weights[row]);
  for (let k = 0; k < every.length; k++) {
    const row = rowOf(k);
    const side = sides[treated[row] === 1 ? 1 : 0];
    side.n++;
    side.w += weightOf(row);
    side.sum += weightOf(row) * y[row];
  }
  if (sides[0].n < 2 || sides[1].n < 2) return undefined;
  const means = sides.map(({ sum, w }) => sum / w);
  const squares = [0, 0];
  for (let k = 0; k < every.length; k++) {
    const row = rowOf(k);
    const side = treated[row] === 1 ? 1 : 0;
    squares[side] += (weightOf(row) * (y[row] - means[side])) ** 2;
  }
  const variance = sides.reduce((sum, { n, w }, side) => sum + ((squares[side] / (w * w)) * n) / (n - 1), 0);
  const standardError = Math.sqrt(variance);
  const effect = means[1] - means[0];
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  return { rows: every.length, treated: sides[1].n, effect, standardError, low: effect - reach, high: effect + reach };
}

export interface UpliftTenth extends Effect {
  readonly tenth: number;
  /** Mean score of these rows. */
  readonly score: number;
}

/** Effect by tenth of score, tenth 1 being the highest; equal scores stay together, and a part without two rows on each side is left out. */
export function upliftTable(rows: UpliftRows, score: ArrayLike<number>, parts = 10, level = 0.95): UpliftTenth[] {
  const { order, ends } = ordered(score);
  const n = order.length;
  const table: UpliftTenth[] = [];
  let start = 0;
  for (let tenth = 1, group = 0; tenth <= parts && start < n; tenth++) {
    const wanted = Math.round((tenth * n) / parts);
    while (group < ends.length - 1 && ends[group] < wanted) group++;
    const end = ends[group];
    if (end <= start) continue;
    const among = order.subarray(start, end);
    const effect = averageEffect(rows, level, among);
    if (effect !== undefined) table.push({ tenth, score: among.reduce((sum, row) => sum + score[row], 0) / among.length, ...effect });
    start = end;
  }
  return table;
}
