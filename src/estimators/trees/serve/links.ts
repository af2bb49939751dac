import { sigmoid, softplus } from '../../../math/stats/index.ts';
import type { Forest } from '../forest.ts';

/** Scores on the scale of the target, in place; row-major rows × outputs. */
export function applyLink({ link, outputs }: Pick<Forest, 'link' | 'outputs'>, scores: Float64Array): Float64Array {
  if (link === 'softmax') {
    for (let from = 0; from < scores.length; from += outputs) softmax(scores.subarray(from, from + outputs));
    return scores;
  }
  const of = { identity: undefined, logistic: sigmoid, exp: Math.exp, signed_square: (s: number) => Math.sign(s) * s * s, softplus }[link];
  if (of !== undefined) for (let i = 0; i < scores.length; i++) scores[i] = of(scores[i]);
  return scores;
}

function softmax(row: Float64Array): void {
  let most = -Infinity;
  for (const score of row) most = Math.max(most, score);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.exp(row[k] - most);
    sum += row[k];
  }
  for (let k = 0; k < row.length; k++) row[k] /= sum;
}
