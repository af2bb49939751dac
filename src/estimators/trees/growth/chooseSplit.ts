/** From a leaf's histogram, and the cuts that the kernel found in it, to the split that gains most. */
import type { BinnedColumn } from '../data/trainingSet.ts';
import type { SlotCuts, TreeView } from '../kernel/kernel.ts';
import { categoricalScan } from './categoricalScan.ts';
import { generalScan, readSlot, slotSums } from './generalScan.ts';
import type { Bounds, Split, StepRules, Sums } from './split.ts';

export interface SplitSearch {
  readonly view: TreeView;
  readonly columns: readonly BinnedColumn[];
  readonly rules: StepRules;
  /** Per slot −1, 0 or 1; undefined: no column is bound. */
  readonly signs: Int8Array | undefined;
  /** Whether the kernel's cuts count for quantities; else they are found here. */
  readonly plain: boolean;
}

const SUMS = slotSums();

/** Undefined when no split gains. Ties go to the first column. */
export function chooseSplit({ view, columns, rules, signs, plain }: SplitSearch, histogram: Float64Array, allowed: Uint8Array | undefined, total: Sums, bounds: Bounds, { scores, cuts }: SlotCuts): Split | undefined {
  const { active, bins, slotSize, store, unit } = view;
  const parent = (total.g * total.g) / (total.h + view.lambda);
  const rows = store.fine ? 2 : 1;
  let best: Split | undefined;
  for (let slot = 0; slot < active.length; slot++) {
    if (allowed !== undefined && allowed[slot] === 0) continue;
    const { names, rest } = columns[active[slot]];
    if (plain && names === undefined) {
      const gain = scores[2 * slot] - parent;
      if (scores[2 * slot] === 0 || (best !== undefined && gain <= best.gain)) continue;
      best = { slot, bin: cuts[4 * slot + 2], set: undefined, missingLeft: histogram[slot * slotSize + rows] !== 0 ? cuts[4 * slot + 3] === 1 : undefined, gain };
      continue;
    }
    readSlot(histogram, slot * slotSize, bins[slot], store.fine, unit, SUMS);
    const found = names === undefined ? generalScan(slot, bins[slot], SUMS, total, rules, bounds, signs?.[slot] ?? 0) : categoricalScan(slot, bins[slot], rest, SUMS, total, rules, bounds);
    if (found !== undefined && (best === undefined || found.gain > best.gain)) best = found;
  }
  return best;
}

/** Sums of the rows that a split sends left. */
export function leftSums(view: TreeView, histogram: Float64Array, { slot, bin, set }: Split, missingLeft: boolean): Sums {
  const bins = view.bins[slot];
  readSlot(histogram, slot * view.slotSize, bins, view.store.fine, view.unit, SUMS);
  let [g, h, w] = [0, 0, 0];
  for (let b = 0; b < bins; b++) {
    const left = b === 0 ? missingLeft : set === undefined ? b <= bin : set[b] === 1;
    if (!left) continue;
    g += SUMS.g[b];
    h += SUMS.h[b];
    w += SUMS.w[b];
  }
  return { g, h, w };
}
