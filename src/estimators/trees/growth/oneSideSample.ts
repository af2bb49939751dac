/**
 * Gradient-based one-side sampling (Ke et al. 2017, algorithm 2): a tree sees every row of the `top` share with the largest gradients and a draw of the others, whose
 * derivatives are multiplied by (1 − top) ÷ rest, so that sums over a leaf stay what they are on all rows, on average.
 *
 * Rows are ranked by magnitudes to about a thousandth, and all rows of the last magnitude that is needed belong to the top: ties, copies and the order of rows decide nothing.
 */
import type { TrainingSet } from '../data/trainingSet.ts';
import { rowUniform } from '../data/rowDraws.ts';

export interface OneSide {
  /** Share (by weight) of the rows with the largest gradients, in (0, 1). */
  readonly top: number;
  /** Share of all rows that is drawn from the others, at most 1 − top. */
  readonly rest: number;
}

/** Ranked by the magnitudes down to 2^−32 of the largest; below that all are equal. */
const OCTAVES = 32;
const STEPS = 1024;

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
/** The twelve bits of sign and exponent and ten of the fraction, as they are ordered: of 1 and of 2^−32. */
const levelAt = (value: number): number => {
  DOUBLE[0] = value;
  return WORDS[1] >>> 10;
};
const HIGHEST = levelAt(1);
const LOWEST = HIGHEST - OCTAVES * STEPS;

/** Place of each of `rows` on the scale of magnitudes, from the size of its gradients; the largest has the last place. */
export function gradientLevels(rows: Int32Array, sizes: Float64Array, levels: Int32Array): void {
  let most = 0;
  for (const row of rows) most = Math.max(most, sizes[row]);
  for (const row of rows) levels[row] = most === 0 ? 0 : Math.max(0, levelAt(sizes[row] / most) - LOWEST);
}

/** The lowest place that belongs to the top share. */
function lowestOfTop({ weights }: TrainingSet, rows: Int32Array, levels: Int32Array, top: number): number {
  const mass = new Float64Array(OCTAVES * STEPS + 1);
  let total = 0;
  for (const row of rows) {
    const w = weights === undefined ? 1 : weights[row];
    mass[levels[row]] += w;
    total += w;
  }
  let above = 0;
  for (let level = mass.length - 1; level > 0; level--) if ((above += mass[level]) >= top * total) return level;
  return 0;
}

export interface OneSideDrawn {
  readonly count: number;
  readonly left: number;
  /** Multiplies the derivatives of the rows of `order` that do not belong to the top. */
  readonly weigh: (gradients: Float64Array, hessians: Float64Array) => void;
}

/** As `sampleRows`: drawn rows to `order` (with `repeat` as often as they weigh, copies side by side), the others to `others`. */
export function oneSideSample(set: TrainingSet, rows: Int32Array, levels: Int32Array, { top, rest }: OneSide, repeat: boolean, seed: number, order: Int32Array, others: Int32Array): OneSideDrawn {
  const { hashes, weights } = set;
  const lowest = lowestOfTop(set, rows, levels, top);
  const share = rest / (1 - top);
  let count = 0;
  let left = 0;
  for (const row of rows) {
    if (levels[row] < lowest && rowUniform(hashes[row], seed) >= share) {
      others[left++] = row;
      continue;
    }
    const copies = repeat && weights !== undefined ? weights[row] : 1;
    for (let c = 0; c < copies; c++) order[count++] = row;
  }
  const weigh = (gradients: Float64Array, hessians: Float64Array): void => {
    for (let k = 0; k < count; k++) {
      const row = order[k];
      if (levels[row] >= lowest || (k > 0 && order[k - 1] === row)) continue;
      gradients[row] /= share;
      hessians[row] /= share;
    }
  };
  return { count, left, weigh };
}
