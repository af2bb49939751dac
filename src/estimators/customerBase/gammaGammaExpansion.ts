/** What the likelihood of Gamma-Gamma needs of the rows: sums per distinct x, and power series around a value of γ. */
import type { SpendSample } from './gammaGamma.ts';

/** A sample as the likelihood reads it: rows sorted by x, amounts in mean spends. */
export interface SpendBlocks {
  readonly m: Float64Array;
  readonly weight: Float64Array;
  readonly meanSpend: number;
  /** Per distinct x: x, and the row after its last one. */
  readonly orders: Float64Array;
  readonly ends: Int32Array;
  readonly totalWeight: number;
}

export function blocksOf({ x, m, weight, totalWeight }: SpendSample, meanSpend: number): SpendBlocks {
  const ends: number[] = [];
  for (let row = 0; row < x.length; row = ends[ends.length - 1]) ends.push(endOf(x, row));
  return { m, weight, meanSpend, ends: Int32Array.from(ends), orders: Float64Array.from(ends, (end) => x[end - 1]), totalWeight };
}

/** The row after the last one with the x of row `from`, by doubling and halving: blocks are few and long. */
function endOf(x: Float64Array, from: number): number {
  let [low, step] = [from, 1];
  while (low + step < x.length && x[low + step] === x[from]) {
    low += step;
    step *= 2;
  }
  let high = Math.min(x.length, low + step);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] === x[from]) low = middle;
    else high = middle;
  }
  return high;
}

/** Terms of the power series. */
export const TERMS = 6;
/** So near to the point of an expansion what is left out of the gradient, ρ⁶, cannot be told from rounding. */
export const EXACT_WITHIN = 2e-3;
/** Per block Σ w ln(γ + z) and Σ w u^k, k = 1 … 6, at one γ; and what no γ changes, Σ w and Σ w ln z. */
export interface Expansion {
  readonly gamma: number;
  readonly sums: Float64Array;
}

/** Places in the sums of a block; those of Σ w u^k are k. */
export const LOGS = 0;
export const MASS = TERMS + 1;
export const LOG_MONEY = TERMS + 2;
export const WIDTH = TERMS + 3;

/** One pass over the rows. */
export function expand({ m, weight, meanSpend, orders, ends }: SpendBlocks, gamma: number): Expansion {
  const sums = new Float64Array(ends.length * WIDTH);
  for (let block = 0; block < ends.length; block++) {
    expandBlock(m, weight, orders[block] / meanSpend, block === 0 ? 0 : ends[block - 1], ends[block], gamma, sums.subarray(block * WIDTH, (block + 1) * WIDTH));
  }
  return { gamma, sums };
}

/** One declaration a line: what runs for every row must not allocate. */
function expandBlock(m: Float64Array, weight: Float64Array, scale: number, from: number, to: number, gamma: number, sums: Float64Array): void {
  let mass = 0;
  let logMoney = 0;
  let logs = 0;
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let fifth = 0;
  let sixth = 0;
  for (let i = from; i < to; i++) {
    const w = weight[i];
    const z = m[i] * scale;
    const sum = gamma + z;
    const u = gamma / sum;
    const wu = w * u;
    const wuu = wu * u;
    const wuuu = wuu * u;
    mass += w;
    logMoney += w * Math.log(z);
    logs += w * Math.log(sum);
    first += wu;
    second += wuu;
    third += wuuu;
    fourth += wuuu * u;
    fifth += wuuu * u * u;
    sixth += wuuu * u * u * u;
  }
  sums[LOGS] = logs;
  sums[1] = first;
  sums[2] = second;
  sums[3] = third;
  sums[4] = fourth;
  sums[5] = fifth;
  sums[6] = sixth;
  sums[MASS] = mass;
  sums[LOG_MONEY] = logMoney;
}
