/** What a network's outputs mean: the loss that training follows, in tensors, and the same loss in plain numbers, by which it is judged. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { boundedSigma, LEAST_SIGMA, MOST_SIGMA, type ZeroInflatedLognormal } from '../../math/zeroInflatedLognormal.ts';
import { sigmoid } from '../../math/specialLog.ts';
import { moments } from '../../math/stats/index.ts';
import type { NetworkRows } from './artefact.ts';
import type { Tf } from './backend.ts';
import type { RowLoss } from './training.ts';

export interface Head {
  /** Outputs of a network that knows nothing about its rows. */
  readonly start: readonly number[];
  /** Row-major rows × targets. */
  readonly targets: Float64Array;
  readonly loss: RowLoss;
  /** The loss of one row: its outputs begin at `outputs[o]`, its targets at `targets[t]`. */
  lossAt(outputs: Float64Array, o: number, t: number): number;
}

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const logit = (p: number): number => Math.log(p) - Math.log1p(-p);

function shareOf(happens: (row: number) => boolean, { rows, weights, totalWeight }: NetworkRows): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) if (happens(i)) sum += weights[i];
  // Never quite none or all: the logarithm of the odds must be a number.
  return Math.min(1 - 1e-4, Math.max(1e-4, sum / totalWeight));
}

/** One output: the log-odds of y = 1. */
export function bernoulliHead(data: NetworkRows): Head {
  const { y } = data;
  return {
    start: [logit(shareOf((i) => y[i] === 1, data))],
    targets: y,
    loss: (tf, z, target) => tf.sub(tf.softplus(z), tf.mul(target, z)),
    lossAt: (outputs, o, t) => softplus(outputs[o]) - y[t] * outputs[o],
  };
}

/** Where amounts lie on the logarithmic scale: what the second output counts from, and in which units. */
export interface LogScale {
  readonly mean: number;
  readonly sd: number;
}

export function logScaleOf({ y, weights }: NetworkRows): LogScale {
  const { mean, sd } = moments(y.map((v) => (v > 0 ? Math.log(v) : NaN)), weights);
  return { mean, sd: Math.max(sd, LEAST_SIGMA) };
}

/** The distribution that three outputs (log-odds of any amount, location in units of `scale`, raw σ) stand for. */
export function distributionAt(outputs: Float64Array, o: number, scale: LogScale): ZeroInflatedLognormal {
  return { probability: sigmoid(outputs[o]), mu: scale.mean + scale.sd * outputs[o + 1], sigma: boundedSigma(outputs[o + 2]) };
}

/**
 * The zero-inflated lognormal loss (Wang, Liu & Miao 2019, eq. 5): cross-entropy of whether anything is spent, plus, over those who spend, the negative
 * log-likelihood ½((ln y − μ)/σ)² + ln σ. Constants are left out.
 */
export function zeroInflatedLognormalHead(data: NetworkRows, scale: LogScale): Head {
  const { y, rows } = data;
  const targets = new Float64Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    if (y[i] === 0) continue;
    targets[2 * i] = 1;
    targets[2 * i + 1] = (Math.log(y[i]) - scale.mean) / scale.sd;
  }
  const share = (Math.min(scale.sd, 0.9 * MOST_SIGMA) - LEAST_SIGMA) / (MOST_SIGMA - LEAST_SIGMA);
  return {
    start: [logit(shareOf((i) => y[i] > 0, data)), 0, logit(Math.max(share, 0.02))],
    targets,
    loss: (tf, outputs, target) => {
      const column = (x: Tensor2D, k: number): Tensor2D => tf.slice(x, [0, k], [x.shape[0], 1]);
      const [z, spends] = [column(outputs, 0), column(target, 0)];
      const sigma = tf.add(constant(tf, LEAST_SIGMA), tf.mul(constant(tf, MOST_SIGMA - LEAST_SIGMA), tf.sigmoid(column(outputs, 2))));
      const apart = tf.div(tf.mul(constant(tf, scale.sd), tf.sub(column(target, 1), column(outputs, 1))), sigma);
      const given = tf.add(tf.mul(constant(tf, 0.5), tf.mul(apart, apart)), tf.log(sigma));
      return tf.add(tf.sub(tf.softplus(z), tf.mul(spends, z)), tf.mul(spends, given));
    },
    lossAt: (outputs, o, t) => {
      const any = softplus(outputs[o]) - targets[2 * t] * outputs[o];
      if (targets[2 * t] === 0) return any;
      const sigma = boundedSigma(outputs[o + 2]);
      const apart = (scale.sd * (targets[2 * t + 1] - outputs[o + 1])) / sigma;
      return any + 0.5 * apart * apart + Math.log(sigma);
    },
  };
}

const constant = (tf: Tf, value: number): Tensor2D => tf.tensor2d([[value]]);
