/** Gamma function family for positive arguments. Relative accuracy is about 1e-15, also near the zeros of ln Γ at 1 and 2. */

const EULER_GAMMA = 0.5772156649015329;
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** ζ(k) − 1 for k = 2 … 40, summed from the definition with an Euler–Maclaurin tail; index 0 holds k = 2. */
const ZETA_MINUS_ONE: readonly number[] = Array.from({ length: 39 }, (_, i) => {
  const k = i + 2;
  const n = 60;
  // Σ_{m ≥ n} m^−k = n^(1−k)/(k−1) + n^−k/2 + k n^(−k−1)/12 − k(k+1)(k+2) n^(−k−3)/720 + …
  let sum =
    n ** (1 - k) / (k - 1) + n ** -k / 2 + (k * n ** (-k - 1)) / 12 - (k * (k + 1) * (k + 2) * n ** (-k - 3)) / 720 +
    (k * (k + 1) * (k + 2) * (k + 3) * (k + 4) * n ** (-k - 5)) / 30240;
  for (let m = n - 1; m >= 2; m--) sum += m ** -k;
  return sum;
});

/** Bernoulli terms B_2j / (2j (2j − 1)) of the Stirling series (DLMF 5.11.1). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** ln Γ(2 + z) for |z| ≤ 1/2: z (1 − γ) + Σ_{k ≥ 2} (−z)^k (ζ(k) − 1) / k (DLMF 5.7.3). Exact zero at z = 0. */
function lgammaAroundTwo(z: number): number {
  let power = -z;
  let sum = 0;
  for (let i = 0; i < ZETA_MINUS_ONE.length; i++) {
    power *= -z;
    const term = (power * ZETA_MINUS_ONE[i]) / (i + 2);
    sum += term;
    if (Math.abs(term) < 1e-18 * Math.abs(z)) break;
  }
  return z * (1 - EULER_GAMMA) + sum;
}

/** Correction ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π) for x ≥ 10. */
function stirlingCorrection(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  let sum = 0;
  for (let j = STIRLING.length - 1; j >= 0; j--) sum = sum * square + STIRLING[j];
  return sum * inverse;
}

/**
 * Natural logarithm of the gamma function.
 * @param x positive; 0 gives +Infinity, negative or NaN gives NaN.
 * Method: Taylor series around 2 (and through the recurrence around 1), the recurrence down from x < 10, Stirling's series above.
 */
export function lgamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  if (x === Infinity) return Infinity;
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingCorrection(x);
  if (x < 0.5) return lgammaAroundTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return lgammaAroundTwo(x - 1) - Math.log1p(x - 1);
  let product = 1;
  let y = x;
  while (y > 2.5) {
    y -= 1;
    product *= y;
  }
  return lgammaAroundTwo(y - 2) + Math.log(product);
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b) for positive a and b, without cancellation when one of them is large. */
export function lbeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  return lgamma(small) - lgammaDelta(large, small);
}

/**
 * ln Γ(x + d) − ln Γ(x) for x > 0, d ≥ 0, without the cancellation of two large logarithms when x is large.
 * From Stirling's series on both sides for x ≥ 10, plain difference below.
 */
export function lgammaDelta(x: number, d: number): number {
  if (d === 0) return 0;
  if (x < 10) return lgamma(x + d) - lgamma(x);
  return (x - 0.5) * Math.log1p(d / x) + d * Math.log(x + d) - d + stirlingCorrection(x + d) - stirlingCorrection(x);
}

/** Digamma ψ(x) = d ln Γ / dx for x > 0: recurrence up to 12, then the asymptotic series (DLMF 5.11.2). Absolute accuracy about 1e-15. */
export function digamma(x: number): number {
  if (!(x > 0)) return NaN;
  let y = x;
  let shift = 0;
  while (y < 12) {
    shift -= 1 / y;
    y += 1;
  }
  const s = 1 / (y * y);
  const series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))))));
  return shift + Math.log(y) - 0.5 / y - series;
}

/** Trigamma ψ′(x) for x > 0: recurrence up to 12, then the asymptotic series (DLMF 5.15.8). */
export function trigamma(x: number): number {
  if (!(x > 0)) return NaN;
  let y = x;
  let shift = 0;
  while (y < 12) {
    shift += 1 / (y * y);
    y += 1;
  }
  const s = 1 / (y * y);
  const series = (s / y) * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * (691 / 2730 - (s * 7) / 6))))));
  return shift + 1 / y + 0.5 * s + series;
}
