import type { BinnedMatrix } from './binnedMatrix.ts';
import { PACK, UNPACK, packedHessian, type CoarseGrid } from './derivatives.ts';
import type { Histogram } from './histogram.ts';

export interface SplitRules {
  readonly l2: number;
  /** Least weight (rows) and least sum of second derivatives in a child. */
  readonly minRows: number;
  readonly minHessian: number;
}

export interface Split {
  /** Column of the matrix. */
  readonly column: number;
  /** Bins 1 … `bin` go left. */
  readonly bin: number;
  /** Where missing values go; undefined where the leaf has none. */
  readonly missingLeft: boolean | undefined;
  readonly gain: number;
}

/** A leaf in search of a split: its range of `order`, and its sums. */
export interface LeafRows {
  readonly order: Int32Array;
  readonly start: number;
  readonly end: number;
  /** Packed sum of its rows' derivatives. */
  readonly packed: number;
  readonly weight: number;
}

/** The best cut of each column, and the weights of one column's bins. */
export interface SplitScratch {
  readonly score: Float64Array;
  readonly bin: Int32Array;
  readonly side: Uint8Array;
  readonly certain: Uint8Array;
  readonly weights: Float64Array;
}

export function splitScratch(columns: number): SplitScratch {
  return { score: new Float64Array(columns), bin: new Int32Array(columns), side: new Uint8Array(columns), certain: new Uint8Array(columns), weights: new Float64Array(256) };
}


/**
 * The split of a leaf with the largest gain G²ₗ/(Hₗ+λ) + G²ᵣ/(Hᵣ+λ) − G²/(H+λ) (Chen & Guestrin 2016, equation 7, without ½), or undefined.
 * Missing values are tried on both sides. Ties go to the first column and the lowest bin.
 *
 * The histogram knows no weights. Sums of second derivatives bound them; where the bounds leave a winner in doubt, the weights of that one
 * column are counted and its cuts judged again. The answer is the same as if all were counted.
 */
export function bestSplit(histogram: Histogram, matrix: BinnedMatrix, groups: Int32Array, leaf: LeafRows, weights: Float64Array, grid: CoarseGrid, rules: SplitRules, scratch: SplitScratch): Split | undefined {
  const columns = groups.length * 4;
  const { score, certain } = scratch;
  for (let a = 0; a < columns; a++) scanColumn(histogram, matrix, groups, a, leaf, grid, rules, scratch, false);
  for (;;) {
    let best = -1;
    let most = 0;
    for (let a = 0; a < columns; a++) {
      if (score[a] > most) {
        most = score[a];
        best = a;
      }
    }
    if (best < 0) return undefined;
    if (certain[best] === 1) {
      const missing = histogram[best << matrix.bits] !== 0;
      const gain = ((most - parentScore(leaf, grid, rules)) * grid.hessian) / (grid.gradient * grid.gradient);
      return { column: columnAt(groups, best), bin: scratch.bin[best], missingLeft: missing ? scratch.side[best] === 1 : undefined, gain };
    }
    countWeights(matrix, columnAt(groups, best), leaf, weights, scratch.weights);
    scanColumn(histogram, matrix, groups, best, leaf, grid, rules, scratch, true);
  }
}

/** Column of the matrix that is the a-th of those in `groups`. */
const columnAt = (groups: Int32Array, a: number): number => groups[a >> 2] * 4 + (a & 3);

function parentScore({ packed }: LeafRows, grid: CoarseGrid, { l2 }: SplitRules): number {
  const h = packedHessian(packed);
  const g = packed - h * PACK;
  return (g * g) / (h + l2 * grid.hessian);
}

/** Weight of each bin of a column over the leaf's rows. */
function countWeights({ byColumn, rows }: BinnedMatrix, column: number, { order, start, end }: LeafRows, weights: Float64Array, out: Float64Array): void {
  out.fill(0);
  const from = column * rows;
  for (let i = start; i < end; i++) out[byColumn[from + order[i]]] += weights[order[i]];
}

/** Writes the best cut of one column into `scratch`, score 0 where there is none. With `counted`, weights are checked by `scratch.weights`, else by bounds. */
function scanColumn(histogram: Histogram, matrix: BinnedMatrix, groups: Int32Array, a: number, leaf: LeafRows, grid: CoarseGrid, rules: SplitRules, scratch: SplitScratch, counted: boolean): void {
  const { weights } = scratch;
  scratch.score[a] = 0;
  const column = columnAt(groups, a);
  if (column >= matrix.width) return;
  const from = a << matrix.bits;
  const missing = histogram[from];
  const last = matrix.cuts[column].length + 1;
  const total = leaf.packed;
  const totalH = packedHessian(total);
  const l2 = rules.l2 * grid.hessian;
  const minRows = rules.minRows;
  // Below `least` a side has too few rows for sure, from `enough` on it has enough for sure.
  const least = Math.max(0.5, rules.minHessian * grid.hessian, minRows * grid.leastHessian * (1 - 1e-12));
  const enough = minRows * grid.mostHessian * (1 + 1e-12);
  const parent = parentScore(leaf, grid, rules);
  // A gain at the level of rounding is none.
  let best = parent + 1e-10 * ((grid.gradient * grid.gradient) / grid.hessian + parent);
  let bestBin = 0;
  let bestSide = 0;
  let sure = 0;
  const sides = missing === 0 ? 1 : 2;
  for (let side = 0; side < sides; side++) {
    let p = side === 1 ? missing : 0;
    let w = side === 1 ? weights[0] : 0;
    // Cutting after the last bin parts the missing rows from all others.
    const end = from + (sides === 2 && side === 0 ? last : last - 1);
    for (let at = from + 1; at <= end; at++) {
      const v = histogram[at];
      // An empty bin adds nothing: the cut before it is the same.
      if (v === 0) continue;
      p += v;
      if (counted) {
        w += weights[at - from];
        if (w < minRows) continue;
        if (leaf.weight - w < minRows) break;
      }
      const h = Math.floor(p * UNPACK + 0.5);
      if (h < least) continue;
      const otherH = totalH - h;
      if (otherH < least) break;
      const g = p - h * PACK;
      const otherG = total - p - otherH * PACK;
      const mine = h + l2;
      const other = otherH + l2;
      // g²/(h+λ) + g'²/(h'+λ) > best, without dividing.
      const numerator = g * g * other + otherG * otherG * mine;
      const denominator = mine * other;
      if (numerator > best * denominator) {
        best = numerator / denominator;
        bestBin = at - from;
        bestSide = side;
        sure = counted || (h >= enough && otherH >= enough) ? 1 : 0;
      }
    }
  }
  if (bestBin === 0) return;
  scratch.score[a] = best;
  scratch.bin[a] = bestBin;
  scratch.side[a] = bestSide;
  scratch.certain[a] = sure;
}
