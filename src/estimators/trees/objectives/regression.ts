/** Objectives of quantities: squared, absolute and quantile error on the scale of the target; Poisson, Gamma and Tweedie deviance on the log scale. */
import { distribution, weightedQuantile } from '../../../math/stats/index.ts';
import { weightedMean, type Objective, type Targets } from './objective.ts';

export function squaredError({ y, weights }: Targets): Objective {
  return {
    name: 'squared_error',
    outputs: 1,
    base: (rows) => Float64Array.of(weightedMean(rows, weights, (i) => y[i])),
    write([scores], _, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        gradients[i] = scores[i] - y[i];
        hessians[i] = 1;
      }
    },
    loss: ([scores], rows) => weightedMean(rows, weights, (i) => 0.5 * (scores[i] - y[i]) ** 2),
    fitted: () => ({ name: 'squared_error' }),
  };
}

/** Pinball loss (Koenker & Bassett 1978): slope 1 − α above the target, α below it. α = ½ is half the absolute error. */
function pinball(name: 'absolute_error' | 'quantile', alpha: number, scale: number, { y, weights }: Targets): Objective {
  return {
    name,
    outputs: 1,
    renewAt: alpha,
    base: (rows) => Float64Array.of(weightedQuantile(distribution(Float64Array.from(rows, (i) => y[i]), weights === undefined ? undefined : Float64Array.from(rows, (i) => weights[i])), alpha)),
    write([scores], _, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        const over = scores[i] - y[i];
        gradients[i] = over > 0 ? scale * (1 - alpha) : over < 0 ? -scale * alpha : 0;
        hessians[i] = 1;
      }
    },
    loss: ([scores], rows) => weightedMean(rows, weights, (i) => scale * (scores[i] > y[i] ? (1 - alpha) * (scores[i] - y[i]) : alpha * (y[i] - scores[i]))),
    fitted: () => (name === 'quantile' ? { name, alpha } : { name }),
  };
}

export const absoluteError = (targets: Targets): Objective => pinball('absolute_error', 0.5, 2, targets);
export const quantileLoss = (alpha: number, targets: Targets): Objective => pinball('quantile', alpha, 1, targets);

/** Scores on the log scale are kept within this, so that no exponential overflows. */
const bounded = (score: number): number => Math.min(Math.max(score, -30), 30);

export function poisson({ y, weights }: Targets): Objective {
  return {
    name: 'poisson',
    outputs: 1,
    base: (rows) => Float64Array.of(Math.log(weightedMean(rows, weights, (i) => y[i]))),
    write([scores], _, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        const expected = Math.exp(bounded(scores[i]));
        gradients[i] = expected - y[i];
        hessians[i] = expected;
      }
    },
    loss: ([scores], rows) => weightedMean(rows, weights, (i) => Math.exp(bounded(scores[i])) - y[i] * bounded(scores[i])),
    fitted: () => ({ name: 'poisson' }),
  };
}

/**
 * Tweedie deviance with log link and variance power p in (1, 2]; p = 2 is Gamma (Jørgensen 1987). A large amount weighs
 * in with y^(2−p) instead of y², which is what keeps one big buyer from bending every tree.
 */
export function tweedie(power: number, { y, weights }: Targets, name: 'tweedie' | 'gamma' = 'tweedie'): Objective {
  const a = 1 - power;
  const b = 2 - power;
  return {
    name,
    outputs: 1,
    base: (rows) => Float64Array.of(Math.log(weightedMean(rows, weights, (i) => y[i]))),
    write([scores], _, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        const s = bounded(scores[i]);
        const given = y[i] * Math.exp(a * s);
        const expected = Math.exp(b * s);
        gradients[i] = expected - given;
        hessians[i] = b * expected - a * given;
      }
    },
    loss: ([scores], rows) => weightedMean(rows, weights, (i) => {
      const s = bounded(scores[i]);
      return (-y[i] * Math.exp(a * s)) / a + (b === 0 ? s : Math.exp(b * s) / b);
    }),
    fitted: () => (name === 'gamma' ? { name } : { name, power }),
  };
}
