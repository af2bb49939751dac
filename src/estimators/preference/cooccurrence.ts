/** Items that are bought by the same customers: shrunk cosine over customers × items, the best neighbours of each item kept. */
import type { SparseRows } from './als.ts';
import { transpose } from './als.ts';

export interface Neighbours {
  /** Most per item; the lists of items with fewer are filled up with −1. */
  readonly width: number;
  /** items × width, best first. */
  readonly at: Int32Array;
  readonly similarity: Float64Array;
}

export interface CooccurrenceParams {
  readonly width: number;
  /** Joint customers that a similarity is shrunk by: n_ij ÷ (√(n_i n_j) · (1 + shrink ÷ n_ij)). */
  readonly shrink: number;
}

export const COOCCURRENCE_DEFAULTS: CooccurrenceParams = { width: 30, shrink: 5 };

/** Similarities with ties settled by the lower item. Strengths are taken as 0 or 1: a customer who bought both once is as good a witness as one who did often. */
export function fitCooccurrence(rows: SparseRows, { width, shrink }: CooccurrenceParams): Neighbours {
  const back = transpose(rows);
  const items = rows.columns;
  const [at, similarity] = [new Int32Array(items * width).fill(-1), new Float64Array(items * width)];
  const joint = new Int32Array(items);
  for (let i = 0; i < items; i++) {
    const seen: number[] = [];
    for (let b = back.starts[i]; b < back.starts[i + 1]; b++) {
      const u = back.at[b];
      for (let e = rows.starts[u]; e < rows.starts[u + 1]; e++) {
        const j = rows.at[e];
        if (joint[j]++ === 0) seen.push(j);
      }
    }
    const own = back.starts[i + 1] - back.starts[i];
    const found = seen.flatMap((j) => {
      const together = joint[j];
      joint[j] = 0;
      if (j === i || together < 2) return [];
      const other = back.starts[j + 1] - back.starts[j];
      return [{ j, s: (together / Math.sqrt(own * other)) * (together / (together + shrink)) }];
    });
    found.sort((a, b) => b.s - a.s || a.j - b.j);
    for (let n = 0; n < Math.min(width, found.length); n++) {
      at[i * width + n] = found[n].j;
      similarity[i * width + n] = found[n].s;
    }
  }
  return { width, at, similarity };
}
