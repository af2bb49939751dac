/**
 * What a generalised linear model minimises per row, by the linear predictor z: half the unit deviance, without what depends on y alone, and its
 * derivatives. All are convex in z. Written over blocks of rows: `y` from `start` on, everything else from 0.
 */
import { sigmoid } from '../../math/stats/index.ts';
import type { Explanation } from '../contract.ts';

export interface Family {
  readonly link: Explanation['scale'];
  /** Expected target at z. */
  mean(z: number): number;
  /** z whose mean is `mu`. */
  toLink(mu: number): number;
  /** Variance of y ÷ dispersion, by its mean. */
  variance(mu: number): number;
  /** True where the dispersion is 1 by definition. */
  readonly unitDispersion: boolean;
  /** Writes loss and dloss/dz of `count` rows. */
  block(y: Float64Array, start: number, z: Float64Array, count: number, loss: Float64Array, slope: Float64Array): void;
  /** Writes d²loss/dz² of `count` rows. */
  curvature(y: Float64Array, start: number, z: Float64Array, count: number, out: Float64Array): void;
  /** Its expectation over y: (dμ/dz)² / V(μ). */
  expectedCurvature(z: number): number;
}

/** Logistic loss: y in {0, 1}, z is the log odds. */
export const BERNOULLI: Family = Object.freeze({
  link: 'log_odds',
  mean: sigmoid,
  toLink: (mu: number) => Math.log(mu) - Math.log1p(-mu),
  variance: (mu: number) => mu * (1 - mu),
  unitDispersion: true,
  block(y, start, z, count, loss, slope) {
    for (let i = 0; i < count; i++) {
      const target = y[start + i];
      const e = Math.exp(-Math.abs(z[i]));
      const positive = z[i] >= 0;
      const p = positive ? 1 / (1 + e) : e / (1 + e);
      loss[i] = (positive ? z[i] : 0) + Math.log1p(e) - target * z[i];
      slope[i] = p - target;
    }
  },
  curvature(_y, _start, z, count, out) {
    for (let i = 0; i < count; i++) out[i] = BERNOULLI.expectedCurvature(z[i]);
  },
  expectedCurvature(z) {
    const e = Math.exp(-Math.abs(z));
    return e / ((1 + e) * (1 + e));
  },
} satisfies Family);

/** Squared error ½(y − z)². */
export const GAUSSIAN: Family = Object.freeze({
  link: 'identity',
  mean: (z: number) => z,
  toLink: (mu: number) => mu,
  variance: () => 1,
  unitDispersion: false,
  block(y, start, z, count, loss, slope) {
    for (let i = 0; i < count; i++) {
      const d = z[i] - y[start + i];
      loss[i] = 0.5 * d * d;
      slope[i] = d;
    }
  },
  curvature(_y, _start, _z, count, out) {
    out.fill(1, 0, count);
  },
  expectedCurvature: () => 1,
} satisfies Family);

/** Poisson, log link: e^z − y·z for y ≥ 0. */
export const POISSON: Family = Object.freeze({
  link: 'log',
  mean: Math.exp,
  toLink: Math.log,
  variance: (mu: number) => mu,
  unitDispersion: true,
  block(y, start, z, count, loss, slope) {
    for (let i = 0; i < count; i++) {
      const mu = Math.exp(z[i]);
      loss[i] = mu - y[start + i] * z[i];
      slope[i] = mu - y[start + i];
    }
  },
  curvature(_y, _start, z, count, out) {
    for (let i = 0; i < count; i++) out[i] = Math.exp(z[i]);
  },
  expectedCurvature: Math.exp,
} satisfies Family);

/** Gamma, log link: y·e^(−z) + z for y > 0. */
export const GAMMA: Family = Object.freeze({
  link: 'log',
  mean: Math.exp,
  toLink: Math.log,
  variance: (mu: number) => mu * mu,
  unitDispersion: false,
  block(y, start, z, count, loss, slope) {
    for (let i = 0; i < count; i++) {
      const ratio = y[start + i] * Math.exp(-z[i]);
      loss[i] = ratio + z[i];
      slope[i] = 1 - ratio;
    }
  },
  curvature(y, start, z, count, out) {
    for (let i = 0; i < count; i++) out[i] = y[start + i] * Math.exp(-z[i]);
  },
  expectedCurvature: () => 1,
} satisfies Family);

/** Tweedie of variance power p in (1, 2), log link (Jørgensen 1987): −y·e^((1−p)z)/(1−p) + e^((2−p)z)/(2−p) for y ≥ 0. */
export function tweedieFamily(power: number): Family {
  const a = 1 - power;
  const b = 2 - power;
  return Object.freeze({
    link: 'log',
    mean: Math.exp,
    toLink: Math.log,
    variance: (mu: number) => mu ** power,
    unitDispersion: false,
    block(y, start, z, count, loss, slope) {
      for (let i = 0; i < count; i++) {
        const whole = Math.exp(b * z[i]);
        // At power 1.5 the exponents are each other's opposites.
        const part = a === -b ? y[start + i] / whole : y[start + i] * Math.exp(a * z[i]);
        loss[i] = whole / b - part / a;
        slope[i] = whole - part;
      }
    },
    curvature(y, start, z, count, out) {
      for (let i = 0; i < count; i++) out[i] = b * Math.exp(b * z[i]) - a * y[start + i] * Math.exp(a * z[i]);
    },
    expectedCurvature: (z: number) => Math.exp(b * z),
  } satisfies Family);
}
