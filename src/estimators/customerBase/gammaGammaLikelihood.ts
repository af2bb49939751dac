/**
 * −(mean ln L) of Gamma-Gamma over θ = (ln p, ln q, ln(p γ ÷ q)) with first and second derivatives, on amounts divided by their mean, so that cents and yen fit alike.
 *
 * Rows are sorted by x. Of each distinct x all that does not depend on γ is summed once, and so only Σ w ln(γ + z), z = x m, needs the rows. Around a value of γ that sum is a power series in
 * ρ = δγ ÷ γ whose coefficients are Σ w u^k, u = γ ÷ (γ + z) < 1: an expansion there answers for all of its neighbourhood what a pass over the rows would.
 */
import { columnDot, congruence } from '../../math/linear.ts';
import type { CurvedObjective } from '../../math/optimiseNewton.ts';
import { digamma, lgamma, lgammaDelta, trigamma } from '../../math/specialGamma.ts';
import { LOGS, LOG_MONEY, MASS, TERMS, WIDTH, expand } from './gammaGammaExpansion.ts';
import type { Expansion, SpendBlocks } from './gammaGammaExpansion.ts';

/** Soft walls for ln p, ln q and the logarithm of the level p γ / q in mean spends: beyond them customers or orders no longer differ. */
export const WALLS: readonly (readonly [number, number])[] = [[-7, 11], [-7, 11], [-12, 12]];

/** ln γ, in mean spends, at θ. */
export const logGamma = (theta: ArrayLike<number>): number => theta[2] + theta[1] - theta[0];

/** As far as an expansion leads to the right direction. */
const MOST = 0.5;

/** The objective near the γ of an expansion, Infinity beyond half of it; without an expansion everywhere, at a pass over the rows each time. */
export function spendLoss(blocks: SpendBlocks, expansion?: Expansion): CurvedObjective {
  const jacobian = Float64Array.of(1, 0, 0, 0, 1, 0, -1, 1, 1);
  return (theta, gradient, hessian) => {
    const p = Math.exp(theta[0]);
    const q = Math.exp(theta[1]);
    const g = Math.exp(logGamma(theta));
    if (!(p > 0 && q > 0 && g > 0 && p + q + g < Infinity)) return Infinity;
    const { gamma, sums } = expansion ?? expand(blocks, g);
    const rho = (g - gamma) / gamma;
    if (!(Math.abs(rho) <= MOST)) return Infinity;
    const byLogs = new Float64Array(3);
    const byLogs2 = new Float64Array(9);
    let loss = -addBlocks(blocks.orders, sums, rho, p, q, g, byLogs, byLogs2) / blocks.totalWeight;
    for (let i = 0; i < 3; i++) {
      if (gradient !== undefined) gradient[i] = -columnDot(jacobian, i, byLogs) / blocks.totalWeight;
    }
    hessian?.set(congruence(jacobian, byLogs2, 3).map((value) => -value / blocks.totalWeight));
    for (let i = 0; i < 3; i++) {
      const [low, high] = WALLS[i];
      const beyond = theta[i] < low ? theta[i] - low : theta[i] > high ? theta[i] - high : 0;
      loss += 0.05 * beyond * beyond;
      if (gradient !== undefined) gradient[i] += 0.1 * beyond;
      if (hessian !== undefined && beyond !== 0) hessian[4 * i] += 0.1;
    }
    return loss;
  };
}

/** Σ over blocks of the log-likelihood, with derivatives by (ln p, ln q, ln γ). */
function addBlocks(orders: Float64Array, sums: Float64Array, rho: number, p: number, q: number, g: number, byLogs: Float64Array, byLogs2: Float64Array): number {
  const logG = Math.log(g);
  const gamma = g / (1 + rho);
  const lgammaQ = lgamma(q);
  const digammaQ = digamma(q);
  const trigammaQ = trigamma(q);
  let value = 0;
  let dp = 0;
  let dq = 0;
  let dg = 0;
  let pp = 0;
  let pq = 0;
  let qq = 0;
  let pg = 0;
  let qg = 0;
  let gg = 0;
  for (let block = 0; block < orders.length; block++) {
    const x = orders[block];
    const at = block * WIDTH;
    const w = sums[at + MASS];
    const logMoney = sums[at + LOG_MONEY];
    // Σ w ln(g + z) and its derivatives by g: Horner's rule for (−1)^(k+1) Σ w u^k ρ^k ÷ k.
    let log = 0;
    let slope = 0;
    let curve = 0;
    for (let k = TERMS; k >= 0; k--) {
      curve = curve * rho + 2 * slope;
      slope = slope * rho + log;
      log = log * rho + (k === 0 ? sums[at + LOGS] : ((k & 1) === 1 ? sums[at + k] : -sums[at + k]) / k);
    }
    slope /= gamma;
    curve /= gamma * gamma;
    const px = p * x;
    const psi = digamma(px + q);
    const psi1 = trigamma(px + q);
    const share = logMoney - log;
    const rest = w * logG - log;
    value += w * (lgammaDelta(px, q) - lgammaQ) + q * rest + px * share - logMoney + w * Math.log(x);
    dp += x * (w * (psi - digamma(px)) + share);
    dq += w * (psi - digammaQ) + rest;
    dg += (q * w) / g - (px + q) * slope;
    pp += x * x * w * (psi1 - trigamma(px));
    pq += x * w * psi1;
    qq += w * (psi1 - trigammaQ);
    pg -= x * slope;
    qg += w / g - slope;
    gg -= (q * w) / (g * g) + (px + q) * curve;
  }
  byLogs[0] = p * dp;
  byLogs[1] = q * dq;
  byLogs[2] = g * dg;
  byLogs2[0] = p * p * pp + p * dp;
  byLogs2[1] = byLogs2[3] = p * q * pq;
  byLogs2[2] = byLogs2[6] = p * g * pg;
  byLogs2[4] = q * q * qq + q * dq;
  byLogs2[5] = byLogs2[7] = q * g * qg;
  byLogs2[8] = g * g * gg + g * dg;
  return value;
}
