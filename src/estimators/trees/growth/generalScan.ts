/** The best cut of a quantity where L1, bounds or monotony count, from the same histograms as the kernel's scan. */
import { gainOf, outputOf, type Bounds, type Split, type StepRules, type Sums } from './split.ts';

/** One slot taken apart: sums per bin. */
export interface SlotSums {
  readonly g: Float64Array;
  readonly h: Float64Array;
  readonly w: Float64Array;
}

export const slotSums = (): SlotSums => ({ g: new Float64Array(256), h: new Float64Array(256), w: new Float64Array(256) });

export function readSlot(histogram: Float64Array, from: number, bins: number, fine: boolean, unit: number, out: SlotSums): void {
  for (let bin = 0; bin < bins; bin++) {
    const at = from + (fine ? 4 * bin : 2 * bin);
    out.g[bin] = histogram[at];
    if (fine) {
      out.h[bin] = histogram[at + 1];
      out.w[bin] = histogram[at + 2];
    } else {
      out.h[bin] = Math.floor(histogram[at + 1] / unit);
      out.w[bin] = histogram[at + 1] - out.h[bin] * unit;
    }
  }
}

/** `sign`: −1, 0 or 1, the way that the score may go with the column. Undefined when no cut gains. */
export function generalScan(slot: number, bins: number, sums: SlotSums, total: Sums, rules: StepRules, bounds: Bounds, sign: number): Split | undefined {
  const parent = gainOf(total, outputOf(total, rules, 0, bounds), rules, 0);
  let most = parent + rules.minGain + 1e-10 * Math.abs(parent);
  let best: Split | undefined;
  const missing = sums.w[0] > 0;
  for (const missingLeft of missing ? [false, true] : [false]) {
    let g = missingLeft ? sums.g[0] : 0;
    let h = missingLeft ? sums.h[0] : 0;
    let w = missingLeft ? sums.w[0] : 0;
    for (let bin = 1; bin < bins; bin++) {
      if (sums.w[bin] === 0) continue;
      g += sums.g[bin];
      h += sums.h[bin];
      w += sums.w[bin];
      if (w < rules.minRows || h < rules.minHessian) continue;
      if (total.w - w < rules.minRows || total.h - h < rules.minHessian) break;
      const left = { g, h, w };
      const right = { g: total.g - g, h: total.h - h, w: total.w - w };
      const [a, b] = [outputOf(left, rules, 0, bounds), outputOf(right, rules, 0, bounds)];
      if (sign !== 0 && (b - a) * sign < 0) continue;
      const score = gainOf(left, a, rules, 0) + gainOf(right, b, rules, 0);
      if (score > most) {
        most = score;
        best = { slot, bin, set: undefined, missingLeft: missing ? missingLeft : undefined, gain: score - parent };
      }
    }
  }
  return best;
}
