/** The normal distribution. */
import { gammaP, gammaQ } from './specialIncomplete.ts';

const SQRT_TWO_PI = 2.5066282746310002;

/** Density of the standard normal. */
export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_TWO_PI;
}

/** Φ(x), the standard normal CDF, through the incomplete gamma functions: Φ(−|x|) = Q(½, x²/2) / 2. Accurate in the lower tail down to 1e-300. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const half = 0.5 * x * x;
  if (x < 0) return 0.5 * gammaQ(0.5, half);
  return half < 1.5 ? 0.5 + 0.5 * gammaP(0.5, half) : 1 - 0.5 * gammaQ(0.5, half);
}

/** x with Φ(x) = p. Start: Abramowitz & Stegun 26.2.23 (error < 4.5e-4); then Halley steps on the lower tail. 0 and 1 give ∓Infinity. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = -(t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t));
  for (let i = 0; i < 4; i++) {
    const step = (normalCdf(x) - p) / normalPdf(x);
    const next = x - step / (1 + 0.5 * x * step);
    if (Math.abs(next - x) < 1e-16 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}
