/**
 * The zero-inflated lognormal distribution (ZILN): 0 with probability 1 − p, otherwise exp(N(μ, σ²)). The distribution of what a customer spends
 * in a window (Wang, Liu & Miao 2019, "A Deep Probabilistic Model for Customer Lifetime Value Prediction", arXiv:1912.07753, section 3).
 *
 * Its mean is p·exp(μ + σ²/2): an estimate of σ that runs away takes every prediction with it. Models therefore get σ from {@link boundedSigma}.
 */
import { normalCdf, normalQuantile } from './specialNormal.ts';
import { sigmoid } from './specialLog.ts';

/** σ stays between these: at 2, half of all money comes from one spender in 44, and the mean is 7.4 medians. */
export const LEAST_SIGMA = 0.05;
export const MOST_SIGMA = 2;

/** Largest exponent that a mean or a quantile is raised to: e^80 is beyond any money, and finite. */
const MOST_EXPONENT = 80;
const HALF_LOG_TWO_PI = 0.9189385332046727;

/** Natural parameters of one row: chance of any amount in [0, 1], mean and standard deviation of ln(amount) of those above 0. */
export interface ZeroInflatedLognormal {
  readonly probability: number;
  readonly mu: number;
  readonly sigma: number;
}

/** σ in ({@link LEAST_SIGMA}, {@link MOST_SIGMA}) from any real number, smooth and increasing: the scale of a model's last layer. */
export function boundedSigma(raw: number): number {
  return LEAST_SIGMA + (MOST_SIGMA - LEAST_SIGMA) * sigmoid(raw);
}

/** dσ/d(raw) of {@link boundedSigma}, for gradients. */
export function boundedSigmaSlope(raw: number): number {
  const s = sigmoid(raw);
  return (MOST_SIGMA - LEAST_SIGMA) * s * (1 - s);
}

/** E(amount) = p·exp(μ + σ²/2), finite for every finite input. */
export function zilnMean({ probability, mu, sigma }: ZeroInflatedLognormal): number {
  return probability === 0 ? 0 : probability * Math.exp(Math.min(mu + 0.5 * sigma * sigma, MOST_EXPONENT));
}

/**
 * ln of the likelihood of one amount ≥ 0: ln(1 − p) at 0, otherwise ln p + ln of the lognormal density at it (equation 5 of the paper, with the sign
 * turned). −Infinity where the amount is impossible.
 */
export function zilnLogLikelihood({ probability, mu, sigma }: ZeroInflatedLognormal, amount: number): number {
  if (amount === 0) return Math.log1p(-probability);
  const log = Math.log(amount);
  const z = (log - mu) / sigma;
  return Math.log(probability) - 0.5 * z * z - Math.log(sigma) - log - HALF_LOG_TWO_PI;
}

/** Density at an amount > 0; at 0 the distribution has the point mass 1 − p, which is returned there. */
export function zilnPdf(distribution: ZeroInflatedLognormal, amount: number): number {
  return amount < 0 ? 0 : Math.exp(zilnLogLikelihood(distribution, amount));
}

/** P(outcome ≤ amount). */
export function zilnCdf({ probability, mu, sigma }: ZeroInflatedLognormal, amount: number): number {
  if (amount < 0) return 0;
  if (amount === 0) return 1 - probability;
  return 1 - probability * normalCdf((mu - Math.log(amount)) / sigma);
}

/** Smallest amount with P(outcome ≤ amount) ≥ level, level in [0, 1): 0 up to 1 − p. */
export function zilnQuantile({ probability, mu, sigma }: ZeroInflatedLognormal, level: number): number {
  if (!(level > 1 - probability)) return Number.isNaN(level) ? NaN : 0;
  // P(above) = 1 − level is split over those who spend at all: from that side no digits are lost in the upper tail.
  return Math.exp(Math.min(mu - sigma * normalQuantile((1 - level) / probability), MOST_EXPONENT));
}

/**
 * Derivatives of −ln likelihood at one amount by (logit p, μ, raw of {@link boundedSigma}), written to `out[at … at + 2]`: what a model with these three
 * outputs follows down.
 */
export function zilnLossGradient(logit: number, mu: number, raw: number, amount: number, out: Float64Array, at = 0): void {
  const p = sigmoid(logit);
  if (amount === 0) {
    out[at] = p;
    out[at + 1] = 0;
    out[at + 2] = 0;
    return;
  }
  const sigma = boundedSigma(raw);
  const z = (Math.log(amount) - mu) / sigma;
  out[at] = p - 1;
  out[at + 1] = -z / sigma;
  out[at + 2] = ((1 - z * z) / sigma) * boundedSigmaSlope(raw);
}
