/**
 * How the rows of a flat file are split. Without groups or time the folds are those of scikit-learn: StratifiedKFold(n, shuffle=True, random_state=seed) for classes,
 * KFold(n, shuffle=True, random_state=seed) for numbers, row for row.
 */
import type { Random } from '../../base/random.ts';
import { mersenneTwister } from '../../math/mersenneTwister.ts';

export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Fold of each row. `classes`: whole numbers from 0. Class by class in order of first appearance, each with its share of every fold, shuffled. */
export function stratifiedFolds(classes: ArrayLike<number>, folds: number, seed: number): Int32Array {
  const twister = mersenneTwister(seed);
  const n = classes.length;
  const order = new Map<number, number>();
  for (let i = 0; i < n; i++) if (!order.has(classes[i])) order.set(classes[i], order.size);
  const encoded = Int32Array.from({ length: n }, (_, i) => order.get(classes[i]) ?? 0);
  const sorted = Int32Array.from(encoded).sort();
  const foldOf = new Int32Array(n);
  for (let k = 0; k < order.size; k++) {
    const blocks: number[] = [];
    for (let f = 0; f < folds; f++) {
      for (let i = f; i < n; i += folds) if (sorted[i] === k) blocks.push(f);
    }
    const dealt = Int32Array.from(blocks);
    twister.shuffle(dealt);
    for (let i = 0, at = 0; i < n; i++) if (encoded[i] === k) foldOf[i] = dealt[at++];
  }
  return foldOf;
}

/** Fold of each row: the shuffled rows cut into parts, the first ones a row longer where it does not come out even. */
export function plainFolds(rows: number, folds: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  mersenneTwister(seed).shuffle(order);
  const foldOf = new Int32Array(rows);
  let at = 0;
  for (let f = 0; f < folds; f++) {
    const size = Math.floor(rows / folds) + (f < rows % folds ? 1 : 0);
    for (let i = 0; i < size; i++) foldOf[order[at++]] = f;
  }
  return foldOf;
}

/** Fold of each row so that no group straddles two: groups in random order, the largest first, each to the fold with the fewest rows. */
export function groupedFolds(groups: ArrayLike<number>, folds: number, rng: Random): Int32Array {
  const sizes = new Map<number, number>();
  for (let i = 0; i < groups.length; i++) sizes.set(groups[i], (sizes.get(groups[i]) ?? 0) + 1);
  const keyed = [...sizes].map(([group, size]) => ({ group, size, key: rng.fork('group', group).next() }));
  keyed.sort((a, b) => b.size - a.size || a.key - b.key);
  const filled = new Float64Array(folds);
  const foldOfGroup = new Map<number, number>();
  for (const { group, size } of keyed) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] += size;
    foldOfGroup.set(group, fold);
  }
  return Int32Array.from(groups, (group) => foldOfGroup.get(group) ?? 0);
}

/** Rows (of `rows`) inside and outside of each fold, in their order. */
export function foldsOf(rows: Int32Array, foldOf: Int32Array, folds: number): Fold[] {
  return Array.from({ length: folds }, (_, f) => ({ train: rows.filter((_row, i) => foldOf[i] !== f), test: rows.filter((_row, i) => foldOf[i] === f) }));
}

/** The rows up to an instant and those after it: at least `share` of the rows come after; rows of one instant stay together. */
export function timeCut(rows: Int32Array, time: Float64Array, share: number): Fold {
  const order = Int32Array.from(rows).sort((a, b) => time[a] - time[b] || a - b);
  let cut = Math.floor(order.length * (1 - share));
  while (cut > 0 && time[order[cut]] === time[order[cut - 1]]) cut--;
  return { train: order.slice(0, cut), test: order.slice(cut) };
}
