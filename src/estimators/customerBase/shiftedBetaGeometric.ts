/**
 * Shifted-beta-geometric model of contracts (Fader & Hardie 2007, "How to project customer retention"): at the end of every period a customer
 * cancels with a probability of their own, θ ~ Beta(α, β). Those who cancel easily go first, so retention rises with tenure although nobody changes.
 *
 * Given n periods survived, θ ~ Beta(α, β + n), whatever the past: all questions about the future are those of a new customer with β + n.
 */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { hyp2F1One } from '../../math/specialHypergeometricOne.ts';
import { digamma, lgammaDelta } from '../../math/specialGamma.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { Objective } from '../../math/optimise.ts';
import type { FitFailure } from '../contract.ts';

export interface SbgParams {
  readonly alpha: number;
  readonly beta: number;
}

/** P(still a customer after `periods` more | `tenure` periods survived): B(α, β + n + t) / B(α, β + n), eq. (6). Fractions of a period are allowed. */
export function sbgSurvival({ alpha, beta }: SbgParams, tenure: number, periods: number): number {
  return Math.exp(lgammaDelta(beta + tenure, periods) - lgammaDelta(alpha + beta + tenure, periods));
}

/** P(the next renewal happens | `tenure` periods survived): r_t = (β + n) / (α + β + n), eq. (8). */
export function sbgRetention({ alpha, beta }: SbgParams, tenure: number): number {
  return (beta + tenure) / (alpha + beta + tenure);
}

/**
 * Discounted expected residual lifetime of a customer who has survived `tenure` periods and is about to face the next renewal: Σ_{t ≥ 1} S(t) (1 + rate)^−t
 * = r/(1 + d) ₂F₁(1, β + n + 1; α + β + n + 1; 1/(1 + d)); Fader & Hardie 2010, "Customer-base valuation in a contractual setting", eq. (6), counting from the renewal.
 * @param rate d > 0 per period.
 */
export function sbgDiscountedLifetime(params: SbgParams, tenure: number, rate: number): number {
  const { alpha, beta } = params;
  return (sbgRetention(params, tenure) / (1 + rate)) * hyp2F1One(beta + tenure + 1, alpha + beta + tenure + 1, 1 / (1 + rate));
}

/** What was seen of customers: `tenure` periods survived before the watch began, then `periods` survived in it, and whether they cancelled within the `within` periods after. */
export interface ContractRecord {
  readonly tenure: number;
  readonly periods: number;
  readonly cancelled: boolean;
  /** 1 when absent: the period of the cancellation is known. More: it fell into one of so many renewals. */
  readonly within?: number;
  readonly customers: number;
}

export interface SbgFit {
  readonly params: SbgParams;
  readonly logLikelihood: number;
  /** Of α and β; absent where customers do not differ (the ridge α, β → ∞). */
  readonly standardErrors?: readonly [number, number];
  readonly iterations: number;
}

/** ln L of all records and, in `gradient`, its derivatives by (α, β). A cancellation within w periods after p survived ones has the chance S(p) − S(p + w). */
function logLikelihood(records: readonly ContractRecord[], [alpha, beta]: Float64Array | readonly [number, number], gradient: Float64Array): number {
  gradient.fill(0);
  let total = 0;
  for (const { tenure, periods, cancelled, within = 1, customers } of records) {
    const b = beta + tenure;
    const end = b + periods;
    const survived = lgammaDelta(b, periods) - lgammaDelta(alpha + b, periods);
    const psi = digamma(alpha + b) - digamma(alpha + end);
    total += customers * survived;
    gradient[0] += customers * psi;
    gradient[1] += customers * (psi + digamma(end) - digamma(b));
    if (!cancelled) continue;
    if (within === 1) {
      // S(p + 1) = S(p) (β + n + p) / (α + β + n + p), so the difference is S(p) α / (α + β + n + p).
      total += customers * Math.log(alpha / (alpha + end));
      gradient[0] += customers * (1 / alpha - 1 / (alpha + end));
      gradient[1] -= customers / (alpha + end);
      continue;
    }
    const logStays = lgammaDelta(end, within) - lgammaDelta(alpha + end, within);
    const leaves = -Math.expm1(logStays);
    const odds = Math.exp(logStays) / leaves;
    const both = digamma(alpha + end + within) - digamma(alpha + end);
    total += customers * Math.log(leaves);
    gradient[0] += customers * odds * both;
    gradient[1] += customers * odds * (both - digamma(end + within) + digamma(end));
  }
  return total;
}

/** Coordinates: logit of the mean cancellation α / (α + β) and ln(α + β), which is small where customers differ much. */
const WALLS: readonly (readonly [number, number])[] = [[-14, 14], [-7, 12]];

export interface SbgPrior {
  /** Typical share that cancels in the first period with the factor its odds are typically missed by, and the same of α + β; both off when absent. */
  readonly cancelling?: { readonly typical: number; readonly factor: number };
  readonly alikeness?: { readonly typical: number; readonly factor: number };
}

