/** Poisson counts of any mean. */
import type { Random } from '../../base/random.ts';
import { lgamma } from '../specialGamma.ts';

/** Multiplies uniforms until the product falls below exp(−mean) (Knuth, TAOCP 2, 3.4.1 Q). */
function small(rng: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = rng.next(); product > limit; product *= rng.next()) count++;
  return count;
}

/** Transformed rejection with squeeze (Hörmann 1993, algorithm PTRS), exact for mean ≥ 10. */
function large(rng: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = rng.next() - 0.5;
    const v = rng.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * Math.log(mean) - mean - lgamma(k + 1)) return k;
  }
}

/** One count with the given mean ≥ 0. */
export function poissonDraw(rng: Random, mean: number): number {
  if (mean <= 0) return 0;
  return mean < 10 ? small(rng, mean) : large(rng, mean);
}
