/** Ranking metrics of several scores over the same rows, with weights: a resample by customers is a vector of weights, so rows are sorted once and each resample costs a pass. */
import type { Random } from '../../base/random.ts';
import { argsort } from '../stats/argsort.ts';

export const RANKING_METRICS = ['roc_auc', 'normalised_gini', 'spearman'] as const;
export type RankingMetric = (typeof RANKING_METRICS)[number];

/** Rows in ascending order of `values`; `ends[k]` is one past the last row of the k-th run of equal values. */
interface Runs {
  readonly order: Int32Array;
  readonly ends: Int32Array;
}

function runsOf(values: Float64Array): Runs {
  const order = argsort(values);
  const ends = new Int32Array(order.length);
  let runs = 0;
  for (let i = 0; i < order.length; i++) if (i + 1 === order.length || values[order[i + 1]] !== values[order[i]]) ends[runs++] = i + 1;
  return { order, ends: ends.slice(0, runs) };
}

type Weighted = (weights: Float64Array) => number | undefined;

/** Area under the ROC curve, ties counting one half. */
function auc(y: Float64Array, { order, ends }: Runs): Weighted {
  return (weights) => {
    let [below, positives, area] = [0, 0, 0];
    for (let run = 0, i = 0; run < ends.length; run++) {
      let [up, down] = [0, 0];
      for (; i < ends[run]; i++) {
        const row = order[i];
        if (y[row] === 1) up += weights[row];
        else down += weights[row];
      }
      area += up * (below + down / 2);
      below += down;
      positives += up;
    }
    return positives === 0 || below === 0 ? undefined : area / (positives * below);
  };
}

/** Area between the curve of cumulated amounts, lowest score first, and the diagonal, in units of the total; tied rows share their mean. */
function area(amount: Float64Array, { order, ends }: Runs): Weighted {
  return (weights) => {
    let [rows, total, sum] = [0, 0, 0];
    for (let run = 0, i = 0; run < ends.length; run++) {
      let [own, amounts] = [0, 0];
      for (; i < ends[run]; i++) {
        const row = order[i];
        own += weights[row];
        amounts += weights[row] * amount[row];
      }
      sum += own * (total + amounts / 2);
      rows += own;
      total += amounts;
    }
    return rows === 0 || total === 0 ? undefined : 0.5 - sum / (rows * total);
  };
}

/** Mean ranks of the rows as if each stood there as often as it weighs. */
function ranks({ order, ends }: Runs, weights: Float64Array, into: Float64Array): void {
  let below = 0;
  for (let run = 0, start = 0; run < ends.length; run++) {
    let own = 0;
    for (let i = start; i < ends[run]; i++) own += weights[order[i]];
    for (let i = start; i < ends[run]; i++) into[order[i]] = below + (own + 1) / 2;
    below += own;
    start = ends[run];
  }
}

function correlation(a: Float64Array, b: Float64Array, weights: Float64Array): number | undefined {
  let rows = 0;
  for (const weight of weights) rows += weight;
  const centre = (rows + 1) / 2;
  let [cross, va, vb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - centre, b[i] - centre];
    cross += weights[i] * da * db;
    va += weights[i] * da * da;
    vb += weights[i] * db * db;
  }
  return va === 0 || vb === 0 ? undefined : cross / Math.sqrt(va * vb);
}

/**
 * `metric` of each score as a function of the rows' weights (n, at least 0; whole weights are repeats of a row). The same numbers as `rocAuc`, `normalisedGini` and `spearman` of the
 * repeated rows; undefined where those are. @param y (n), in {0, 1} for `roc_auc` @param scores each (n)
 */
export function weightedRanking(metric: RankingMetric, y: Float64Array, scores: readonly Float64Array[]): (weights: Float64Array) => (number | undefined)[] {
  const runs = scores.map(runsOf);
  if (metric === 'roc_auc') {
    const each = runs.map((one) => auc(y, one));
    return (weights) => each.map((value) => value(weights));
  }
  const own = runsOf(y);
  if (metric === 'normalised_gini') {
    const perfect = area(y, own);
    const each = runs.map((one) => area(y, one));
    return (weights) => {
      const most = perfect(weights);
      return each.map((value) => {
        const reached = most === undefined || most <= 0 ? undefined : value(weights);
        return most === undefined || reached === undefined ? undefined : reached / most;
      });
    };
  }
  const [ofOutcome, ofScore] = [new Float64Array(y.length), new Float64Array(y.length)];
  return (weights) => {
    ranks(own, weights, ofOutcome);
    return runs.map((one) => {
      ranks(one, weights, ofScore);
      return correlation(ofOutcome, ofScore, weights);
    });
  };
}

export interface RankingDifference {
  /** Of the rows as they are. */
  readonly first: number;
  readonly second: number;
  /** Of `first − second` over resamples of the groups. */
  readonly standardError: number;
}

/**
 * How two scores rank the same rows, and the standard error of the difference from a bootstrap over groups (Efron & Tibshirani 1993, 8.3): both scores see the same resample, so
 * what they share cancels. Undefined where the metric is, or where fewer than half of the resamples define it. @param groups (n), from 0 without gaps: rows of one number are drawn together
 */
export function rankingDifference(metric: RankingMetric, y: Float64Array, first: Float64Array, second: Float64Array, options: { readonly groups: Int32Array; readonly count: number; readonly rng: Random; readonly replicates?: number }): RankingDifference | undefined {
  const { groups, count, rng, replicates = 200 } = options;
  const values = weightedRanking(metric, y, [first, second]);
  const weights = new Float64Array(y.length).fill(1);
  const [a, b] = values(weights);
  if (a === undefined || b === undefined) return undefined;
  const drawn = new Float64Array(count);
  const found: number[] = [];
  for (let r = 0; r < replicates; r++) {
    drawn.fill(0);
    for (let k = 0; k < count; k++) drawn[rng.int(count)]++;
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[groups[i]];
    const [x, z] = values(weights);
    if (x !== undefined && z !== undefined) found.push(x - z);
  }
  if (found.length < Math.max(2, replicates / 2)) return undefined;
  const centre = found.reduce((sum, value) => sum + value, 0) / found.length;
  return { first: a, second: b, standardError: Math.sqrt(found.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (found.length - 1)) };
}
