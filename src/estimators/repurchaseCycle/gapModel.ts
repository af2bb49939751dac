/**
 * The distribution of a customer's next gap.
 *
 * A customer who still buys has gaps ~ Gamma(shape k, rate λ), λ ~ Gamma(c, d) over the shop. With n gaps of mean g seen, λ ~ Gamma(C, D), C = c + k n and
 * D = d + n g, and the next gap is t = D · B / (1 − B) with B ~ Beta(k, C), so
 *     S(t) = I_{D / (t + D)}(C, k)      (a scaled beta prime, the distribution of the Gamma-Gamma model).
 * Its tail is a power law for new customers and near-gamma for those with a long history, so a long silence lengthens the rest.
 *
 * A share of customers has lapsed after the last order: Beta(u, v) heterogeneity gives u / (u + v + n) after n gaps. They come back at a rare, slowly falling
 * rate: S(t) = L / (L + t). That keeps every quantile finite and moving with time, where "never again" would make it infinite.
 *
 * Personal values: effective gaps n = N m / (N + m) (a memory of m gaps: cycles drift, so an old history is not worth its full count); mean gap on
 * the log scale between the plain and the exponentially weighted one by ω; shape k = k₀ (cv₀² / cv²)^η with the shrunken squared coefficient of variation.
 */
import { betaI } from '../../math/specialIncomplete.ts';
import { lbeta } from '../../math/specialGamma.ts';
import type { Rhythm } from './rhythm.ts';

export interface GapModel {
  /** k₀: shape of the gaps of a customer of ordinary regularity; 1 is Poisson, larger is more regular. */
  readonly shape: number;
  /** c > 1: how alike customers are; the prior is worth c / k₀ gaps. Above 1, so that the mean gap of a new customer is finite. */
  readonly alikeness: number;
  /** d in days: with the above, the typical gap of the shop is k₀ d / c. */
  readonly scaleDays: number;
  /** η: how far personal regularity moves the shape. */
  readonly regularityEffect: number;
  /** ω in [0, 1]: weight of the exponentially weighted gap. */
  readonly recentWeight: number;
  /** m: number of gaps at which half the weight of a history is reached. */
  readonly memoryGaps: number;
  /** u and v of the share of lapsed customers. */
  readonly lapseA: number;
  readonly lapseB: number;
  /** L in days: half of the lapsed come back within it. */
  readonly lapsedDays: number;
  /** cv₀²: pooled squared coefficient of variation of the gaps in the shop. */
  readonly storeCv2: number;
  /** Gaps' worth of prior on a personal cv². */
  readonly cv2PriorGaps: number;
}

/** The next gap of one customer. */
export interface GapDistribution {
  readonly k: number;
  readonly C: number;
  readonly D: number;
  readonly lapsed: number;
  readonly lapsedDays: number;
  readonly logBeta: number;
  /** Weight of the own gaps in the cycle, in [0, 1). */
  readonly ownWeight: number;
  readonly cv2: number;
}

/** cv² of a customer, shrunk to the shop's by `cv2PriorGaps`. */
export function shrunkenCv2({ storeCv2, cv2PriorGaps }: Pick<GapModel, 'storeCv2' | 'cv2PriorGaps'>, { gaps, cv2 }: Rhythm): number {
  if (Number.isNaN(cv2)) return storeCv2;
  return (cv2PriorGaps * storeCv2 + (gaps - 1) * cv2) / (cv2PriorGaps + gaps - 1);
}

/** Shapes stay between 1/200 and 200: gaps never vary by less than 7 %. Below 5 the bound moves a shape by less than 5 %, which the fit takes into account. */
const LARGEST_LOG_SHAPE = Math.log(200);

