/** What the likelihood of Gamma-Gamma needs of the rows: sums per distinct x, and power series around a value of γ. */
import type { SpendSample } from './gammaGamma.ts';

/** A sample as the likelihood reads it. */
export interface SpendBlocks {
  /** x m in mean spends. */
  readonly money: Float64Array;
  readonly weight: Float64Array;
  /** Per distinct x: x, the row after its last one, weight, Σ w ln money, Σ w ln mean. */
  readonly orders: Float64Array;
  readonly ends: Int32Array;
  readonly mass: Float64Array;
  readonly logMoney: Float64Array;
  readonly totalWeight: number;
}

export function blocksOf({ x, m, weight, totalWeight }: SpendSample, meanSpend: number): SpendBlocks {
  const rows = x.length;
  const money = new Float64Array(rows);
  const ends: number[] = [];
  const mass: number[] = [];
  const logMoney: number[] = [];
  for (let row = 0; row < rows; ) {
    let end = row;
    while (end < rows && x[end] === x[row]) end++;
    const sums = addMoney(x[row] / meanSpend, m, weight, row, end, money);
    mass.push(sums.mass);
    logMoney.push(sums.logs);
    ends.push(end);
    row = end;
  }
  return { money, weight, ends: Int32Array.from(ends), orders: Float64Array.from(ends, (end) => x[end - 1]), mass: Float64Array.from(mass), logMoney: Float64Array.from(logMoney), totalWeight };
}

function addMoney(scale: number, m: Float64Array, weight: Float64Array, from: number, to: number, money: Float64Array): { mass: number; logs: number } {
  let mass = 0;
  let logs = 0;
  for (let i = from; i < to; i++) {
    money[i] = m[i] * scale;
    mass += weight[i];
    logs += weight[i] * Math.log(money[i]);
  }
  return { mass, logs };
}

/** Terms of the power series. */
export const TERMS = 5;
/** So near to the point of an expansion what is left out of the gradient, ρ⁵, cannot be told from rounding. */
export const EXACT_WITHIN = 5e-4;
/** Per block Σ w ln(γ + z) and Σ w u^k, k = 1 … 5, at one γ. */
export interface Expansion {
  readonly gamma: number;
  readonly sums: Float64Array;
}

export function expand({ money, weight, ends }: SpendBlocks, gamma: number): Expansion {
  const sums = new Float64Array(ends.length * (TERMS + 1));
  for (let block = 0; block < ends.length; block++) expandBlock(money, weight, block === 0 ? 0 : ends[block - 1], ends[block], gamma, sums, block * (TERMS + 1));
  return { gamma, sums };
}

/** One declaration a line: what runs for every row must not allocate. */
function expandBlock(money: Float64Array, weight: Float64Array, from: number, to: number, gamma: number, sums: Float64Array, at: number): void {
  let logs = 0;
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let fifth = 0;
  for (let i = from; i < to; i++) {
    const sum = gamma + money[i];
    const w = weight[i];
    const u = gamma / sum;
    const wu = w * u;
    const wuu = wu * u;
    logs += w * Math.log(sum);
    first += wu;
    second += wuu;
    third += wuu * u;
    fourth += wuu * u * u;
    fifth += wuu * u * u * u;
  }
  sums[at] = logs;
  sums[at + 1] = first;
  sums[at + 2] = second;
  sums[at + 3] = third;
  sums[at + 4] = fourth;
  sums[at + 5] = fifth;
}
