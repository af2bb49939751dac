import { logit, softplus } from '../../math/stats/index.ts';

/** What the trees minimise. `log_loss`: y in {0, 1}, score is log odds. `squared_error`: score is the value. `tweedie`: y ≥ 0, score is the logarithm of the mean. */
export type ObjectiveName = 'log_loss' | 'squared_error' | 'tweedie';

export interface Objective {
  /** Score before the first tree, from the weighted mean of y. */
  base(meanY: number): number;
  /** Loss of one row. */
  loss(y: number, score: number): number;
  /** First and second derivative of the loss by the score at the rows `rows[0 … count)`. */
  write(y: Float64Array, scores: Float64Array, rows: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array): void;
}

const logLossObjective: Objective = {
  base: logit,
  loss: (y, score) => softplus(score) - y * score,
  write(y, scores, rows, count, gradients, hessians) {
    for (let k = 0; k < count; k++) {
      const i = rows[k];
      const score = scores[i];
      // sigmoid(s) and sigmoid(−s) from one exponential.
      const e = Math.exp(-Math.abs(score));
      const near = 1 / (1 + e);
      const far = e * near;
      // p − 1 from the small side, so that a sure row keeps its digits.
      gradients[i] = score >= 0 ? (y[i] === 1 ? -far : near) : y[i] === 1 ? -near : far;
      hessians[i] = near * far;
    }
  },
};

const squaredError: Objective = {
  base: (meanY) => meanY,
  loss: (y, score) => 0.5 * (score - y) ** 2,
  write(y, scores, rows, count, gradients, hessians) {
    for (let k = 0; k < count; k++) {
      const i = rows[k];
      gradients[i] = scores[i] - y[i];
      hessians[i] = 1;
    }
  },
};

/**
 * Tweedie deviance with log link and variance power p in (1, 2]; p = 2 is Gamma (Jørgensen 1987). A large amount weighs
 * in with y^(2−p) instead of y², which is what keeps one big buyer from bending every tree.
 */
function tweedie(power: number): Objective {
  const a = 1 - power;
  const b = 2 - power;
  const bounded = (score: number): number => Math.min(Math.max(score, -30), 30);
  return {
    base: Math.log,
    loss: (y, score) => {
      const s = bounded(score);
      return (-y * Math.exp(a * s)) / a + (b === 0 ? s : Math.exp(b * s) / b);
    },
    write(y, scores, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        const i = rows[k];
        const s = bounded(scores[i]);
        const given = y[i] * Math.exp(a * s);
        const expected = Math.exp(b * s);
        gradients[i] = expected - given;
        hessians[i] = b * expected - a * given;
      }
    },
  };
}

export function objectiveOf(name: ObjectiveName, tweediePower: number): Objective {
  if (name === 'log_loss') return logLossObjective;
  return name === 'squared_error' ? squaredError : tweedie(tweediePower);
}
