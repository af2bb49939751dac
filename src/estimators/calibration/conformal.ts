/**
 * Quantiles and intervals for amounts and durations from what happened to rows that were predicted alike: split conformal prediction with one
 * residual distribution per bin of the prediction (Vovk 2003, Mondrian bins; Romano, Patterson & Candès 2019 for quantiles).
 *
 * The residual is the ratio actual ÷ max(prediction, floor of the bin), so a bin serves small and large predictions in proportion. Where a bin's
 * predictions are about zero the ratio would mean nothing, and the amount itself is used.
 */
import { z } from 'zod';
import { argsort, mean, upperBound } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';

const ascends = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]);

const binSchema = z.object({
  /** Predictions up to this one belong here; the last bin takes all above. */
  upTo: finite.min(0),
  /** Least divisor; 0: the quantiles are amounts, not ratios. */
  floor: finite.min(0),
  rows: z.int().positive(),
  /** Quantiles at the artefact's levels. */
  quantiles: z.array(finite.min(0)).refine(ascends, 'quantiles must ascend'),
  /** [low, high] for each coverage of the artefact. */
  intervals: z.array(z.tuple([finite.min(0), finite.min(0)])),
});

export const conformalSchema = z
  .object({
    kind: z.literal('conformal'),
    levels: z.array(z.number().gt(0).lt(1)).refine(ascends, 'levels must ascend'),
    coverages: z.array(z.number().gt(0).lt(1)).refine(ascends, 'coverages must ascend'),
    bins: z.array(binSchema).min(1),
  })
  .refine(({ levels, coverages, bins }) => bins.every((bin) => bin.quantiles.length === levels.length && bin.intervals.length === coverages.length), 'a bin lacks a level')
  .refine(({ bins }) => ascends(bins.map(({ upTo }) => upTo)), 'bins must ascend');
export type Conformal = z.infer<typeof conformalSchema>;

export interface ConformalOptions {
  /** Coverages for {@link applyConformalInterval}; .5, .8 and .9 unless told. */
  readonly coverages?: readonly number[];
  /** Most bins; 10 unless told. A bin holds at least 50 rows. */
  readonly bins?: number;
}

/** A grid that is dense enough to read any level between .01 and .99 from. */
export const CONFORMAL_LEVELS: readonly number[] = Object.freeze([0.01, 0.025, ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.975, 0.99]);

/**
 * Learns from predictions and actual values (n ≥ 1, both ≥ 0) of rows that the model was not fitted on. `levels` ascending in (0, 1).
 * Serves any later prediction of the same model.
 */
export function fitConformal(predicted: ArrayLike<number>, actual: ArrayLike<number>, levels: readonly number[] = CONFORMAL_LEVELS, options: ConformalOptions = {}): Conformal {
  const coverages = [...(options.coverages ?? [0.5, 0.8, 0.9])];
  const n = predicted.length;
  if (n === 0) throw new RangeError('Conformal quantiles need at least one row.');
  const order = argsort(predicted);
  const wanted = Math.max(1, Math.min(options.bins ?? 10, Math.floor(n / 50)));
  // A prediction of a millionth of the usual is zero: ratios to it would be of any size.
  const negligible = 1e-6 * (mean(actual) + mean(predicted));
  const bins: Conformal['bins'] = [];
  for (let start = 0; start < n; ) {
    let end = Math.max(start + 1, Math.round(((bins.length + 1) * n) / wanted));
    if (bins.length + 1 >= wanted) end = n;
    while (end < n && predicted[order[end]] === predicted[order[end - 1]]) end++;
    if (n - end < n / wanted / 2) end = n;
    const half = predicted[order[(start + end) >> 1]] / 2;
    const floor = half > negligible ? half : 0;
    const residuals = new Float64Array(end - start);
    for (let i = start; i < end; i++) residuals[i - start] = actual[order[i]] / divisor(predicted[order[i]], floor);
    residuals.sort();
    bins.push({
      upTo: predicted[order[end - 1]],
      floor,
      rows: end - start,
      quantiles: levels.map((level) => orderStatistic(residuals, level)),
      intervals: coverages.map((coverage) => interval(residuals, coverage)),
    });
    start = end;
  }
  return { kind: 'conformal', levels: [...levels], coverages, bins };
}

const divisor = (predicted: number, floor: number): number => (floor === 0 ? 1 : Math.max(predicted, floor));

/** The order statistic whose rank is level·(n+1), rounded away from the middle: the finite-sample rule that keeps coverage at or above its level. */
function orderStatistic(sorted: Float64Array, level: number): number {
  const n = sorted.length;
  const rank = level < 0.5 ? Math.floor(level * (n + 1)) : Math.ceil(level * (n + 1) - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), n) - 1];
}

/**
 * Central interval; where its low end is zero because many rows are zero, nothing lies below it, and the high end comes down to the coverage
 * itself. (The central one would cover 90 % where 80 % was asked for.)
 */
function interval(sorted: Float64Array, coverage: number): [number, number] {
  const low = orderStatistic(sorted, (1 - coverage) / 2);
  return low === 0 ? [0, orderStatistic(sorted, Math.max(coverage, 0.5))] : [low, orderStatistic(sorted, (1 + coverage) / 2)];
}

function binOf({ bins }: Conformal): (predicted: number) => Conformal['bins'][number] {
  const ends = bins.slice(0, -1).map(({ upTo }) => upTo);
  // First bin whose end is ≥ the prediction.
  return (predicted) => {
    const after = upperBound(ends, predicted);
    return bins[after > 0 && ends[after - 1] === predicted ? after - 1 : after];
  };
}

/** Quantiles at `levels` (ascending; read between the fitted levels by straight lines, flat beyond them), row-major rows × levels, non-decreasing within a row. */
export function applyConformal(artefact: Conformal, predicted: ArrayLike<number>, levels: readonly number[] = artefact.levels): Float64Array {
  const find = binOf(artefact);
  const out = new Float64Array(predicted.length * levels.length);
  const positions = levels.map((level) => positionOf(artefact.levels, level));
  for (let i = 0; i < predicted.length; i++) {
    const { floor, quantiles } = find(predicted[i]);
    const scale = divisor(predicted[i], floor);
    positions.forEach(({ below, share }, k) => {
      const above = Math.min(below + 1, quantiles.length - 1);
      out[i * levels.length + k] = scale * (quantiles[below] + share * (quantiles[above] - quantiles[below]));
    });
  }
  return out;
}

function positionOf(levels: readonly number[], level: number): { readonly below: number; readonly share: number } {
  const above = upperBound(levels, level);
  if (above === 0) return { below: 0, share: 0 };
  if (above === levels.length) return { below: levels.length - 1, share: 0 };
  return { below: above - 1, share: (level - levels[above - 1]) / (levels[above] - levels[above - 1]) };
}

export interface Intervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The interval of one fitted coverage around each prediction. Throws RangeError when that coverage was not fitted. */
export function applyConformalInterval(artefact: Conformal, predicted: ArrayLike<number>, coverage: number): Intervals {
  const which = artefact.coverages.indexOf(coverage);
  if (which < 0) throw new RangeError(`Coverage ${coverage} was not fitted; there are ${artefact.coverages.join(', ')}.`);
  const find = binOf(artefact);
  const low = new Float64Array(predicted.length);
  const high = new Float64Array(predicted.length);
  for (let i = 0; i < predicted.length; i++) {
    const bin = find(predicted[i]);
    const scale = divisor(predicted[i], bin.floor);
    low[i] = scale * bin.intervals[which][0];
    high[i] = scale * bin.intervals[which][1];
  }
  return { low, high };
}
