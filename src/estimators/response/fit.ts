/** Learns the prior of a response rate, and the weights of the logistic model, from what messages of a later period did. Pure and deterministic. */
import { rowLogLoss } from '../../math/metrics/index.ts';
import { minimiseLbfgs } from '../../math/optimiseLbfgs.ts';
import { digamma, lbeta } from '../../math/specialGamma.ts';
import { logit } from '../../math/stats/index.ts';
import { fitRanker } from '../preference/ranker.ts';
import type { Ranker } from '../preference/ranker.ts';
import { decayed, shrunkRate, SIGNALS, signalsOf } from './rate.ts';
import type { Known, RatePrior, Tally } from './rate.ts';

/** A customer as known on a day, and what the messages after that day did. */
export interface ResponseCase {
  readonly known: Known;
  readonly tries: number;
  readonly hits: number;
}

/** Longest first: a shorter memory must gain this much log-likelihood, about the 95 % point for one more parameter. */
export const HALF_LIVES = [728, 182, 56] as const;
const LEAST_GAIN = 2;
/** Log-normal weight on the strength, centre 10 messages, so wide that it only decides where customers do not differ at all. */
const STRENGTH_CENTRE = Math.log(10);
const STRENGTH_SD = 3;
/** Customers that two numbers are learned from, evenly spread over all. */
const MOST_FOR_PRIOR = 1_500;

interface Counts {
  readonly tries: number;
  readonly hits: number;
}

/** Mean and strength of the Beta prior by maximum likelihood of beta-binomial counts, as (logit mean, ln strength). */
function fitBeta(counts: readonly Counts[], start: Float64Array): Float64Array {
  return minimiseLbfgs((at, gradient) => {
    const [mean, strength] = [1 / (1 + Math.exp(-at[0])), Math.exp(at[1])];
    const [a, b] = [strength * mean, strength * (1 - mean)];
    let [loss, byA, byB] = [counts.length * lbeta(a, b), 0, 0];
    for (const { tries, hits } of counts) loss -= lbeta(hits + a, tries - hits + b);
    const far = (at[1] - STRENGTH_CENTRE) / STRENGTH_SD;
    if (gradient !== undefined) {
      const [atA, atB, atBoth] = [digamma(a), digamma(b), digamma(strength)];
      for (const { tries, hits } of counts) {
        const both = atBoth - digamma(tries + strength);
        byA -= digamma(hits + a) - atA + both;
        byB -= digamma(tries - hits + b) - atB + both;
      }
      gradient[0] = (byA - byB) * strength * mean * (1 - mean);
      gradient[1] = byA * a + byB * b + far / STRENGTH_SD;
    }
    return loss + (far * far) / 2;
  }, start, { maxStep: 2, gradientTolerance: 1e-4, valueTolerance: 1e-6 }).x;
}

/**
 * Beta prior of the customers' rates and the half-life of messages. For each half-life mean and strength are those under which everything known of the customers, decayed, is most likely
 * (empirical Bayes); the half-life is the one under which the later messages are.
 * @param cases with hits and misses among them
 */
export function fitRatePrior(cases: readonly ResponseCase[], tallies: (known: Known) => readonly Tally[]): RatePrior {
  const step = Math.max(1, Math.ceil(cases.length / MOST_FOR_PRIOR));
  const some = cases.filter((_, u) => u % step === 0);
  const [tries, hits] = cases.reduce(([n, k], one) => [n + one.tries, k + one.hits], [0, 0]);
  let at: Float64Array = Float64Array.of(logit(hits / tries), STRENGTH_CENTRE);
  let best: (RatePrior & { readonly loss: number }) | undefined;
  for (const halfLifeDays of HALF_LIVES) {
    at = fitBeta(some.map((one): Counts => {
      const past = decayed(tallies(one.known), halfLifeDays);
      return { tries: past.tries + one.tries, hits: past.hits + one.hits };
    }), at);
    const prior = { mean: 1 / (1 + Math.exp(-at[0])), strength: Math.exp(at[1]), halfLifeDays };
    const loss = cases.reduce((sum, one) => {
      const p = shrunkRate(tallies(one.known), prior);
      return sum + one.hits * rowLogLoss(1, p) + (one.tries - one.hits) * rowLogLoss(0, p);
    }, 0);
    if (best === undefined || loss < best.loss - LEAST_GAIN) best = { ...prior, loss };
  }
  const { mean, strength, halfLifeDays } = best ?? { mean: hits / tries, strength: 1, halfLifeDays: HALF_LIVES[0] };
  return { mean, strength, halfLifeDays };
}

/** Share of all messages that had the outcome, older ones with less weight: steadier than the newest period alone. */
export function shopRate(cases: readonly ResponseCase[]): number {
  const sums = cases.map(({ known, tries, hits }) => {
    const past = decayed(known.own, HALF_LIVES[1]);
    return { tries: past.tries + tries, hits: past.hits + hits };
  });
  return sums.reduce((sum, { hits }) => sum + hits, 0) / sums.reduce((sum, { tries }) => sum + tries, 0);
}

/** One row per message. Undefined where the signals tell nothing apart. */
export function fitResponseWeights(cases: readonly ResponseCase[], prior: RatePrior, everywhere: RatePrior): Ranker | undefined {
  const rows = cases.reduce((sum, { tries }) => sum + tries, 0);
  const [x, y] = [new Float64Array(rows * SIGNALS.length), new Uint8Array(rows)];
  let at = 0;
  for (const { known, tries, hits } of cases) {
    const signals = signalsOf(known, prior, everywhere);
    for (let i = 0; i < tries; i++, at++) {
      x.set(signals, at * SIGNALS.length);
      y[at] = i < hits ? 1 : 0;
    }
  }
  return fitRanker(x, y, SIGNALS.length);
}
