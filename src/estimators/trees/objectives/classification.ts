/** Log loss of two classes (score: log odds) and of many (one score per class, softmax). */
import { logit, softplus } from '../../../math/stats/index.ts';
import { weightedMean, type Objective, type Targets } from './objective.ts';

export function logLoss({ y, weights }: Targets): Objective {
  return {
    name: 'log_loss',
    outputs: 1,
    logistic: true,
    base: (rows) => Float64Array.of(logit(weightedMean(rows, weights, (i) => y[i]))),
    write([scores], _, rows, count, gradients, hessians) {
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
    loss: ([scores], rows) => weightedMean(rows, weights, (i) => softplus(scores[i]) - y[i] * scores[i]),
    fitted: () => ({ name: 'log_loss' }),
  };
}

/** y in {0 … classes − 1}. The second derivative is the diagonal one times K/(K − 1), which keeps steps from overshooting where classes pull at each other (Friedman 2001, algorithm 6). */
export function softmax(classes: number, { y, weights }: Targets): Objective {
  const factor = classes / (classes - 1);
  const chances = Array.from({ length: classes }, () => new Float64Array(y.length));
  const logNorm = (scores: readonly Float64Array[], i: number): number => {
    let most = scores[0][i];
    for (let k = 1; k < classes; k++) most = Math.max(most, scores[k][i]);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(scores[k][i] - most);
    return most + Math.log(sum);
  };
  return {
    name: 'softmax',
    outputs: classes,
    base: (rows) => Float64Array.from({ length: classes }, (_, k) => Math.log(Math.max(weightedMean(rows, weights, (i) => (y[i] === k ? 1 : 0)), 1e-15))),
    prepare(scores, rows) {
      for (let j = 0; j < rows.length; j++) {
        const i = rows[j];
        const norm = logNorm(scores, i);
        for (let k = 0; k < classes; k++) chances[k][i] = Math.exp(scores[k][i] - norm);
      }
    },
    write(_, output, rows, count, gradients, hessians) {
      const chance = chances[output];
      for (let j = 0; j < count; j++) {
        const i = rows[j];
        const p = chance[i];
        gradients[i] = y[i] === output ? p - 1 : p;
        hessians[i] = factor * p * (1 - p);
      }
    },
    loss: (scores, rows) => weightedMean(rows, weights, (i) => logNorm(scores, i) - scores[y[i]][i]),
    fitted: () => ({ name: 'softmax' }),
  };
}
