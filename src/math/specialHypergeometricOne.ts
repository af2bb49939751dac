/**
 * ₂F₁(1, b; c; z), the case that hazards and tails of mixed exponentials need, with its derivatives, by Gauss's continued fraction:
 *
 *     ₂F₁(1, b; c; z) = 1 / (1 − k₁ z / (1 − k₂ z / (1 − …))),
 *     k_{2n+1} = (b + n)(c − 1 + n) / ((c + 2n − 1)(c + 2n)),   k_{2n+2} = (n + 1)(c − b + n) / ((c + 2n)(c + 2n + 1))   (DLMF 15.7.5),
 *
 * summed forwards by Steed's method (D_n = 1 / (1 − k z D_{n−1}), Δ_n = (D_n − 1) Δ_{n−1}). For 0 < b < c every k lies in (0, 1), every Δ is positive, nothing cancels
 * and no parameter is singular. In the long run a step gains ρ = (1 − √(1 − z)) / (1 + √(1 − z)), so z = 0.99 takes at most 200 steps where the power
 * series takes 4,000; with b and c in the hundreds it takes far fewer.
 */

import { lbeta } from './specialGamma.ts';
import { logAddExp } from './specialLog.ts';
import { logIntegrateUnit } from './specialQuadrature.ts';

/** Value and derivatives by b, c and z. */
export interface HypOne {
  value: number;
  byB: number;
  byC: number;
  byZ: number;
}

const EPSILON = 1e-17;
const MOST_STEPS = 4_000_000;
/** Nearer to z = 1 than this the fraction takes thousands of steps, each of which passes on the rounding of all before. */
const NEAR_ONE = 1e-4;

/** 1 − ρ²: how fast the fraction converges in the end. */
function finalGain(z: number): number {
  const root = Math.sqrt(1 - z);
  const ratio = (1 - root) / (1 + root);
  return Math.max(1 - ratio * ratio, 1e-9);
}

/**
 * ₂F₁(1, b; c; z) for 0 < b < c and 0 ≤ z < 1. Relative accuracy about 1e-14.
 * @param complement 1 − z, for callers who know it better than by subtraction: near z = 1 the function moves with it, and what z lost by rounding is made up for by the first derivative.
 */
export function hyp2F1One(b: number, c: number, z: number, complement = 1 - z): number {
  if (!(z > 0)) return z === 0 ? 1 : NaN;
  if (complement < NEAR_ONE) return eulerIntegral(b, c, complement);
  const gain = finalGain(z);
  let D = 1;
  let delta = 1;
  let sum = 1;
  let before = 1;
  for (let step = 1; step < MOST_STEPS; step++) {
    const n = (step - 1) >> 1;
    const low = c + 2 * n;
    const k = (step & 1) === 1 ? ((b + n) * (c - 1 + n)) / ((low - 1) * low) : ((n + 1) * (c - b + n)) / (low * (low + 1));
    D = 1 / (1 - k * z * D);
    before = delta;
    delta *= D - 1;
    sum += delta;
    if (delta + before < EPSILON * sum * gain) break;
  }
  const lost = complement - (1 - z);
  // z (1 − z) F′ = b z F − (c − 1) (F − 1), from the recurrence of the series.
  return lost === 0 ? sum : sum - (lost * (b * z * sum - (c - 1) * (sum - 1))) / (z * complement);
}

/** 1 / B(b, c − b) ∫ u^(b−1) (1 − u)^(c−b−1) / (1 − z u) du (DLMF 15.6.1), with 1 − z u = (1 − u) + (1 − z) u: nothing is lost however small 1 − z is. */
function eulerIntegral(b: number, c: number, complement: number): number {
  const logComplement = Math.log(complement);
  return Math.exp(logIntegrateUnit((logU, log1mU) => b * logU + (c - b) * log1mU - logAddExp(log1mU, logComplement + logU)) - lbeta(b, c - b));
}

/** The same with derivatives, written into `out`: every step is differentiated (forward mode). */
export function hyp2F1OneWithDerivatives(b: number, c: number, z: number, out: HypOne): void {
  if (!(z > 0)) {
    out.value = z === 0 ? 1 : NaN;
    out.byB = out.byC = 0;
    out.byZ = b / c;
    return;
  }
  const gain = finalGain(z);
  // One declaration a line: destructuring would allocate, and this runs for every history of every likelihood.
  let D = 1;
  let DB = 0;
  let DC = 0;
  let DZ = 0;
  let delta = 1;
  let deltaB = 0;
  let deltaC = 0;
  let deltaZ = 0;
  let sum = 1;
  let sumB = 0;
  let sumC = 0;
  let sumZ = 0;
  for (let step = 1; step < MOST_STEPS; step++) {
    const n = (step - 1) >> 1;
    const low = c + 2 * n;
    let k = 0;
    let kB = 0;
    let kC = 0;
    if ((step & 1) === 1) {
      const inverse = 1 / ((low - 1) * low);
      kB = (c - 1 + n) * inverse;
      k = (b + n) * kB;
      kC = (b + n) * inverse - k * (2 * low - 1) * inverse;
    } else {
      const inverse = 1 / (low * (low + 1));
      kB = -(n + 1) * inverse;
      k = -kB * (c - b + n);
      kC = -kB - k * (2 * low + 1) * inverse;
    }
    const zD = z * D;
    const next = 1 / (1 - k * zD);
    const square = next * next;
    DB = square * (kB * zD + k * z * DB);
    DC = square * (kC * zD + k * z * DC);
    DZ = square * k * (D + z * DZ);
    D = next;
    const before = delta;
    deltaB = DB * delta + (D - 1) * deltaB;
    deltaC = DC * delta + (D - 1) * deltaC;
    deltaZ = DZ * delta + (D - 1) * deltaZ;
    delta *= D - 1;
    sum += delta;
    sumB += deltaB;
    sumC += deltaC;
    sumZ += deltaZ;
    if (delta + before < EPSILON * sum * gain && Math.abs(deltaZ) < 1e-16 * sumZ) break;
  }
  out.value = sum;
  out.byB = sumB;
  out.byC = sumC;
  out.byZ = sumZ;
}
