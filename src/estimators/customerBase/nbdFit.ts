/** Maximum likelihood of BG/NBD and MBG/NBD with analytic derivatives on compressed histories. */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { inverseSpd } from '../../math/linear.ts';
import { minimiseByTwo, numericHessian } from '../../math/optimise.ts';
import type { Objective } from '../../math/optimise.ts';
import { digamma, lgammaDelta } from '../../math/specialGamma.ts';
import { sigmoid } from '../../math/specialLog.ts';
import type { FitFailure } from '../contract.ts';
import type { CompressedHistories } from './history.ts';
import { firstOrderFlips } from './nbd.ts';
import type { NbdModel, NbdParams } from './nbd.ts';

export interface NbdFit {
  readonly params: NbdParams;
  /** Total, weighted, in unscaled weeks, without the constant factorials. */
  readonly logLikelihood: number;
  /** Of r, α, a, b from the observed information; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly [number, number, number, number];
  readonly iterations: number;
  readonly evaluations: number;
  readonly gradientNorm: number;
}

/**
 * Log-likelihood of all rows and, in `gradient`, its derivatives by (r, α, a, b). The terms that depend on x only are computed once per
 * distinct x. Rows come sorted by x.
 */
function logLikelihood(data: CompressedHistories, model: NbdModel, [r, alpha, a, b]: readonly number[] | Float64Array, gradient: Float64Array): number {
  const s = firstOrderFlips(model);
  const logAlpha = Math.log(alpha);
  const digammaR = digamma(r);
  const digammaB = digamma(b);
  const digammaAB = digamma(a + b);
  gradient.fill(0);
  let total = 0;
  let previous = NaN;
  let constant = 0;
  let [dr, da, db, logFlip] = [0, 0, 0, 0];
  for (let i = 0; i < data.x.length; i++) {
    const x = data.x[i];
    const n = x + s;
    if (x !== previous) {
      previous = x;
      constant = lgammaDelta(r, x) + lgammaDelta(b, n) - lgammaDelta(a + b, n);
      dr = digamma(r + x) - digammaR + logAlpha;
      da = digammaAB - digamma(a + b + n);
      db = digamma(b + n) - digammaB + da;
      logFlip = n === 0 ? -Infinity : Math.log(a / (b + n - 1));
    }
    const weight = data.weight[i];
    const R = r + x;
    const untilEnd = alpha + data.T[i];
    const untilLast = alpha + data.tx[i];
    const logEnd = Math.log(untilEnd);
    const logLast = Math.log(untilLast);
    // ln odds of having left; `left` is its probability.
    const v = logFlip + R * (logEnd - logLast);
    const left = sigmoid(v);
    const likelihood = constant + r * logAlpha - R * logEnd + (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));
    total += weight * likelihood;
    gradient[0] += weight * (dr - (1 - left) * logEnd - left * logLast);
    gradient[1] += weight * (r / alpha - R * ((1 - left) / untilEnd + left / untilLast));
    gradient[2] += weight * (da + left / a);
    gradient[3] += weight * (db - (n === 0 ? 0 : left / (b + n - 1)));
  }
  return total;
}

/** Soft walls for ln r, ln(α/r) around its start, logit of the mean drop-out, and ln(a + b): the likelihood is flat beyond them. */
const WALLS: readonly (readonly [number, number])[] = [[-9, 9], [-14, 14], [-12, 12], [-9, 9]];

/** θ = (ln r, ln(α / r) − ln of the time scale, logit(a / (a + b)), ln(a + b)): the two ridges of the likelihood run along single coordinates. */
function fromTheta(theta: ArrayLike<number>, timeScale: number): [number, number, number, number] {
  const r = Math.exp(theta[0]);
  const mean = sigmoid(theta[2]);
  const sum = Math.exp(theta[3]);
  return [r, r * timeScale * Math.exp(theta[1]), sum * mean, sum * sigmoid(-theta[2])];
}

