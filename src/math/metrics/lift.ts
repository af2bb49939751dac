import { argsort } from '../stats/argsort.ts';

/** One tenth of the customers, tenth 1 being the highest scores. */
export interface LiftRow {
  readonly tenth: number;
  readonly rows: number;
  /** Mean score and mean outcome of these rows. */
  readonly score: number;
  readonly actual: number;
  /** Mean outcome ÷ mean outcome of everyone. */
  readonly lift: number;
  /** Share of the whole outcome that is reached by this tenth and those above it. */
  readonly cumulativeGain: number;
  /** `cumulativeGain` ÷ share of rows. */
  readonly cumulativeLift: number;
}

/**
 * Lift and gain by tenth of score. Works on y in {0, 1} and on amounts. Tied scores share their mean outcome, so the order of rows cannot
 * change the table. Empty when there are no rows or nothing happened.
 */
export function liftTable(actual: ArrayLike<number>, score: ArrayLike<number>, parts = 10): LiftRow[] {
  const order = argsort(score);
  const n = order.length;
  const shared = new Float64Array(n);
  let total = 0;
  for (let start = 0; start < n; ) {
    let end = start;
    let sum = 0;
    while (end < n && score[order[end]] === score[order[start]]) sum += actual[order[end++]];
    shared.fill(sum / (end - start), start, end);
    total += sum;
    start = end;
  }
  if (total === 0) return [];
  const table: LiftRow[] = [];
  let reached = 0;
  let end = n;
  for (let tenth = 1; tenth <= parts; tenth++) {
    const start = n - Math.round((tenth * n) / parts);
    const rows = end - start;
    if (rows === 0) continue;
    let [sumScore, sumActual] = [0, 0];
    for (let i = start; i < end; i++) {
      sumScore += score[order[i]];
      sumActual += shared[i];
    }
    reached += sumActual;
    const cumulativeGain = reached / total;
    table.push({
      tenth,
      rows,
      score: sumScore / rows,
      actual: sumActual / rows,
      lift: sumActual / rows / (total / n),
      cumulativeGain,
      cumulativeLift: cumulativeGain / ((n - start) / n),
    });
    end = start;
  }
  return table;
}
