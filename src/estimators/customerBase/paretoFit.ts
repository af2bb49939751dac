/** Maximum likelihood of Pareto/NBD with analytic derivatives (through ₂F₁ in forward mode) on compressed histories. */
import type { Result } from '../../base/result.ts';
import { digamma, lgammaDelta } from '../../math/specialGamma.ts';
import { hyp2F1OneWithDerivatives } from '../../math/specialHypergeometricOne.ts';
import type { HypOne } from '../../math/specialHypergeometricOne.ts';
import type { FitFailure } from '../contract.ts';
import { rateCoordinate, spreadCoordinate } from './family.ts';
import type { Family } from './family.ts';
import type { CompressedHistories } from './history.ts';
import { maximise } from './maximise.ts';
import type { FitOptions, Maximum } from './maximise.ts';
import type { ParetoParams } from './pareto.ts';
import { standardErrorsOf } from './standardErrors.ts';

export interface ParetoFit {
  readonly params: ParetoParams;
  /** Total, weighted, in unscaled weeks, without the constant factorials. */
  readonly logLikelihood: number;
  /** Of r, α, s, β from the observed information; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly number[];
  readonly maximum: Maximum;
}

const hyp: HypOne = { value: 0, byB: 0, byC: 0, byZ: 0 };

/** ρ(t) of pareto.ts with its derivatives by (r, α, s, β), written into `out` as [ρ, ∂r, ∂α, ∂s, ∂β]. */
function leavesSilent(r: number, alpha: number, s: number, beta: number, x: number, t: number, out: Float64Array): void {
  const m = r + s + x;
  const share = s / m;
  if (alpha >= beta) {
    const until = alpha + t;
    hyp2F1OneWithDerivatives(r + x, m + 1, (alpha - beta) / until, hyp);
    const rho = share * hyp.value;
    out[0] = rho;
    out[1] = -rho / m + share * (hyp.byB + hyp.byC);
    out[2] = (share * hyp.byZ * (beta + t)) / (until * until);
    out[3] = hyp.value / m - rho / m + share * hyp.byC;
    out[4] = (-share * hyp.byZ) / until;
    return;
  }
  const until = beta + t;
  const q = (alpha + t) / until;
  hyp2F1OneWithDerivatives(s + 1, m + 1, (beta - alpha) / until, hyp);
  const rho = share * q * hyp.value;
  out[0] = rho;
  out[1] = -rho / m + share * q * hyp.byC;
  out[2] = (share * (hyp.value - q * hyp.byZ)) / until;
  out[3] = (q * hyp.value) / m - rho / m + share * q * (hyp.byB + hyp.byC);
  out[4] = (share * q * (q * hyp.byZ - hyp.value)) / until;
}

/** Log-likelihood of all rows and, in `gradient`, its derivatives by (r, α, s, β). Rows come sorted by (x, T), so ρ(T) is computed once per distinct pair. */
function logLikelihood({ x: xs, tx: txs, T: Ts, weight: weights }: CompressedHistories, [r, alpha, s, beta]: Float64Array, gradient: Float64Array): number {
  const [logAlpha, logBeta, digammaR] = [Math.log(alpha), Math.log(beta), digamma(r)];
  const [atEnd, atLast] = [new Float64Array(5), new Float64Array(5)];
  let [total, byR, byAlpha, byS, byBeta] = [0, 0, 0, 0, 0];
  let [x, T, tx, constant, dr] = [NaN, NaN, NaN, 0, 0];
  let [ordersUntil, leavesUntil, logOrders, logLeaves] = [0, 0, 0, 0];
  let [ordersLast, leavesLast, logOrdersLast, logLeavesLast] = [0, 0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const newX = xs[i] !== x;
    if (newX) {
      x = xs[i];
      constant = lgammaDelta(r, x) + r * logAlpha + s * logBeta;
      dr = digamma(r + x) - digammaR + logAlpha;
    }
    if (newX || Ts[i] !== T) {
      T = Ts[i];
      leavesSilent(r, alpha, s, beta, x, T, atEnd);
      ordersUntil = alpha + T;
      leavesUntil = beta + T;
      logOrders = Math.log(ordersUntil);
      logLeaves = Math.log(leavesUntil);
    }
    if (newX || txs[i] !== tx) {
      tx = txs[i];
      leavesSilent(r, alpha, s, beta, x, tx, atLast);
      ordersLast = alpha + tx;
      leavesLast = beta + tx;
      logOrdersLast = Math.log(ordersLast);
      logLeavesLast = Math.log(leavesLast);
    }
    const weight = weights[i];
    const R = r + x;
    // The fates relative to S(t_x): alive and ordering again, and left silently; S(T) / S(t_x) = e^−D.
    const alive = Math.exp(-R * (logOrders - logOrdersLast) - s * (logLeaves - logLeavesLast));
    const again = 1 - atEnd[0];
    const sum = alive * again + atLast[0];
    total += weight * (constant - R * logOrdersLast - s * logLeavesLast + Math.log(sum));
    const share = alive / sum;
    byR += weight * (dr - logOrdersLast + (atLast[1] - alive * (atEnd[1] + again * (logOrders - logOrdersLast))) / sum);
    byAlpha += weight * (r / alpha - R / ordersLast + atLast[2] / sum - share * (atEnd[2] + again * R * (1 / ordersUntil - 1 / ordersLast)));
    byS += weight * (logBeta - logLeavesLast + atLast[3] / sum - share * (atEnd[3] + again * (logLeaves - logLeavesLast)));
    byBeta += weight * (s / beta - s / leavesLast + atLast[4] / sum - share * (atEnd[4] + again * s * (1 / leavesUntil - 1 / leavesLast)));
  }
  gradient[0] = byR;
  gradient[1] = byAlpha;
  gradient[2] = byS;
  gradient[3] = byBeta;
  return total;
}

/** s = 400, a spread of 5 %: beyond it the likelihood rises by less than it could ever show. */
const LARGEST_LOG_S = 6;
/** A life of 8,000 times the typical wait for an order is no different from one without end. */
const LONGEST_LOG_LIFE = 9;

/**
 * θ = (ln r, ln(weeks per order) − ln of the time scale, ln s, ln(weeks until leaving) − ln of the time scale). As numbers: spread of order rates between
 * customers (coefficient of variation), orders per week, spread of drop-out rates, share that leaves per week. The likelihood is flat along s with s / β held.
 */
export const PARETO_FAMILY: Family = {
  name: 'pareto_nbd',
  parameters: ['r', 'alpha', 's', 'beta'],
  coordinates: [spreadCoordinate('rateSpread'), rateCoordinate('ordersPerWeek'), spreadCoordinate('leavingSpread', LARGEST_LOG_S), rateCoordinate('leavingPerWeek', LONGEST_LOG_LIFE)],
  starts: [[-0.5, -0.5, -0.5, 0.5], [0.5, -1, 0, 2]],
  toLogs: (theta, scale) => Float64Array.of(theta[0], theta[0] + theta[1] + Math.log(scale), theta[2], theta[2] + theta[3] + Math.log(scale)),
  toTheta: ([logR, logAlpha, logS, logBeta], scale) => Float64Array.of(logR, logAlpha - logR - Math.log(scale), logS, logBeta - logS - Math.log(scale)),
  jacobian: () => Float64Array.of(1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1),
  curved: false,
  likelihood: (data) => (parameters, gradient) => logLikelihood(data, parameters, gradient),
  // Fader & Hardie 2007, "Incorporating time-invariant covariates", section 2.
  scales: [{ index: 1, sign: -1, name: 'rate' }, { index: 3, sign: -1, name: 'leaving' }],
  weakPrior: {
    rateSpread: { typical: 1, factor: 2.5 }, ordersPerWeek: { typical: 'cohort', factor: 4 },
    leavingSpread: { typical: 1, factor: 2.5 }, leavingPerWeek: { typical: 'cohort', factor: 10 },
  },
};

/** Fits Pareto/NBD. Needs at least one repeat order and one customer who has been watched for some time. */
export function fitPareto(data: CompressedHistories, options: FitOptions = {}): Result<ParetoFit, FitFailure> {
  const found = maximise(PARETO_FAMILY, [{ data, z: [] }], options);
  if (!found.ok) return found;
  const [r, alpha, s, beta] = found.value.parameters;
  const standardErrors = standardErrorsOf(found.value);
  const params = { model: 'pareto_nbd' as const, r, alpha, s, beta };
  return { ok: true, value: { params, logLikelihood: found.value.logLikelihood, maximum: found.value, ...(standardErrors === undefined ? {} : { standardErrors }) } };
}
