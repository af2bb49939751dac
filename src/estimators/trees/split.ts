import type { BinnedColumn } from './binning.ts';
import type { Histogram, HistogramLayout } from './histogram.ts';

export interface SplitRules {
  readonly l2: number;
  /** Least weight (rows) and least sum of second derivatives in a child. */
  readonly minRows: number;
  readonly minHessian: number;
}

export interface Totals {
  readonly gradient: number;
  readonly hessian: number;
  readonly weight: number;
}

export interface Split {
  readonly column: number;
  /** Bins 1 … `bin` go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly left: Totals;
}

/**
 * The split of a leaf with the largest gain G²ₗ/(Hₗ+λ) + G²ᵣ/(Hᵣ+λ) − G²/(H+λ) (Chen & Guestrin 2016, equation 7, without ½), or undefined.
 * Missing values are tried on both sides; where the leaf has none they will follow the heavier child. Ties go to the first column and the lowest bin.
 */
export function bestSplit(
  histogram: Histogram,
  columns: readonly BinnedColumn[],
  active: Int32Array,
  layout: HistogramLayout,
  total: Totals,
  rules: SplitRules,
): Split | undefined {
  const { l2, minRows, minHessian } = rules;
  const parent = (total.gradient * total.gradient) / (total.hessian + l2);
  // A gain at the level of rounding is none.
  let best = 1e-10 * (1 + Math.abs(parent));
  let found: { column: number; bin: number; missingLeft: boolean; g: number; h: number; w: number } | undefined;
  for (let a = 0; a < active.length; a++) {
    const column = active[a];
    const from = layout.offsets[column] * 3;
    const missingG = histogram[from];
    const missingH = histogram[from + 1];
    const missingW = histogram[from + 2];
    const lastBin = columns[column].cuts.length + 1;
    for (let side = 0; side < (missingW > 0 ? 2 : 1); side++) {
      let g = side === 1 ? missingG : 0;
      let h = side === 1 ? missingH : 0;
      let w = side === 1 ? missingW : 0;
      // Cutting after the last bin parts the missing rows from all others.
      const end = missingW > 0 && side === 0 ? lastBin : lastBin - 1;
      for (let bin = 1, at = from + 3; bin <= end; bin++, at += 3) {
        g += histogram[at];
        h += histogram[at + 1];
        w += histogram[at + 2];
        if (w < minRows || h < minHessian) continue;
        if (total.weight - w < minRows || total.hessian - h < minHessian) break;
        const rest = total.gradient - g;
        const gain = (g * g) / (h + l2) + (rest * rest) / (total.hessian - h + l2) - parent;
        if (gain > best) {
          best = gain;
          found = { column, bin, missingLeft: missingW > 0 ? side === 1 : w * 2 >= total.weight, g, h, w };
        }
      }
    }
  }
  if (found === undefined) return undefined;
  const { column, bin, missingLeft, g, h, w } = found;
  return { column, bin, missingLeft, gain: best, left: { gradient: g, hessian: h, weight: w } };
}
