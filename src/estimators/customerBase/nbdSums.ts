/** The loops over rows of the likelihood of (M)BG/NBD and (M)BG/CNBD-k, see nbdLikelihood.ts for what they sum. */
import type { CompressedHistories } from './history.ts';

/** Sums over the rows of a block: weight; what depends on t_x or T of the likelihood; its derivatives by R and α; p = P(left); second derivatives; q = p (1 − p) times ∂v. */
export const MASS = 0;
export const VALUE = 1;
export const BY_R = 2;
export const BY_ALPHA = 3;
export const LEFT = 4;
export const BY_RR = 5;
export const BY_R_ALPHA = 6;
export const BY_ALPHA2 = 7;
export const DOUBT = 8;
export const DOUBT_R = 9;
export const DOUBT_ALPHA = 10;
export const SUMS = 11;

/** Rows `from` to `to` of one (x, T), k = 1, of customers who may have left. One declaration a line: what runs a million times must not allocate. */
export function addRun({ tx, weight }: CompressedHistories, from: number, to: number, alpha: number, T: number, R: number, logFlip: number, sums: Float64Array): void {
  const inverseEnd = 1 / (alpha + T);
  const logEnd = Math.log(alpha + T);
  let mass = 0;
  let value = 0;
  let byR = 0;
  let byA = 0;
  let leftSum = 0;
  let byRR = 0;
  let byRA = 0;
  let byAA = 0;
  let bent = 0;
  let doubtSum = 0;
  let doubtR = 0;
  let doubtA = 0;
  for (let i = from; i < to; i++) {
    const inverse = 1 / (alpha + tx[i]);
    const D = logEnd - Math.log(alpha + tx[i]);
    // ∂D / ∂α; left is the probability of having left.
    const A = inverseEnd - inverse;
    const v = logFlip + R * D;
    const e = Math.exp(v > 0 ? -v : v);
    const w = weight[i];
    const left = (w * (v > 0 ? 1 : e)) / (1 + e);
    const doubt = (left * (v > 0 ? e : 1)) / (1 + e);
    mass += w;
    value += w * ((v > 0 ? v : 0) + Math.log1p(e));
    leftSum += left;
    byR += left * D;
    byA += left * A;
    bent += left * inverse * inverse;
    doubtSum += doubt;
    doubtR += doubt * D;
    doubtA += doubt * A;
    byRR += doubt * D * D;
    byRA += doubt * D * A;
    byAA += doubt * A * A;
  }
  sums[MASS] += mass;
  sums[VALUE] += value - mass * R * logEnd;
  sums[BY_R] += byR - mass * logEnd;
  sums[BY_ALPHA] += R * (byA - mass * inverseEnd);
  sums[LEFT] += leftSum;
  sums[BY_RR] += byRR;
  sums[BY_R_ALPHA] += byA - mass * inverseEnd + R * byRA;
  sums[BY_ALPHA2] += R * ((mass - leftSum) * inverseEnd * inverseEnd + bent + R * byAA);
  sums[DOUBT] += doubtSum;
  sums[DOUBT_R] += doubtR;
  sums[DOUBT_ALPHA] += R * doubtA;
}

/** The same of customers who cannot have left yet (logFlip = −Infinity), and for k > 1. */
export function addRegularRun({ tx, weight }: CompressedHistories, from: number, to: number, alpha: number, T: number, R: number, logFlip: number, k: number, sums: Float64Array): void {
  const inverseEnd = 1 / (alpha + T);
  const logEnd = Math.log(alpha + T);
  for (let i = from; i < to; i++) {
    const y = (T - tx[i]) * inverseEnd;
    // Σ c_j with its derivatives: c_j is a product of j factors that grow with R, and falls with α as (α + T)^−j.
    let term = 1;
    let growth = 0;
    let squares = 0;
    let sum = 1;
    let r1 = 0;
    let r2 = 0;
    let a1 = 0;
    let a2 = 0;
    let ra = 0;
    for (let j = 1; j < k; j++) {
      const factor = R + j - 1;
      term *= (factor / j) * y;
      growth += 1 / factor;
      squares += 1 / (factor * factor);
      sum += term;
      r1 += term * growth;
      r2 += term * (growth * growth - squares);
      a1 += j * term;
      a2 += j * (j + 1) * term;
      ra += j * term * growth;
    }
    const byR = r1 / sum;
    const byA = (-a1 / sum) * inverseEnd;
    const byRR = r2 / sum - byR * byR;
    const byAA = (a2 / sum) * inverseEnd * inverseEnd - byA * byA;
    const byRA = (-ra / sum) * inverseEnd - byR * byA;
    const logStages = Math.log(sum);
    const w = weight[i];
    const inverse = 1 / (alpha + tx[i]);
    const D = logEnd - Math.log(alpha + tx[i]);
    const v = logFlip + R * D - logStages;
    const e = Math.exp(v > 0 ? -v : v);
    const left = (v > 0 ? 1 : e) / (1 + e);
    const doubt = (left * (v > 0 ? e : 1)) / (1 + e);
    const vR = D - byR;
    const vA = R * (inverseEnd - inverse) - byA;
    sums[MASS] += w;
    sums[VALUE] += w * (logStages - R * logEnd + (v > 0 ? v : 0) + Math.log1p(e));
    sums[BY_R] += w * (byR - logEnd + left * vR);
    sums[BY_ALPHA] += w * (byA - R * inverseEnd + left * vA);
    sums[LEFT] += w * left;
    sums[BY_RR] += w * ((1 - left) * byRR + doubt * vR * vR);
    sums[BY_R_ALPHA] += w * ((1 - left) * byRA - inverseEnd + left * (inverseEnd - inverse) + doubt * vR * vA);
    sums[BY_ALPHA2] += w * ((1 - left) * (byAA + R * inverseEnd * inverseEnd) + left * R * inverse * inverse + doubt * vA * vA);
    sums[DOUBT] += w * doubt;
    sums[DOUBT_R] += w * doubt * vR;
    sums[DOUBT_ALPHA] += w * doubt * vA;
  }
}
