/** Maximum likelihood of BG/NBD, MBG/NBD and (M)BG/CNBD-k with analytic derivatives on compressed histories. */
import type { Result } from '../../base/result.ts';
import { digamma, lgamma, lgammaDelta } from '../../math/specialGamma.ts';
import type { FitFailure } from '../contract.ts';
import { rateCoordinate, shareCoordinate, spreadCoordinate, totalCoordinate } from './family.ts';
import type { Family } from './family.ts';
import type { CompressedHistories } from './history.ts';
import { maximise } from './maximise.ts';
import type { FitOptions, Group, Maximum } from './maximise.ts';
import { firstOrderFlips } from './nbd.ts';
import type { NbdModel, NbdParams } from './nbd.ts';
import { standardErrorsOf } from './standardErrors.ts';

export interface NbdFit {
  readonly params: NbdParams;
  /** Total, weighted, in unscaled weeks, without the constant factorials; for k > 1 with the part that depends on k where the gaps are known. */
  readonly logLikelihood: number;
  /** Of r, α, a, b from the observed information; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly number[];
  readonly maximum: Maximum;
}

/**
 * Log-likelihood of all rows and, in `gradient`, its derivatives by (r, α, a, b). The terms that depend on x only are computed once per
 * distinct x. Rows come sorted by x.
 */
function logLikelihood(data: CompressedHistories, model: NbdModel, k: number, parameters: Float64Array, gradient: Float64Array): number {
  const [r, alpha, a, b] = parameters;
  const s = firstOrderFlips(model);
  const logAlpha = Math.log(alpha);
  const [digammaR, digammaB, digammaAB] = [digamma(r), digamma(b), digamma(a + b)];
  let [total, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0];
  let previous = NaN;
  let [constant, R, dr, da, db, logFlip, flipB] = [0, 0, 0, 0, 0, 0, 0];
  const { x: xs, T, tx, weight: weights } = data;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] !== previous) {
      previous = xs[i];
      const events = k * previous;
      const n = previous + s;
      R = r + events;
      constant = lgammaDelta(r, events) + lgammaDelta(b, n) - lgammaDelta(a + b, n) + r * logAlpha;
      dr = digamma(R) - digammaR + logAlpha;
      da = digammaAB - digamma(a + b + n);
      db = digamma(b + n) - digammaB + da;
      logFlip = n === 0 ? -Infinity : Math.log(a / (b + n - 1));
      flipB = n === 0 ? 0 : 1 / (b + n - 1);
    }
    const weight = weights[i];
    const untilEnd = alpha + T[i];
    const untilLast = alpha + tx[i];
    const logEnd = Math.log(untilEnd);
    // ln Σ c_j with its derivatives by R and α: 0 for k = 1. (One declaration a line: what runs a million times must not allocate.)
    let logStages = 0;
    let stagesByR = 0;
    let stagesByAlpha = 0;
    if (k > 1) {
      const y = (T[i] - tx[i]) / untilEnd;
      let term = 1;
      let sum = 1;
      let bySum = 0;
      let byLog = 0;
      let order = 0;
      for (let j = 1; j < k; j++) {
        term *= ((R + j - 1) / j) * y;
        byLog += 1 / (R + j - 1);
        sum += term;
        bySum += term * byLog;
        order += j * term;
      }
      logStages = Math.log(sum);
      stagesByR = bySum / sum;
      stagesByAlpha = -order / (sum * untilEnd);
    }
    if (logFlip === -Infinity) {
      total += weight * (constant - R * logEnd + logStages);
      byR += weight * (dr - logEnd + stagesByR);
      byAlpha += weight * (r / alpha - R / untilEnd + stagesByAlpha);
      continue;
    }
    const logLast = Math.log(untilLast);
    // ln odds of having left; `left` is its probability.
    const v = logFlip + R * (logEnd - logLast) - logStages;
    const e = Math.exp(v > 0 ? -v : v);
    const left = v > 0 ? 1 / (1 + e) : e / (1 + e);
    total += weight * (constant - R * logEnd + logStages + Math.max(v, 0) + Math.log1p(e));
    byR += weight * (dr - (1 - left) * (logEnd - stagesByR) - left * logLast);
    byAlpha += weight * (r / alpha - (1 - left) * (R / untilEnd - stagesByAlpha) - (left * R) / untilLast);
    byA += weight * (da + left / a);
    byB += weight * (db - left * flipB);
  }
  gradient[0] = byR;
  gradient[1] = byAlpha;
  gradient[2] = byA;
  gradient[3] = byB;
  return total;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/**
 * θ = (ln r, ln(weeks per order while alive) − ln of the time scale, logit(a / (a + b)), ln(a + b)): the two ridges of the likelihood run along single
 * coordinates. As numbers: the spread of rates between customers (coefficient of variation), orders per week, share that leaves per order, a + b (small = customers differ much in loyalty).
 */
