/** A named column of numbers; NaN is missing. */
export interface Column {
  readonly name: string;
  /** One value per row; NaN is missing, ±Infinity is not allowed. */
  readonly values: Float64Array;
  /** Of a categorical column: distinct names, and `values` are positions in them. Absent: the column is a quantity. */
  readonly categories?: readonly string[];
}

/** A column-major table of numbers: what features produce and estimators read. */
export interface Matrix {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** The column called `name`, or undefined. */
export function columnOf(matrix: Matrix, name: string): Float64Array | undefined {
  return matrix.columns.find((column) => column.name === name)?.values;
}

/** The rows named by `indices`, in that order, copied. */
export function takeRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const rows = indices.length;
  return {
    rows,
    columns: matrix.columns.map((column) => {
      const taken = new Float64Array(rows);
      for (let i = 0; i < rows; i++) taken[i] = column.values[indices[i]];
      return { ...column, values: taken };
    }),
  };
}
