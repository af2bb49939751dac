/** Accelerated failure time (Wei 1992, as boosted by Barnwal, Cho & Hocking 2022): log days = score + scale · error, right-censored rows known to be longer. */
import { minimiseNelderMead } from '../../../math/optimiseNelderMead.ts';
import { normalCdf, normalPdf } from '../../../math/specialNormal.ts';
import { softplus } from '../../../math/stats/index.ts';
import type { AftDistribution } from '../objectiveSchema.ts';
import { weightedMean, type Objective, type Targets } from './objective.ts';

/** −log density or −log survival at z, and its first two derivatives by z. */
export interface ErrorLoss {
  readonly value: number;
  readonly slope: number;
  readonly curvature: number;
}

/** z is kept within this, so that no exponential overflows. */
const MOST = 30;

/** The logarithm of √(2π). */
const HALF_LOG_TWO_PI = 0.9189385332046727;

export function errorLoss(distribution: AftDistribution, z: number, seen: boolean): ErrorLoss {
  const x = Math.min(Math.max(z, -MOST), MOST);
  if (distribution === 'extreme') {
    const e = Math.exp(x);
    return { value: seen ? e - x : e, slope: seen ? e - 1 : e, curvature: e };
  }
  if (distribution === 'logistic') {
    const p = 1 / (1 + Math.exp(-x));
    const times = seen ? 2 : 1;
    return { value: times * softplus(x) - (seen ? x : 0), slope: times * p - (seen ? 1 : 0), curvature: times * p * (1 - p) };
  }
  if (seen) return { value: 0.5 * x * x + HALF_LOG_TWO_PI, slope: x, curvature: 1 };
  const beyond = normalCdf(-x);
  const hazard = normalPdf(x) / beyond;
  return { value: -Math.log(beyond), slope: hazard, curvature: hazard * (hazard - x) };
}

/** Scale 0: that of the targets with one score for all. */
export function aft(distribution: AftDistribution, scale: number, { y, weights, observed }: Targets): Objective {
  const log = y.map(Math.log);
  const seen = (i: number): boolean => observed === undefined || observed[i] === 1;
  const meanLoss = (rows: Int32Array, sigma: number, score: (i: number) => number): number =>
    weightedMean(rows, weights, (i) => errorLoss(distribution, (log[i] - score(i)) / sigma, seen(i)).value + (seen(i) ? Math.log(sigma) : 0));
  /** Location and scale of all rows with one score. */
  const common = (rows: Int32Array): { readonly location: number; readonly sigma: number } => {
    const mean = weightedMean(rows, weights, (i) => log[i]);
    const spread = Math.sqrt(weightedMean(rows, weights, (i) => (log[i] - mean) ** 2)) || 1;
    const { x } = minimiseNelderMead((p) => meanLoss(rows, Math.exp(p[1]), () => p[0]), Float64Array.of(mean, Math.log(spread)));
    return { location: x[0], sigma: Math.min(Math.max(Math.exp(x[1]), 1e-3), 1e3) };
  };
  let sigma = scale;
  const ready = (rows: Int32Array): number => {
    const { location, sigma: found } = common(rows);
    if (sigma === 0) sigma = found;
    return location;
  };
  return {
    name: 'aft',
    outputs: 1,
    base: (rows) => Float64Array.of(ready(rows)),
    write([scores], _, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        const { slope, curvature } = errorLoss(distribution, (log[i] - scores[i]) / sigma, seen(i));
        gradients[i] = -slope / sigma;
        hessians[i] = curvature / (sigma * sigma);
      }
    },
    loss: ([scores], rows) => meanLoss(rows, sigma, (i) => scores[i]),
    fitted([scores], rows) {
      // Trees have taken their share of the spread: what is left is what predictions are uncertain by. Where errors are lopsided, the place of all scores depends on it.
      const { x } = minimiseNelderMead((p) => meanLoss(rows, Math.exp(p[1]), (i) => scores[i] + p[0]), Float64Array.of(0, Math.log(sigma)));
      return { name: 'aft', distribution, sigma, spread: Math.min(Math.max(Math.exp(x[1]), 1e-3), 1e3), location: x[0] };
    },
  };
}
