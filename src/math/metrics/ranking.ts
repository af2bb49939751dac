import { argsort, averageRanks } from '../stats/argsort.ts';

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting one half
 * (Mann–Whitney U over n₊n₋). `y` in {0, 1}. Undefined with one class.
 */
export function rocAuc(y: ArrayLike<number>, score: ArrayLike<number>): number | undefined {
  const ranks = averageRanks(score);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 1) continue;
    positives++;
    rankSum += ranks[i];
  }
  const negatives = y.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Average precision, the step-wise area under the precision–recall curve: Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores from high to low.
 * Undefined without positives.
 */
export function prAuc(y: ArrayLike<number>, score: ArrayLike<number>): number | undefined {
  const order = argsort(score);
  let hits = 0;
  let area = 0;
  let seen = 0;
  for (let end = order.length; end > 0; ) {
    let start = end;
    let found = 0;
    while (start > 0 && score[order[start - 1]] === score[order[end - 1]]) found += y[order[--start]] === 1 ? 1 : 0;
    seen += end - start;
    hits += found;
    area += found * (hits / seen);
    end = start;
  }
  return hits === 0 ? undefined : area / hits;
}

/** Kolmogorov–Smirnov distance between the scores of positives and negatives, in [0, 1]. Undefined with one class. */
export function kolmogorovSmirnov(y: ArrayLike<number>, score: ArrayLike<number>): number | undefined {
  const order = argsort(score);
  let positives = 0;
  for (let i = 0; i < y.length; i++) if (y[i] === 1) positives++;
  const negatives = y.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let [below, belowNegative, distance] = [0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    if (y[order[i]] === 1) below++;
    else belowNegative++;
    const last = i + 1 === order.length || score[order[i + 1]] !== score[order[i]];
    if (last) distance = Math.max(distance, Math.abs(below / positives - belowNegative / negatives));
  }
  return distance;
}

/** Spearman's rank correlation (ties by mean rank), in [−1, 1]. Undefined where either side is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const ra = averageRanks(a);
  const rb = averageRanks(b);
  const centre = (a.length + 1) / 2;
  let [cross, va, vb] = [0, 0, 0];
  for (let i = 0; i < ra.length; i++) {
    cross += (ra[i] - centre) * (rb[i] - centre);
    va += (ra[i] - centre) ** 2;
    vb += (rb[i] - centre) ** 2;
  }
  return va === 0 || vb === 0 ? undefined : cross / Math.sqrt(va * vb);
}

/** Area between the curve of cumulated `amount` (rows from highest to lowest score, tied rows sharing their mean) and the diagonal, in units of the total. */
function gini(amount: ArrayLike<number>, score: ArrayLike<number>): number | undefined {
  const order = argsort(score);
  const n = order.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += amount[i];
  if (n === 0 || total === 0) return undefined;
  let [reached, area] = [0, 0];
  for (let end = n; end > 0; ) {
    let start = end;
    let sum = 0;
    while (start > 0 && score[order[start - 1]] === score[order[end - 1]]) sum += amount[order[--start]];
    // Trapezoid over the tied rows: the mean over all their orders.
    area += ((end - start) / n) * (reached + sum / 2) / total;
    reached += sum;
    end = start;
  }
  return area - 0.5;
}

/**
 * Normalised Gini: how much of the perfect ordering of the amounts the score reaches; 1 is perfect, 0 is random, negative is worse.
 * Undefined when all amounts are equal or sum to zero.
 */
export function normalisedGini(actual: ArrayLike<number>, score: ArrayLike<number>): number | undefined {
  const perfect = gini(actual, actual);
  const reached = gini(actual, score);
  return perfect === undefined || reached === undefined || perfect <= 0 ? undefined : reached / perfect;
}