/** −(mean log-likelihood) plus a quadratic wall outside the bounds, with derivatives by θ. */
function negativeMean(data: CompressedHistories, model: NbdModel, timeScale: number): Objective {
  const natural = new Float64Array(4);
  return (theta, gradient) => {
    const [r, alpha, a, b] = fromTheta(theta, timeScale);
    if (!(r > 0 && alpha > 0 && a > 0 && b > 0 && r + alpha + a + b < Infinity)) return Infinity;
    let value = -logLikelihood(data, model, [r, alpha, a, b], natural) / data.totalWeight;
    const [dr, dAlpha, da, db] = natural;
    if (gradient !== undefined) {
      const sum = a + b;
      gradient[0] = -(r * dr + alpha * dAlpha) / data.totalWeight;
      gradient[1] = -(alpha * dAlpha) / data.totalWeight;
      gradient[2] = -((a * b) / sum) * ((da - db) / data.totalWeight);
      gradient[3] = -(a * da + b * db) / data.totalWeight;
    }
    WALLS.forEach(([low, high], i) => {
      const beyond = theta[i] < low ? theta[i] - low : theta[i] > high ? theta[i] - high : 0;
      value += 0.05 * beyond * beyond;
      if (gradient !== undefined) gradient[i] += 0.1 * beyond;
    });
    return value;
  };
}

/** Fits one model. Needs at least one repeat order and one customer who has been watched for some time. */
export function fitNbd(data: CompressedHistories, model: NbdModel, signal?: AbortSignal): Result<NbdFit, FitFailure> {
  const sum = (f: (i: number) => number): number => data.x.reduce((total, _, i) => total + data.weight[i] * f(i), 0);
  const orders = sum((i) => data.x[i]);
  const weeks = sum((i) => data.T[i]);
  if (!(orders > 0)) return fail('one_class', `None of ${data.totalWeight} customers ordered on a second day, so nothing says how fast they come back.`);
  if (!(weeks > 0)) return fail('too_few_rows', `All ${data.totalWeight} customers ordered for the first time at the cut-off: none has been watched yet.`);
  const timeScale = weeks / orders;
  const objective = negativeMean(data, model, timeScale);
  const starts = [[-0.7, -0.5, -1, 1], [0.5, -1, -2.5, 0.5]].map((start) => Float64Array.from(start));
  const best = minimiseByTwo(objective, starts, { signal, gradientTolerance: 3e-8, valueTolerance: 1e-14, acceptedGain: 1e-6 / data.totalWeight });
  const [r, alpha, a, b] = fromTheta(best.x, timeScale);
  const unused = new Float64Array(4);
  const total = logLikelihood(data, model, [r, alpha, a, b], unused);
  if (!best.converged || !Number.isFinite(total)) {
    return fail('not_converged', `The likelihood of ${model} found no maximum in ${best.iterations} iterations (gradient ${best.gradientNorm.toExponential(2)} per customer).`);
  }
  const standardErrors = errorsOf(data, model, [r, alpha, a, b]);
  return ok({
    params: { model, r, alpha, a, b },
    logLikelihood: total,
    ...(standardErrors === undefined ? {} : { standardErrors }),
    iterations: best.iterations,
    evaluations: best.evaluations,
    gradientNorm: Number.isFinite(best.gradientNorm) ? best.gradientNorm : 0,
  });
}

function errorsOf(data: CompressedHistories, model: NbdModel, optimum: readonly number[]): [number, number, number, number] | undefined {
  // In logarithms, so that the steps of the differences fit the size of each parameter; delta method back: se(p) = p se(ln p).
  const inLogs: Objective = (logs, gradient) => {
    const natural = Float64Array.from(logs, Math.exp);
    const slope = new Float64Array(4);
    const value = -logLikelihood(data, model, natural, slope);
    gradient?.set(slope.map((d, i) => -d * natural[i]));
    return value;
  };
  const covariance = inverseSpd(numericHessian(inLogs, Float64Array.from(optimum, Math.log)), 4);
  if (covariance === undefined) return undefined;
  const [r, alpha, a, b] = optimum.map((p, i) => p * Math.sqrt(covariance[5 * i]));
  return [r, alpha, a, b].every(Number.isFinite) ? [r, alpha, a, b] : undefined;
}

/** Fits both and keeps the better likelihood (they have the same number of parameters). */
export function fitBetterNbd(data: CompressedHistories, signal?: AbortSignal): Result<NbdFit, FitFailure> {
  const fits = (['bg_nbd', 'mbg_nbd'] as const).map((model) => fitNbd(data, model, signal));
  const [first, second] = fits;
  if (!first.ok) return second.ok ? second : first;
  if (!second.ok) return first;
  return first.value.logLikelihood >= second.value.logLikelihood ? first : second;
}
