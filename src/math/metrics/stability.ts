import { chiSquaredQuantile } from './intervals.ts';

/**
 * Population stability index Σ (p − q)·ln(p/q) of two lists of counts over the same bins, half a row added to every bin so that an empty one
 * is no infinity. 0 where both are the same; 0 of nothing.
 */
export function populationStability(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const bins = first.length;
  let [n, m] = [0, 0];
  for (let b = 0; b < bins; b++) {
    n += first[b];
    m += second[b];
  }
  if (n === 0 || m === 0) return 0;
  let index = 0;
  for (let b = 0; b < bins; b++) {
    const p = (first[b] + 0.5) / (n + bins / 2);
    const q = (second[b] + 0.5) / (m + bins / 2);
    index += (p - q) * Math.log(p / q);
  }
  return index;
}

/**
 * What the index exceeds by chance alone with probability 1 − level where both lists are independent draws from one distribution:
 * (1/n + 1/m)·χ²_{bins − 1} (Yurdakul & Naranjo 2020, Statistical properties of the population stability index).
 */
export function stabilityNoise(n: number, m: number, bins: number, level: number): number {
  return bins < 2 || n <= 0 || m <= 0 ? 0 : (1 / n + 1 / m) * chiSquaredQuantile(bins - 1, level);
}
