/** The simplest candidate that is not clearly worse than the best: within one standard error of the paired difference (Breiman et al. 1984, the 1-SE rule). */
import { RUNGS } from './define.ts';
import type { Rung } from './define.ts';

export interface Contender {
  readonly name: string;
  readonly rung: Rung;
  /** Loss of each judged row, the same rows for every contender. */
  readonly losses: Float64Array;
}

/** Standard error of the mean of `a − b`. */
export function pairedError(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i] - b[i];
  const centre = sum / Math.max(1, n);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (a[i] - b[i] - centre) ** 2;
  return Math.sqrt(squares / Math.max(1, n - 1) / Math.max(1, n));
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Name of the choice; contenders that are listed first win where rung and loss do not tell. */
export function chooseSimplest(contenders: readonly Contender[]): string {
  const means = contenders.map(({ losses }) => mean(losses));
  const best = means.indexOf(Math.min(...means));
  const close = contenders.map((_, i) => i).filter((i) => means[i] - means[best] <= pairedError(contenders[i].losses, contenders[best].losses));
  close.sort((a, b) => RUNGS.indexOf(contenders[a].rung) - RUNGS.indexOf(contenders[b].rung) || means[a] - means[b]);
  return contenders[close[0] ?? best].name;
}
