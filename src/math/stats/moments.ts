/** Sum with Neumaier's compensation (1974): the error does not grow with the number of terms, so the order of the terms hardly matters. */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const next = sum + values[i];
    lost += Math.abs(sum) >= Math.abs(values[i]) ? sum - next + values[i] : values[i] - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Arithmetic mean; 0 of nothing. */
export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : compensatedSum(values) / values.length;
}

/** Σ w·v ÷ Σ w; NaN without weight. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    total += weights[i];
  }
  return sum / total;
}

export interface Moments {
  /** Total weight of the values that are present. */
  readonly weight: number;
  readonly mean: number;
  /** Population standard deviation (divisor n). */
  readonly sd: number;
  /** Population skewness m₃ / m₂^1.5; 0 where sd is 0. */
  readonly skewness: number;
}

/**
 * Weighted moments of the values that are not NaN, in two passes. All zeros when nothing is present. Values whose cubes leave the range of numbers (1e300, 1e-300) are taken in
 * units of the largest.
 */
export function moments(values: ArrayLike<number>, weights?: ArrayLike<number>): Moments {
  const { cubes, ...plain } = momentsIn(values, weights);
  if (plain.weight === 0 || (Number.isFinite(cubes) && cubes > 0)) return plain;
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > largest) largest = Math.abs(values[i]);
  if (largest === 0 || (largest > 1e-90 && largest < 1e90) || !Number.isFinite(largest)) return plain;
  const { weight, mean: centre, sd, skewness } = momentsIn(Float64Array.from(values, (v) => v / largest), weights);
  return { weight, mean: centre * largest, sd: sd * largest, skewness };
}

/** Moments, and sd³: the largest power that takes part. */
function momentsIn(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): Moments & { readonly cubes: number } {
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v !== v) continue;
    const w = weights === undefined ? 1 : weights[i];
    weight += w;
    sum += w * v;
  }
  if (weight === 0) return { weight: 0, mean: 0, sd: 0, skewness: 0, cubes: 0 };
  const centre = sum / weight;
  let m2 = 0;
  let m3 = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i] - centre;
    if (d !== d) continue;
    const wd2 = (weights === undefined ? 1 : weights[i]) * d * d;
    m2 += wd2;
    m3 += wd2 * d;
  }
  const variance = m2 / weight;
  const sd = Math.sqrt(variance);
  const cubes = Number.isFinite(m3) ? variance * sd : Number.NaN;
  // A spread at the level of rounding is no spread: a constant column must not be blown up to unit variance.
  if (sd <= 1e-12 * Math.abs(centre)) return { weight, mean: centre, sd: 0, skewness: 0, cubes };
  return { weight, mean: centre, sd, skewness: m3 / weight / (variance * sd), cubes };
}
