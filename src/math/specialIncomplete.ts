/** Regularised incomplete gamma and beta functions and their inverses. */
import { lbeta, lgamma } from './specialGamma.ts';

const TINY = 1e-300;
const EPSILON = 1e-16;
const MAX_TERMS = 100_000;

/** x^a e^−x / Γ(a). */
function gammaPrefactor(a: number, x: number): number {
  return Math.exp(a * Math.log(x) - x - lgamma(a));
}

/** P(a, x) by its series (DLMF 8.7.1), good for x < a + 1. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * EPSILON) break;
  }
  return sum * gammaPrefactor(a, x);
}

/** Q(a, x) by its continued fraction (DLMF 8.9.2) with Lentz's method, good for x ≥ a + 1. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || TINY);
    c = b + an / c || TINY;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < EPSILON) break;
  }
  return h * gammaPrefactor(a, x);
}

/** Regularised lower incomplete gamma P(a, x), a > 0, x ≥ 0: the CDF of Gamma(shape a, rate 1). Relative accuracy 1e-13 for a ≤ 100, 1e-11 for a ≤ 10⁴. */
export function gammaP(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return NaN;
  if (x === 0) return 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Regularised upper incomplete gamma Q(a, x) = 1 − P(a, x), without cancellation in the tail. */
export function gammaQ(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return NaN;
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** Continued fraction of I_x(a, b) (DLMF 8.17.22), good for x < (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || TINY);
  let h = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const m2 = 2 * m;
    const even = (m * (b - m) * x) / ((a + m2 - 1) * (a + m2));
    d = 1 / (1 + even * d || TINY);
    c = 1 + even / c || TINY;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + m2) * (a + m2 + 1));
    d = 1 / (1 + odd * d || TINY);
    c = 1 + odd / c || TINY;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < EPSILON) break;
  }
  return h;
}

/**
 * Regularised incomplete beta I_x(a, b), a, b > 0, 0 ≤ x ≤ 1: the CDF of Beta(a, b). The complement 1 − I_x(a, b) = I_{1−x}(b, a).
 * @param complement 1 − x, for callers who know it better than by subtraction.
 * @param logBeta ln B(a, b), for callers who ask many x of one pair.
 */
export function betaI(a: number, b: number, x: number, complement = 1 - x, logBeta = lbeta(a, b)): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return NaN;
  if (x === 0) return 0;
  if (complement <= 0) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta);
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, complement)) / b;
}

/** Root of an increasing function on (low, high) by Newton steps that fall back to bisection; `high` may be grown by the caller first. */
function increasingRoot(f: (x: number) => number, slope: (x: number) => number, start: number, low: number, high: number): number {
  let lower = low;
  let upper = high;
  let x = start;
  for (let i = 0; i < 200; i++) {
    const value = f(x);
    if (value === 0) return x;
    if (value > 0) upper = x;
    else lower = x;
    let next = x - value / slope(x);
    if (!(next > lower && next < upper)) next = (lower + upper) / 2;
    if (Math.abs(next - x) <= 2e-16 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}

/** x with P(a, x) = p, for a > 0 and 0 ≤ p ≤ 1 (p = 1 gives +Infinity). Solved for ln x, so small shapes keep their relative accuracy. */
export function gammaPInverse(a: number, p: number): number {
  if (!(a > 0 && p >= 0 && p <= 1)) return NaN;
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  let high = Math.log(a + 1);
  while (gammaQ(a, Math.exp(high)) > 1 - p) high += 1;
  // P(a, x) ≤ x^a / Γ(a + 1) gives the lower end.
  const low = Math.min((Math.log(p) + lgamma(a + 1)) / a - 1e-9, high - 1);
  // In the upper half the complement is the accurate side.
  const f = p > 0.5 ? (v: number) => 1 - p - gammaQ(a, Math.exp(v)) : (v: number) => gammaP(a, Math.exp(v)) - p;
  return Math.exp(increasingRoot(f, (v) => Math.exp(a * v - Math.exp(v) - lgamma(a)), (low + high) / 2, low, high));
}

/** x with I_x(a, b) = p, for a, b > 0 and 0 ≤ p ≤ 1. Solved for ln(x / (1 − x)). Values nearer to 1 than 1e-16 round to 1. */
export function betaIInverse(a: number, b: number, p: number): number {
  if (!(a > 0 && b > 0 && p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p;
  const logBeta = lbeta(a, b);
  const parts = (v: number): [number, number] => (v > 0 ? [1 / (1 + Math.exp(-v)), 1 / (1 + Math.exp(v))] : [Math.exp(v) / (1 + Math.exp(v)), 1 / (1 + Math.exp(v))]);
  const f = (v: number): number => {
    const [x, complement] = parts(v);
    return betaI(a, b, x, complement, logBeta) - p;
  };
  const slope = (v: number): number => {
    const [x, complement] = parts(v);
    return Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta);
  };
  let low = -1;
  let high = 1;
  while (low > -700 && f(low) > 0) low *= 2;
  while (high < 700 && f(high) < 0) high *= 2;
  return parts(increasingRoot(f, slope, Math.max(low, Math.min(high, Math.log(a / b))), low, high))[0];
}
