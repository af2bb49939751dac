/**
 * From scores of uplift to effects with an interval: the best linear predictor of the effect given the score (Chernozhukov, Demirer, Duflo and Fernández-Val 2018, eq. 3.1):
 * y = α₀ + α₁·b + α₂·s + β₁·(t − e) + β₂·(t − e)(s − s̄) + ε by least squares, where s is the score and b the response expected, both out of fold. β₁ + β₂(s − s̄) is the mean effect
 * among customers with the score s; its variance is that of the coefficients, robust to unequal spread (White 1980). No data can show the effect on one single customer.
 */
import { z } from 'zod';
import { inverseSpd } from '../../math/linear.ts';
import { normalQuantile } from '../../math/specialNormal.ts';
import { finite } from '../codec.ts';

export const calibrationSchema = z.strictObject({
  /** Effect at the mean score, in units of the outcome. */
  effect: finite,
  slope: finite,
  /** Mean score. */
  centre: finite,
  /** Variances of effect and slope, and their covariance. */
  effectVariance: finite.min(0),
  slopeVariance: finite.min(0),
  covariance: finite,
  /** Lowest and highest score that was seen: scores beyond count as these. */
  lowest: finite,
  highest: finite,
});
export type UpliftCalibration = z.infer<typeof calibrationSchema>;

export interface CalibrationRows {
  readonly y: ArrayLike<number>;
  readonly treated: ArrayLike<number>;
  /** Chance of treatment in (0, 1), the same for every row. */
  readonly chance: number;
  readonly score: Float64Array;
  readonly response: Float64Array;
}

const P = 5;

/** Undefined where the score or the treatment does not vary. */
export function calibrateUplift({ y, treated, chance, score, response }: CalibrationRows): UpliftCalibration | undefined {
  const n = score.length;
  if (n <= P) return undefined;
  const [centre, scale] = spread(score);
  const [mid, width] = spread(response);
  if (!(scale > 0)) return undefined;
  const row = new Float64Array(P);
  const fill = (i: number): void => {
    const [s, t] = [(score[i] - centre) / scale, treated[i] - chance];
    row[0] = 1;
    row[1] = width > 0 ? (response[i] - mid) / width : 0;
    row[2] = s;
    row[3] = t;
    row[4] = t * s;
  };
  const gram = new Float64Array(P * P);
  const right = new Float64Array(P);
  for (let i = 0; i < n; i++) {
    fill(i);
    for (let a = 0; a < P; a++) {
      right[a] += row[a] * y[i];
      for (let b = 0; b < P; b++) gram[a * P + b] += row[a] * row[b];
    }
  }
  // A response that repeats the score, or never varies, takes nothing from the two coefficients that are asked for.
  for (let a = 0; a < P; a++) gram[a * P + a] += 1e-9 * n;
  const inverse = inverseSpd(gram, P);
  if (inverse === undefined) return undefined;
  const beta = Float64Array.from({ length: P }, (_, a) => right.reduce((sum, v, b) => sum + inverse[a * P + b] * v, 0));
  const meat = new Float64Array(P * P);
  for (let i = 0; i < n; i++) {
    fill(i);
    const squared = (y[i] - row.reduce((sum, v, a) => sum + v * beta[a], 0)) ** 2;
    for (let a = 0; a < P; a++) for (let b = 0; b < P; b++) meat[a * P + b] += squared * row[a] * row[b];
  }
  const variance = (a: number, b: number): number => {
    let sum = 0;
    for (let c = 0; c < P; c++) for (let d = 0; d < P; d++) sum += inverse[a * P + c] * meat[c * P + d] * inverse[d * P + b];
    return (sum * n) / (n - P);
  };
  let [lowest, highest] = [Infinity, -Infinity];
  for (const s of score) {
    lowest = Math.min(lowest, s);
    highest = Math.max(highest, s);
  }
  return { effect: beta[3], slope: beta[4] / scale, centre, effectVariance: variance(3, 3), slopeVariance: variance(4, 4) / scale ** 2, covariance: variance(3, 4) / scale, lowest, highest };
}

function spread(values: Float64Array): [number, number] {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)];
}

export interface CalibratedEffect {
  readonly effect: number;
  readonly low: number;
  readonly high: number;
}

/** Mean effect among customers with this score, and its interval. */
export function effectAt({ effect, slope, centre, effectVariance, slopeVariance, covariance, lowest, highest }: UpliftCalibration, score: number, level: number): CalibratedEffect {
  const d = Math.min(highest, Math.max(lowest, score)) - centre;
  const value = effect + slope * d;
  const reach = normalQuantile(0.5 + level / 2) * Math.sqrt(Math.max(0, effectVariance + 2 * d * covariance + d * d * slopeVariance));
  return { effect: value, low: value - reach, high: value + reach };
}
