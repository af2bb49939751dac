/**
 * Sums over the orders of a customer who is alive at the start of a window of t weeks, with λ ~ Gamma(R, A) and drop-out p ~ Beta(a, B) after each order.
 *
 * An order is every k-th event of a Poisson process with rate λ (Erlang-k gaps; k = 1 is the Poisson customer), and `stage` events since the last
 * order have passed already. The number N of events in the window is negative binomial, P(N = n) = Γ(R + n) / (Γ(R) n!) (A / (A + t))^R (t / (A + t))^n.
 * All sums here have positive terms, so nothing cancels, where the textbook forms are differences divided by a − 1.
 */
import { lbeta, lgamma, lgammaDelta } from '../../math/specialGamma.ts';
import { betaI } from '../../math/specialIncomplete.ts';
import { logIntegrateUnit } from '../../math/specialQuadrature.ts';

/** Longest series worth summing for k = 1; beyond it the integral is cheaper. */
const MAX_TERMS = 20_000;
/** More than a million events: whether an order is the k-th of them no longer shows in six digits, so the rate is divided by k instead. */
const MAX_REGULAR_TERMS = 2_000_000;

/** P(N ≥ n) for the events of a window, n ≥ 1: exact in the relative sense also for tiny windows. */
export function eventTail(R: number, A: number, t: number, n: number): number {
  const logNone = -R * Math.log1p(t / A);
  if (n === 1) return -Math.expm1(logNone);
  const z = t / (A + t);
  let probability = Math.exp(logNone);
  let below = 0;
  for (let i = 0; i < n; i++) {
    below += probability;
    probability *= ((R + i) / (i + 1)) * z;
  }
  // The difference is good while it is not small; otherwise I_z(n, R), which is the same tail.
  return below < 0.9 ? 1 - below : betaI(n, R, z, A / (A + t));
}

/**
 * E[orders in a window of t] = Σ_n P(N = n) G(⌊(stage + n) / k⌋), where order j + 1 happens when the customer survived j flips:
 * G(m) = Σ_{j < m} E[(1 − p)^j] = Σ_{j < m} (B)_j / (a + B)_j.
 */
export function ordersWhileAlive(R: number, A: number, a: number, B: number, t: number, k: number, stage: number): number {
  if (!(t > 0)) return 0;
  const logNone = -R * Math.log1p(t / A);
  const z = t / (A + t);
  const expectedTerms = (R * t) / A + 40 / -Math.log(z);
  if (k === 1 && (logNone < -690 || expectedTerms > MAX_TERMS)) return ordersByIntegral(R, A, a, B, t);
  if (expectedTerms > MAX_REGULAR_TERMS) return ordersByIntegral(R, k * A, a, B, t);
  let n = logNone < -690 ? firstTerm(R, t / A, z, logNone) : 0;
  let probability = Math.exp(logProbability(R, z, logNone, n));
  let orders = Math.floor((stage + n) / k);
  let survival = 1;
  let flips = 0;
  for (let j = 0; j < orders; j++) {
    flips += survival;
    survival *= (B + j) / (a + B + j);
  }
  let untilNext = k - ((stage + n) % k);
  let sum = probability * flips;
  for (const last = n + 10 * MAX_REGULAR_TERMS; n < last; ) {
    const ratio = ((R + n) / (n + 1)) * z;
    n++;
    probability *= ratio;
    if (--untilNext === 0) {
      untilNext = k;
      flips += survival;
      survival *= (B + orders) / (a + B + orders);
      orders++;
    }
    sum += probability * flips;
    // G grows at most as n, so the rest is below a geometric series with a slightly larger ratio.
    const bound = Math.max(ratio, z) * (1 + 1 / n);
    if (bound < 1 && orders > 0 && probability * flips < 1e-17 * sum * (1 - bound)) break;
  }
  return sum;
}

function logProbability(R: number, z: number, logNone: number, n: number): number {
  return n === 0 ? logNone : lgammaDelta(R, n) - lgamma(n + 1) + n * Math.log(z) + logNone;
}

/** The first n below the mode whose probability can be told from zero. */
function firstTerm(R: number, odds: number, z: number, logNone: number): number {
  let [low, high] = [0, Math.floor(R * odds)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (logProbability(R, z, logNone, middle) < -600) low = middle;
    else high = middle;
  }
  return low;
}

/** The same for k = 1 as ∫ (1 − (1 + p t / A)^−R) / p dBeta(p). */
function ordersByIntegral(R: number, A: number, a: number, B: number, t: number): number {
  const scale = t / A;
  const logIntegral = logIntegrateUnit((logP, log1mP) => {
    // ln[(1 − (1 + p t/A)^−R) / p]; for tiny p the limit R t / A.
    const p = Math.exp(logP);
    const shrink = -Math.expm1(-R * Math.log1p(p * scale));
    const gain = p * scale * R < 1e-12 ? Math.log(R * scale) : Math.log(shrink) - logP;
    return a * logP + B * log1mP + gain;
  });
  return Math.exp(logIntegral - lbeta(a, B));
}
