/** How well times to an event are predicted when some rows were still waiting: `observed` is 1 where the event was seen at `time`, 0 where the row was waiting then. */
import { argsort } from '../stats/argsort.ts';

/**
 * Harrell's C-index (Harrell, Lee & Mark 1996): of the pairs of rows whose order of events is known, the share in which the earlier event had the higher risk; equal risks count half. Risk is any
 * score that is higher the sooner the event is expected (minus the predicted time). Undefined where no pair can be compared.
 */
export function concordanceIndex(time: ArrayLike<number>, observed: ArrayLike<number>, risk: ArrayLike<number>): number | undefined {
  const ranks = denseRanks(risk);
  /** Counts of risks among the rows with later events, as a binary indexed tree (Fenwick 1994). */
  const tree = new Float64Array(ranks.distinct + 1);
  const below = (rank: number): number => {
    let sum = 0;
    for (let k = rank; k > 0; k -= k & -k) sum += tree[k];
    return sum;
  };
  const order = argsort(time);
  let [pairs, agreeing, later] = [0, 0, 0];
  const arrive = (row: number): void => {
    later++;
    for (let k = ranks.of[row] + 1; k <= ranks.distinct; k += k & -k) tree[k]++;
  };
  for (let end = order.length; end > 0; ) {
    let start = end;
    while (start > 0 && time[order[start - 1]] === time[order[end - 1]]) start--;
    const group = order.subarray(start, end);
    // Who was still waiting at the moment of an event had it later.
    for (const row of group) if (observed[row] !== 1) arrive(row);
    for (const row of group) {
      if (observed[row] !== 1) continue;
      const less = below(ranks.of[row]);
      const equal = below(ranks.of[row] + 1) - less;
      pairs += later;
      agreeing += less + equal / 2;
    }
    for (const row of group) if (observed[row] === 1) arrive(row);
    end = start;
  }
  return pairs === 0 ? undefined : agreeing / pairs;
}

function denseRanks(values: ArrayLike<number>): { readonly of: Int32Array; readonly distinct: number } {
  const order = argsort(values);
  const of = new Int32Array(order.length);
  let rank = -1;
  order.forEach((row, i) => {
    if (i === 0 || values[row] !== values[order[i - 1]]) rank++;
    of[row] = rank;
  });
  return { of, distinct: rank + 1 };
}

/**
 * Brier scores of predicted survival at the times of `grid`, rows that stopped waiting weighted by the inverse chance of not having been censored (Graf, Schmoor, Sauerbrei & Schumacher 1999).
 * @param survival P(T > grid[k]) of each row, row-major rows × grid @param grid ascending; beyond the last time at which anyone was waiting nothing can be judged
 */
export function survivalBrierScores(time: ArrayLike<number>, observed: ArrayLike<number>, survival: ArrayLike<number>, grid: ArrayLike<number>): Float64Array {
  const rows = time.length;
  const uncensored = censoringCurve(time, observed);
  const own = Float64Array.from({ length: rows }, (_, i) => uncensored(time[i]));
  return Float64Array.from({ length: grid.length }, (_, k) => {
    const chance = uncensored(grid[k]);
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const alive = survival[i * grid.length + k];
      if (time[i] > grid[k]) sum += (1 - alive) ** 2 / chance;
      else if (observed[i] === 1) sum += alive ** 2 / own[i];
    }
    return sum / rows;
  });
}

/** Mean of {@link survivalBrierScores} over the time between the first and the last of `grid`, by the trapezium rule. Undefined with fewer than two times, no rows, or a time at which nobody is known to wait. */
export function integratedBrierScore(time: ArrayLike<number>, observed: ArrayLike<number>, survival: ArrayLike<number>, grid: ArrayLike<number>): number | undefined {
  if (grid.length < 2 || time.length === 0) return undefined;
  const scores = survivalBrierScores(time, observed, survival, grid);
  let area = 0;
  for (let k = 1; k < grid.length; k++) area += ((scores[k] + scores[k - 1]) / 2) * (grid[k] - grid[k - 1]);
  const mean = area / (grid[grid.length - 1] - grid[0]);
  return Number.isFinite(mean) ? mean : undefined;
}

/** P(not censored by t), Kaplan–Meier with censoring as the event; at equal times events come first. */
function censoringCurve(time: ArrayLike<number>, observed: ArrayLike<number>): (t: number) => number {
  const order = argsort(time);
  const [at, kept]: [number[], number[]] = [[], []];
  let [chance, start] = [1, 0];
  while (start < order.length) {
    let [end, events] = [start, 0];
    while (end < order.length && time[order[end]] === time[order[start]]) events += observed[order[end++]] === 1 ? 1 : 0;
    const waiting = order.length - start - events;
    const censored = end - start - events;
    if (censored > 0) chance *= 1 - censored / waiting;
    at.push(time[order[start]]);
    kept.push(chance);
    start = end;
  }
  return (t) => {
    let [low, high] = [0, at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at[middle] <= t) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 1 : kept[low - 1];
  };
}
