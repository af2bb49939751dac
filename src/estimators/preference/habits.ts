/** Shares, rates and hours of one customer beside the shop's own: every estimate starts from the shop's number and moves as far as the customer's own counts carry it. Pure. */
import { betaI } from '../../math/specialIncomplete.ts';
import { lbeta, lgamma } from '../../math/specialGamma.ts';
import { shrunkShare } from './shrinkage.ts';

/** P(θ > share) for a share θ with `hits` of `total` observed and a Beta prior of this strength around `share`. */
export function chanceAbove(share: number, hits: number, total: number, strength: number): number {
  if (share <= 0) return 1;
  if (share >= 1) return 0;
  return 1 - betaI(hits + strength * share, total - hits + strength * (1 - share), share);
}

/** P(X ≤ hits) of `total` draws from a beta-binomial with parameters a and b. */
export function betaBinomialCdf(hits: number, total: number, a: number, b: number): number {
  let sum = 0;
  for (let x = 0; x <= Math.min(hits, total); x++) {
    sum += Math.exp(lgamma(total + 1) - lgamma(x + 1) - lgamma(total - x + 1) + lbeta(x + a, total - x + b) - lbeta(a, b));
  }
  return Math.min(1, sum);
}

export const HOURS = 24;
/** Standard deviation, in hours, of the kernel that hours are smoothed with. */
const HOUR_BANDWIDTH = 1;

/** Counts by hour of the day smoothed round the clock with a wrapped normal kernel; the sum stays the same. */
export function smoothHours(counts: ArrayLike<number>): Float64Array {
  const kernel = Array.from({ length: HOURS }, (_, h) => Math.exp(-0.5 * (Math.min(h, HOURS - h) / HOUR_BANDWIDTH) ** 2));
  const whole = kernel.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from({ length: HOURS }, (_, h) => kernel.reduce((sum, weight, shift) => sum + (weight / whole) * counts[(h + shift) % HOURS], 0));
}

export interface BestHour {
  /** First hour of the best window of two hours, 0–23. */
  readonly hour: number;
  /** Share of the own responses in the window, and of the shop's. */
  readonly share: number;
  readonly typical: number;
}

/** Hours of a window. */
export const WINDOW_HOURS = 2;

/** The window in which the customer responds most, judged by the smoothed own counts on top of the shop's curve, which weighs as much as `strength` responses. @param shop shares that sum to 1 */
export function bestHour(counts: ArrayLike<number>, shop: ArrayLike<number>, strength: number): BestHour {
  const smooth = smoothHours(counts);
  const total = smooth.reduce((sum, n) => sum + n, 0);
  const window = (of: ArrayLike<number>, hour: number): number => Array.from({ length: WINDOW_HOURS }, (_, i) => of[(hour + i) % HOURS]).reduce((sum, n) => sum + n, 0);
  let [best, most] = [0, -1];
  for (let hour = 0; hour < HOURS; hour++) {
    const share = shrunkShare(window(smooth, hour), total, window(shop, hour), strength);
    // A hair's breadth is rounding.
    if (share > most + 1e-12) [best, most] = [hour, share];
  }
  const own = Array.from({ length: HOURS }, (_, h) => counts[h]).reduce((sum, n) => sum + n, 0);
  return { hour: best, share: own === 0 ? 0 : window(counts, best) / own, typical: window(shop, best) };
}

export interface Leaning {
  readonly name: string;
  /** Shrunk share of the customer, and the shop's share. */
  readonly share: number;
  readonly typical: number;
  readonly lift: number;
  /** P(the customer's own share is above the shop's). */
  readonly chance: number;
}

/**
 * What a customer leans to beside the shop's shares, strongest lift first: posterior mean under a Dirichlet prior around the shop's shares (empirical Bayes), so that neither a best-seller
 * wins by size nor a rarity by one purchase. Names that the shop does not know count in the total only.
 * @param weights positive weights by name @param shares of the shop, positive
 */
export function leanings(weights: ReadonlyMap<string, number>, shares: ReadonlyMap<string, number>, strength: number): Leaning[] {
  let total = 0;
  for (const weight of [...weights.values()].sort((a, b) => a - b)) total += weight;
  return [...weights].flatMap(([name, weight]): Leaning[] => {
    const typical = shares.get(name);
    if (typical === undefined) return [];
    const share = shrunkShare(weight, total, typical, strength);
    return [{ name, share, typical, lift: share / typical, chance: chanceAbove(typical, weight, total, strength) }];
  }).sort((a, b) => b.lift - a.lift || (a.name < b.name ? -1 : 1));
}
