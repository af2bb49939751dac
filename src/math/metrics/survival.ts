/** How well times to an event are predicted when some rows were still waiting: `observed` is 1 where the event was seen at `time`, 0 where the row was waiting then. */
import { argsort } from '../stats/argsort.ts';

/**
 * Harrell's C-index (Harrell, Lee & Mark 1996): of the pairs of rows whose order of events is known, the share in which the earlier event had the higher risk; equal risks count half. Risk is any
 * score that is higher the sooner the event is expected (minus the predicted time). Undefined where no pair can be compared.
 */
export function concordanceIndex(time: ArrayLike<number>, observed: ArrayLike<number>, risk: ArrayLike<number>): number | undefined {
  return concordanceOf(time, observed, risk)();
}

/** The same of rows that count several times or not at all, as a bootstrap draws them: rows are sorted once, each answer takes n·log n steps. */
export function concordanceOf(time: ArrayLike<number>, observed: ArrayLike<number>, risk: ArrayLike<number>): (counts?: ArrayLike<number>) => number | undefined {
  const ranks = denseRanks(risk);
  const order = argsort(time);
  return (counts) => {
    /** How often risks occur among the rows with later events, as a binary indexed tree (Fenwick 1994). */
    const tree = new Float64Array(ranks.distinct + 1);
    const below = (rank: number): number => {
      let sum = 0;
      for (let k = rank; k > 0; k -= k & -k) sum += tree[k];
      return sum;
    };
    let [pairs, agreeing, later] = [0, 0, 0];
    const arrive = (row: number): void => {
      const count = counts === undefined ? 1 : counts[row];
      if (count === 0) return;
      later += count;
      for (let k = ranks.of[row] + 1; k <= ranks.distinct; k += k & -k) tree[k] += count;
    };
    for (let end = order.length; end > 0; ) {
      let start = end;
      while (start > 0 && time[order[start - 1]] === time[order[end - 1]]) start--;
      const group = order.subarray(start, end);
      // Who was still waiting at the moment of an event had it later.
      for (const row of group) if (observed[row] !== 1) arrive(row);
      for (const row of group) {
        const count = counts === undefined ? 1 : counts[row];
        if (observed[row] !== 1 || count === 0) continue;
        const less = below(ranks.of[row]);
        const equal = below(ranks.of[row] + 1) - less;
        pairs += count * later;
        agreeing += count * (less + equal / 2);
      }
      for (const row of group) if (observed[row] === 1) arrive(row);
      end = start;
    }
    return pairs === 0 ? undefined : agreeing / pairs;
  };
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
  return brierOverTime(time, observed, grid, columnsOf(survival, time.length, grid.length)).scores;
}

/** Mean of {@link survivalBrierScores} over the time between the first and the last of `grid`, by the trapezium rule. Undefined with fewer than two times, no rows, or a time at which nobody is known to wait. */
export function integratedBrierScore(time: ArrayLike<number>, observed: ArrayLike<number>, survival: ArrayLike<number>, grid: ArrayLike<number>): number | undefined {
  if (grid.length < 2 || time.length === 0) return undefined;
  const { scores } = brierOverTime(time, observed, grid, columnsOf(survival, time.length, grid.length));
  const mean = trapeziumShares(grid).reduce((sum, share, k) => sum + share * scores[k], 0);
  return Number.isFinite(mean) ? mean : undefined;
}

export interface BrierOverTime {
  /** At each time of the grid, the mean over rows. */
  readonly scores: Float64Array;
  /** Each row's own part, integrated over the grid: their mean is the integrated Brier score. Not finite where a time of the grid lies beyond everyone who is known to wait. */
  readonly rows: Float64Array;
}

/** {@link survivalBrierScores} one time after the other: nothing of size rows × grid is held. @param survivalAt P(T > grid[k]) of every row, asked for each k once */
export function brierOverTime(time: ArrayLike<number>, observed: ArrayLike<number>, grid: ArrayLike<number>, survivalAt: (k: number) => ArrayLike<number>): BrierOverTime {
  const rows = time.length;
  const uncensored = productLimit(time, observed, 'censoring');
  const own = Float64Array.from({ length: rows }, (_, i) => uncensored(time[i]));
  const shares = trapeziumShares(grid);
  const parts = new Float64Array(rows);
  const scores = shares.map((share, k) => {
    const chance = uncensored(grid[k]);
    const survival = survivalAt(k);
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const part = time[i] > grid[k] ? (1 - survival[i]) ** 2 / chance : observed[i] === 1 ? survival[i] ** 2 / own[i] : 0;
      sum += part;
      parts[i] += share * part;
    }
    return sum / rows;
  });
  return { scores, rows: parts };
}

const columnsOf = (survival: ArrayLike<number>, rows: number, columns: number) => (k: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => survival[i * columns + k]);

/** Weights of the points of `grid` in a mean over its time by the trapezium rule; they sum to 1 from two points on. */
export function trapeziumShares(grid: ArrayLike<number>): Float64Array {
  const shares = new Float64Array(grid.length);
  const span = grid[grid.length - 1] - grid[0];
  for (let k = 1; k < grid.length; k++) {
    const half = (grid[k] - grid[k - 1]) / (2 * span);
    shares[k - 1] += half;
    shares[k] += half;
  }
  return shares;
}

/** P(T > t) of all rows alike (Kaplan & Meier 1958); at equal times events come first. After the last time the curve stays where it is. */
export function kaplanMeier(time: ArrayLike<number>, observed: ArrayLike<number>): (t: number) => number {
  return productLimit(time, observed, 'event');
}

/** The product-limit estimate of the event, or of censoring in its place. */
function productLimit(time: ArrayLike<number>, observed: ArrayLike<number>, of: 'event' | 'censoring'): (t: number) => number {
  const order = argsort(time);
  const [at, kept]: [number[], number[]] = [[], []];
  let [chance, start] = [1, 0];
  while (start < order.length) {
    let [end, events] = [start, 0];
    while (end < order.length && time[order[end]] === time[order[start]]) events += observed[order[end++]] === 1 ? 1 : 0;
    const waiting = order.length - start;
    const censored = end - start - events;
    if (of === 'event') chance *= 1 - events / waiting;
    else if (censored > 0) chance *= 1 - censored / (waiting - events);
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
