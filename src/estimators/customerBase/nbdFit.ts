/** Maximum likelihood of BG/NBD, MBG/NBD and (M)BG/CNBD-k with analytic derivatives on compressed histories. */
import type { Result } from '../../base/result.ts';
import { lgamma } from '../../math/specialGamma.ts';
import type { FitFailure } from '../contract.ts';
import { rateCoordinate, shareCoordinate, spreadCoordinate, totalCoordinate } from './family.ts';
import type { Family } from './family.ts';
import type { CompressedHistories } from './history.ts';
import { maximise } from './maximise.ts';
import type { FitOptions, Maximum } from './maximise.ts';
import type { Group } from './meanLoss.ts';
import type { NbdModel, NbdParams } from './nbd.ts';
import { nbdLikelihood } from './nbdLikelihood.ts';
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
    jacobian: ([, , a, b]) => {
      const leaves = a / (a + b);
      return Float64Array.of(1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1 - leaves, 1, 0, 0, -leaves, 1);
    },
    bend: (byLogs, [, , a, b], hessian, size) => { hessian[2 * size + 2] -= ((byLogs[2] + byLogs[3]) * (a / (a + b)) * b) / (a + b); },
    likelihood: (data) => nbdLikelihood(data, model, k),
    curved: true,
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
