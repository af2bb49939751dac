import type { TrainingSet } from '../data/trainingSet.ts';
import { poissonCount, rowUniform } from '../data/rowDraws.ts';

export interface RowSampling {
  /** Share of the rows that a tree sees; with `replacement` the mean number of times that it sees each. */
  readonly share: number;
  readonly replacement: boolean;
  /** Whether a row of weight w stands w times in the order (narrow derivatives carry no weights). */
  readonly repeat: boolean;
}

/** How often each of `rows` stands in the sample that `seed` names. */
export function copiesOf({ hashes, weights }: TrainingSet, row: number, { share, replacement, repeat }: RowSampling, seed: number): number {
  const times = repeat && weights !== undefined ? weights[row] : 1;
  if (!replacement && share >= 1) return times;
  const uniform = rowUniform(hashes[row], seed);
  return times * (replacement ? poissonCount(uniform, share) : uniform < share ? 1 : 0);
}

/** Rows of `rows` with a copy or more to `order`, copies next to each other; the others to `others`. Returns how many of each, −1 for `count` when `order` is too short. */
export function sampleRows(set: TrainingSet, rows: Int32Array, sampling: RowSampling, seed: number, order: Int32Array, others: Int32Array): { readonly count: number; readonly left: number } {
  const { share, replacement, repeat } = sampling;
  if (share >= 1 && !replacement && !(repeat && set.weights !== undefined)) {
    if (rows.length > order.length) return { count: -1, left: 0 };
    order.set(rows);
    return { count: rows.length, left: 0 };
  }
  let count = 0;
  let left = 0;
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const copies = copiesOf(set, row, sampling, seed);
    if (copies === 0) others[left++] = row;
    if (count + copies > order.length) return { count: -1, left };
    for (let c = 0; c < copies; c++) order[count++] = row;
  }
  // Copies are drawn together, so where all rows are copies of a few a draw may hold none. A tree of nothing is no tree: that one sees all.
  return count === 0 && left > 0 ? sampleRows(set, rows, { share: 1, replacement: false, repeat }, seed, order, others) : { count, left };
}
