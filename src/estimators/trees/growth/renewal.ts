import { distribution, weightedQuantile } from '../../../math/stats/index.ts';
import type { TrainingSet } from '../data/trainingSet.ts';
import type { LeafRange } from './growTree.ts';

/**
 * The quantile of what the rows of a leaf lack, y − score: for absolute and quantile error the value that lowers the loss most, where a Newton step would
 * know only the sign of what is lacking. Kept within the leaf's bounds and ±maxStep.
 */
export function renewedValue({ start, end, bounds }: LeafRange, order: Int32Array, { y, weights, store }: TrainingSet, scores: Float64Array, level: number, maxStep: number): number {
  const lacking = new Float64Array(end - start);
  for (let i = start; i < end; i++) lacking[i - start] = y[order[i]] - scores[order[i]];
  // Copies of a row stand for its weight where the order repeats them.
  const heavy = weights === undefined || !store.fine ? undefined : Float64Array.from(order.subarray(start, end), (i) => weights[i]);
  const value = weightedQuantile(distribution(lacking, heavy), level);
  return Math.min(Math.max(value, bounds.low, -maxStep), bounds.high, maxStep) + 0;
}
