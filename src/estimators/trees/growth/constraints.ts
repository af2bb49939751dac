/** What a split may not do: columns that may not stand together, and bounds that keep the score monotone. */
import { seededRandom } from '../../../base/random.ts';
import type { GrowthParams } from './growthParams.ts';
import { outputOf, type Bounds, type StepRules, type Sums } from './split.ts';

/** 1 for the slots that a leaf may be split by: those of the groups that hold all columns of its path, and of them a sample. */
export function allowedSlots(active: Int32Array, path: readonly number[], { interactions, columnSampleByNode }: GrowthParams, seed: number, key: number): Uint8Array {
  const groups = interactions?.filter((group) => path.every((column) => group[column] === 1));
  const allowed = Uint8Array.from(active, (column) => (groups === undefined || groups.some((group) => group[column] === 1) ? 1 : 0));
  if (columnSampleByNode >= 1) return allowed;
  const slots = Array.from(allowed.keys()).filter((slot) => allowed[slot] === 1);
  const take = Math.max(1, Math.round(columnSampleByNode * slots.length));
  const rng = seededRandom('node', seed, key);
  for (let i = 0; i < slots.length; i++) {
    const j = i + rng.int(slots.length - i);
    [slots[i], slots[j]] = [slots[j], slots[i]];
    if (i >= take) allowed[slots[i]] = 0;
  }
  return allowed;
}

/** Bounds of both children: with a monotone column their values stay on either side of the middle between them, now and further down. */
export function childBounds(bounds: Bounds, left: Sums, right: Sums, rules: StepRules, sign: number): readonly [Bounds, Bounds] {
  if (sign === 0) return [bounds, bounds];
  const middle = (outputOf(left, rules, 0, bounds) + outputOf(right, rules, 0, bounds)) / 2 / rules.perStep;
  return sign > 0
    ? [{ low: bounds.low, high: middle }, { low: middle, high: bounds.high }]
    : [{ low: middle, high: bounds.high }, { low: bounds.low, high: middle }];
}
