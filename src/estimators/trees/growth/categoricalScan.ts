/**
 * The best set of categories to go left. Of all sets the best is a run of the categories in order of G/H (Fisher 1958), so runs from either end are tried;
 * smoothing and limits as in LightGBM keep rare categories from deciding. Few categories are each tried against all others.
 */
import type { SlotSums } from './generalScan.ts';
import { gainOf, outputOf, type Bounds, type Split, type StepRules, type Sums } from './split.ts';

/** Bin `rest` (0: none) holds the categories that have no bin of their own and is never named. */
export function categoricalScan(slot: number, bins: number, rest: number, sums: SlotSums, total: Sums, rules: StepRules, bounds: Bounds): Split | undefined {
  const { categories } = rules;
  const named: number[] = [];
  for (let bin = 0; bin < bins; bin++) if (sums.w[bin] >= Math.max(categories.minRows, Number.MIN_VALUE) && !(bin === rest && rest > 0)) named.push(bin);
  if (named.length === 0) return undefined;
  const single = named.length <= categories.oneVersusRest;
  const extra = single ? 0 : categories.l2;
  const plain = gainOf(total, outputOf(total, rules, 0, bounds), rules, 0);
  let most = plain + rules.minGain + 1e-10 * Math.abs(plain);
  let chosen: readonly number[] | undefined;
  const consider = (left: Sums, bins: () => readonly number[]): void => {
    const right = { g: total.g - left.g, h: total.h - left.h, w: total.w - left.w };
    if (left.w < rules.minRows || left.h < rules.minHessian || right.w < rules.minRows || right.h < rules.minHessian) return;
    const score = gainOf(left, outputOf(left, rules, extra, bounds), rules, extra) + gainOf(right, outputOf(right, rules, extra, bounds), rules, extra);
    if (score > most) {
      most = score;
      chosen = bins();
    }
  };
  if (single) {
    for (const bin of named) consider({ g: sums.g[bin], h: sums.h[bin], w: sums.w[bin] }, () => [bin]);
  } else {
    const ratio = (bin: number): number => sums.g[bin] / (sums.h[bin] + categories.smoothing);
    const sorted = named.sort((a, b) => ratio(a) - ratio(b) || a - b);
    const limit = Math.min(categories.most, Math.ceil(sorted.length / 2));
    for (const run of [sorted, sorted.toReversed()]) {
      let left: Sums = { g: 0, h: 0, w: 0 };
      for (let k = 0; k < limit; k++) {
        const bin = run[k];
        left = { g: left.g + sums.g[bin], h: left.h + sums.h[bin], w: left.w + sums.w[bin] };
        consider(left, () => run.slice(0, k + 1));
      }
    }
  }
  if (chosen === undefined) return undefined;
  const set = new Uint8Array(256);
  for (const bin of chosen) set[bin] = 1;
  return { slot, bin: 0, set, missingLeft: sums.w[0] > 0 ? set[0] === 1 : undefined, gain: most - plain };
}