export function nbdFamily(model: NbdModel, k = 1): Family {
  return {
    name: k === 1 ? model : `${model} with k = ${k}`,
    parameters: ['r', 'alpha', 'a', 'b'],
    coordinates: [spreadCoordinate('rateSpread'), rateCoordinate('ordersPerWeek'), shareCoordinate('leaving'), totalCoordinate('leavingAlikeness')],
    starts: [[-0.7, -0.5, -1, 1], [0.5, -1, -2.5, 0.5]],
    toLogs: (theta, scale) => Float64Array.of(
      theta[0], theta[0] + theta[1] + Math.log(scale / k), theta[3] - Math.log1p(Math.exp(-theta[2])), theta[3] - Math.log1p(Math.exp(theta[2])),
    ),
    toTheta: ([logR, logAlpha, logA, logB], scale) => Float64Array.of(
      logR, logAlpha - logR - Math.log(scale / k), logA - logB, Math.max(logA, logB) + Math.log1p(Math.exp(-Math.abs(logA - logB))),
    ),
    chain: (byLogs, [, , a, b], byTheta) => {
      byTheta[0] = byLogs[0] + byLogs[1];
      byTheta[1] = byLogs[1];
      byTheta[2] = byLogs[2] * sigmoid(Math.log(b / a)) - byLogs[3] * sigmoid(Math.log(a / b));
      byTheta[3] = byLogs[2] + byLogs[3];
    },
    logLikelihood: (data, parameters, gradient) => logLikelihood(data, model, k, parameters, gradient),
    // Fader & Hardie 2007, "Incorporating time-invariant covariates", section 3.
    scales: [{ index: 1, sign: -1, name: 'rate' }, { index: 2, sign: 1, name: 'leaving' }, { index: 3, sign: 1, name: 'staying' }],
    weakPrior: {
      rateSpread: { typical: 1, factor: 2.5 }, ordersPerWeek: { typical: 'cohort', factor: 4 },
      leaving: { typical: 0.2, factor: 4 }, leavingAlikeness: { typical: 3, factor: 4 },
    },
  };
}

/** The part of the likelihood that depends on k alone: (k − 1) Σ ln gaps − x ln (k − 1)!. Zero where the gaps are not known. */
function regularPart({ x, weight, logGaps }: CompressedHistories, k: number): number {
  if (k === 1 || logGaps === undefined) return 0;
  return (k - 1) * logGaps - lgamma(k) * x.reduce((sum, value, i) => sum + weight[i] * value, 0);
}

/** NBD parameters of a maximum, for customers whose covariates are 0. */
export function nbdParamsOfMaximum(model: NbdModel, k: number, { parameters: [r, alpha, a, b] }: Maximum): NbdParams {
  return { model, r, alpha, a, b, ...(k === 1 ? {} : { k }) };
}

/** Fits one model. Needs at least one repeat order and one customer who has been watched for some time. */
export function fitNbd(data: CompressedHistories, model: NbdModel, options: FitOptions & { readonly k?: number } = {}): Result<NbdFit, FitFailure> {
  const { k = 1 } = options;
  const found = maximise(nbdFamily(model, k), [{ data, z: [] } satisfies Group], options);
  if (!found.ok) return found;
  const standardErrors = standardErrorsOf(found.value);
  const value = {
    params: nbdParamsOfMaximum(model, k, found.value), logLikelihood: found.value.logLikelihood + regularPart(data, k), maximum: found.value,
    ...(standardErrors === undefined ? {} : { standardErrors }),
  };
  return { ok: true, value };
}

/** Fits both and keeps the better likelihood (they have the same number of parameters). */
export function fitBetterNbd(data: CompressedHistories, options: FitOptions = {}): Result<NbdFit, FitFailure> {
  const [first, second] = (['bg_nbd', 'mbg_nbd'] as const).map((model) => fitNbd(data, model, options));
  if (!first.ok) return second.ok ? second : first;
  if (!second.ok) return first;
  return first.value.logLikelihood >= second.value.logLikelihood ? first : second;
}

/** Regularity by likelihood: k = 1, 2, … as long as the likelihood grows. @throws RangeError when the histories were compressed without their gaps. */
export function fitNbdChoosingK(data: CompressedHistories, model: NbdModel, options: FitOptions & { readonly mostK?: number } = {}): Result<NbdFit, FitFailure> {
  if (data.logGaps === undefined) throw new RangeError('choosing k by likelihood needs the sum of the logarithms of the gaps: compressHistories(histories, weights, logGaps)');
  let best = fitNbd(data, model, options);
  for (let k = 2; k <= (options.mostK ?? 12); k++) {
    const next = fitNbd(data, model, { ...options, k });
    if (!next.ok || (best.ok && next.value.logLikelihood <= best.value.logLikelihood)) break;
    best = next;
  }
  return best;
}
