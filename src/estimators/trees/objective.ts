import { logit, sigmoid, softplus } from '../../math/stats/index.ts';

/** What the trees minimise. `log_loss`: y in {0, 1}, score is log odds. `squared_error`: score is the value. `tweedie`: y ≥ 0, score is the logarithm of the mean. */
export type ObjectiveName = 'log_loss' | 'squared_error' | 'tweedie';

export interface Objective {
  /** Score before the first tree, from the weighted mean of y. */
  base(meanY: number): number;
  /** Loss of one row. */
  loss(y: number, score: number): number;
  /** First and second derivative of the loss by the score, one row. */
  gradient(y: number, score: number): number;
  hessian(y: number, score: number): number;
}

const logLossObjective: Objective = {
  base: logit,
  loss: (y, score) => softplus(score) - y * score,
  gradient: (y, score) => sigmoid(score) - y,
  hessian: (_, score) => sigmoid(score) * sigmoid(-score),
};

const squaredError: Objective = {
  base: (meanY) => meanY,
  loss: (y, score) => 0.5 * (score - y) ** 2,
  gradient: (y, score) => score - y,
  hessian: () => 1,
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
    gradient: (y, score) => Math.exp(b * bounded(score)) - y * Math.exp(a * bounded(score)),
    hessian: (y, score) => b * Math.exp(b * bounded(score)) - a * y * Math.exp(a * bounded(score)),
  };
}

export function objectiveOf(name: ObjectiveName, tweediePower: number): Objective {
  if (name === 'log_loss') return logLossObjective;
  return name === 'squared_error' ? squaredError : tweedie(tweediePower);
}