export function gapDistribution(model: GapModel, rhythm: Rhythm): GapDistribution {
  const cv2 = shrunkenCv2(model, rhythm);
  // A perfectly even history would ask for an infinite shape. The bound is smooth, because the likelihood is differentiated through it.
  const logShape = Math.log(model.shape) + model.regularityEffect * Math.log(model.storeCv2 / Math.max(cv2, 1e-4));
  const k = Math.exp(LARGEST_LOG_SHAPE * Math.tanh(logShape / LARGEST_LOG_SHAPE));
  const effective = (rhythm.gaps * model.memoryGaps) / (rhythm.gaps + model.memoryGaps);
  const mean = rhythm.gaps === 0 ? 0 : rhythm.mean ** (1 - model.recentWeight) * rhythm.recent ** model.recentWeight;
  // The prior keeps the typical gap k₀ d / c of the shop (times the ratio of the own group) whatever the personal shape.
  const C = model.alikeness + k * effective;
  const D = ((rhythm.ratio ?? 1) * model.scaleDays * model.shape) / k + effective * mean;
  const lapsed = model.lapseA / (model.lapseA + model.lapseB + rhythm.gaps);
  return { k, C, D, lapsed, lapsedDays: model.lapsedDays, logBeta: lbeta(C, k), ownWeight: (k * effective) / C, cv2 };
}

/** P(gap > t), t ≥ 0 days: positive for every finite t. */
export function gapSurvival({ k, C, D, lapsed, lapsedDays, logBeta }: GapDistribution, t: number): number {
  const alive = t > 0 ? betaI(C, k, D / (t + D), t / (t + D), logBeta) : 1;
  return (1 - lapsed) * alive + (lapsed * lapsedDays) / (lapsedDays + t);
}

/** Density of the gap at t > 0 days. */
export function gapDensity({ k, C, D, lapsed, lapsedDays, logBeta }: GapDistribution, t: number): number {
  const alive = Math.exp(k * Math.log(t / (t + D)) + C * Math.log(D / (t + D)) - logBeta) / t;
  return (1 - lapsed) * alive + (lapsed * lapsedDays) / ((lapsedDays + t) * (lapsedDays + t));
}

/** 1 / E[rate]: the typical gap of a customer who still buys, k D / C, in days. It is the average of own gap and the shop's with `ownWeight` on the own one. */
export function cycleOf({ k, C, D }: GapDistribution): number {
  return (k * D) / C;
}

const LONGEST_LOG_DAYS = Math.log(1e6);
const SHORTEST_LOG_DAYS = Math.log(1e-3);

/** P(order within `days` after the cut-off | silence). */
export function remainingLevel(distribution: GapDistribution, silence: number, days: number): number {
  return 1 - gapSurvival(distribution, silence + days) / gapSurvival(distribution, silence);
}

/**
 * Days u > 0 after the cut-off with P(next order later than u | silence) = 1 − level, for `count` levels from `levels[from]` on (ascending), written to the same places of `out`: the
 * quantiles of the remaining time. Newton on ln S over ln u, kept inside a shrinking interval, each level from the one before. In [0.001, 10⁶] days.
 */
export function remainingQuantiles(distribution: GapDistribution, silence: number, levels: ArrayLike<number>, from: number, count: number, out: Float64Array): void {
  const atStart = Math.log(gapSurvival(distribution, silence));
  let floor = SHORTEST_LOG_DAYS;
  let v = Math.log(Math.max(1e-3, Math.min(1e6, cycleOf(distribution))));
  for (let l = 0; l < count; l++) {
    const target = Math.log1p(-levels[from + l]) + atStart;
    let low = floor;
    let high = LONGEST_LOG_DAYS;
    for (let i = 0; i < 100; i++) {
      const u = Math.exp(v);
      const survival = gapSurvival(distribution, silence + u);
      const excess = Math.log(survival) - target;
      if (excess > 0) low = v;
      else high = v;
      const slope = (-u * gapDensity(distribution, silence + u)) / survival;
      let next = v - excess / slope;
      if (!(next > low && next < high)) next = (low + high) / 2;
      // Newton doubles the digits with each step: one below 1e-7 leaves an error of about 1e-14.
      const close = Math.abs(next - v) < 1e-7 || high - low < 1e-12;
      v = next;
      if (close) break;
    }
    out[from + l] = Math.exp(v);
    floor = Math.min(v, LONGEST_LOG_DAYS - 1e-9);
  }
}
