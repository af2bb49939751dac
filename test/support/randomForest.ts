/** Forests by dice: every flag, categories, several outputs, trees of one leaf, and rows that sit on thresholds, zeros and gaps. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from '../../src/estimators/trees/forest.ts';

export interface RandomForestOptions {
  readonly columns: number;
  /** Of these, the last so many are categorical. */
  readonly categorical: number;
  readonly outputs: number;
  readonly treesPerOutput: number;
  readonly splits: number;
}

export const CATEGORIES = 40;

export function randomForest(seed: number, { columns, categorical, outputs, treesPerOutput, splits }: RandomForestOptions): Forest {
  const rng = seededRandom('random forest', seed);
  const list = { column: [] as number[], threshold: [] as number[], flags: [] as number[], left: [] as number[], value: [] as number[], cover: [] as number[] };
  const starts = [0];
  const setStarts = [0];
  const words: number[] = [];
  const leaf = (cover: number): void => {
    list.column.push(-1);
    list.threshold.push(0);
    list.flags.push(0);
    list.left.push(0);
    list.value.push(rng.next() < 0.1 ? 0 : rng.normal());
    list.cover.push(cover);
  };
  for (let t = 0; t < outputs * treesPerOutput; t++) {
    const first = list.column.length;
    leaf(1000);
    const open = [first];
    const wanted = rng.int(splits + 1);
    for (let s = 0; s < wanted; s++) {
      const at = open.splice(rng.int(open.length), 1)[0];
      const column = rng.int(columns);
      list.column[at] = column;
      list.value[at] = 0;
      list.left[at] = list.column.length;
      list.flags[at] = (rng.next() < 0.5 ? MISSING_LEFT : 0) | (rng.next() < 0.3 ? ZERO_IS_MISSING : 0);
      if (column >= columns - categorical) {
        list.flags[at] |= CATEGORICAL;
        list.threshold[at] = setStarts.length - 1;
        for (let w = 0; w <= rng.int(2); w++) words.push(rng.int(4294967296) | 0);
        setStarts.push(words.length);
      } else list.threshold[at] = pick(rng);
      const share = 0.05 + 0.9 * rng.next();
      open.push(list.column.length, list.column.length + 1);
      leaf(list.cover[at] * share);
      leaf(list.cover[at] * (1 - share));
    }
    starts.push(list.column.length);
  }
  const { column, threshold, flags, left, value, cover } = list;
  return {
    columns: Array.from({ length: columns }, (_, c) => `c${c}`),
    categories: Array.from({ length: columns }, (_, c) => (c < columns - categorical ? null : Array.from({ length: CATEGORIES }, (__, k) => `k${k}`))),
    outputs, base: Float64Array.from({ length: outputs }, () => rng.normal()), link: outputs > 1 ? 'softmax' : 'identity', starts: Int32Array.from(starts),
    nodes: { column: Int32Array.from(column), threshold: Float64Array.from(threshold), flags: Uint8Array.from(flags), left: Int32Array.from(left), value: Float64Array.from(value), cover: Float64Array.from(cover) },
    sets: { starts: Int32Array.from(setStarts), words: Int32Array.from(words) },
  };
}

/** From a small grid, so that rows meet thresholds exactly. */
function pick(rng: Random): number {
  return rng.next() < 0.5 ? (rng.int(9) - 4) / 2 : rng.normal();
}

export function randomRows(seed: number, forest: Forest, rows: number): Float64Array[] {
  const rng = seededRandom('rows of a random forest', seed);
  const odd = [NaN, 0, -0, 1e-36, -1e-36, 1e300, -1e300];
  return forest.columns.map((_, c) => Float64Array.from({ length: rows }, () => {
    if (rng.next() < 0.25) return odd[rng.int(odd.length)];
    return forest.categories[c] === null ? pick(rng) : rng.int(CATEGORIES + 4) - 2 + (rng.next() < 0.1 ? 0.5 : 0);
  }));
}
