/** Random draws that the simulator needs beyond uniform and normal numbers. */
import type { Random } from '../base/random.ts';

/** Poisson count with a small mean (Knuth: multiply uniforms until the product falls below exp(−mean)). */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let product = random.next();
  let count = 0;
  while (product > limit) {
    product *= random.next();
    count++;
  }
  return count;
}

/** Number of successes before the first failure, each with probability `again`. */
export function geometric(random: Random, again: number): number {
  let count = 0;
  while (random.next() < again) count++;
  return count;
}

/** Gamma(shape, 1): Marsaglia and Tsang (2000); shapes below one through Gamma(shape + 1) · U^(1/shape). */
export function gammaDraw(random: Random, shape: number): number {
  if (shape < 1) return gammaDraw(random, shape + 1) * Math.pow(1 - random.next(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Shares that sum to one: a symmetric or weighted Dirichlet. Smaller concentrations give stronger preferences. */
export function dirichlet(random: Random, concentrations: readonly number[]): number[] {
  const draws = concentrations.map((concentration) => gammaDraw(random, concentration) + 1e-12);
  const sum = draws.reduce((total, value) => total + value, 0);
  return draws.map((value) => value / sum);
}

/** Index drawn with probability proportional to `weights`, which must sum to one. */
export function pickIndex(random: Random, weights: readonly number[]): number {
  let rest = random.next();
  for (let i = 0; i < weights.length - 1; i++) {
    rest -= weights[i];
    if (rest < 0) return i;
  }
  return weights.length - 1;
}