/** Maximum likelihood, or maximum a posteriori with a prior. Needs a cancellation and a renewal. */
export function fitSbg(records: readonly ContractRecord[], prior: SbgPrior = {}, signal?: AbortSignal): Result<SbgFit, FitFailure> {
  const sum = (f: (record: ContractRecord) => number): number => records.reduce((total, record) => total + record.customers * f(record), 0);
  const customers = sum(() => 1);
  const cancelled = sum((record) => Number(record.cancelled));
  const renewals = sum((record) => record.periods);
  const watched = renewals + sum((record) => (record.cancelled ? record.within ?? 1 : 0));
  if (!(customers > 0)) return fail('too_few_rows', 'There is no contract to learn from.');
  if (!(cancelled > 0)) return fail('one_class', `None of ${customers} contracts was cancelled.`);
  if (!(renewals > 0)) return fail('one_class', `All ${customers} contracts were cancelled before their first renewal.`);
  const beliefs = [
    prior.cancelling === undefined ? undefined : { centre: Math.log(prior.cancelling.typical / (1 - prior.cancelling.typical)), sd: Math.log(prior.cancelling.factor) },
    prior.alikeness === undefined ? undefined : { centre: Math.log(prior.alikeness.typical), sd: Math.log(prior.alikeness.factor) },
  ];
  const parametersOf = (theta: ArrayLike<number>): [number, number] => [Math.exp(theta[1]) / (1 + Math.exp(-theta[0])), Math.exp(theta[1]) / (1 + Math.exp(theta[0]))];
  const natural = new Float64Array(2);
  const objective: Objective = (theta, gradient) => {
    const [alpha, beta] = parametersOf(theta);
    if (!(alpha > 0 && beta > 0 && alpha + beta < Infinity)) return Infinity;
    let loss = -logLikelihood(records, [alpha, beta], natural) / customers;
    if (gradient !== undefined) {
      gradient[0] = (-((alpha * beta) / (alpha + beta)) * (natural[0] - natural[1])) / customers;
      gradient[1] = -(alpha * natural[0] + beta * natural[1]) / customers;
    }
    WALLS.forEach(([low, high], i) => {
      const beyond = theta[i] < low ? theta[i] - low : theta[i] > high ? theta[i] - high : 0;
      const belief = beliefs[i];
      const off = belief === undefined ? 0 : (theta[i] - belief.centre) / (belief.sd * belief.sd * customers);
      loss += 0.05 * beyond * beyond + (belief === undefined ? 0 : 0.5 * off * (theta[i] - belief.centre));
      if (gradient !== undefined) gradient[i] += 0.1 * beyond + off;
    });
    return loss;
  };
  const hazard = cancelled / watched;
  const logit = Math.log(hazard / (1 - hazard));
  const starts = [[logit, 0.7], [logit, 3]].map((start) => Float64Array.from(start));
  const best = minimiseByTwo(objective, starts, { signal, gradientTolerance: 3e-9, valueTolerance: 1e-15, acceptedGain: 1e-6 / customers });
  const [alpha, beta] = parametersOf(best.x);
  if (!best.converged || !Number.isFinite(best.value)) {
    return fail('not_converged', `The likelihood of shifted_beta_geometric found no maximum in ${best.iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per contract).`);
  }
  const standardErrors = errorsOf(records, [alpha, beta]);
  const total = logLikelihood(records, [alpha, beta], natural);
  return ok({ params: { alpha, beta }, logLikelihood: total, iterations: best.iterations, ...(standardErrors === undefined ? {} : { standardErrors }) });
}

function errorsOf(records: readonly ContractRecord[], optimum: readonly [number, number]): [number, number] | undefined {
  const inLogs: Objective = (logs, gradient) => {
    const natural = Float64Array.from(logs, Math.exp);
    const slope = new Float64Array(2);
    const value = -logLikelihood(records, natural, slope);
    gradient?.set(slope.map((d, i) => -d * natural[i]));
    return value;
  };
  const covariance = inverseSpd(numericHessian(inLogs, Float64Array.from(optimum, Math.log)), 2);
  if (covariance === undefined) return undefined;
  const errors: [number, number] = [optimum[0] * Math.sqrt(covariance[0]), optimum[1] * Math.sqrt(covariance[3])];
  return errors.every((error) => error > 0 && error < 1e3 * Math.max(...optimum)) ? errors : undefined;
}

/** Records of a cohort whose survivors are counted at the start and after every period: the form of published retention tables. */
export function recordsOfSurvivors(survivors: readonly number[]): ContractRecord[] {
  const records = survivors.slice(1).map((left, i) => ({ tenure: 0, periods: i, cancelled: true, customers: survivors[i] - left }));
  return [...records, { tenure: 0, periods: survivors.length - 1, cancelled: false, customers: survivors[survivors.length - 1] }].filter(({ customers }) => customers > 0);
}
