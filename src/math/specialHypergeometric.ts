/** The Gauss hypergeometric function in the region that customer-base models need. */
import { lbeta } from './specialGamma.ts';
import { logIntegrateUnit } from './specialQuadrature.ts';

const MAX_SERIES_TERMS = 20_000;
const LAST_RESORT_TERMS = 50_000_000;
const RESCALE_ABOVE = 1e250;

/**
 * ln ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1, where every term is positive.
 *
 * Two ways, because the power series (DLMF 15.2.1) needs about 40 / (1 − z) terms and its sum overflows when a and b are in the hundreds:
 * the series, rescaled when it grows, while it is short; otherwise Euler's integral (DLMF 15.6.1) in log space, when c exceeds a or b.
 * Relative accuracy of ₂F₁ about 1e-13.
 * @throws RangeError outside the region.
 */
export function logHyp2F1(a: number, b: number, c: number, z: number): number {
  if (!(a > 0 && b > 0 && c > 0 && z >= 0 && z < 1)) {
    throw new RangeError(`logHyp2F1 needs a, b, c > 0 and 0 <= z < 1, got a=${a} b=${b} c=${c} z=${z}`);
  }
  if (z === 0) return 0;
  const expectedTerms = (40 + Math.max(0, a + b - c)) / (1 - z);
  if (expectedTerms <= MAX_SERIES_TERMS || c <= Math.min(a, b)) return logSeries(a, b, c, z);
  return c > b && (b >= a || c <= a) ? logEulerIntegral(a, b, c, z) : logEulerIntegral(b, a, c, z);
}

function logSeries(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  let logScale = 0;
  for (let k = 0; k < LAST_RESORT_TERMS; k++) {
    const ratio = (((a + k) * (b + k)) / ((c + k) * (k + 1))) * z;
    term *= ratio;
    sum += term;
    if (sum > RESCALE_ABOVE) {
      logScale += Math.log(sum);
      term /= sum;
      sum = 1;
    }
    // The ratio tends to z, so the rest is at most about term / (1 − max(ratio, z)).
    const bound = Math.max(ratio, z);
    if (bound < 1 && term < 1e-17 * sum * (1 - bound)) break;
  }
  return logScale + Math.log(sum);
}

/** ln of 1 / B(b, c − b) ∫ u^(b−1) (1 − u)^(c−b−1) (1 − z u)^−a du, with 1 − z u = (1 − z) + z (1 − u). */
function logEulerIntegral(a: number, b: number, c: number, z: number): number {
  const integral = logIntegrateUnit((logU, log1mU) => b * logU + (c - b) * log1mU - a * Math.log(1 - z + z * Math.exp(log1mU)));
  return integral - lbeta(b, c - b);
}
