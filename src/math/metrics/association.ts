/** How much a grouping tells of an outcome, from counts and sums per group alone: what a store can add up. */
import type { Random } from '../../base/random.ts';
import { betaI, gammaQ } from '../specialIncomplete.ts';
import { poissonDraw } from '../stats/poisson.ts';
import { quantileSorted } from '../stats/quantile.ts';

export interface GroupCount {
  readonly rows: number;
  /** Rows with the outcome, at most `rows`. */
  readonly hits: number;
}

export interface Association {
  /** Cramér's V of groups × outcome, 0 (independent) to 1, corrected for its bias (Bergsma 2013, eq. 7). */
  readonly value: number;
  /** Poisson-bootstrap percentile interval. */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Of Pearson's χ² test of independence. Groups with fewer than five expected hits or misses are taken together for it. */
  readonly pValue: number;
}

/** χ² ÷ n of groups × outcome; undefined where there is nothing to compare. */
function meanSquareContingency(groups: readonly GroupCount[]): { readonly phi2: number; readonly rows: number; readonly groups: number } | undefined {
  const some = groups.filter(({ rows }) => rows > 0);
  const rows = some.reduce((sum, group) => sum + group.rows, 0);
  const hits = some.reduce((sum, group) => sum + group.hits, 0);
  if (some.length < 2 || hits === 0 || hits === rows) return undefined;
  const share = hits / rows;
  const phi2 = some.reduce((sum, group) => sum + (group.hits - group.rows * share) ** 2 / group.rows, 0) / (share * (1 - share)) / rows;
  return { phi2, rows, groups: some.length };
}

/** @param times how often sampling noise has been added: once in the sample, once more in a resample of it */
function corrected({ phi2, rows, groups }: { phi2: number; rows: number; groups: number }, times: number): number {
  const noise = (groups - 1) / (rows - 1);
  const [k, r] = [groups - (groups - 1) ** 2 / (rows - 1), 2 - 1 / (rows - 1)];
  const most = Math.min(k - 1, r - 1);
  return most <= 0 ? 0 : Math.min(1, Math.sqrt(Math.max(0, phi2 - times * noise) / most));
}

function pooled(groups: readonly GroupCount[]): GroupCount[] {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const hits = groups.reduce((sum, group) => sum + group.hits, 0);
  const scarce = Math.min(hits, rows - hits) / rows;
  const large = groups.filter((group) => group.rows * scarce >= 5);
  const small = groups.filter((group) => group.rows > 0 && group.rows * scarce < 5);
  return small.length === 0 ? large : [...large, { rows: small.reduce((sum, group) => sum + group.rows, 0), hits: small.reduce((sum, group) => sum + group.hits, 0) }];
}

/**
 * Association of a grouping with a yes/no outcome. A resample gives every row a weight of its own from Poisson(1) (Hanley & MacGibbon 2006), so the cells of the table are
 * drawn as independent Poisson counts and no row has to be seen. Undefined with fewer than two groups, or where all or none have the outcome.
 */
export function association(groups: readonly GroupCount[], options: { readonly rng: Random; readonly replicates?: number; readonly level?: number }): Association | undefined {
  const { rng, replicates = 400, level = 0.95 } = options;
  const found = meanSquareContingency(groups);
  if (found === undefined) return undefined;
  const drawn: number[] = [];
  for (let i = 0; i < replicates; i++) {
    const one = meanSquareContingency(groups.map(({ rows, hits }) => {
      const yes = poissonDraw(rng, hits);
      return { rows: yes + poissonDraw(rng, rows - hits), hits: yes };
    }));
    if (one !== undefined) drawn.push(corrected(one, 2));
  }
  drawn.sort((a, b) => a - b);
  const value = corrected(found, 1);
  const test = meanSquareContingency(pooled(groups));
  const tail = (1 - level) / 2;
  return {
    value, level,
    low: drawn.length === 0 ? 0 : Math.min(value, quantileSorted(drawn, tail)),
    high: drawn.length === 0 ? 1 : Math.max(value, quantileSorted(drawn, 1 - tail)),
    pValue: test === undefined ? 1 : gammaQ((test.groups - 1) / 2, (test.phi2 * test.rows) / 2),
  };
}

/** P(group of a row with the outcome comes after that of a row without) + ½·P(same): the area under the ROC curve of the groups in their order. Undefined of one class. */
export function orderedAuc(groups: readonly GroupCount[]): number | undefined {
  const hits = groups.reduce((sum, group) => sum + group.hits, 0);
  const misses = groups.reduce((sum, group) => sum + group.rows - group.hits, 0);
  if (hits === 0 || misses === 0) return undefined;
  let below = 0;
  let area = 0;
  for (const group of groups) {
    const here = group.rows - group.hits;
    area += group.hits * (below + here / 2);
    below += here;
  }
  return area / hits / misses;
}

export interface GroupSums {
  readonly rows: number;
  readonly sum: number;
  /** Sum of squares. */
  readonly squares: number;
}

export interface ExplainedShare {
  /** ω²: share of the variance between the groups, without what chance alone would explain (Hays 1963); 0 to 1. */
  readonly value: number;
  /** Of the F test of equal means. */
  readonly pValue: number;
}

/** Undefined with fewer than two groups, no more rows than groups, or no variance at all. */
export function explainedShare(groups: readonly GroupSums[]): ExplainedShare | undefined {
  const some = groups.filter(({ rows }) => rows > 0);
  const rows = some.reduce((sum, group) => sum + group.rows, 0);
  const [between, within] = [some.length - 1, rows - some.length];
  if (between < 1 || within < 1) return undefined;
  const mean = some.reduce((sum, group) => sum + group.sum, 0) / rows;
  const ssBetween = some.reduce((sum, group) => sum + group.rows * (group.sum / group.rows - mean) ** 2, 0);
  const ssWithin = Math.max(0, some.reduce((sum, group) => sum + group.squares - group.sum ** 2 / group.rows, 0));
  if (ssBetween + ssWithin <= 0) return undefined;
  const error = ssWithin / within;
  const value = Math.max(0, Math.min(1, (ssBetween - between * error) / (ssBetween + ssWithin + error)));
  return { value, pValue: error === 0 ? 0 : betaI(within / 2, between / 2, ssWithin / (ssWithin + ssBetween)) };
}
