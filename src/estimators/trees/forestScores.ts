import { AppError } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from './forest.ts';

/**
 * The columns of `x` that a forest reads, in its order. Categories are found by name, so codes may be others than at the fit: a category that the
 * forest does not know gets the code −1, which no set names. Columns without categories of their own hold the forest's codes already.
 * @throws AppError `model_mismatch` naming the columns that are missing.
 */
export function forestColumns({ columns, categories }: Pick<Forest, 'columns' | 'categories'>, x: Matrix): Float64Array[] {
  const byName = new Map(x.columns.map((column) => [column.name, column]));
  const absent = columns.filter((name) => !byName.has(name));
  if (absent.length > 0) {
    throw new AppError('model_mismatch', `The model needs ${absent.length} column(s) that the features do not have: ${absent.slice(0, 10).join(', ')}.`, {
      details: { missing: absent },
      hint: 'Train again with the present features: `tagcast train`.',
    });
  }
  return columns.map((name, c) => {
    const column = byName.get(name);
    const known = categories[c];
    if (column === undefined) return new Float64Array(x.rows);
    if (known === null || column.categories === undefined) return column.values;
    const place = new Map(known.map((category, code) => [category, code]));
    const codes = column.categories.map((category) => place.get(category) ?? -1);
    if (codes.length === known.length && codes.every((code, i) => code === i)) return column.values;
    return column.values.map((v) => (v === v ? (codes[v] ?? -1) : v));
  });
}

/** Where a value goes at a node: 1 left, 0 right. */
export function goesLeft({ nodes, sets }: Forest, node: number, v: number): number {
  const flags = nodes.flags[node];
  if (v !== v || ((flags & ZERO_IS_MISSING) !== 0 && Math.abs(v) <= 1e-35)) return flags & MISSING_LEFT;
  if ((flags & CATEGORICAL) === 0) return v <= nodes.threshold[node] ? 1 : 0;
  const set = nodes.threshold[node];
  const from = sets.starts[set];
  const code = Math.trunc(v);
  if (!(code >= 0) || code >= (sets.starts[set + 1] - from) * 32) return 0;
  return (sets.words[from + (code >> 5)] >>> (code & 31)) & 1;
}

/** base + Σ trees, row-major rows × outputs, on the scale before the link. `columns` as {@link forestColumns} gives them. */
export function forestScores(forest: Forest, columns: readonly Float64Array[], rows: number): Float64Array {
  const { starts, base, outputs } = forest;
  const { column, left, value } = forest.nodes;
  const scores = new Float64Array(rows * outputs);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns.length; c++) row[c] = columns[c][i];
    scores.set(base, i * outputs);
    for (let t = 0, output = 0; t + 1 < starts.length; t++) {
      let node = starts[t];
      while (column[node] >= 0) node = left[node] + 1 - goesLeft(forest, node, row[column[node]]);
      scores[i * outputs + output] += value[node];
      if (++output === outputs) output = 0;
    }
  }
  return scores;
}
