/** A small stand-in for many histories, to find the neighbourhood of an optimum in. */
import { weightedHistories } from './history.ts';
import type { CompressedHistories } from './history.ts';

/**
 * About `target` histories in place of many: a systematic sample in the order (x, T, t_x), one history per equal share of the weight, so that all
 * frequencies, ages and recencies stand in it as often as among all. Its optimum is a start from which a few steps on all histories are enough.
 */
export function coarsen(data: CompressedHistories, target: number): CompressedHistories {
  const n = data.x.length;
  if (n <= 2 * target) return data;
  const share = data.totalWeight / target;
  const taken: number[] = [];
  const weights: number[] = [];
  // A history is taken for every whole share that the running weight passes the middle of.
  let [passed, shares] = [0, 0];
  for (let i = 0; i < n; i++) {
    passed += data.weight[i];
    const until = Math.min(target, Math.floor(passed / share + 0.5));
    if (until === shares) continue;
    taken.push(i);
    weights.push((until - shares) * share);
    shares = until;
  }
  const take = (values: Float64Array): Float64Array => Float64Array.from(taken, (i) => values[i]);
  return weightedHistories(take(data.x), take(data.T), take(data.tx), Float64Array.from(weights));
}
