/**
 * More terms than rows: the ridge optimum is a sum of the rows (Hastie & Tibshirani 2004, "Efficient quadratic regularization for expression arrays"), so it is found over as many
 * parameters as there are rows. With X Xᵀ = L Lᵀ the rows of L stand for those of X, under the same penalty, and β = Xᵀ L⁻ᵀ γ.
 */
import { cholesky } from '../../math/linear.ts';
import type { Design, DesignColumn } from '../preprocessing/design.ts';
import type { SmoothLoss } from './smoothLoss.ts';

/** The same problem over fewer parameters; intercepts stay as they are. */
export interface Narrow {
  readonly loss: SmoothLoss;
  /** Parameters of the narrow problem as those of the wide one. */
  readonly widen: (parameters: Float64Array) => Float64Array;
}

/** Terms from which on it pays. */
const LEAST_TERMS = 150;
/** Share of the mean square of a row that is added to the diagonal, so that equal rows have a factor too. */
const ROUNDING = 1e-13;

export const isWide = (rows: number, terms: number): boolean => terms >= LEAST_TERMS && terms > 1.5 * rows;

/** @param lossOver the loss over another design of the same rows; its last parameter is the intercept @returns undefined when the rows have no factor */
export function narrowed({ columns }: Design, from: number, to: number, lossOver: (design: Design) => SmoothLoss): Narrow | undefined {
  const rows = to - from;
  const products = new Float64Array(rows * rows);
  const values = new Float64Array(rows);
  for (const column of columns) {
    read(column, from, values);
    for (let i = 0; i < rows; i++) {
      const v = values[i];
      if (v === 0) continue;
      for (let j = 0; j <= i; j++) products[i * rows + j] += v * values[j];
    }
  }
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += products[i * rows + i];
  for (let i = 0; i < rows; i++) products[i * rows + i] += ROUNDING * (trace / rows) + Number.MIN_VALUE;
  const lower = cholesky(products, rows);
  if (lower === undefined) return undefined;
  const narrow: Float64Array[] = Array.from({ length: rows }, (_, j) => {
    const column = new Float64Array(to);
    for (let i = j; i < rows; i++) column[from + i] = lower[i * rows + j];
    return column;
  });
  return {
    loss: lossOver({ rows: to, columns: narrow }),
    widen(parameters) {
      const shares = Float64Array.from(parameters.subarray(0, rows));
      for (let i = rows - 1; i >= 0; i--) {
        shares[i] /= lower[i * rows + i];
        for (let k = 0; k < i; k++) shares[k] -= lower[i * rows + k] * shares[i];
      }
      const wide = new Float64Array(columns.length + 1);
      columns.forEach((column, c) => {
        read(column, from, values);
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += values[i] * shares[i];
        wide[c] = sum;
      });
      wide[columns.length] = parameters[rows];
      return wide;
    },
  };
}

function read(column: DesignColumn, from: number, out: Float64Array): void {
  if (column instanceof Float64Array) for (let i = 0; i < out.length; i++) out[i] = column[from + i];
  else for (let i = 0; i < out.length; i++) out[i] = column.table[column.codes[from + i]];
}
