import { AppError } from '../../../base/errors.ts';
import type { Matrix } from '../../../base/matrix.ts';
import type { Forest } from '../forest.ts';

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
