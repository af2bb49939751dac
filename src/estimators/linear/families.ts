/** What a generalised linear model minimises per row, by the linear predictor z: the loss and its first and second derivative. */
import { softplus } from '../../math/stats/index.ts';

export interface Family {
  loss(y: number, z: number): number;
  slope(y: number, z: number): number;
  curvature(y: number, z: number): number;
}

/** Logistic loss: y in {0, 1}, z is the log odds. */
export const BERNOULLI: Family = Object.freeze({
  loss: (y: number, z: number) => softplus(z) - y * z,
  slope: (y: number, z: number) => 1 / (1 + Math.exp(-z)) - y,
  curvature: (_: number, z: number) => {
    const p = 1 / (1 + Math.exp(-z));
    return p * (1 - p);
  },
});

/**
 * Half the Tweedie deviance of variance power p in (1, 2) with log link (Jørgensen 1987), without the part that depends on y alone:
 * −y·e^((1−p)z)/(1−p) + e^((2−p)z)/(2−p). Convex in z for y ≥ 0.
 */
export function tweedieFamily(power: number): Family {
  const a = 1 - power;
  const b = 2 - power;
  return Object.freeze({
    loss: (y: number, z: number) => Math.exp(b * z) / b - (y * Math.exp(a * z)) / a,
    slope: (y: number, z: number) => Math.exp(b * z) - y * Math.exp(a * z),
    curvature: (y: number, z: number) => b * Math.exp(b * z) - a * y * Math.exp(a * z),
  });
}
